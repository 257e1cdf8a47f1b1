/** What HTTP and sockets do with messages alike: read what is to be sent, and send it. */
import * as v from 'valibot';
import { codePoints } from '../../src/lib/protocol/limits.ts';
import { directId, type RoomId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Card } from '../../src/lib/protocol/change.ts';
import { ApiError } from './errors.ts';
import { fileAt } from './files.ts';
import type { Caller } from './http/endpoint.ts';
import type { CompatContext } from './context.ts';
import type { MessageView } from './ports.ts';
import { idOrText } from './schemas.ts';

/** Code points of a text that clients of this API may send (compat-api, section 5). */
const TEXT_MAX = 1_000;

const text = v.pipe(v.string(), v.maxLength(100_000));
/** What a message consists of, wherever it goes. */
export const MessageParts = {
	content: v.optional(v.nullable(text)),
	message_type: v.optional(
		v.nullable(v.pipe(v.string(), v.maxLength(40), v.description('"text", "image" or "file"')))
	),
	file_url: v.optional(
		v.nullable(
			v.pipe(v.string(), v.maxLength(2_000), v.description('What an upload was answered with'))
		)
	),
	file_name: v.optional(v.nullable(text)),
	file_size: v.optional(v.nullable(v.union([v.number(), v.string()])))
};
export const ToRoom = v.object({ room_id: idOrText, ...MessageParts });
type Parts = v.InferOutput<v.ObjectSchema<typeof MessageParts, undefined>>;

/** A message as it is posted. */
interface MessageContent {
	body: string;
	files?: string[];
}

export interface Messages {
	/** What the domain keeps of what was sent. Rejects with ApiError 400. */
	read(parts: Parts): Promise<MessageContent>;
	post(caller: Caller, room: RoomId, parts: Parts): Promise<MessageView>;
	edit(caller: Caller, view: MessageView, content: string): Promise<MessageView>;
	recall(caller: Caller, view: MessageView): Promise<void>;
	/** The conversation with somebody; made where there is none yet. */
	openDirect(caller: Caller, other: Card): Promise<RoomId>;
}

/** A text as it is kept: trimmed, 1 to 1,000 code points. @throws ApiError 400 */
function tidyText(content: string | null | undefined): string {
	const said = (content ?? '').trim();
	if (said === '') throw new RefusalError(refuse('message_empty', { field: 'body' }));
	return notTooLong(said);
}
function notTooLong(said: string): string {
	if (codePoints(said) <= TEXT_MAX) return said;
	const message = `The message is too long: at most ${TEXT_MAX} characters.`;
	throw new ApiError(400, message, { fields: [{ field: 'content', message }] });
}

/** A card that a client made by itself, instead of naming the file in fields of its own. */
function cardIn(content: string): { url: string; description: string } | null {
	if (!content.startsWith('{')) return null;
	try {
		const card = JSON.parse(content) as { url?: unknown; description?: unknown } | null;
		if (typeof card?.url !== 'string') return null;
		return {
			url: card.url,
			description: typeof card.description === 'string' ? card.description : ''
		};
	} catch {
		// No JSON, so it is what somebody wrote.
		return null;
	}
}

export function createMessages(context: CompatContext): Messages {
	const { store } = context;

	async function withFile(url: string, description: string): Promise<MessageContent> {
		const file = await fileAt(url, store);
		if (!file) throw new RefusalError(refuse('file_missing', { field: 'file_url' }));
		return { body: notTooLong(description.trim()), files: [file.id] };
	}

	async function read({ content, message_type, file_url }: Parts): Promise<MessageContent> {
		const isFile = message_type === 'image' || message_type === 'file';
		if (isFile && file_url) return withFile(file_url, content ?? '');
		const card = isFile ? cardIn(content ?? '') : null;
		return card ? withFile(card.url, card.description) : { body: tidyText(content) };
	}

	return {
		read,
		async post({ who, card }, room, parts) {
			const said = await read(parts);
			return context.messageIn(
				await context.act(who, { kind: 'message.post', room, ...said }),
				card
			);
		},
		async edit({ who }, { row, author }, content) {
			const body = tidyText(content);
			const { room, id: message } = row;
			const rows = await context.act(who, { kind: 'message.edit', room, message, body });
			return context.messageIn(rows, author);
		},
		async recall({ who }, { row: { room, id: message } }) {
			await context.act(who, { kind: 'message.recall', room, message });
		},
		async openDirect({ who }, other) {
			if (other.id === who.person) throw new RefusalError(refuse('not_yourself'));
			const room = directId(who.person, other.id);
			await context.act(who, { kind: 'direct.open', room, person: other.id });
			return room;
		}
	};
}
