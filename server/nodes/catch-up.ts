/** Streams of which something was missed: what came too early is kept, and the rest is read from the log. */
import type { PersonId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Clock, CommittedChanges } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { nothing, pieceOf, type Piece } from './pieces.ts';
import type { CaughtUp, NodeReads } from './ports.ts';
import type { Positions } from './positions.ts';

/** ms in which what is missing mostly comes by itself: nodes are heard of in no common order. */
const COMES_WITHIN = 25;
/** ms until it is tried again when the database is away. */
const TRY_AGAIN = 1_000;
/** ms after which a stream is tried at the latest that cannot be read when others can. */
const TRY_AGAIN_MAX = 60_000;
/** So many streams fail and none succeeds: the database is away. */
const AWAY_AFTER = 3;
/** Pieces of one stream that are kept; what is beyond is read. */
const KEPT_MAX = 100;
/** Streams that are read in one go. */
const READ_MAX = 200;

interface Missing {
	/** ms: not read before */
	due: number;
	/** it is known to have come this far */
	upto: number;
	/** what came too early */
	kept: Piece[];
	/** how often it alone could not be read */
	tries: number;
}

interface CatchUpOptions {
	positions: Positions;
	reads: Pick<NodeReads, 'since'>;
	clock: Clock;
	log: Log;
	/** tells pieces to the sockets and notes how far that is */
	tell: (pieces: readonly Piece[], before?: CommittedChanges) => void;
	peopleIn: (stream: StreamId) => PersonId[];
	/** told how many streams had to be read */
	onRead?: (streams: number) => void;
}

export class CatchUp {
	readonly #options: CatchUpOptions;
	readonly #missing = new Map<StreamId, Missing>();
	#stopTimer = () => {};
	/** ms: when the timer will fire */
	#wakesAt = Infinity;
	#isReading = false;
	#isClosed = false;
	/** until the heads were looked at, nothing that is heard is taken to be true now */
	#isDistrustful = false;

	constructor(options: CatchUpOptions) {
		this.#options = options;
	}

	/** Whether a piece may be told now: its stream stands where it begins, or is nobody's here. */
	isNext({ frame }: Piece): boolean {
		const position = this.#options.positions.get(frame.stream);
		return position === undefined || (position === frame.from && !this.#isDistrustful);
	}

	/** Keeps a piece that is not the next one, unless it was told already. */
	keep(piece: Piece): void {
		const { stream, upto } = piece.frame;
		if (upto.s <= this.#options.positions.get(stream)!) return;
		const { kept } = this.want(stream, upto.s);
		if (kept.length < KEPT_MAX) kept.push(piece);
	}

	/** The stream has come this far: what is missing is read, unless it comes by itself. */
	want(stream: StreamId, upto: number): Missing {
		const known = this.#missing.get(stream);
		if (known) {
			known.upto = Math.max(known.upto, upto);
			return known;
		}
		const missing = { due: this.#now() + COMES_WITHIN, upto, kept: [], tries: 0 };
		this.#missing.set(stream, missing);
		this.#schedule(COMES_WITHIN);
		return missing;
	}

	/** The stream was told further: what was kept may be the next. */
	goOn(stream: StreamId): void {
		const missing = this.#missing.get(stream);
		if (!missing) return;
		missing.kept.sort((a, b) => a.frame.from - b.frame.from);
		for (let first = missing.kept[0]; first; first = missing.kept[0]) {
			const isOld = first.frame.upto.s <= this.#positionOf(stream);
			if (!isOld && !this.isNext(first)) break;
			missing.kept.shift();
			if (isOld) continue;
			// What was told meanwhile of who is in a room may be older.
			const { membershipChanges } = pieceOf(first.frame);
			this.#options.tell([first], { ...nothing(), membershipChanges });
		}
		if (this.#positionOf(stream) >= missing.upto) this.#missing.delete(stream);
	}

	/** Nothing that is heard is told before the heads were looked at. */
	distrust(look: () => Promise<void>): void {
		if (this.#isDistrustful) return;
		this.#isDistrustful = true;
		void look();
	}

	/** The heads were looked at: what is behind them is known. */
	trust(): void {
		if (!this.#isDistrustful) return;
		this.#isDistrustful = false;
		for (const stream of [...this.#missing.keys()]) this.goOn(stream);
	}

	close(): void {
		this.#isClosed = true;
		this.#stopTimer();
	}

	#now(): number {
		return this.#options.clock.now();
	}

	#positionOf(stream: StreamId): number {
		return this.#options.positions.get(stream) ?? 0;
	}

	#schedule(ms: number): void {
		const at = this.#now() + ms;
		if (this.#isReading || this.#isClosed || this.#wakesAt <= at) return;
		this.#stopTimer();
		this.#wakesAt = at;
		this.#stopTimer = this.#options.clock.after(ms, () => void this.#read());
	}

	async #read(): Promise<void> {
		const now = this.#now();
		this.#wakesAt = Infinity;
		const due = [...this.#missing].filter((one) => one[1].due <= now).slice(0, READ_MAX);
		this.#isReading = true;
		const isThere = await this.#readAll(due.map(([stream]) => stream));
		this.#isReading = false;
		if (this.#missing.size > 0) this.#schedule(isThere ? this.#nextDue() : TRY_AGAIN);
	}

	/** Answers whether the database is there, as far as this shows it. */
	async #readAll(streams: StreamId[]): Promise<boolean> {
		if (streams.length === 0) return true;
		try {
			await this.#ask(streams);
			return true;
		} catch (error) {
			this.#failed(error, streams);
		}
		return streams.length > 1 && this.#readEach(streams);
	}

	/** One that cannot be read must not keep the others from it. */
	async #readEach(streams: StreamId[]): Promise<boolean> {
		const failed: StreamId[] = [];
		let read = 0;
		for (const stream of streams) {
			// It may have come by itself meanwhile.
			if (!this.#missing.has(stream)) continue;
			try {
				await this.#ask([stream]);
				read += 1;
			} catch (error) {
				this.#failed(error, [stream]);
				failed.push(stream);
			}
			if (this.#isClosed || (read === 0 && failed.length === AWAY_AFTER)) break;
		}
		for (const stream of failed) this.#putOff(stream, read > 0);
		return read > 0;
	}

	async #ask(streams: StreamId[]): Promise<void> {
		const { onRead, positions, reads, peopleIn } = this.#options;
		const asked = streams.map((stream) => ({
			stream,
			from: positions.get(stream) ?? 0,
			people: peopleIn(stream)
		}));
		const answers = await reads.since(asked);
		onRead?.(asked.length);
		answers.forEach((answer, i) => this.#apply(asked[i]!.stream, asked[i]!.from, answer));
	}

	/** The others are tried before this one. @param isOnly others could be read: it waits longer each time */
	#putOff(stream: StreamId, isOnly: boolean): void {
		const missing = this.#missing.get(stream);
		if (!missing) return;
		this.#missing.delete(stream);
		this.#missing.set(stream, missing);
		if (!isOnly) return;
		missing.due = this.#now() + Math.min(TRY_AGAIN * 2 ** missing.tries, TRY_AGAIN_MAX);
		missing.tries += 1;
	}

	#failed(error: unknown, streams: StreamId[]): void {
		if (this.#isClosed) return;
		const which = streams.length > 1 ? {} : { stream: streams[0] };
		this.#options.log.error({ err: error, ...which }, 'what was missed could not be read');
	}

	#nextDue(): number {
		const due = Math.min(...[...this.#missing.values()].map((missing) => missing.due));
		return Math.max(0, due - this.#now());
	}

	#apply(stream: StreamId, from: number, { frame, isMore, out }: CaughtUp): void {
		const { positions, tell } = this.#options;
		const position = positions.get(stream);
		if (position === undefined || (frame === null && position === from)) {
			this.#missing.delete(stream);
			return;
		}
		// If more was told while this was read, it is read again from there, unless that was all.
		if (position === from && frame) {
			const left = out.map((person) => ({ person, room: stream, in: false }));
			tell([pieceOf(frame)], { ...nothing(), membershipChanges: left });
		}
		if (!isMore) this.goOn(stream);
	}
}
