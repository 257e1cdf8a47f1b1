/**
 * What any node commits is told on every node, each stream in the order of its numbers. What did not come, or came too
 * early, is read from the log: so nothing of a room is told here before a removal that came first (promise 11).
 */
import type { PersonId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Clock, CommitListener, CommittedChanges, Domain } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { CatchUp } from './catch-up.ts';
import { createFreezeWatch } from './freeze-watch.ts';
import { add, nothing, split, type Piece } from './pieces.ts';
import type { Bus, NodeReads } from './ports.ts';
import { Positions } from './positions.ts';

/** ms between two looks at the heads. With what follows, what was not heard of is told within 3 s (NET-10). */
const LOOK_EVERY = 2_000;

/** The sockets of this node. */
export interface LocalSockets {
	/** whether somebody is told of a stream */
	listens(stream: StreamId): boolean;
	/** whose sockets are told of it */
	peopleIn(stream: StreamId): PersonId[];
}

interface RelayOptions {
	bus: Bus;
	/** tells what this node commits */
	domain: Pick<Domain, 'subscribe'>;
	reads: NodeReads;
	clock: Clock;
	log: Log;
	/** told how many streams had to be read, because what was said of them did not come */
	onRead?: (streams: number) => void;
}

const NO_SOCKETS: LocalSockets = { listens: () => false, peopleIn: () => [] };

/** Whether somebody must not be told anything any more: that is done everywhere before it is acknowledged. */
const endsSomething = ({ membershipChanges, contactsChanged, sessionsEnded }: CommittedChanges) =>
	membershipChanges.some((change) => !change.in) ||
	contactsChanged.length > 0 ||
	sessionsEnded.length > 0;

async function both(one: Promise<void> | void, other: Promise<void>): Promise<void> {
	await Promise.all([one, other]);
}

export class Relay {
	readonly #options: RelayOptions;
	readonly #listeners = new Set<CommitListener>();
	readonly #positions = new Positions();
	readonly #freeze: ReturnType<typeof createFreezeWatch>;
	readonly #catchUp: CatchUp;
	readonly #unsubscribe: () => void;
	#sockets = NO_SOCKETS;
	/** people who have come into rooms whose heads are not known here */
	readonly #entered = new Set<PersonId>();
	#stopLooking = () => {};
	#isClosed = false;

	constructor(options: RelayOptions) {
		const { bus, clock, domain } = options;
		this.#options = options;
		this.#freeze = createFreezeWatch(clock);
		this.#catchUp = new CatchUp({
			...options,
			positions: this.#positions,
			tell: (pieces, before) => void this.#tell(pieces, before),
			peopleIn: (stream) => this.#sockets.peopleIn(stream)
		});
		bus.on('committed', (changes) => this.#hear(changes));
		this.#unsubscribe = domain.subscribe((changes) => {
			const told = this.#accept(changes);
			if (endsSomething(changes)) return both(told, bus.ask('committed', changes));
			bus.say('committed', changes);
			return told;
		});
	}

	/** The listener is called with what any node has committed. */
	subscribe(listener: CommitListener): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** The streams whose frames a person may have: from where they stand now, nothing is missed. */
	async streams(person: PersonId): Promise<StreamId[]> {
		const heads = await this.#options.reads.heads(person);
		for (const { stream, head } of heads) this.#positions.offer(stream, head);
		return heads.map(({ stream }) => stream);
	}

	/** Follows the heads of what these sockets listen to, from now on. */
	follow(sockets: LocalSockets): void {
		this.#sockets = sockets;
		this.#options.bus.onUp(() => void this.#look());
		void this.#look();
	}

	close(): void {
		this.#isClosed = true;
		this.#unsubscribe();
		this.#stopLooking();
		this.#freeze.stop();
		this.#catchUp.close();
	}

	/** What cannot be told as it came is read. */
	async #hear(changes: CommittedChanges): Promise<void> {
		try {
			await this.#accept(changes);
		} catch (error) {
			void this.#look();
			throw error;
		}
	}

	/** Tells what comes next in its stream; keeps what came too early. @returns what has to be waited for, if anything */
	#accept(changes: CommittedChanges): Promise<void> | void {
		const { pieces, rest } = split(changes);
		const { contactsChanged, sessionsEnded } = changes;
		const before = { ...nothing(), contactsChanged: [...contactsChanged], sessionsEnded };
		// Whoever is out is out at once, whatever else has not come yet.
		const out = changes.membershipChanges.filter((change) => !change.in);
		before.membershipChanges.push(...out, ...rest);
		if (this.#freeze.wasFrozen()) this.#catchUp.distrust(() => this.#look());
		const next = pieces.filter((piece) => this.#catchUp.isNext(piece));
		for (const piece of pieces) if (!next.includes(piece)) this.#catchUp.keep(piece);
		const told = this.#tell(next, before);
		for (const { frame } of next) this.#catchUp.goOn(frame.stream);
		return told;
	}

	#tell(pieces: readonly Piece[], before = nothing()): Promise<void> | void {
		for (const piece of pieces) add(piece, before);
		const told = this.#publish(before);
		for (const { frame } of pieces) {
			const { stream, upto } = frame;
			const isKnown = this.#positions.get(stream) !== undefined;
			if (isKnown || this.#sockets.listens(stream)) this.#positions.set(stream, upto.s);
		}
		for (const { person, room, in: isIn } of before.membershipChanges) {
			const isUnknown = isIn && this.#positions.get(room) === undefined;
			if (isUnknown && this.#sockets.listens(room)) this.#entered.add(person);
		}
		void this.#followEntered();
		return told;
	}

	/** Reads where the rooms stand into which somebody came by a feed alone; with the next look again if that fails. */
	async #followEntered(): Promise<void> {
		const people = [...this.#entered];
		this.#entered.clear();
		const reads = people.map((person) =>
			this.streams(person).catch((error: unknown) => {
				this.#entered.add(person);
				this.#failed(error, 'the rooms of somebody could not be read');
			})
		);
		await Promise.all(reads);
	}

	#publish(changes: CommittedChanges): Promise<void> | void {
		const failed = (error: unknown) =>
			this.#options.log.error({ err: error }, 'what was committed could not be told');
		const waits: Promise<void>[] = [];
		for (const listener of this.#listeners) {
			// An error in one listener must not keep the others from it.
			try {
				const told = listener(changes);
				if (told) waits.push(told.catch(failed));
			} catch (error) {
				failed(error);
			}
		}
		if (waits.length > 0) return Promise.all(waits).then(() => undefined);
	}

	async #look(): Promise<void> {
		if (this.#isClosed) return;
		const { reads } = this.#options;
		void this.#followEntered();
		try {
			const moved = await reads.moved(this.#positions.all());
			for (const [stream, head] of moved) this.#catchUp.want(stream, head);
			this.#catchUp.trust();
		} catch (error) {
			this.#failed(error, 'the heads could not be looked at');
		} finally {
			this.#lookLater();
		}
	}

	#lookLater(): void {
		this.#stopLooking();
		// A look may have been under way when this was closed.
		if (this.#isClosed) return;
		this.#stopLooking = this.#options.clock.after(LOOK_EVERY, () => {
			this.#positions.forgetIdle(this.#sockets.listens);
			void this.#look();
		});
	}

	/** Nothing can be read when the server is being closed, nor has it to be. */
	#failed(error: unknown, what: string): void {
		if (!this.#isClosed) this.#options.log.error({ err: error }, what);
	}
}
