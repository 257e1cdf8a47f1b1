/**
 * The rules: what becomes of an act, given the facts as they are under the room's lock. Pure, so
 * that every store decides alike. Rule numbers (A1 …) are those of docs/protocol.md.
 */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse, type RefusalCode } from '../../src/lib/protocol/refusal.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import { entry, isIn, may, outranks } from './access.ts';
import type { Decision, Effect, Facts, Prepared } from './store-port.ts';

type Of<K extends Act['kind']> = Extract<Act, { kind: K }>;

const no = (code: RefusalCode, field?: string): Decision => ({
	is: 'refuse',
	refusal: refuse(code, field === undefined ? {} : { field }),
	record: true
});
const yes = (stream: string, ...effects: Effect[]): Decision => ({
	is: 'accept',
	stream,
	effects
});
/** Accepted, though nothing had to change. */
const already = (stream: string, seq: number): Decision => ({ is: 'repeat', stream, seq });

/** A1: an id that is known is answered with what it came to, and never has a second effect (promise 2). */
function known({ person, digest, act }: Prepared, facts: Facts): Decision | null {
	const { op, message } = facts;
	if (op) {
		if (op.person !== person) return conflict();
		// A refused id stays refused, whatever it says now.
		if ('refusal' in op.result) return { is: 'refuse', refusal: op.result.refusal, record: false };
		return op.digest === digest ? already(op.result.stream, op.result.seq) : conflict();
	}
	if (facts.idIsMessage) return conflict();
	if (act.kind !== 'message.post' || !message) return null;
	if (message.author !== person || message.room !== act.room) return conflict();
	if (message.digest === digest) return already(message.room, message.seq);
	return conflict(message.seq);
}

function conflict(seq?: number): Decision {
	const refusal = refuse('id_conflict', seq === undefined ? {} : { seq });
	return { is: 'refuse', refusal, record: false };
}

/** Whether nothing of a text can be seen. */
const isBlank = (text: string) =>
	/^[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]*$/u.test(text);

function textFault(body: string): Decision | null {
	if (isBlank(body)) return no('message_empty', 'body');
	return codePoints(body) > LIMITS.messageMax ? no('message_too_long', 'body') : null;
}

function post(act: Of<'message.post'>): Decision {
	const fault = textFault(act.body);
	if (fault) return fault;
	return yes(act.room, {
		do: 'message.insert',
		room: act.room,
		body: act.body,
		// S16: kept as it came, wherever it points; only who may see the target is shown it.
		reply: act.reply ?? null,
		sent: act.at
	});
}

function edit(act: Of<'message.edit'>, person: string, { message }: Facts): Decision {
	if (!message || message.room !== act.room) return no('no_such_message');
	if (message.author !== person) return no('not_allowed');
	if (message.deleted) return no('message_deleted');
	return (
		textFault(act.body) ??
		yes(act.room, { do: 'message.edit', room: act.room, message: message.id, body: act.body })
	);
}

function recall(act: Of<'message.recall'>, person: string, { message, span }: Facts): Decision {
	if (!message || message.room !== act.room) return no('no_such_message');
	if (message.author !== person && !(span && may(span, 'recall-of-others'))) {
		return no('not_allowed');
	}
	if (message.deleted) return already(act.room, message.rev);
	return yes(act.room, { do: 'message.empty', room: act.room, message: message.id });
}

function nameFault(name: string): Decision | null {
	// Line breaks, and marks that turn the direction of other text around, make a list of rooms unreadable.
	const isUnfit = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name.trim());
	return isUnfit || isBlank(name) || codePoints(name.trim()) > LIMITS.roomNameMax
		? no('room_name_invalid', 'name')
		: null;
}

function descriptionFault(description: string): Decision | null {
	return codePoints(description) > LIMITS.roomDescriptionMax
		? no('description_too_long', 'description')
		: null;
}

function create({ act, person, secret }: Prepared & { act: Of<'room.create'> }, facts: Facts) {
	if (facts.room || facts.streamTaken) return conflict();
	const fault = nameFault(act.name) ?? descriptionFault(act.description);
	if (fault) return fault;
	if (facts.nameTaken) return no('room_name_taken', 'name');
	return yes(
		act.room,
		{
			do: 'room.insert',
			room: act.room,
			name: act.name.trim(),
			description: act.description.trim(),
			passwordHash: secret
		},
		{ do: 'span.open', room: act.room, person, role: 'owner' }
	);
}

function editRoom(act: Of<'room.edit'>, { span, nameTaken, head }: Facts): Decision {
	if (!span || !may(span, 'room.edit')) return no('not_allowed');
	const fault =
		(act.name === undefined ? null : nameFault(act.name)) ??
		(act.description === undefined ? null : descriptionFault(act.description));
	if (fault) return fault;
	if (nameTaken) return no('room_name_taken', 'name');
	if (act.name === undefined && act.description === undefined) return already(act.room, head);
	return yes(act.room, {
		do: 'room.update',
		room: act.room,
		...(act.name === undefined ? {} : { name: act.name.trim() }),
		...(act.description === undefined ? {} : { description: act.description.trim() })
	});
}

/** A private room is entered with the password it has now: a match with an older one is tried again (H14). */
function join({ act, person, secret }: Prepared & { act: Of<'room.join'> }, facts: Facts) {
	const { room, span, head } = facts;
	if (!room) return no('no_such_room');
	if (room.deleted) return no('room_deleted');
	if (isIn(span)) return already(room.id, head);
	if (room.passwordHash !== null && room.owner !== person) {
		if (act.password === undefined) return no('room_password_missing', 'password');
		if (secret !== room.passwordHash) return { is: 'stale' } satisfies Decision;
	}
	// A room that everybody had left belongs to whoever comes back first.
	const isAlone = facts.heir === null;
	const role = room.owner === person || isAlone ? 'owner' : 'member';
	const entered: Effect = { do: 'span.open', room: room.id, person, role };
	return isAlone && room.owner !== person
		? yes(room.id, entered, { do: 'room.update', room: room.id, owner: person })
		: yes(room.id, entered);
}

function leave(act: Of<'room.leave'>, person: string, { span, heir }: Facts): Decision {
	const effects: Effect[] = [{ do: 'span.close', room: act.room, person, why: 'left' }];
	if (span?.role === 'owner' && heir) {
		effects.unshift(
			{ do: 'span.role', room: act.room, person: heir, role: 'owner' },
			{ do: 'room.update', room: act.room, owner: heir }
		);
	}
	return yes(act.room, ...effects);
}

function remove(act: Of<'member.remove'>, { span, other, head }: Facts): Decision {
	if (!span || !may(span, 'member.remove')) return no('not_allowed');
	if (!isIn(other)) return already(act.room, head);
	if (!outranks(span, other)) return no('not_allowed');
	return yes(act.room, { do: 'span.close', room: act.room, person: act.person, why: 'removed' });
}

function read(act: Of<'read.mark'>, person: string, { span, head }: Facts): Decision {
	const upto = Math.min(act.upto, head);
	if (span && upto <= span.read) return already(act.room, head);
	return yes(person, { do: 'read', room: act.room, person, upto });
}

/** What becomes of an act. */
export function decide(prepared: Prepared, facts: Facts): Decision {
	const { act, person } = prepared;
	const before = known(prepared, facts);
	if (before) return before;
	if (act.kind === 'room.create') return create({ ...prepared, act }, facts);
	if (act.kind === 'room.join') return join({ ...prepared, act }, facts);
	const barred = entry(facts.room, facts.span);
	if (barred) return no(barred);
	switch (act.kind) {
		case 'message.post':
			return post(act);
		case 'message.edit':
			return edit(act, person, facts);
		case 'message.recall':
			return recall(act, person, facts);
		case 'room.edit':
			return editRoom(act, facts);
		case 'room.leave':
			return leave(act, person, facts);
		case 'member.remove':
			return remove(act, facts);
		case 'read.mark':
			return read(act, person, facts);
	}
}
