/** What messages of rooms and of direct conversations are sent with. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { CompatContext } from '../../context.ts';
import type { CompatNamespace } from '../types.ts';

export interface MessageSender extends Pick<CompatContext, 'serializeFor' | 'store'> {
	main: CompatNamespace;
	/** Whether an edit of a message was not sent yet; it counts as sent then. */
	isNewEdit(row: MessageRow): boolean;
}
