/** Decides promises 1–12 and 18 over what was recorded and what is kept. */
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import type { StreamState } from '../../../src/lib/sync/ports.ts';
import { holds } from '../../../src/lib/sync/reconcile/range.ts';
import { plantOnScreen, type Bug } from './bugs.ts';
import { feedDifference, lopsided, sideDifference } from './agreement.ts';
import type { SimDevice } from './device.ts';
import type { History } from './history.ts';
import type { SimServer } from './server.ts';

interface Stored {
	id: string;
	room: string;
	seq: number;
	rev: number;
	author: string;
	body: string;
	deleted_at: number | null;
	reactions?: unknown;
	mentions?: unknown;
	pinned_at?: number | null;
	type?: string | null;
	note?: string | null;
}

/** A call as it is shown, from either side. */
function callIn(row: MessageRow | Stored): string {
	if ('kind' in row) return JSON.stringify(row.call ?? null);
	return row.note?.startsWith('{"call":') ? row.note.slice('{"call":'.length, -1) : 'null';
}

/** What is shown of a message besides its text, from either side. */
function adorned(row: MessageRow | Stored): string {
	const isRow = 'kind' in row;
	const json = (value: unknown) => (isRow ? JSON.stringify(value ?? null) : (value ?? 'null'));
	const pinned = isRow ? (row.pinned ?? null) : (row.pinned_at ?? null);
	return `${json(row.reactions)}:${json(row.mentions)}:${pinned}:${callIn(row)}`;
}

const isDeleted = (row: MessageRow | Stored) =>
	'deleted_at' in row ? row.deleted_at !== null : row.deleted === true;

export class Checker {
	/** device -> stream -> last position seen */
	private readonly positions = new Map<SimDevice, Map<string, { epoch: number; s: number }>>();
	/** device -> messages seen deleted, in which epoch of their stream */
	private readonly deleted = new Map<SimDevice, Map<string, number>>();

	private readonly server: SimServer;
	private readonly devices: SimDevice[];
	private readonly history: History;
	private readonly bug: Bug | null;

	constructor(server: SimServer, devices: SimDevice[], history: History, bug: Bug | null) {
		this.server = server;
		this.devices = devices;
		this.history = history;
		this.bug = bug;
	}

	/** devices that have not yet been up to date with the server since a restore or a crash */
	private readonly unsettled = new Set<SimDevice>();

	/** A device's cache went back in time, or the server's past was replaced: begin watching anew. */
	forget(device: SimDevice): void {
		this.unsettled.add(device);
		this.positions.delete(device);
		this.deleted.delete(device);
	}

	private messages(): Map<string, Stored> {
		const rows = this.server.db.prepare<[], Stored>('SELECT * FROM message').all();
		return new Map(rows.map((row) => [row.id, row]));
	}

	private head(stream: string): number {
		const found = this.server.db.prepare('SELECT head FROM stream WHERE id = ?').get(stream);
		return (found as { head: number } | undefined)?.head ?? 0;
	}

	/** Whether a device's cursor is part of the server's past; after a restore it may not be yet. */
	private isShared({ id, cursor }: StreamState): boolean {
		if (!cursor) return false;
		if (cursor.s === 0) return true;
		const found = this.server.db
			.prepare('SELECT hash FROM change WHERE stream = ? AND seq = ?')
			.get(id, cursor.s);
		const generation = this.server.db.prepare('SELECT generation FROM instance').pluck().get();
		return (found as { hash: string } | undefined)?.hash === cursor.h && cursor.g === generation;
	}

	/** What must hold at every moment. */
	always(): void {
		const stored = this.messages();
		for (const device of this.devices) {
			if (this.unsettled.has(device) && !this.isUpToDate(device)) this.unsettled.delete(device);
			const settled = !this.unsettled.has(device);
			for (const state of device.browser.cache.streams.values()) {
				if (settled) this.forward(device, state);
				if (state.kind === 'room' && this.isShared(state)) this.honest(device, state, stored);
			}
			if (settled) this.tombstones(device);
		}
		this.nothingVanished(stored);
	}

	/** 8: a cursor never goes back. */
	private forward(device: SimDevice, { id, epoch, cursor }: StreamState): void {
		const seen = this.positions.get(device) ?? new Map<string, { epoch: number; s: number }>();
		this.positions.set(device, seen);
		const s = cursor?.s ?? 0;
		const before = seen.get(id);
		// Without a cursor the stream was forgotten (room left) and begins anew.
		if (cursor && before?.epoch === epoch && s < before.s) {
			this.history.violation('backwards', `${device.name} ${id}: ${before.s} -> ${s}`);
		}
		seen.set(id, { epoch, s });
	}

	/** 8: what is covered is held, at least as new as the cursor says. */
	private honest(device: SimDevice, state: StreamState, stored: Map<string, Stored>): void {
		const known = device.browser.cache.messages;
		for (const row of stored.values()) {
			if (row.room !== state.id || row.seq > state.cursor!.s) continue;
			const range = state.ranges.find((one) => one.from <= row.seq && row.seq <= one.to);
			if (!range) continue;
			const held = known.get(row.id);
			if (!held)
				this.history.violation('hole', `${device.name} lacks ${row.body} (seq ${row.seq})`);
			else if (held.rev < row.rev && row.rev <= (range.asOf ?? state.cursor!.s)) {
				this.history.violation('divergent', `${device.name} has an old ${row.id}`);
			}
		}
	}

	/** 8: deleted text never comes back. */
	private tombstones(device: SimDevice): void {
		const { streams, messages } = device.browser.cache;
		const seen = this.deleted.get(device) ?? new Map<string, number>();
		this.deleted.set(device, seen);
		for (const row of messages.values()) {
			const epoch = streams.get(row.room)?.epoch ?? -1;
			if (row.deleted) seen.set(row.id, epoch);
			else if (seen.get(row.id) === epoch) {
				this.history.violation('revived', `${device.name} ${row.id}`);
			}
		}
		for (const id of seen.keys()) if (!messages.has(id)) seen.delete(id);
	}

	/** 3: what was promised to the person is queued, refused, or on the server; never nowhere. */
	private nothingVanished(stored: Map<string, Stored>): void {
		const { history } = this;
		for (const { act, device } of history.done.values()) {
			if (history.discarded.has(act.id) || history.undone.has(act.id)) continue;
			const owner = this.devices.find((one) => one.name === device)!;
			if (owner.browser.outbox.rows.has(act.id)) continue;
			if (act.kind === 'message.post' && !stored.has(act.id)) {
				const what = `${device} ${act.id}`;
				history.violation(history.accepted.has(act.id) ? 'lost' : 'vanished', what);
				history.discarded.add(act.id);
			}
			const message = stored.get(act.id);
			if (message) this.isShown(owner, message);
		}
	}

	/** 10: what was answered but lies beyond the cursor is still on the author's screen. */
	private isShown(device: SimDevice, message: Stored): void {
		const state = device.browser.cache.streams.get(message.room);
		if (!state?.cursor || device.lossy || !this.isShared(state)) return;
		// Who has been put out, and does not know it yet, is shown nothing more of the room (promise 11); also when they
		// are in again by now: what was answered in between is brought by the log.
		const since = this.server.memberSince(message.room, device.me.id);
		if (since === null || since > state.cursor.s) return;
		if (message.seq <= state.cursor.s || device.browser.cache.messages.has(message.id)) return;
		this.history.violation('vanished', `${device.name} does not show its own ${message.id}`);
	}

	/* ---------------------------------------------------------------- at rest */

	/** Everything that must hold once nothing is wrong any more. */
	atRest(): void {
		this.always();
		this.sequences();
		this.onceEach();
		this.durable();
		this.order();
		const uneven = lopsided(this.server);
		if (uneven) this.history.violation('divergent', `contacts: ${uneven}`);
		for (const device of this.devices) this.level(device);
	}

	/** 9: a device stands where the server stands. */
	isUpToDate(device: SimDevice): string | null {
		for (const state of device.browser.cache.streams.values()) {
			if (!this.isShared(state) || state.cursor!.s !== this.head(state.id)) {
				return `${device.name} ${state.kind} ${state.id} at ${state.cursor?.s}, head ${this.head(state.id)}`;
			}
		}
		const rooms = this.server.db
			.prepare<[string], string>('SELECT room FROM membership WHERE person = ? AND to_seq IS NULL')
			.pluck()
			.all(device.me.id) as string[];
		const missing = rooms.find((room) => !device.browser.cache.streams.has(room));
		return missing ? `${device.name} does not know room ${missing}` : null;
	}

	private level(device: SimDevice): void {
		const behind = this.isUpToDate(device);
		if (behind) this.history.violation('divergent', behind);
		if (device.queued > 0)
			this.history.violation('stuck', `${device.name}: ${device.queued} queued`);
		const feed = feedDifference(this.server, device);
		if (feed) this.history.violation('divergent', `${device.name}, feed: ${feed}`);
		const stored = [...this.messages().values()];
		for (const state of device.rooms) {
			if (!this.server.isMember(state.id, device.me.id)) {
				this.history.violation('leaked', `${device.name} keeps ${state.id} after its removal`);
			}
			this.sameScreen(device, state, stored);
			this.sameUnread(device, state);
			this.sameMentioned(device, state);
			const side = sideDifference(this.server, device, state.id);
			if (side)
				this.history.violation('divergent', `${device.name}, members of ${state.id}: ${side}`);
			if (state.nonMessageAsOf !== null || state.ranges.some((range) => range.asOf !== null)) {
				this.history.violation('divergent', `${device.name} has not refreshed ${state.id}`);
			}
		}
	}

	/** 7, 18: what is shown of a room is the same everywhere: the server's rows, in the server's order. */
	private sameScreen(device: SimDevice, state: StreamState, stored: Stored[]): void {
		const rows = device.browser.cache.timelines.get(state.id) ?? [];
		const shown = plantOnScreen(rows, this.bug).filter((row) => holds(state.ranges, row.seq));
		const expected = stored
			.filter((row) => row.room === state.id && holds(state.ranges, row.seq))
			.sort((a, b) => a.seq - b.seq);
		const text = (row: MessageRow | Stored) =>
			`${row.id}:${row.seq}:${row.rev}:${row.body}:${isDeleted(row)}:${adorned(row)}`;
		const a = shown.map(text).join('\n');
		const b = expected.map(text).join('\n');
		if (a === b) return;
		const same =
			[...shown.map(text)].sort().join('\n') === [...expected.map(text)].sort().join('\n');
		const extra = shown.some((row) => !stored.some((one) => one.id === row.id));
		const verdict = same ? 'inverted' : extra ? 'merged' : 'divergent';
		const lines = shown.map(text).filter((line) => !b.includes(line));
		const wanted = expected.map(text).filter((line) => !a.includes(line));
		const what = `${device.name} shows ${state.id} otherwise: ${lines} instead of ${wanted}`;
		this.history.violation(verdict, what);
	}

	/** 12: unread is a function of the log and the read position. */
	private sameUnread(device: SimDevice, state: StreamState): void {
		const count = this.server.db
			.prepare(
				`SELECT count(*) FROM message WHERE room = ? AND author <> ? AND deleted_at IS NULL
				AND (type IS NULL OR type <> 'system'
					OR json_extract(note, '$.call.end') IN ('missed', 'cancelled'))
				AND seq > (SELECT max(read, ?) FROM membership WHERE room = ? AND person = ?)`
			)
			.pluck()
			.get(state.id, device.me.id, state.read, state.id, device.me.id) as number;
		if (count !== state.unread) {
			this.history.violation('unread', `${device.name} ${state.id}: ${state.unread}, not ${count}`);
		}
	}

	/** 12, for mentions: rows with the person's id in what the server made of the text. */
	private sameMentioned(device: SimDevice, state: StreamState): void {
		const rows = this.server.db
			.prepare<[string, string, number, string, string], { mentions: string }>(
				`SELECT mentions FROM message WHERE room = ? AND author <> ? AND deleted_at IS NULL
				AND mentions IS NOT NULL
				AND seq > (SELECT max(read, ?) FROM membership WHERE room = ? AND person = ?)`
			)
			.all(state.id, device.me.id, state.read, state.id, device.me.id);
		const count = rows.filter(({ mentions }) =>
			(JSON.parse(mentions) as [string, string][]).some(([, person]) => person === device.me.id)
		).length;
		if (count === state.mentioned) return;
		const what = `${device.name} ${state.id}: ${state.mentioned} mentions, not ${count}`;
		this.history.violation('unread', what);
	}

	/** 6: seqs are 1..head, or what was not pruned of it, and the hash chain ends at the head's hash. */
	private sequences(): void {
		const streams = this.server.db.prepare('SELECT id, head, floor, head_hash FROM stream').all();
		for (const { id, head, floor, head_hash } of streams as {
			id: string;
			head: number;
			floor: number;
			head_hash: string;
		}[]) {
			const seqs = this.server.db
				.prepare('SELECT seq, hash FROM change WHERE stream = ? ORDER BY seq')
				.all(id) as { seq: number; hash: string }[];
			const first = Math.max(1, floor);
			const isWhole = seqs.every(({ seq }, i) => seq === first + i) && seqs.at(-1)?.seq === head;
			if (head > 0 && !(isWhole && seqs.at(-1)!.hash === head_hash)) {
				this.history.violation('hole', `log of ${id} is not ${first}..${head}`);
			}
		}
	}

	/** 2: bodies are unique in the simulator, so two messages with one first text are one act twice. Calls have no text. */
	private onceEach(): void {
		const twice = this.server.db
			.prepare<[], { digest: string }>(
				`SELECT digest FROM message WHERE digest IS NOT NULL AND type IS NULL
				GROUP BY digest, author HAVING count(*) > 1`
			)
			.all();
		if (twice.length > 0) this.history.violation('duplicate', `${twice.length} messages twice`);
	}

	/** 1: what a device was told to be accepted is in the database. */
	private durable(): void {
		const ids = this.server.committedIds();
		for (const id of this.history.accepted.keys()) {
			if (this.history.undone.has(id) || ids.has(id)) continue;
			const recorded = this.server.db.prepare('SELECT 1 FROM act_result WHERE id = ?').get(id);
			const act = this.history.done.get(id)?.act;
			// An act that changed nothing (joined already, read already) has no change.
			if (!recorded && act?.kind === 'message.post')
				this.history.violation('lost', `accepted ${id}`);
		}
	}

	/** 4: per device and room, accepted order is the order of sending. */
	private order(): void {
		const stored = this.messages();
		const last = new Map<string, number>();
		const done = [...this.history.done.values()].sort((a, b) => a.n - b.n);
		for (const { act, device } of done) {
			const message = act.kind === 'message.post' ? stored.get(act.id) : undefined;
			if (!message || this.history.undone.has(act.id)) continue;
			const lane = `${device} ${message.room}`;
			if (message.seq < (last.get(lane) ?? 0)) {
				this.history.violation('inverted', `${lane}: ${message.body} overtaken`);
			}
			last.set(lane, Math.max(message.seq, last.get(lane) ?? 0));
		}
	}
}
