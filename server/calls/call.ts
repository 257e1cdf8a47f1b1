/** A call while it stands, and what is told of it. Pure. Times are ms of the server's clock. */
import type { CallEnd } from '../../src/lib/protocol/call-note.ts';
import type { CallState, Ring, Unring } from '../../src/lib/protocol/calls.ts';
import type { Card } from '../../src/lib/protocol/change.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';

/** A device that takes part, or wants to. */
export interface Attendee {
	card: Card;
	device: string;
	/** public id of the session */
	session: string;
}

/** Somebody in a call: one device a person. */
export interface Seat extends Attendee {
	since: number;
	/** since when the server has lost the device; null: it is connected */
	away: number | null;
	/** when the device last said itself that it is in the call */
	alive: number;
	/** when somebody else in the call last got something from it */
	named: number;
}

/** Somebody who is being called. */
interface Rung {
	/** a device of theirs rings */
	rings: boolean;
	/** nothing rings there: they do not want it */
	isSilent: boolean;
}

export interface Call {
	id: MessageId;
	room: RoomId;
	/** a conversation of two */
	direct: boolean;
	video: boolean;
	by: Card;
	begun: number;
	answered: number | null;
	/** when ringing ends; null: nobody is called any more */
	until: number | null;
	seats: Map<PersonId, Seat>;
	rung: Map<PersonId, Rung>;
	/** who ever took part, by joining */
	took: Set<PersonId>;
	/** who may not know of it any more: put out of the room */
	out: Set<PersonId>;
	/** devices that found no way to the other one */
	failed: Set<string>;
	/** after the server was away: people of the call may take it up again until then; null: it goes on */
	recoverBy: number | null;
	/** when somebody was last known to be in it */
	alive: number;
	/** people who left while the server was away, and when */
	left: Map<PersonId, number>;
	/** changes of the log that joining made, and when the next one may be made; null: there is nothing new */
	notes: number;
	noteAt: number | null;
	lastNote: number;
	ended: { at: number; end: CallEnd } | null;
}

/** What has to be done of what happened in a call, in this order. */
export type Deed =
	| { do: 'ring'; call: Call; person: PersonId }
	| {
			do: 'unring';
			call: Call;
			person: PersonId;
			why: Unring['why'];
			/** the device that answered or declined; null: none did */
			device: string | null;
	  }
	/** a device is not in it any more */
	| { do: 'out'; call: Call; person: PersonId; device: string; why: 'moved' | 'removed' }
	/** it stands otherwise than before */
	| { do: 'tell'; call: Call }
	/** the log is to say who takes part, and when it was answered */
	| { do: 'note'; call: Call }
	| { do: 'end'; call: Call; end: CallEnd; at: number };

/**
 * The state of a call as devices are told it.
 * @param isBusy tells who is in another call
 * @param toWall a time as devices know it
 */
export function stateOf(
	call: Call,
	isBusy: (person: PersonId, besides: MessageId) => boolean,
	toWall: (at: number) => number
): CallState {
	return {
		call: call.id,
		room: call.room,
		video: call.video,
		begun: call.begun,
		...(call.answered === null ? {} : { answered: call.answered }),
		...(call.ended ? { ended: call.ended } : {}),
		people: [...call.seats.values()].map(({ card, device, since, away }) => ({
			person: card,
			device,
			since,
			...(away === null ? {} : { away: true as const })
		})),
		rung: [...call.rung].map(([person, { rings }]) => ({
			person,
			...(rings ? { rings: true as const } : {}),
			...(isBusy(person, call.id) ? { busy: true as const } : {})
		})),
		...(call.until === null ? {} : { until: toWall(call.until) })
	};
}

/** What rings. @throws Error when nobody is called any more */
export function ringOf({ id, room, by, video, until }: Call, toWall: (at: number) => number): Ring {
	if (until === null) throw new Error('nothing rings any more');
	return { call: id, room, by, video, until: toWall(until) };
}
