/**
 * Reads Mattermost's bulk export: a .jsonl, alone or in the .zip with its files. Posts of all channels stand in it one after the other, so it is read
 * once to learn where those of each lie, and they are then fetched from there.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withEmoji } from './emoji-names.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import { foreignId, namedReactions, Records } from './foreign.ts';
import { ImportError } from './import-error.ts';
import { checked, parseJson } from './lines.ts';
import { localFile } from './local-files.ts';
import {
	isDirect,
	MattermostIndex,
	personId,
	type Conversation,
	type Place
} from './mattermost-index.ts';
import { ReadLine, type DirectPost, type Post, type Said } from './mattermost-schema.ts';
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

type Room = SourceRoom & { conversation: Conversation };

/** Opens an export. @param now ms */
export async function openMattermostExport(path: string, now: number): Promise<Source> {
	const spill = await mkdtemp(join(tmpdir(), 'roost-mattermost-'));
	let zip: ZipFile | null = null;
	let file: FileHandle | null = null;
	try {
		zip = path.toLowerCase().endsWith('.zip') ? await ZipFile.open(path, basename(path)) : null;
		const lines = zip ? await spilled(zip, join(spill, 'export.jsonl')) : path;
		file = await open(lines, 'r');
		const mattermost = new Mattermost({ path, lines, zip, spill, now, file });
		await mattermost.learn();
		return mattermost;
	} catch (cause) {
		await file?.close();
		await zip?.close();
		await rm(spill, { recursive: true, force: true });
		throw cause;
	}
}

/** Takes the lines out of an archive, because they are read from several places. */
async function spilled(zip: ZipFile, to: string): Promise<string> {
	const name = [...zip.names()].find((one) => !one.includes('/') && one.endsWith('.jsonl'));
	if (name === undefined)
		throw new ImportError(zip.name, 'no .jsonl in it; is it an export of Mattermost?');
	await pipeline(await zip.stream(zip.entry(name)!), createWriteStream(to));
	return to;
}

interface Parts {
	path: string;
	/** path of the lines */
	lines: string;
	zip: ZipFile | null;
	spill: string;
	now: number;
	file: FileHandle;
}

class Mattermost implements Source {
	readonly origin: string;
	readonly isClean = false;
	readonly losses: Losses = new Map();
	readonly #parts: Parts;
	readonly #name: string;
	readonly #index: MattermostIndex;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#name = basename(parts.path);
		this.origin = `Mattermost (${this.#name})`;
		this.#index = new MattermostIndex(this.#name, this.losses);
	}

	/** Reads everything once, and remembers all but what was said. */
	learn(): Promise<void> {
		return this.#index.learn(createReadStream(this.#parts.lines));
	}

	async *people(): AsyncGenerator<SourcePerson> {
		yield* this.#index.users.values();
	}

	async *rooms(): AsyncGenerator<Room> {
		for (const conversation of this.#index.conversations.values()) yield this.#room(conversation);
	}

	async *messages(room: SourceRoom): AsyncGenerator<SourceMessage> {
		const { conversation } = room as Room;
		const records = new Records(this.losses, this.#parts.now);
		const { places, key } = conversation;
		places.sort((a, b) => a.at - b.at || a.line - b.line || a.reply - b.reply);
		const seen = new Map<string, number>();
		let moment = -1;
		for (const place of places) {
			if (place.at !== moment) seen.clear();
			moment = place.at;
			const post = await this.#post(place);
			const said = place.reply < 0 ? post : post.replies![place.reply]!;
			const twin = seen.get(said.user) ?? 0;
			seen.set(said.user, twin + 1);
			const reply = place.reply < 0 ? undefined : idOf(key, post, 0);
			yield* this.#said(records, said, idOf(key, said, twin), reply, place.line);
		}
	}

	async file(_room: SourceRoom, path: string) {
		const { zip, path: own } = this.#parts;
		for (const place of [path, `data/${path}`]) {
			const found = zip ? zip.file(place) : await localFile(dirname(own), place);
			if (found) return found;
		}
		return null;
	}

	async close(): Promise<void> {
		await this.#parts.file.close();
		await this.#parts.zip?.close();
		await rm(this.#parts.spill, { recursive: true, force: true });
	}

	#person(name: string): SourcePerson {
		return this.#index.users.get(name) ?? { id: personId(name), name };
	}

	#room(conversation: Conversation): Room {
		const { key, channel, members, header } = conversation;
		const people = [...members].map(([name, role]): SourceMember => ({
			person: this.#person(name),
			role,
			state: 'in'
		}));
		const [one, other] = people;
		const direct = isDirect(conversation) && people.length === 2;
		const names = people.map(({ person }) => person.display ?? person.name).join(', ');
		const [, name = ''] = JSON.parse(key) as string[];
		return {
			id: direct ? directId(one!.person.id, other!.person.id) : foreignId(0, 'mattermost', key),
			name: channel ? channel.display_name || channel.name : isDirect(conversation) ? names : name,
			description: channel ? channel.purpose || channel.header || '' : header,
			private: channel?.type !== 'O',
			direct,
			owner: null,
			at: null,
			members: people,
			place: `${this.#name}, channel ${key}`,
			conversation
		};
	}

	async #post({ offset, length, line }: Place): Promise<Post | DirectPost> {
		const bytes = Buffer.alloc(length);
		await this.#parts.file.read(bytes, 0, length, offset);
		const place = `${this.#name}, line ${line}`;
		const read = checked(ReadLine, parseJson(bytes.toString('utf8'), place), place);
		if (read.type === 'post') return read.post;
		if (read.type === 'direct_post') return read.direct_post;
		throw new ImportError(place, 'changed while it was read');
	}

	*#said(
		records: Records,
		said: Said,
		id: string,
		reply: string | undefined,
		line: number
	): Generator<SourceMessage> {
		if (said.type?.startsWith('system_')) {
			lose(this.losses, 'notes of Mattermost about a channel, such as who joined');
			return;
		}
		const { user, create_at: at, edit_at, is_pinned, message, attachments } = said;
		const text = withEmoji(message ?? '');
		yield* records.of({
			...{ id, text, at, reply },
			author: this.#person(user),
			edited: edit_at && edit_at > at ? edit_at : undefined,
			pinned: is_pinned ? at : undefined,
			mentions: this.#mentions(text),
			reactions: this.#reactions(said),
			files: (attachments ?? []).map(({ path }, n) => ({
				id: foreignId(at, id, 'file', n),
				...{ name: basename(path), size: 0, path }
			})),
			place: `${this.#name}, line ${line}`
		});
	}

	#mentions(text: string): [string, string][] {
		const names = [...text.matchAll(/@([a-z0-9][a-z0-9._-]{0,63})/g)].map(([, name]) => name!);
		const known = [...new Set(names)].filter((name) => this.#index.users.has(name));
		return known.map((name) => [name, personId(name)]);
	}

	#reactions({ reactions }: Said) {
		const named = (reactions ?? []).map(({ user, emoji_name: name }) => ({
			name,
			people: [this.#person(user)]
		}));
		return namedReactions(named, this.losses);
	}
}

/** A post has no id there: its author and its moment tell it, and which it is of several. */
const idOf = (key: string, { user, create_at }: Said, twin: number): string =>
	foreignId(create_at, 'mattermost', key, user, create_at, twin);
