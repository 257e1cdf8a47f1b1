/**
 * Makes an export, piece by piece: what is in memory is one piece of messages and one part of a file. After each piece
 * the journal says how far it is, so that it goes on from there after whatever ended it.
 */
import viewerScript from '../../../export/viewer/viewer.js?raw';
import viewerStyle from '../../../export/viewer/viewer.css?raw';
import type { Spool } from '../../../db/spool/spool.ts';
import {
	freshRoom,
	journalText,
	readJournal,
	stepped,
	type DoneRoom,
	type JournalLine,
	type Progress,
	type RoomProgress,
	type RoomStep,
	type Scope
} from '../../../export/journal.ts';
import { folderOf } from '../../../export/names.ts';
import { dataScript, viewerPage } from '../../../export/pages.ts';
import {
	EXPORT_FORMAT,
	EXPORT_VERSION,
	personRecord,
	type ExportRecord,
	type RoomRecord
} from '../../../export/records.ts';
import { ZipWriter, type ZipEntry } from '../../../export/zip-writer.ts';
import type { Card } from '../../../protocol/change.ts';
import type { RoomId } from '../../../protocol/ids.ts';
import { pieces, type PieceParts } from './pieces.ts';
import { headOf } from './room-head.ts';
import { viewerWords } from './words.ts';

/** How far an export is. */
export interface ExportProgress {
	/** conversations that are done, of all */
	rooms: number;
	of: number;
	/** share of the one under way, from 0 to 1 */
	share: number;
	/** bytes written */
	size: number;
}

export interface ExportParts extends Omit<PieceParts, 'zip' | 'folder' | 'signal' | 'passesOver'> {
	me: Card;
	spool: Spool;
	/** the server's address */
	server: string;
	/** BCP 47 tag of the language of the pages */
	language: () => string;
	/** whether there is a way to the server now */
	isLinked: () => boolean;
}

const json = (data: unknown): string => `${JSON.stringify(data, null, '\t')}\n`;

/** One export under way. */
class Export {
	private readonly parts: ExportParts;
	private readonly zip: ZipWriter;
	private readonly signal: AbortSignal;
	private readonly progress: Progress;
	private readonly tell: (progress: ExportProgress) => void;
	/** Begun without a network, what is not here is passed over and named; else its loss interrupts. */
	private readonly passesOver: boolean;

	constructor(parts: ExportParts, progress: Progress, signal: AbortSignal, tell: Export['tell']) {
		this.parts = parts;
		this.progress = progress;
		this.signal = signal;
		this.tell = tell;
		this.passesOver = !parts.isLinked();
		// The worker takes the bytes over: those of a view on something larger have to be its own.
		const out = (bytes: Uint8Array) => parts.spool.append('zip', new Uint8Array(bytes));
		this.zip = new ZipWriter(out, progress.zip);
	}

	async run(): Promise<void> {
		const { scope, done } = this.progress;
		for (const room of scope.rooms.slice(done.length)) {
			this.signal.throwIfAborted();
			await this.exportRoom(room);
		}
		await this.endAll();
	}

	private async exportRoom(room: { id: string; name: string }): Promise<void> {
		const { parts, zip, signal, passesOver, progress } = this;
		const folder = folderOf(room.name, room.id);
		let now = progress.current ?? (await this.beginRoom(room.id));
		this.say(now);
		for await (const { step, entries } of pieces(
			{ ...parts, zip, folder, signal, passesOver },
			room.id,
			now
		)) {
			now = stepped(now, step);
			await this.note({ is: 'step', step, entries, offset: zip.position });
			this.say(now);
		}
		const { entries, messages } = await this.endRoom(room, folder, now);
		const done: DoneRoom = { ...room, folder, messages };
		await this.note({ is: 'room', room: done, entries, offset: zip.position });
		progress.done.push(done);
		progress.current = null;
	}

	/** A conversation of which nothing can be had is named as such. */
	private async beginRoom(room: RoomId): Promise<RoomProgress> {
		const { parts, zip, signal, passesOver } = this;
		const head = await headOf({ ...parts, signal, passesOver }, room);
		if (head !== null) return freshRoom(head);
		const nothing = { head: 0, next: 1, piece: null, messages: [], files: [] };
		const step: RoomStep = { ...nothing, all: true };
		await this.note({ is: 'step', step, entries: [], offset: zip.position });
		return stepped(freshRoom(0), step);
	}

	/** What says what a conversation is, and the page that shows it. */
	private async endRoom(
		{ id, name }: { id: string; name: string },
		folder: string,
		now: RoomProgress
	) {
		const { parts, zip, progress } = this;
		const { cache, server, language, me } = parts;
		const { made } = progress.scope;
		const room = (await cache.stream(id))?.room;
		const members = await cache.members(id);
		const messages = now.pieces.reduce((sum, piece) => sum + piece.messages, 0);
		const record: RoomRecord = {
			format: EXPORT_FORMAT,
			version: EXPORT_VERSION,
			...{ made, server, id, name },
			description: room?.description ?? '',
			private: room?.private ?? false,
			...(room?.direct ? { direct: true as const } : {}),
			owner: room?.owner ?? null,
			at: room?.at ?? null,
			members: members.map(({ id: who, role, state, card }) => ({
				person: personRecord(who, card),
				role,
				state
			})),
			head: now.head,
			messages,
			pieces: now.pieces,
			missing: now.missing
		};
		const page = { title: name, language: language(), top: '../', data: ['data/room.js'] };
		const data = { kind: 'room', room: record, words: viewerWords(me.id) };
		const entries = [
			await zip.add(`${folder}/room.json`, json(record), made),
			await zip.add(`${folder}/data/room.js`, dataScript(data), made),
			await zip.add(`${folder}/index.html`, viewerPage(page), made)
		];
		return { entries, messages };
	}

	/** The list of all, and the end of the archive. */
	private async endAll(): Promise<void> {
		const { parts, zip, progress } = this;
		const { me, server, language } = parts;
		const { made } = progress.scope;
		const record: ExportRecord = {
			format: EXPORT_FORMAT,
			version: EXPORT_VERSION,
			made,
			server,
			by: personRecord(me.id, me),
			rooms: progress.done
		};
		const words = viewerWords(me.id);
		const page = { title: words.title, language: language(), top: '', data: ['viewer/list.js'] };
		const entries = [
			await zip.add('export.json', json(record), made),
			await zip.add('viewer/list.js', dataScript({ kind: 'list', list: record, words }), made),
			await zip.add('index.html', viewerPage(page), made)
		];
		await zip.finish();
		await this.note({ is: 'end', entries, offset: zip.position });
	}

	private async note(line: JournalLine): Promise<void> {
		await noteIn(this.parts.spool, line);
	}

	private say({ head, next }: RoomProgress): void {
		const { scope, done } = this.progress;
		const share = head === 0 ? 1 : (next - 1) / head;
		this.tell({ rooms: done.length, of: scope.rooms.length, share, size: this.zip.position });
	}
}

/** Writes a line into the journal once all that it tells of is on the disk. */
async function noteIn(spool: Spool, line: JournalLine): Promise<void> {
	await spool.flush();
	await spool.append('journal', new TextEncoder().encode(journalText(line)));
	await spool.flush();
}

/** What every export begins with. */
async function begin({ spool }: ExportParts, scope: Scope): Promise<Progress> {
	await spool.cut('zip', 0);
	await spool.cut('journal', 0);
	const zip = new ZipWriter((bytes) => spool.append('zip', new Uint8Array(bytes)));
	const entries: ZipEntry[] = [
		await zip.add('viewer/viewer.js', viewerScript, scope.made),
		await zip.add('viewer/viewer.css', viewerStyle, scope.made)
	];
	const line: JournalLine = { is: 'begin', scope, entries, offset: zip.position };
	await noteIn(spool, line);
	return readJournal(journalText(line))!;
}

/** Makes an export in the spool, or goes on with it; see exports.ts. */
export async function runExport(
	parts: ExportParts,
	scope: Scope,
	signal: AbortSignal,
	tell: (progress: ExportProgress) => void
): Promise<void> {
	const { spool } = parts;
	const left = readJournal(spool.journal);
	// An archive that is shorter than its journal says has lost something: nothing could be added behind the gap.
	const isThere = left && spool.size >= left.zip.offset;
	const goesOn = isThere && !left.isComplete && left.scope.what === scope.what;
	if (goesOn) {
		const { entries, offset } = left.zip;
		await spool.cut('zip', offset);
		// A line that broke off would end the journal there for ever.
		const whole = spool.journal.slice(0, spool.journal.lastIndexOf('\n') + 1);
		await spool.cut('journal', new TextEncoder().encode(whole).length);
		tell({ rooms: left.done.length, of: left.scope.rooms.length, share: 0, size: offset });
		left.zip = { entries, offset };
	}
	await new Export(parts, goesOn ? left : await begin(parts, scope), signal, tell).run();
}
