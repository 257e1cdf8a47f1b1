/**
 * Brings in what a reader hands out, conversation after conversation, in pieces. A dry run does all of it but the
 * writing, so that it counts what a run counts.
 */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { UUID7 } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';
import { CommandError } from '../command.ts';
import { ImportError } from './import-error.ts';
import type { FileKeeper } from './import-files.ts';
import type { ImportReport, Count } from './report.ts';
import type { ImportStore, KnownMessage, NewMember } from './import-port.ts';
import { toNewMessage } from './new-message.ts';
import { describedAs } from './origin.ts';
import { People } from './people.ts';
import {
	lose,
	type Source,
	type SourceMessage,
	type SourcePerson,
	type SourceRoom
} from './source.ts';

/** Messages that are written in one transaction. */
const PIECE = 500;

export interface ImportOptions {
	store: ImportStore;
	files: FileKeeper;
	source: Source;
	/** counts only */
	isDry: boolean;
	/** who owns the conversations whose owner has no account here; null: as it was */
	owner: PersonId | null;
	/** a hash that no password has */
	secret: string;
	/** ms */
	now: () => number;
	/** called after each conversation */
	onRoom?: (name: string, messages: Count) => void;
}

/** Brings all of it in. Rejects with ImportError or CommandError; what was written before stays, and a second run completes it. */
export async function importAll(options: ImportOptions): Promise<ImportReport> {
	const report: ImportReport = {
		people: { new: 0, known: 0, accounts: 0 },
		rooms: { new: 0, known: 0 },
		messages: { new: 0, known: 0 },
		files: { new: 0, known: 0 },
		losses: new Map()
	};
	const people = new People(options, report);
	const work = { ...options, report, people };
	await importPeople(work);
	for await (const room of options.source.rooms()) await importRoom(work, room);
	for (const [what, count] of options.source.losses) lose(report.losses, what, count);
	return report;
}

interface Work extends ImportOptions {
	report: ImportReport;
	people: People;
}

async function importPeople({ source, people }: Work): Promise<void> {
	let some: SourcePerson[] = [];
	for await (const person of source.people()) {
		some.push(person);
		if (some.length < PIECE) continue;
		await people.ensure(some);
		some = [];
	}
	await people.ensure(some);
}

async function importRoom(work: Work, room: SourceRoom): Promise<void> {
	const { store, source, report } = work;
	const state = await store.room(room.id);
	if (state === 'other')
		throw new ImportError(room.place, `"${room.id}" is not a conversation here`);
	if (state === 'deleted') {
		lose(report.losses, 'conversations that were deleted here');
		return;
	}
	report.rooms[state === 'none' ? 'new' : 'known']++;
	const importing = new RoomImport(work, room, state === 'none');
	for await (const piece of piecesOf(source.messages(room))) await importing.piece(piece);
	await importing.finish();
	work.onRoom?.(room.name, importing.count);
}

async function* piecesOf(messages: AsyncIterable<SourceMessage>): AsyncGenerator<SourceMessage[]> {
	let piece: SourceMessage[] = [];
	for await (const message of messages) {
		piece.push(message);
		if (piece.length < PIECE) continue;
		yield piece;
		piece = [];
	}
	if (piece.length > 0) yield piece;
}

/** One conversation on its way. */
class RoomImport {
	readonly count: Count = { new: 0, known: 0 };
	readonly #work: Work;
	readonly #room: SourceRoom;
	/** it is to be made before the first message */
	#isToMake: boolean;
	/** seqs of messages, there and here, in their order */
	readonly #there: number[] = [];
	readonly #here: number[] = [];

	constructor(work: Work, room: SourceRoom, isNew: boolean) {
		this.#work = work;
		this.#room = room;
		this.#isToMake = isNew;
	}

	async piece(messages: SourceMessage[]): Promise<void> {
		const { store, people, report } = this.#work;
		await this.#make(messages[0]?.record.at);
		await people.ensure(messages.flatMap(({ record }) => peopleOf(record)));
		const ids = messages.map(({ record }) => record.id);
		const known = new Map((await store.messages(ids)).map((one) => [one.id, one]));
		const seen = new Set<string>();
		const fresh: SourceMessage[] = [];
		for (const message of messages) {
			const { id } = message.record;
			const here = known.get(id);
			if (seen.has(id)) throw new ImportError(message.place, `"${id}" is there twice`);
			seen.add(id);
			if (!here) fresh.push(message);
			else if (here.room === this.#room.id) await this.#complete(message, here);
			else lose(report.losses, 'messages whose id another message has here');
		}
		await this.#write(fresh);
		await this.#notePlaces(messages, known);
	}

	/** Remembers where the messages of a piece lie; a dry run remembers that they would be there. */
	async #notePlaces(
		messages: SourceMessage[],
		known: ReadonlyMap<string, KnownMessage>
	): Promise<void> {
		const { store, isDry } = this.#work;
		const { id: room } = this.#room;
		const ids = messages.map(({ record }) => record.id);
		const places = isDry ? null : await store.seqs(room, ids);
		for (const { record } of messages) {
			const isHere = (known.get(record.id)?.room ?? room) === room;
			const seq = places ? places.get(record.id) : isHere ? record.seq : undefined;
			if (seq === undefined) continue;
			this.#there.push(record.seq);
			this.#here.push(seq);
		}
	}

	async finish(): Promise<void> {
		const { store, isDry, now } = this.#work;
		const { id } = this.#room;
		await this.#make(undefined);
		const members = await this.#members();
		if (isDry) return;
		await store.setPins(id, now());
		await store.addMembers(id, members, now());
	}

	async #write(fresh: SourceMessage[]): Promise<void> {
		const { store, report, files, people, isDry, now } = this.#work;
		const written = [];
		const inPiece = new Map(fresh.map(({ record }) => [record.seq, record.id]));
		const placeOf = (seq: number) => this.#seqHere(seq) ?? inPiece.get(seq);
		for (const { record, place } of fresh) {
			if (!UUID7.test(record.id))
				throw new ImportError(place, `"${record.id}" is no id of a message`);
			const kept = await files.keep(this.#room, record, report);
			written.push(await toNewMessage(record, kept, { people, losses: report.losses, placeOf }));
		}
		this.count.new += fresh.length;
		report.messages.new += fresh.length;
		if (!isDry && written.length > 0) await store.addMessages(this.#room.id, written, now());
	}

	/** What a run that was interrupted, or an export without its files, has left out of a message. */
	async #complete({ record }: SourceMessage, here: KnownMessage): Promise<void> {
		const { store, files, report, isDry } = this.#work;
		this.count.known++;
		report.messages.known++;
		if (here.isDeleted || here.files.length === 0) return;
		const added = await files.complete(this.#room, record, here.files, report);
		if (isDry) return;
		for (const file of added) await store.attach(this.#room.id, here.id, file);
	}

	/** Where a message lies here that has this seq there; undefined: it is not here. */
	#seqHere(seq: number): number | undefined {
		let [low, high] = [0, this.#there.length - 1];
		while (low <= high) {
			const middle = (low + high) >> 1;
			const there = this.#there[middle]!;
			if (there === seq) return this.#here[middle];
			if (there < seq) low = middle + 1;
			else high = middle - 1;
		}
		return undefined;
	}

	/** @param first when the first message was said, ms */
	async #make(first: number | undefined): Promise<void> {
		if (!this.#isToMake) return;
		this.#isToMake = false;
		const { store, people, secret, isDry, now, source } = this.#work;
		const { id, description, direct, members, at } = this.#room;
		await people.ensure(members.map(({ person }) => person));
		const owner = await this.#owner();
		if (isDry) return;
		await store.addRoom({
			id,
			name: tidyRoomName(this.#room.name),
			description: describedAs(description, source.origin, now()),
			passwordHash: this.#room.private && !direct ? (this.#room.passwordHash ?? secret) : null,
			owner,
			direct,
			at: Math.min(at ?? now(), first ?? now(), now())
		});
	}

	/** Who owns it here: whoever owned it, if that is somebody who can sign in; else whom the command names. */
	async #owner(): Promise<PersonId> {
		const { store, people, owner: named } = this.#work;
		const { owner, members, direct } = this.#room;
		const was = members.find(({ person }) => person.id === owner)?.person.id;
		if (direct) return was ?? members[0]!.person.id;
		if (was !== undefined && (named === null || people.isAccount(was))) return was;
		return named ?? store.instance;
	}

	async #members(): Promise<NewMember[]> {
		const { people, store } = this.#work;
		const { members, direct } = this.#room;
		await people.ensure(members.map(({ person }) => person));
		const owner = await this.#owner();
		const role = (person: string, was: NewMember['role']) =>
			direct ? 'member' : person === owner ? 'owner' : was === 'owner' ? 'admin' : was;
		const all = members.map(({ person, role: was, state }): NewMember => ({
			person: person.id,
			role: role(person.id, was),
			isIn: state === 'in' || person.id === owner
		}));
		const isNamed = owner === store.instance || all.some(({ person }) => person === owner);
		return isNamed ? all : [...all, { person: owner, role: 'owner', isIn: true }];
	}
}

/** Everybody who has to be here for a message to be. */
const peopleOf = ({ author, reactions = [] }: SourceMessage['record']): SourcePerson[] => [
	author,
	...reactions.flatMap(({ people }) => people)
];

function tidyRoomName(name: string): string {
	const line = name.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
	const cut = [...line].slice(0, LIMITS.roomNameMax).join('').trim();
	return isVisible(cut) ? cut : 'Imported';
}

/** What an import is told when nobody is called as the command says. */
export const noSuchOwner = (name: string): CommandError =>
	new CommandError(
		`Nobody is called "${name}" here. Make the account first, or leave --owner out.`
	);
