/** Reads the result.json of one chat, as Telegram Desktop exports it ("Export chat history", format JSON). */
import { createReadStream } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { directId } from '../../src/lib/protocol/ids.ts';
import { foreignId, Records } from './foreign.ts';
import { ImportError } from './import-error.ts';
import { itemsOf } from './json-list.ts';
import { checked, parseJson } from './lines.ts';
import { localFile } from './local-files.ts';
import {
	lose,
	type Losses,
	type Source,
	type SourceMessage,
	type SourcePerson,
	type SourceRoom
} from './source.ts';

const optionalText = v.nullish(v.string(), '');
const id = v.pipe(v.number(), v.safeInteger());

const Chat = v.object({
	name: optionalText,
	type: v.string(),
	id,
	messages: v.array(v.unknown())
});
type Chat = v.InferOutput<typeof Chat>;

const Text = v.union([
	v.string(),
	v.array(
		v.union([v.string(), v.object({ type: v.string(), text: v.string(), href: optionalText })])
	)
]);
const Reaction = v.object({
	type: optionalText,
	emoji: optionalText,
	count: v.nullish(v.number(), 0),
	recent: v.nullish(v.array(v.object({ from: optionalText, from_id: optionalText })), [])
});
const Message = v.object({
	id,
	type: v.string(),
	date: v.string(),
	date_unixtime: v.nullish(v.pipe(v.string(), v.regex(/^\d{1,11}$/))),
	edited_unixtime: v.nullish(v.pipe(v.string(), v.regex(/^\d{1,11}$/))),
	from: optionalText,
	from_id: v.nullish(v.union([v.string(), v.number()])),
	forwarded_from: optionalText,
	text: v.nullish(Text, ''),
	reply_to_message_id: v.nullish(id),
	photo: optionalText,
	file: optionalText,
	file_name: optionalText,
	sticker_emoji: optionalText,
	location_information: v.nullish(v.object({ latitude: v.number(), longitude: v.number() })),
	contact_information: v.nullish(
		v.object({ first_name: optionalText, last_name: optionalText, phone_number: optionalText })
	),
	poll: v.nullish(v.object({ question: optionalText })),
	reactions: v.nullish(v.array(Reaction), [])
});
type Message = v.InferOutput<typeof Message>;

/** Chats that are of two people. */
const OF_TWO: ReadonlySet<string> = new Set(['personal_chat', 'bot_chat']);
const PUBLIC: ReadonlySet<string> = new Set([
	'public_group',
	'public_supergroup',
	'public_channel'
]);
/** How Telegram says that a file was not exported. */
const NOT_EXPORTED = /^\(/;

/** Opens an export. @param now ms */
export async function openTelegramChat(path: string, now: number): Promise<Source> {
	const telegram = new TelegramChat(path, now);
	await telegram.learn();
	return telegram;
}

class TelegramChat implements Source {
	origin = 'Telegram';
	readonly isClean = false;
	readonly losses: Losses = new Map();
	readonly #path: string;
	readonly #now: number;
	readonly #name: string;
	#chat!: Chat;
	/** whoever says something in it */
	readonly #people = new Map<string, SourcePerson>();

	constructor(path: string, now: number) {
		this.#path = path;
		this.#now = now;
		this.#name = basename(path);
	}

	/** Reads everything once, and remembers who is in it. */
	async learn(): Promise<void> {
		for await (const { message } of this.#all()) {
			if (message.type !== 'message' || !message.from_id) continue;
			const person = this.#person(message.from_id, message.from);
			if (person.name !== '' || !this.#people.has(person.id)) this.#people.set(person.id, person);
		}
		this.origin = `Telegram (${this.#chat.name || this.#name})`;
	}

	async *people(): AsyncGenerator<never> {}

	async *rooms(): AsyncGenerator<SourceRoom> {
		const { id: chat, name, type } = this.#chat;
		const people = [...this.#people.values()];
		const [one, other] = people;
		const direct = OF_TWO.has(type) && people.length === 2;
		yield {
			id: direct ? directId(one!.id, other!.id) : foreignId(0, 'telegram', 'chat', chat),
			name: name ?? '',
			description: '',
			private: !PUBLIC.has(type),
			direct,
			owner: null,
			at: null,
			members: people.map((person) => ({ person, role: 'member', state: 'in' })),
			place: this.#name
		};
	}

	async *messages(): AsyncGenerator<SourceMessage> {
		const records = new Records(this.losses, this.#now);
		for await (const { message, place } of this.#all()) {
			if (message.type === 'message') yield* this.#message(records, message, place);
			else lose(this.losses, 'notes of Telegram about a chat, such as who joined');
		}
	}

	file(_room: SourceRoom, path: string) {
		return localFile(dirname(this.#path), path);
	}

	async close(): Promise<void> {}

	/** All messages, one after the other; the chat is known before the first. */
	async *#all(): AsyncGenerator<{ message: Message; place: string }> {
		let number = -1;
		for await (const text of itemsOf(createReadStream(this.#path), 'messages', this.#name)) {
			number++;
			if (number === 0) {
				this.#chat = checked(Chat, parseJson(text, this.#name), this.#name);
				continue;
			}
			const place = `${this.#name}, message ${number}`;
			yield { message: checked(Message, parseJson(text, place), place), place };
		}
		if (number < 0) throw new ImportError(this.#name, 'not the result.json of one chat');
	}

	#person(from: string | number, name: string | null): SourcePerson {
		// Exports of before 2021 say the number alone.
		const key = typeof from === 'number' ? `user${from}` : from;
		return { id: foreignId(0, 'telegram', key), name: name ?? '' };
	}

	#messageId(number: number): string {
		return foreignId(0, 'telegram', this.#chat.id, number);
	}

	*#message(records: Records, message: Message, place: string): Generator<SourceMessage> {
		const { id: number, from, from_id, reply_to_message_id, edited_unixtime } = message;
		const author = this.#person(from_id ?? 'nobody', from);
		yield* records.of({
			id: this.#messageId(number),
			author: this.#people.get(author.id) ?? author,
			text: this.#textOf(message),
			at: this.#timeOf(message),
			reply: reply_to_message_id ? this.#messageId(reply_to_message_id) : undefined,
			edited: edited_unixtime ? Number(edited_unixtime) * 1_000 : undefined,
			reactions: this.#reactions(message),
			files: this.#files(message),
			place
		});
	}

	#timeOf({ date, date_unixtime }: Message): number {
		if (date_unixtime) return Number(date_unixtime) * 1_000;
		lose(this.losses, 'times without a zone: they were taken for UTC');
		const at = Date.parse(`${date}Z`);
		return Number.isNaN(at) ? 0 : at;
	}

	#textOf(message: Message): string {
		const {
			forwarded_from,
			location_information: place,
			contact_information: card,
			poll
		} = message;
		const parts = typeof message.text === 'string' ? [message.text] : (message.text ?? []);
		const text = parts.map((part) => (typeof part === 'string' ? part : wordsOf(part))).join('');
		const contact = card && [card.first_name, card.last_name, card.phone_number].join(' ').trim();
		const lines = [
			forwarded_from ? `» ${forwarded_from}` : '',
			text || (message.sticker_emoji ?? ''),
			place ? `https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}` : '',
			contact ?? '',
			poll?.question ?? ''
		];
		if (poll) lose(this.losses, 'polls: their questions are there as text');
		return lines.filter((line) => line !== '').join('\n');
	}

	/** Telegram says of a few only who they were. */
	#reactions({ reactions }: Message) {
		return (reactions ?? []).flatMap(({ type, emoji, count, recent }) => {
			const known = (recent ?? []).filter((one) => one.from_id);
			const isEmoji = (type === '' || type === 'emoji') && !!emoji;
			const lost = isEmoji ? (count ?? 0) - known.length : (count ?? 0);
			if (lost > 0) lose(this.losses, 'reactions of which it is not said whose they were', lost);
			if (!isEmoji || known.length === 0) return [];
			const people = known.map((one) => this.#person(one.from_id!, one.from));
			return [{ emoji, people }];
		});
	}

	#files({ id: number, photo, file, file_name }: Message) {
		return [photo, file].flatMap((path, n) => {
			if (!path) return [];
			const isThere = !NOT_EXPORTED.test(path);
			return [
				{
					id: foreignId(0, 'telegram', this.#chat.id, number, 'file', n),
					name: (n === 1 && file_name) || (isThere ? basename(path) : 'file'),
					size: 0,
					path: isThere ? path : ''
				}
			];
		});
	}
}

/** A part of a text: an address behind other words is kept. */
function wordsOf({
	type,
	text,
	href
}: {
	type: string;
	text: string;
	href: string | null;
}): string {
	return type === 'text_link' && href ? `${text} (${href})` : text;
}
