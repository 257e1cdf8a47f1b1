/** A person's act gets its id and its time. */
import { uuid7, type ActId } from '../../protocol/ids.ts';
import type { Act } from '../../protocol/up.ts';
import type { Clock, OutboxRow, Random } from '../ports.ts';

/** An act as screens write it. */
export type ActDraft = Act extends infer A ? (A extends Act ? Omit<A, 'id' | 'at'> : never) : never;

/** Makes an act of a draft. Its id decides that it has one effect, however often it is sent (promise 2). */
export function createAct(draft: ActDraft, clock: Clock, random: Random): Act {
	const at = Math.max(0, Math.floor(clock.now()));
	return { ...draft, id: uuid7(at, random.bytes(10)), at } as Act;
}

/** Acts that send themselves and that nobody waits for: they are in no list and are never refused aloud. */
const SILENT: ReadonlySet<Act['kind']> = new Set(['read.mark', 'draft.save', 'pref.set']);

/** Whether an act is one that the person knows of. */
export function isUserVisible({ act }: Pick<OutboxRow, 'act'>): boolean {
	return !SILENT.has(act.kind);
}

/** Whether a draft has become this message: it may have been kept a moment before the last words were written. */
export function becameMessage(draft: string, body: string): boolean {
	return draft.trim() !== '' && body.startsWith(draft.trim());
}

/** Whether a draft has become this act; what is passed on was never written here. */
export function becameAct(draft: string, act: Act): boolean {
	return act.kind === 'message.post' && act.forward === undefined && becameMessage(draft, act.body);
}

/** What a later act of the same kind makes superfluous; null: every one of them counts. */
function subject(act: Act): string | null {
	switch (act.kind) {
		case 'read.mark':
		case 'draft.save':
			return act.room;
		case 'message.react':
			return `${act.message} ${act.emoji}`;
		case 'message.pin':
			return act.message;
		case 'pref.set':
			return act.key;
		case 'profile.avatar':
			return '';
		default:
			return null;
	}
}

/** Queued acts that a new one takes the place of: those that were never handed to the network. */
export function superseded(act: Act, queue: OutboxRow[]): ActId[] {
	const what = subject(act);
	if (what === null) return [];
	return queue
		.filter((row) => row.tries === 0 && row.state === 'queued')
		.filter((row) => row.act.kind === act.kind && subject(row.act) === what)
		.map((row) => row.id);
}
