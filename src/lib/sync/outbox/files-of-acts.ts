/** Which files acts carry, and which acts have to wait for theirs. */
import type { FileQueue, LocalFile } from '../ports-files.ts';
import type { OutboxRow } from '../ports.ts';

/** The files of an act. */
export const filesOf = ({ act }: Pick<OutboxRow, 'act'>): readonly string[] =>
	act.kind === 'message.post' ? (act.files ?? []) : [];

/** Acts that have to wait: those with files that are not on the server. */
export function heldByFiles(rows: OutboxRow[], files: LocalFile[]): ReadonlySet<string> {
	const unsent = new Set(files.filter((file) => file.state !== 'sent').map((file) => file.id));
	return new Set(
		rows.filter((row) => filesOf(row).some((id) => unsent.has(id))).map((row) => row.id)
	);
}

/** What the sender of acts asks before each request; nothing is looked up while no act carries files. */
export function waitsForFiles(queue: FileQueue | undefined) {
	return async (rows: OutboxRow[]): Promise<ReadonlySet<string>> => {
		if (!queue || rows.every((row) => filesOf(row).length === 0)) return new Set();
		return heldByFiles(rows, await queue.all());
	};
}
