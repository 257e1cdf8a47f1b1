/** Files of messages that are brought in: taken out beside the data, checked, and kept like uploads. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { MessageRecord } from '../../src/lib/export/records.ts';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { UUID7 } from '../../src/lib/protocol/ids.ts';
import { CommandError } from '../command.ts';
import { tidyFileName } from '../files/file-name.ts';
import type { StoredFile } from '../files/file-ports.ts';
import {
	removeCopies,
	storeKept,
	storeUpload,
	type StorageContext
} from '../files/store-upload.ts';
import type { ImportStore } from './import-port.ts';
import type { ImportReport, KeptFiles } from './report.ts';
import { lose, type Source, type SourceFile, type SourceRoom } from './source.ts';

type FileOf = NonNullable<MessageRecord['files']>[number];

/** Characters of a MIME type that are kept. */
const TYPE_MAX = 100;

interface KeeperOptions {
	storage: StorageContext;
	store: Pick<ImportStore, 'isCarried'>;
	source: Pick<Source, 'file' | 'isClean'>;
	/** folder of its own for what is under way */
	dir: string;
	isDry: boolean;
}

/** What there is to be done for a file. */
type Plan = { is: 'take' | 'here'; file: SourceFile } | { is: 'lost'; why: string };

export class FileKeeper {
	readonly #options: KeeperOptions;
	/** files of this run -> what tells their bytes */
	readonly #seen = new Map<string, string>();

	constructor(options: KeeperOptions) {
		this.#options = options;
	}

	/** Keeps the files of a new message. Rejects with CommandError when the disk is full. */
	async keep(room: SourceRoom, record: MessageRecord, report: ImportReport): Promise<KeptFiles> {
		const kept: KeptFiles = { cards: [], attached: [] };
		if (record.deleted) return kept;
		for (const file of record.files ?? []) {
			const stored = await this.#keepOne(room, record, file, report);
			kept.cards.push(stored ?? cardOf(file));
			if (stored && !kept.attached.includes(file.id)) kept.attached.push(file.id);
		}
		return kept;
	}

	/** Keeps those files of a message that is here which are not. Answers their ids. @param named ids of files that it names here */
	async complete(
		room: SourceRoom,
		record: MessageRecord,
		named: string[],
		report: ImportReport
	): Promise<string[]> {
		const { table } = this.#options.storage;
		const added: string[] = [];
		for (const file of record.files ?? []) {
			if (!named.includes(file.id)) continue;
			if (await table.find(file.id)) report.files.known++;
			else if (await this.#keepOne(room, record, file, report)) added.push(file.id);
		}
		return added;
	}

	/** The card of a file that is here now; null: its bytes are not. */
	async #keepOne(
		room: SourceRoom,
		{ author }: MessageRecord,
		file: FileOf,
		report: ImportReport
	): Promise<FileCard | null> {
		const plan = await this.#plan(room, author.id, file);
		if (plan.is === 'lost') {
			lose(report.losses, plan.why);
			return null;
		}
		if (file.kind === 'video' && file.hash !== undefined) lose(report.losses, 'posters of films');
		this.#seen.set(file.id, plan.file.mark);
		report.files[plan.is === 'take' ? 'new' : 'known']++;
		if (this.#options.isDry) return cardOf(file);
		if (plan.is === 'take') return plainCard(await this.#take(plan.file, author.id, file));
		return plainCard((await this.#options.storage.table.find(file.id))!);
	}

	async #plan(room: SourceRoom, author: string, file: FileOf): Promise<Plan> {
		const { source, storage, store } = this.#options;
		if (!UUID7.test(file.id))
			return { is: 'lost', why: 'files without an id that can be one here' };
		const found = await source.file(room, file.path);
		if (!found) return { is: 'lost', why: 'files that are not there: their messages name them' };
		if (source.isClean && found.size !== file.size) {
			return { is: 'lost', why: 'files that have not the size that their message says' };
		}
		const seen = this.#seen.get(file.id);
		if (seen !== undefined) {
			if (seen === found.mark) return { is: 'here', file: found };
			return { is: 'lost', why: 'files whose id another file has' };
		}
		const here = await storage.table.find(file.id);
		if (!here) return { is: 'take', file: found };
		// Of a run that was interrupted; or in another conversation, too, to which whoever has the same bytes gets no access.
		const isLeft = here.person === author && !(await store.isCarried(file.id));
		if (isLeft || (await this.#isSame(found, here))) return { is: 'here', file: found };
		return { is: 'lost', why: 'files whose id another file has' };
	}

	async #isSame(file: SourceFile, here: StoredFile): Promise<boolean> {
		if (file.size !== here.size) return false;
		const bytes = await this.#options.storage.bytes.open(here.stored);
		return bytes !== null && (await digest(bytes)) === (await digest(await file.open()));
	}

	async #take(file: SourceFile, person: string, card: FileOf): Promise<StoredFile> {
		const { storage, dir, source } = this.#options;
		if (!(await storage.bytes.hasRoom(file.size))) {
			throw new CommandError(
				'There is no room on the disk for the files that come with it. Make room and run the same command again: it goes on where it stopped.'
			);
		}
		await mkdir(dir, { recursive: true });
		const path = join(dir, card.id);
		try {
			await pipeline(await file.open(), createWriteStream(path));
			return source.isClean
				? await storeKept(storage, path, person, card)
				: await storeUpload(storage, path, person, card);
		} finally {
			await removeCopies(path);
			await rm(path, { force: true });
		}
	}
}

async function digest(bytes: Readable): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(bytes, hash);
	return hash.digest('hex');
}

/** The card of a file whose bytes are not here: it is shown as missing. */
function cardOf({ id, name, size, type, kind, width, height, duration }: FileOf): FileCard {
	const sides = width && height ? { width, height } : {};
	return {
		id,
		name: tidyFileName(name),
		size,
		type: type.slice(0, TYPE_MAX),
		kind,
		...sides,
		...(duration ? { duration } : {})
	};
}

/** What messages say of a file that is kept. */
function plainCard({
	person: _person,
	stored: _stored,
	thumb: _thumb,
	...card
}: StoredFile): FileCard {
	return card;
}
