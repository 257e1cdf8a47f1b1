/**
 * Who is connected by other nodes. Each says what changes, and every two seconds that it lives: what was not heard of for
 * the length of a lease is gone, with everybody who was there. Whoever missed something asks for all of it.
 */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import type { Elsewhere, ElsewhereChange } from '../socket/elsewhere.ts';
import type { Bus, NodeEvents, NodeReads } from './ports.ts';

/** ms between two signs of life; and without one after which a node is gone. */
const BEAT_EVERY = 2_000;
const LEASE = 8_000;
/** ms for which an answer is waited for before a node is asked again; and between two answers, which all nodes hear. */
const ASK_AGAIN = 1_000;
const ANSWER_EVERY = 200;

const personEntry = (person: PersonId): string => `p:${person}`;
const sessionEntry = (session: string): string => `s:${session}`;
const personOf = (entry: string): PersonId | null =>
	entry.startsWith('p:') ? entry.slice(2) : null;

/** Another node, as it was last heard. */
interface Other {
	/** how many changes it has told */
	version: number;
	/** ms */
	heard: number;
	/** people who are online and sessions that are connected there */
	entries: Set<string>;
}

interface OthersOptions {
	bus: Bus;
	/** of this node, new at each start */
	name: string;
	reads: Pick<NodeReads, 'among'>;
	clock: Clock;
	log: Log;
}

export class Others implements Elsewhere {
	readonly #options: OthersOptions;
	readonly #others = new Map<string, Other>();
	readonly #own = new Set<string>();
	readonly #onChange = new Set<(changes: ElsewhereChange[]) => void>();
	readonly #onDoubt = new Set<() => Promise<void>>();
	readonly #onTyping = new Set<Parameters<Elsewhere['onTyping']>[0]>();
	/** node -> when it was asked for everybody (ms), until it has answered */
	readonly #asked = new Map<string, number>();
	/** ms */
	#lastAnswer = -Infinity;
	#stopAnswer: (() => void) | null = null;
	#version = 0;
	#lastBeat: number;
	#stopBeats = () => {};
	/** something that was said may have been missed, and whether that is being mended */
	#isInDoubt = false;
	#isMending = false;
	#isClosed = false;

	constructor(options: OthersOptions) {
		const { bus, clock } = options;
		this.#options = options;
		this.#lastBeat = clock.now();
		bus.on('alive', (sent) => this.#hearAlive(sent));
		bus.on('askAll', ({ node }) => this.#answerAll(node));
		bus.on('all', (sent) => this.#hearAll(sent));
		bus.on('here', (sent) => this.#hearOne(sent));
		bus.on('bye', ({ node }) => this.#forget([node]));
		bus.on('typing', ({ person, room, on }) => {
			for (const listener of this.#onTyping) listener(person, room, on);
		});
		bus.onUp(() => {
			this.#isInDoubt = true;
			this.#beat();
		});
		this.#beat();
	}

	isOnline(person: PersonId): boolean {
		return this.#has(personEntry(person));
	}

	hasSession(session: string): boolean {
		return this.#options.bus.isUp() && this.#has(sessionEntry(session));
	}

	inRoom(room: string): Promise<PersonId[]> | null {
		const people = new Set<PersonId>();
		for (const { entries } of this.#others.values()) {
			for (const entry of entries) {
				const person = personOf(entry);
				if (person !== null) people.add(person);
			}
		}
		return people.size === 0 ? null : this.#options.reads.among(room, [...people]);
	}

	tellPerson(person: PersonId, online: boolean, places: string[]): void {
		this.#tell(personEntry(person), online, places);
	}

	tellSession(session: string, connected: boolean): void {
		this.#tell(sessionEntry(session), connected, []);
	}

	tellTyping(person: PersonId, room: string, on: boolean): void {
		this.#options.bus.say('typing', { person, room, on });
	}

	onChange(listener: (changes: ElsewhereChange[]) => void): void {
		this.#onChange.add(listener);
	}

	onDoubt(listener: () => Promise<void>): void {
		this.#onDoubt.add(listener);
	}

	onTyping(listener: Parameters<Elsewhere['onTyping']>[0]): void {
		this.#onTyping.add(listener);
	}

	/** Others hear that nobody is here any more. */
	close(): void {
		this.#isClosed = true;
		this.#stopBeats();
		this.#stopAnswer?.();
		this.#options.bus.say('bye', { node: this.#options.name });
	}

	#has(entry: string): boolean {
		for (const { entries } of this.#others.values()) if (entries.has(entry)) return true;
		return false;
	}

	#tell(entry: string, on: boolean, places: string[]): void {
		if (this.#own.has(entry) === on) return;
		if (on) this.#own.add(entry);
		else this.#own.delete(entry);
		this.#version += 1;
		const { bus, name: node } = this.#options;
		bus.say('here', { node, version: this.#version, entry, on, places });
	}

	#beat(): void {
		if (this.#isClosed) return;
		const { bus, clock, name: node } = this.#options;
		this.#stopBeats();
		this.#stopBeats = clock.after(BEAT_EVERY, () => this.#beat());
		const now = clock.now();
		// While nobody could be heard, here or there, nobody is given up.
		const stoodStill = now - this.#lastBeat > 2 * BEAT_EVERY;
		const wasDeaf = stoodStill || !bus.isUp();
		if (stoodStill) this.#isInDoubt = true;
		this.#lastBeat = now;
		bus.say('alive', { node, version: this.#version });
		if (wasDeaf) for (const other of this.#others.values()) other.heard = now;
		const gone = [...this.#others].filter(([, { heard }]) => now - heard > LEASE);
		this.#forget(gone.map(([name]) => name));
		void this.#mend();
	}

	/** Has read what may have been missed; with the next beat again if that fails. */
	async #mend(): Promise<void> {
		if (!this.#isInDoubt || this.#isMending) return;
		this.#isInDoubt = false;
		this.#isMending = true;
		try {
			await Promise.all([...this.#onDoubt].map((listener) => listener()));
		} catch (error) {
			this.#isInDoubt = true;
			const { log } = this.#options;
			if (!this.#isClosed) log.error({ err: error }, 'what others said could not be read');
		} finally {
			this.#isMending = false;
		}
	}

	#hearAlive({ node, version }: NodeEvents['alive']): void {
		const other = this.#others.get(node);
		if (other) other.heard = this.#options.clock.now();
		if (other?.version !== version) this.#askAll(node);
	}

	#askAll(node: string): void {
		const { bus, clock } = this.#options;
		const now = clock.now();
		// The clock may have been set back.
		if (Math.abs(now - (this.#asked.get(node) ?? -Infinity)) < ASK_AGAIN) return;
		this.#asked.set(node, now);
		bus.say('askAll', { node });
	}

	/** Many may ask at once; each hears what any of them is answered. */
	#answerAll(node: string): void {
		const { clock, name } = this.#options;
		if (node !== name || this.#stopAnswer) return;
		const wait = this.#lastAnswer + ANSWER_EVERY - clock.now();
		if (wait > 0)
			this.#stopAnswer = clock.after(Math.min(wait, ANSWER_EVERY), () => this.#sayAll());
		else this.#sayAll();
	}

	#sayAll(): void {
		const { bus, clock, name: node } = this.#options;
		this.#stopAnswer = null;
		this.#lastAnswer = clock.now();
		bus.say('all', { node, version: this.#version, entries: [...this.#own] });
	}

	#hearAll({ node, version, entries }: NodeEvents['all']): void {
		this.#asked.delete(node);
		const before = this.#others.get(node)?.entries ?? new Set<string>();
		const heard = this.#options.clock.now();
		const after = new Set(entries);
		this.#others.set(node, { version, heard, entries: after });
		const came = entries.filter((entry) => !before.has(entry));
		const went = [...before].filter((entry) => !after.has(entry));
		this.#announce([...came, ...went], null);
	}

	#hearOne({ node, version, entry, on, places }: NodeEvents['here']): void {
		const other = this.#others.get(node);
		if (other?.version !== version - 1) return this.#askAll(node);
		other.version = version;
		other.heard = this.#options.clock.now();
		if (on) other.entries.add(entry);
		else other.entries.delete(entry);
		this.#announce([entry], places);
	}

	#forget(nodes: string[]): void {
		const entries = new Set<string>();
		for (const node of nodes) {
			for (const entry of this.#others.get(node)?.entries ?? []) entries.add(entry);
			this.#others.delete(node);
			this.#asked.delete(node);
		}
		this.#announce([...entries], null);
	}

	/** Tells what has become of these entries. */
	#announce(entries: string[], places: string[] | null): void {
		const changes = entries.flatMap((entry) => {
			const person = personOf(entry);
			return person === null ? [] : [{ person, online: this.#has(entry), places }];
		});
		if (changes.length === 0) return;
		for (const listener of this.#onChange) listener(changes);
	}
}
