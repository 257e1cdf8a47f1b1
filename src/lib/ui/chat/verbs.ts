/** What a person can do with a message; the screen that owns the client carries it out. */
import type { MessageItem } from '../../state/client-types.ts';

export interface MessageVerbs {
	edit(item: MessageItem): void;
	recall(item: MessageItem): void;
	copy(text: string): void;
	retry(id: string): void;
	discard(id: string): void;
}
