/**
 * Reads Slack's export: a .zip with users.json, channels.json (groups.json, dms.json and mpims.json where the plan has them), and a folder a
 * channel with a file a day.
 */
import { basename } from 'node:path';
import * as v from 'valibot';
import { directId } from '../../src/lib/protocol/ids.ts';
import { foreignId, namedReactions, Records } from './foreign.ts';
import { ImportError } from './import-error.ts';
import { checked, parseJson } from './lines.ts';
import { slackText } from './slack-text.ts';
import {
	lose,
	type Losses,
	type Source,
	type SourceMember,
	type SourceMessage,
	type SourcePerson,
	type SourceRoom
} from './source.ts';
import { ZipFile } from './zip-reader.ts';

/** Bytes of one document: a day of a channel, or the list of its people. */
const DOCUMENT_MAX = 32 << 20;

const id = v.pipe(v.string(), v.maxLength(100));
const optionalText = v.nullish(v.string(), '');

const User = v.object({
	id,
	name: optionalText,
	deleted: v.nullish(v.boolean(), false),
	real_name: optionalText,
	profile: v.nullish(v.object({ display_name: optionalText, real_name: optionalText }))
});

const Pin = v.object({ id, created: v.nullish(v.number(), 0) });
const Channel = v.object({
	id,
	/** of channels; conversations of two have none */
	name: optionalText,
	created: v.nullish(v.number(), 0),
	creator: optionalText,
	members: v.nullish(v.array(id), []),
	topic: v.nullish(v.object({ value: optionalText })),
	purpose: v.nullish(v.object({ value: optionalText })),
	pins: v.nullish(v.array(Pin), [])
});
type Channel = v.InferOutput<typeof Channel>;

const ts = v.pipe(v.string(), v.regex(/^\d{1,11}(?:\.\d{1,6})?$/));
const File = v.object({
	id,
	name: optionalText,
	title: optionalText,
	size: v.nullish(v.number(), 0)
});
const Message = v.object({
	type: optionalText,
	subtype: optionalText,
	ts,
	user: optionalText,
	username: optionalText,
	bot_id: optionalText,
	text: optionalText,
	thread_ts: v.nullish(ts),
	edited: v.nullish(v.object({ ts })),
	reactions: v.nullish(v.array(v.object({ name: v.string(), users: v.array(id) })), []),
	files: v.nullish(v.array(v.nullable(v.partial(File))), []),
	attachments: v.nullish(v.array(v.object({ fallback: optionalText, text: optionalText })), [])
});
type Message = v.InferOutput<typeof Message>;

/** What Slack itself says, which happened to the channel and was said by nobody. */
const NOT_SAID =
	/^(?:(?:channel|group)_|pinned_item$|unpinned_item$|reminder_|bot_add$|bot_remove$|sh_room|huddle_thread$|tombstone$)/;

type Room = SourceRoom & { channel: Channel; folder: string };

/** ms of a time of Slack's, which are seconds and also name a message. */
const timeOf = (value: string): number => Math.round(Number(value) * 1_000);

/** Opens an export. @param now ms */
export async function openSlackExport(path: string, now: number): Promise<Source> {
	const zip = await ZipFile.open(path, basename(path));
	try {
		const slack = new SlackExport(zip, now);
		await slack.readPeople();
		return slack;
	} catch (cause) {
		await zip.close();
		throw cause;
	}
}

class SlackExport implements Source {
	readonly origin: string;
	readonly isClean = false;
	readonly losses: Losses = new Map();
	readonly #zip: ZipFile;
	readonly #now: number;
	readonly #people = new Map<string, SourcePerson>();
	/** folder -> names of its files, the earliest day first */
	readonly #days = new Map<string, string[]>();

	constructor(zip: ZipFile, now: number) {
		this.#zip = zip;
		this.#now = now;
		this.origin = `Slack (${zip.name})`;
		for (const name of zip.names()) {
			const [, folder, day] = /^([^/]+)\/(\d{4}-\d\d-\d\d\.json)$/.exec(name) ?? [];
			if (!folder || !day) continue;
			const days = this.#days.get(folder) ?? [];
			days.push(name);
			this.#days.set(folder, days);
		}
		for (const days of this.#days.values()) days.sort();
	}

	async readPeople(): Promise<void> {
		const users = await this.#document('users.json', v.array(User));
		if (!users)
			throw new ImportError(
				`${this.#zip.name}, users.json`,
				'not in the file; is it an export of Slack?'
			);
		for (const { id: user, name, real_name, profile } of users) {
			const display = profile?.display_name || profile?.real_name || real_name;
			this.#people.set(user, {
				id: foreignId(0, 'slack', user),
				name,
				...(display ? { display } : {})
			});
		}
	}

	async *people(): AsyncGenerator<never> {}

	async *rooms(): AsyncGenerator<Room> {
		for (const [file, isPrivate] of [
			['channels.json', false],
			['groups.json', true],
			['mpims.json', true],
			['dms.json', true]
		] as const) {
			const channels = (await this.#document(file, v.array(Channel))) ?? [];
			for (const channel of channels) yield this.#room(channel, file, isPrivate);
		}
	}

	async *messages(room: SourceRoom): AsyncGenerator<SourceMessage> {
		const { channel, folder } = room as Room;
		const records = new Records(this.losses, this.#now);
		const pins = new Map((channel.pins ?? []).map((pin) => [pin.id, pin.created * 1_000]));
		for (const name of this.#days.get(folder) ?? []) {
			const day = (await this.#document(name, v.array(Message)))!;
			day.sort((a, b) => Number(a.ts) - Number(b.ts));
			let last = '';
			for (const message of day) {
				// A reply that was sent to the channel, too, is there twice.
				if (message.ts === last) continue;
				last = message.ts;
				yield* this.#message(records, channel, message, {
					place: `${this.#zip.name}, ${name}, message ${message.ts}`,
					pinned: pins.get(message.ts)
				});
			}
		}
	}

	/** Slack keeps files elsewhere; tools that fetch them put them into the archive. */
	async file(_room: SourceRoom, path: string) {
		return this.#zip.file(path);
	}

	close(): Promise<void> {
		return this.#zip.close();
	}

	async #document<S extends v.GenericSchema>(
		name: string,
		schema: S
	): Promise<v.InferOutput<S> | null> {
		const entry = this.#zip.entry(name);
		if (!entry) return null;
		const place = `${this.#zip.name}, ${name}`;
		const text = (await this.#zip.bytes(entry, DOCUMENT_MAX)).toString('utf8');
		return checked(schema, parseJson(text, place), place);
	}

	/** Whoever has this id; somebody without a name when the list does not say. */
	#person(user: string): SourcePerson {
		return this.#people.get(user) ?? { id: foreignId(0, 'slack', user), name: '' };
	}

	#room(channel: Channel, file: string, isPrivate: boolean): Room {
		const { members = [], creator, topic, purpose, name } = channel;
		const people = [...new Set(members ?? [])].map((user): SourceMember => ({
			person: this.#person(user),
			role: user === creator ? 'owner' : 'member',
			state: 'in'
		}));
		const [one, other] = people;
		const direct = file === 'dms.json' && people.length === 2;
		return {
			id: direct
				? directId(one!.person.id, other!.person.id)
				: foreignId((channel.created ?? 0) * 1_000, 'slack', channel.id),
			name: name || people.map(({ person }) => person.display ?? person.name).join(', '),
			description: purpose?.value || topic?.value || '',
			private: isPrivate,
			direct,
			owner: creator ? this.#person(creator).id : null,
			at: channel.created ? channel.created * 1_000 : null,
			members: people,
			place: `${this.#zip.name}, ${file}, ${channel.id}`,
			channel,
			folder: file === 'dms.json' ? channel.id : name || channel.id
		};
	}

	*#message(
		records: Records,
		channel: Channel,
		message: Message,
		{ place, pinned }: { place: string; pinned: number | undefined }
	): Generator<SourceMessage> {
		if (NOT_SAID.test(message.subtype ?? '')) {
			lose(this.losses, 'notes of Slack about a channel, such as who joined');
			return;
		}
		const { ts: name, thread_ts: root, edited } = message;
		const { text, mentions } = slackText(textOf(message), (user) => this.#person(user));
		yield* records.of({
			id: this.#messageId(channel, name),
			author: this.#author(message),
			text,
			mentions,
			at: timeOf(name),
			reply: root && root !== name ? this.#messageId(channel, root) : undefined,
			edited: edited ? timeOf(edited.ts) : undefined,
			isDeleted: message.subtype === 'message_deleted',
			pinned,
			reactions: this.#reactions(message),
			files: (message.files ?? []).flatMap((file) => this.#file(file)),
			place
		});
	}

	#messageId(channel: Channel, name: string): string {
		return foreignId(timeOf(name), 'slack', channel.id, name);
	}

	#author({ user, username, bot_id }: Message): SourcePerson {
		if (user) return this.#person(user);
		const name = username || 'bot';
		return { id: foreignId(0, 'slack', bot_id || 'bot', name), name };
	}

	#reactions({ reactions }: Message) {
		const named = (reactions ?? []).map(({ name, users }) => ({
			name,
			people: users.map((user) => this.#person(user))
		}));
		return namedReactions(named, this.losses);
	}

	#file(file: NonNullable<Message['files']>[number]) {
		if (!file?.id) return [];
		const { id: name, title } = file;
		const called = file.name || title || 'file';
		const size = Number.isSafeInteger(file.size) ? Math.max(0, file.size!) : 0;
		// Where slackdump and slack-advanced-exporter put what they fetch.
		const places = [`__uploads/${name}/${called}`, `attachments/${name}-${called}`];
		const path = places.find((place) => this.#zip.entry(place)) ?? '';
		return [{ id: foreignId(0, 'slack', name), name: called, size, path }];
	}
}

/** What a message says: of programs, it stands in attachments. */
function textOf({ text, attachments }: Message): string {
	if (text) return text;
	return (attachments ?? []).map((one) => one.text || one.fallback || '').join('\n');
}
