/** What of a bulk export of Mattermost is kept in mind: people, channels, and where what was said lies. */
import { foreignId } from './foreign.ts';
import { ImportError } from './import-error.ts';
import { checked, linesOf, parseJson } from './lines.ts';
import {
	AnyLine,
	READ,
	ReadLine,
	type Channel,
	type DirectPost,
	type Post,
	type User
} from './mattermost-schema.ts';
import { lose, type Losses, type SourcePerson } from './source.ts';

/** Where a post lies, and which of its replies is meant; -1: the post itself. */
export interface Place {
	at: number;
	offset: number;
	length: number;
	line: number;
	reply: number;
}

export interface Conversation {
	key: string;
	channel: Channel | null;
	/** user names, with what they are in it */
	members: Map<string, 'admin' | 'member'>;
	header: string;
	places: Place[];
}

type Where = Omit<Place, 'at' | 'reply'>;

const channelKey = (team: string, name: string): string => JSON.stringify([team, name]);
const directKey = (names: string[]): string => JSON.stringify(['direct', ...names]);

/** Whether a conversation is of people alone, in no team. */
export const isDirect = ({ channel, key }: Conversation): boolean =>
	channel === null && key.startsWith('["direct"');

export const personId = (name: string): string => foreignId(0, 'mattermost', 'user', name);

export class MattermostIndex {
	readonly users = new Map<string, SourcePerson>();
	readonly conversations = new Map<string, Conversation>();
	readonly #name: string;
	readonly #losses: Losses;

	/** @param name of the file, for messages */
	constructor(name: string, losses: Losses) {
		this.#name = name;
		this.#losses = losses;
	}

	/** Reads everything once, and remembers all but what was said. */
	async learn(chunks: AsyncIterable<Uint8Array>): Promise<void> {
		for await (const { text, number, offset, length } of linesOf(chunks, this.#name)) {
			const place = `${this.#name}, line ${number}`;
			const value = parseJson(text, place);
			const { type } = checked(AnyLine, value, place);
			if (number === 1 && type !== 'version') {
				throw new ImportError(
					place,
					'the first line says no version; is it a bulk export of Mattermost?'
				);
			}
			if (!READ.has(type)) {
				if (type !== 'info') lose(this.#losses, `lines of the type "${type.slice(0, 40)}"`);
				continue;
			}
			const line = checked(ReadLine, value, place);
			this.#note(line, { offset, length, line: number });
		}
	}

	#note(line: ReadLine, where: Where): void {
		switch (line.type) {
			case 'channel':
				this.#conversation(channelKey(line.channel.team, line.channel.name)).channel = line.channel;
				return;
			case 'user':
				this.#noteUser(line.user);
				return;
			case 'direct_channel': {
				const { members, participants, header } = line.direct_channel;
				const names = members ?? (participants ?? []).map((one) => one.username);
				if (names.length > 0) this.#direct(names).header = header ?? '';
				return;
			}
			case 'post':
				this.#notePlaces(
					this.#conversation(channelKey(line.post.team, line.post.channel)),
					line.post,
					where
				);
				return;
			case 'direct_post':
				this.#notePlaces(this.#direct(line.direct_post.channel_members), line.direct_post, where);
		}
	}

	#noteUser({ username, nickname, first_name, last_name, teams }: User): void {
		const display = nickname || [first_name, last_name].filter(Boolean).join(' ');
		this.users.set(username, {
			id: personId(username),
			name: username,
			...(display ? { display } : {})
		});
		for (const team of teams ?? []) {
			for (const { name, roles } of team.channels ?? []) {
				const role = roles?.includes('channel_admin') ? 'admin' : 'member';
				this.#conversation(channelKey(team.name, name)).members.set(username, role);
			}
		}
	}

	#notePlaces({ places }: Conversation, post: Post | DirectPost, where: Where): void {
		places.push({ ...where, at: post.create_at, reply: -1 });
		for (const [reply, { create_at }] of (post.replies ?? []).entries()) {
			places.push({ ...where, at: create_at, reply });
		}
	}

	#conversation(key: string): Conversation {
		const known = this.conversations.get(key);
		if (known) return known;
		const made = { key, channel: null, members: new Map(), header: '', places: [] };
		this.conversations.set(key, made);
		return made;
	}

	#direct(names: string[]): Conversation {
		const members = [...new Set(names)].sort();
		const direct = this.#conversation(directKey(members));
		for (const name of members) direct.members.set(name, 'member');
		return direct;
	}
}
