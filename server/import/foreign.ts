/** What readers of other systems share: ids that are the same each time, and messages in the words of an export. */
import { createHash } from 'node:crypto';
import type { MessageRecord } from '../../src/lib/export/records.ts';
import type { Mention } from '../../src/lib/protocol/change.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { emojiCalled } from './emoji-names.ts';
import { lose, type Losses, type SourceMessage, type SourcePerson } from './source.ts';

/**
 * The id here of what has another name elsewhere: the same each time, and no other's.
 * @param at ms, so that ids are in rough order of time; 0 where there is none
 * @param parts the system, and all that tells the thing from others in it
 */
export function foreignId(at: number, ...parts: (string | number)[]): string {
	const chance = createHash('sha256').update(JSON.stringify(parts)).digest();
	return uuid7(at, chance);
}

/** A file that a message carries elsewhere. */
export interface ForeignFile {
	id: string;
	name: string;
	/** bytes; 0: not known */
	size: number;
	/** where the reader finds its bytes; empty: nowhere */
	path: string;
}

/** A message elsewhere. Times in ms. */
interface ForeignMessage {
	id: string;
	author: SourcePerson;
	text: string;
	at: number;
	reply?: string | undefined;
	edited?: number | undefined;
	isDeleted?: boolean;
	pinned?: number | undefined;
	mentions?: Mention[];
	reactions?: { emoji: string; people: SourcePerson[] }[];
	files?: ForeignFile[];
	place: string;
}

/** Reactions by the names that chat systems have for emoji, such as "thumbsup"; those that only one server knows are lost. */
export function namedReactions(
	reactions: { name: string; people: SourcePerson[] }[],
	losses: Losses
): { emoji: string; people: SourcePerson[] }[] {
	return reactions.flatMap(({ name, people }) => {
		const emoji = emojiCalled(name);
		if (emoji) return [{ emoji, people }];
		lose(losses, 'reactions that are no emoji of everybody’s');
		return [];
	});
}

/** Makes messages of one conversation, in their order. */
export class Records {
	#seq = 0;
	readonly #losses: Losses;
	readonly #now: number;

	/** @param now ms: nothing was said later */
	constructor(losses: Losses, now: number) {
		this.#losses = losses;
		this.#now = now;
	}

	/** A message; several where its text is longer than one may be here, or its files are more. Nothing: it says nothing. */
	*of(message: ForeignMessage): Generator<SourceMessage> {
		const { id, author, text, isDeleted, place, reply, edited, pinned } = message;
		const at = Math.min(Math.max(0, Math.trunc(message.at)), this.#now);
		const base = { number: 0, author, at };
		if (isDeleted) {
			yield this.#record({ ...base, id, text: '', deleted: true }, place);
			return;
		}
		const files = (message.files ?? []).map(fileOf);
		const [first = '', ...rest] = piecesOf(text.trim());
		if (first === '' && files.length === 0) {
			lose(this.#losses, 'messages without words or files');
			return;
		}
		const reactions = this.#reactions(message.reactions ?? []);
		yield this.#record(
			{
				...{ ...base, id, text: first },
				...(reply ? { reply } : {}),
				...(edited ? { edited: Math.trunc(edited) } : {}),
				...(pinned ? { pinned: Math.trunc(pinned) } : {}),
				...(message.mentions?.length ? { mentions: message.mentions } : {}),
				...(reactions.length > 0 ? { reactions } : {}),
				...(files.length > 0 ? { files: files.slice(0, LIMITS.filesMax) } : {})
			},
			place
		);
		for (const [n, piece] of rest.entries()) {
			yield this.#record({ ...base, id: foreignId(at, id, 'text', n), text: piece }, place);
		}
		for (let from: number = LIMITS.filesMax; from < files.length; from += LIMITS.filesMax) {
			const some = files.slice(from, from + LIMITS.filesMax);
			yield this.#record(
				{ ...base, id: foreignId(at, id, 'files', from), text: '', files: some },
				place
			);
		}
	}

	#reactions(all: { emoji: string; people: SourcePerson[] }[]) {
		const byEmoji = new Map<string, Map<string, SourcePerson>>();
		for (const { emoji, people } of all) {
			const known = byEmoji.get(emoji) ?? new Map<string, SourcePerson>();
			for (const person of people) known.set(person.id, person);
			byEmoji.set(emoji, known);
		}
		const kept = [...byEmoji].slice(0, LIMITS.reactionKinds);
		if (byEmoji.size > kept.length) {
			lose(this.#losses, 'reactions beyond those that a message has', byEmoji.size - kept.length);
		}
		return kept.map(([emoji, people]) => ({
			emoji,
			people: [...people.values()].slice(0, LIMITS.reactionPeople)
		}));
	}

	#record(record: Omit<MessageRecord, 'seq'>, place: string): SourceMessage {
		this.#seq++;
		return { record: { ...record, seq: this.#seq }, place };
	}
}

const fileOf = ({ id, name, size, path }: ForeignFile) => ({
	...{ id, name, size, path },
	type: 'application/octet-stream',
	kind: 'file' as const
});

/** A text in pieces that are short enough, cut at the end of a line where there is one. */
function piecesOf(text: string): string[] {
	const pieces: string[] = [];
	let rest = [...text.toWellFormed()];
	while (rest.length > LIMITS.messageMax) {
		const line = rest.lastIndexOf('\n', LIMITS.messageMax - 1);
		const end = line > LIMITS.messageMax / 2 ? line : LIMITS.messageMax;
		pieces.push(rest.slice(0, end).join('').trim());
		rest = rest.slice(end);
	}
	return [...pieces, rest.join('').trim()].filter((piece) => piece !== '');
}
