/** Calls of this server: what devices ask, what happens to devices and rooms, and what comes of it. */
import type {
	CallAnswer,
	CallRequest,
	CallState,
	SignalAnswer,
	SignalRequest
} from '../../src/lib/protocol/calls.ts';
import { isDirectId, type RoomId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { RETRY_AFTER_ERROR } from '../domain/constants.ts';
import type { Actor, Clock, Limiter } from '../domain/ports.ts';
import { stateOf, type Attendee, type Call, type Deed } from './call.ts';
import { CallLog } from './call-log.ts';
import { Desk } from './desk.ts';
import { DeedRunner } from './deeds.ts';
import { endAll, findCalls } from './found-calls.ts';
import type { CallAsks, CallDomain, CallEvents, IceServers, Lines, Ringer } from './ports.ts';
import { LogWatch } from './log-watch.ts';
import { createSteadyTime, type SteadyTime } from './steady-time.ts';
import { Entries } from './entries.ts';
import { limitStarts, Starts } from './starts.ts';
import { Switchboard } from './switchboard.ts';
import { Ticking } from './ticking.ts';
import { wantedBy } from './wanted.ts';

interface CallsOptions {
	/** false: everything that is asked is refused (CALLS=off, or several servers) */
	isOn: boolean;
	domain: CallDomain;
	limiter: Limiter;
	lines: Lines;
	ringer: Ringer;
	ice: IceServers;
	clock: Clock;
	onError: (error: unknown) => void;
}

type Ask<D extends CallRequest['do']> = Extract<CallRequest, { do: D }>;

/** Nothing is known of the call, or nothing that the asker may know. */
const UNKNOWN: CallAnswer = { call: null };

export class Calls implements CallAsks, CallEvents {
	readonly #options: CallsOptions;
	readonly #desk = new Desk();
	readonly #time: SteadyTime;
	readonly #log: CallLog;
	readonly #deeds: DeedRunner;
	readonly #switchboard: Switchboard;
	readonly #starts = new Starts();
	readonly #entries = new Entries();
	readonly #ticking: Ticking;
	readonly #unsubscribe: () => void;

	constructor(options: CallsOptions) {
		const { clock, domain, onError } = options;
		this.#options = options;
		this.#time = createSteadyTime(clock);
		this.#log = new CallLog({ domain, clock, onError });
		this.#deeds = new DeedRunner({
			...options,
			log: this.#log,
			desk: this.#desk,
			time: this.#time
		});
		this.#switchboard = new Switchboard({ ...options, desk: this.#desk });
		const shared = {
			...{ domain, clock, onError, desk: this.#desk, deeds: this.#deeds },
			now: () => this.#now()
		};
		this.#ticking = new Ticking(shared);
		const watch = new LogWatch(shared);
		this.#unsubscribe = domain.subscribe((changes) => watch.heard(changes));
	}

	/** Finds the calls that stood when the server went away. Call once, before any request. */
	async start(): Promise<void> {
		const { domain, isOn, onError } = this.#options;
		if (!isOn) return endAll(domain, this.#log);
		const now = this.#now();
		const { found, nobodys } = await findCalls(domain, now);
		for (const call of found) this.#desk.recover(call, now);
		for (const id of nobodys) onError(new Error(`a call of nobody: ${id}`));
		this.#ticking.keep();
	}

	/** Answers what a device asks about a call. Rejects with RefusalError. */
	async ask(actor: Actor, ask: CallRequest): Promise<CallAnswer> {
		if (!this.#options.isOn) throw new RefusalError(refuse('calls_off'));
		switch (ask.do) {
			case 'start':
				return this.#enter(actor, ask, () =>
					this.#starts.inTurn(ask.room, () => this.#start(actor, ask))
				);
			case 'join':
				return this.#enter(actor, ask, () => this.#join(actor, ask));
			case 'ice':
				return this.#moreIce(actor, ask);
			default:
				return this.#note(actor, ask);
		}
	}

	/** Passes a signal on, if it may pass. Rejects with RefusalError. */
	async signal(actor: Actor, ask: SignalRequest): Promise<SignalAnswer> {
		return this.#switchboard.signal(actor, ask);
	}

	/** A device has a socket that hears of all its person's rooms. */
	connected({ person }: Actor): void {
		// A socket is no sign of the call: who is in it asks to be let in again, or says that they are alive.
		for (const call of this.#desk.ringing(person, this.#now())) this.#deeds.ring(call, person);
	}

	/** A device has no socket any more. */
	disconnected({ person, device }: Actor): void {
		this.#deeds.run(this.#desk.lost(person, device, this.#now()));
	}

	/** How the call of a room stands, for whoever may see the room; null: there is none. */
	stateIn(room: RoomId): CallState | null {
		const call = this.#desk.inRoom(room);
		return call && this.#stateOf(call);
	}

	/** A session is over: its devices are out of their calls at once. */
	sessionEnded(session: string): void {
		this.#deeds.run(this.#desk.sessionOver(session, this.#now()));
	}

	close(): void {
		this.#unsubscribe();
		this.#ticking.close();
		this.#log.close();
	}

	/** Comes in, and goes out again when the device has hung up before it was in. */
	async #enter(
		actor: Actor,
		ask: Ask<'start' | 'join'>,
		enter: () => Promise<CallAnswer>
	): Promise<CallAnswer> {
		const entry = this.#entries.begin(actor, ask.call);
		try {
			const answer = await enter();
			const call = answer.call && this.#desk.get(answer.call.call);
			if (!entry.hasLeft || !call) return answer;
			const now = this.#now();
			this.#deeds.run(this.#desk.leave(call, actor.person, actor.device, now, now));
			return { call: this.#stateOf(call) };
		} finally {
			this.#entries.end(entry);
		}
	}

	async #start(actor: Actor, ask: Ask<'start'>): Promise<CallAnswer> {
		const { room, video, call: id } = ask;
		const standing = this.#desk.inRoom(room);
		if (standing) return this.#join(actor, { do: 'join', call: standing.id, room, video });
		const before = this.#desk.endedCall(id);
		if (before && before.by.id === actor.person) return { call: this.#stateOf(before) };
		await limitStarts(this.#options.limiter, actor.person, room);
		if (this.#desk.isFull()) throw new RefusalError(refuse('busy', { after: RETRY_AFTER_ERROR }));
		const by = await this.#attendee(actor);
		const { domain, clock } = this.#options;
		const rung = await wantedBy(domain, room, actor.person, clock.now());
		const written = await domain.writeCall(actor.person, {
			kind: 'call.begin',
			...{ id, room, video }
		});
		if ('refused' in written) throw new RefusalError(written.refused);
		if (written.row?.call?.ended !== undefined || !written.row) {
			throw new RefusalError(refuse('no_such_call'));
		}
		// Not before it was written: no jump of the clock lies between this and what is counted from it.
		const begun = this.#now();
		const given = { id, room, video, begun, by, rung, direct: isDirectId(room) };
		this.#deeds.noteRow(written.row);
		this.#deeds.run(this.#desk.begin(given, begun));
		// Who was put out of the room meanwhile is out of the call.
		if (!this.#sees(actor, this.#desk.get(id)!)) {
			this.#deeds.run(this.#desk.out(actor.person, room, this.#now()));
		}
		this.#ticking.keep();
		return this.#answerFor(actor, this.#desk.get(id) ?? this.#desk.endedCall(id)!);
	}

	async #join(actor: Actor, ask: Ask<'join'>): Promise<CallAnswer> {
		const who = await this.#attendee(actor);
		const isMuted = !(await this.#options.domain.maySpeak(actor.person, ask.room));
		const call = this.#seenBy(actor, ask.call);
		if (!call || call.room !== ask.room) throw new RefusalError(refuse('no_such_call'));
		if (isMuted) throw new RefusalError(refuse('muted'));
		const joined = this.#desk.join(call, who, ask.again === true, this.#now());
		if ('refused' in joined) throw new RefusalError(refuse(joined.refused));
		this.#deeds.run(joined.deeds);
		return this.#answerFor(actor, call);
	}

	/** What is answered with how the call stands, whatever came of it. */
	#note(actor: Actor, ask: Ask<'leave' | 'decline' | 'rings' | 'alive' | 'failed'>): CallAnswer {
		if (ask.do === 'leave') this.#entries.leave(actor, ask.call);
		const call = this.#desk.get(ask.call);
		if (!call) return this.#ended(actor, ask.call);
		if (!this.#isPart(actor, call)) return UNKNOWN;
		this.#deeds.run(this.#deedsOf(actor, ask, call));
		return { call: this.#stateOf(call) };
	}

	#deedsOf(
		{ person, device }: Actor,
		ask: Ask<'leave' | 'decline' | 'rings' | 'alive' | 'failed'>,
		call: Call
	): Deed[] {
		const now = this.#now();
		switch (ask.do) {
			case 'leave':
				return this.#desk.leave(call, person, device, ask.at ?? now, now);
			case 'decline':
				return this.#desk.decline(call, person, device, now);
			case 'rings':
				return this.#desk.rings(call, person);
			case 'alive':
				return this.#desk.alive(call, person, device, ask.with, now);
			case 'failed':
				return this.#desk.failed(call, person, device, ask.device, now);
		}
	}

	/** Whoever took part learns how it ended. */
	#ended({ person }: Actor, id: string): CallAnswer {
		const call = this.#desk.endedCall(id);
		const mayKnow = call?.took.has(person) === true && !call.out.has(person);
		return mayKnow ? { call: this.#stateOf(call) } : UNKNOWN;
	}

	/** Whether the asker has to do with a call that stands. Who was put out of its room has not, whatever they took part in. */
	#isPart(actor: Actor, call: Call): boolean {
		const { person } = actor;
		if (call.out.has(person)) return this.#sees(actor, call);
		return call.took.has(person) || call.rung.has(person) || this.#sees(actor, call);
	}

	async #moreIce(actor: Actor, ask: Ask<'ice'>): Promise<CallAnswer> {
		const call = this.#desk.get(ask.call);
		if (call?.seats.get(actor.person)?.device !== actor.device) {
			throw new RefusalError(refuse('no_such_call'));
		}
		const ice = await this.#switchboard.iceFor(actor, call);
		return { call: this.#stateOf(call), ...ice };
	}

	/** How it stands, and for those who are in it what helps media on its way. */
	async #answerFor(actor: Actor, call: Call): Promise<CallAnswer> {
		const isIn = call.seats.get(actor.person)?.device === actor.device;
		const ice = isIn ? await this.#switchboard.iceIfAllowed(actor, call) : {};
		return { call: this.#stateOf(call), ...ice };
	}

	#sees({ person, device }: Actor, call: Call): boolean {
		return this.#options.lines.hears(person, device, call.room);
	}

	/** The call, if the asker may know of it (W4). */
	#seenBy(actor: Actor, id: string): Call | null {
		const call = this.#desk.get(id);
		return call && this.#sees(actor, call) ? call : null;
	}

	async #attendee({ person, device, session }: Actor): Promise<Attendee> {
		const card = await this.#options.domain.card(person);
		if (!card) throw new RefusalError(refuse('session_ended'));
		return { card, device, session };
	}

	#stateOf(call: Call): CallState {
		return stateOf(call, this.#desk.isBusy, this.#time.toWall);
	}

	/** Time that is looked at often enough while calls stand; without any, nothing depends on it. */
	#now(): number {
		if (this.#desk.isEmpty()) this.#time.reset();
		return this.#time.now();
	}
}
