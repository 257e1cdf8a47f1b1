/** What messages of rooms and of direct conversations are sent with. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../../src/lib/protocol/ids.ts';
import type { Presence } from '../../../socket/presence.ts';
import type { EventFacts } from '../../ports.ts';
import { createSerializers, type Serializers } from '../../serializers.ts';
import { createViewer } from '../../viewer.ts';
import type { CompatNamespace } from '../types.ts';

export interface MessageSender {
	main: CompatNamespace;
	facts: EventFacts;
	/** What makes objects for somebody between whom and these people there is a block. */
	serializeAcross(blocked?: ReadonlySet<PersonId>): Serializers;
	/** Whether an edit of a message was not sent yet; it counts as sent then. */
	isNewEdit(row: MessageRow): boolean;
}

export const createSender = (
	parts: Pick<MessageSender, 'main' | 'facts' | 'isNewEdit'>,
	presence: Pick<Presence, 'isOnline'>
): MessageSender => ({
	...parts,
	serializeAcross: (blocked) =>
		createSerializers({ viewer: createViewer(presence, blocked), files: parts.facts.files })
});
