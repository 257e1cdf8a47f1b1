/** Does what has to be done of what happened in calls. */
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { otherOf, type MessageId, type PersonId } from '../../src/lib/protocol/ids.ts';
import type { Clock, Limiter } from '../domain/ports.ts';
import { ringOf, stateOf, type Call, type Deed } from './call.ts';
import type { CallLog } from './call-log.ts';
import type { Desk } from './desk.ts';
import type { Lines, Ringer } from './ports.ts';
import type { SteadyTime } from './steady-time.ts';
import { Teller } from './teller.ts';

interface DeedParts {
	desk: Desk;
	time: SteadyTime;
	log: CallLog;
	lines: Lines;
	ringer: Ringer;
	limiter: Limiter;
	clock: Clock;
	onError: (error: unknown) => void;
}

export class DeedRunner {
	readonly #parts: DeedParts;
	readonly #teller: Teller;
	/** messages of calls that ring */
	readonly #rows = new Map<MessageId, MessageRow>();
	/** people who are kept online */
	readonly #online = new Map<MessageId, Set<PersonId>>();

	constructor(parts: DeedParts) {
		const { desk, time, lines, clock } = parts;
		this.#parts = parts;
		this.#teller = new Teller(clock, (call) => lines.tell(stateOf(call, desk.isBusy, time.toWall)));
	}

	/** The message of a call that begins. */
	noteRow(row: MessageRow): void {
		this.#rows.set(row.id, row);
	}

	/** Rings on the devices of a person that are connected. */
	ring(call: Call, person: PersonId): void {
		this.#parts.lines.ring(person, ringOf(call, this.#parts.time.toWall));
	}

	run(deeds: Deed[]): void {
		for (const deed of deeds) this.#do(deed);
		for (const call of new Set(deeds.map((deed) => deed.call))) this.#keepOnline(call);
	}

	#do(deed: Deed): void {
		const { call } = deed;
		const { desk, lines, log, ringer, time } = this.#parts;
		switch (deed.do) {
			case 'ring': {
				this.ring(call, deed.person);
				const row = this.#rows.get(call.id);
				if (row) ringer.ring(deed.person, ringOf(call, time.toWall), row);
				return;
			}
			case 'unring':
				lines.unring(deed.person, { call: call.id, why: deed.why }, deed.device);
				return ringer.over(deed.person, call.id, deed.why);
			case 'out': {
				const state = { ...stateOf(call, desk.isBusy, time.toWall), you: deed.why };
				return lines.tellDevice(deed.person, deed.device, state);
			}
			case 'tell':
				return this.#teller.tell(call);
			case 'note':
				return this.#noteAnswer(call);
			case 'end':
				this.#rows.delete(call.id);
				return log.write(call.by.id, {
					kind: 'call.end',
					...{ room: call.room, message: call.id, end: deed.end, ended: deed.at },
					// Whoever called and was not answered is no company.
					...(call.answered === null ? {} : { people: [...call.took] })
				});
		}
	}

	#noteAnswer(call: Call): void {
		const { limiter, log, onError } = this.#parts;
		const { id: message, room, answered, by, took } = call;
		log.write(by.id, {
			kind: 'call.note',
			...{ room, message, people: [...took] },
			...(answered === null ? {} : { answered })
		});
		if (!call.direct || call.notes > 1) return;
		limiter.refund('call-unanswered', `${by.id}:${otherOf(room, by.id)}`).catch(onError);
	}

	/** Whoever is in a call is online, also while the server has lost the device (V34). */
	#keepOnline(call: Call): void {
		const { lines } = this.#parts;
		const before = this.#online.get(call.id) ?? new Set<PersonId>();
		const now = new Set(call.ended ? [] : call.seats.keys());
		for (const person of now) if (!before.has(person)) lines.keepOnline(person, true);
		for (const person of before) if (!now.has(person)) lines.keepOnline(person, false);
		if (now.size > 0) this.#online.set(call.id, now);
		else this.#online.delete(call.id);
	}
}
