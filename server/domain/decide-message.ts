/** What becomes of acts about messages, read positions and drafts. Pure. */
import type { Reaction } from '../../src/lib/protocol/change.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { may } from './access.ts';
import {
	unchanged,
	requireMembership,
	refuse,
	silenced,
	textError,
	accept,
	type Of
} from './decision.ts';
import type { Effect } from './effect.ts';
import type { Decision, Facts } from './store-port.ts';

/** Exactly one emoji as Unicode recommends it for interchange (UTS 51), with its variation selector. */
const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

export function post(act: Of<'message.post'>, facts: Facts): Decision {
	const { source, replySeq, mentions } = facts;
	const barred = silenced(facts);
	if (barred) return barred;
	if (act.forward !== undefined && !source?.free) {
		return refuse(source?.deleted ? 'message_deleted' : 'no_such_message');
	}
	const body = source?.body ?? act.body;
	const files = source?.files ?? facts.files;
	if (!source && files.length !== new Set(act.files).size) return refuse('file_missing', 'files');
	return (
		textError(body, files.length > 0) ??
		accept(act.room, {
			do: 'message.insert',
			room: act.room,
			body,
			// SOCKET-16: kept as it came, wherever it points; only who may see the target is shown it.
			reply: act.reply ?? null,
			replySeq,
			mentions: source ? [] : mentions,
			forward: source?.origin ?? null,
			files,
			sent: act.at
		})
	);
}

export function edit(act: Of<'message.edit'>, person: string, facts: Facts): Decision {
	const { message, mentions } = facts;
	if (!message || message.room !== act.room) return refuse('no_such_message');
	// Nobody's words are changed under their name (A12).
	if (message.author !== person || message.system || message.isForward)
		return refuse('not_allowed');
	if (message.deleted) return refuse('message_deleted');
	return (
		silenced(facts) ??
		textError(act.body, message.hasFiles) ??
		accept(act.room, {
			do: 'message.edit',
			room: act.room,
			message: message.id,
			body: act.body,
			mentions
		})
	);
}

export function recall(act: Of<'message.recall'>, person: string, facts: Facts): Decision {
	const { message, room, membership } = facts;
	if (!message || message.room !== act.room || message.system) return refuse('no_such_message');
	if (message.author !== person && !may(requireMembership(membership), 'recall-of-others', room)) {
		return refuse('not_allowed');
	}
	return emptied(message, room);
}

/** The author's account has ended, with the wish that nothing of it stays; wherever it was said. */
export function erase(act: Of<'message.erase'>, person: string, facts: Facts): Decision {
	const { message, room } = facts;
	if (message?.room !== act.room || message.author !== person || message.system)
		return refuse('no_such_message');
	return emptied(message, room);
}

/** The text of a message is gone for everybody, and so is its pin. */
function emptied(message: NonNullable<Facts['message']>, room: Facts['room']): Decision {
	if (message.deleted) return unchanged(message.room, message.rev);
	const empty: Effect = { do: 'message.empty', room: message.room, message: message.id };
	if (!message.pinned || !room) return accept(message.room, empty);
	const pins = room.pins.filter((seq) => seq !== message.seq);
	return accept(message.room, empty, { do: 'room.update', room: message.room, pins });
}

/** Reactions after one more person has, or no longer has, put an emoji there; null when nothing changes. */
export function reacted(
	reactions: Reaction[],
	emoji: string,
	person: number,
	on: boolean
): Reaction[] | null {
	const people = reactions.find(([one]) => one === emoji)?.[1] ?? [];
	if (people.includes(person) === on) return null;
	const next = on ? [...people, person] : people.filter((one) => one !== person);
	if (people.length === 0) return [...reactions, [emoji, next]];
	return reactions
		.map((one): Reaction => (one[0] === emoji ? [emoji, next] : one))
		.filter(([, left]) => left.length > 0);
}

/** A reaction to a message that is gone changes nothing, and nobody has to be told. */
export function react(act: Of<'message.react'>, facts: Facts): Decision {
	const { message, actor } = facts;
	if (!message || message.room !== act.room || message.system) return refuse('no_such_message');
	if (message.deleted) return unchanged(act.room, message.rev);
	if (act.on && !EMOJI.test(act.emoji)) return refuse('reaction_invalid', 'emoji');
	const next = reacted(message.reactions, act.emoji, actor!.number, act.on);
	if (!next) return unchanged(act.room, message.rev);
	const people = next.find(([emoji]) => emoji === act.emoji)?.[1].length ?? 0;
	if (next.length > LIMITS.reactionKinds || people > LIMITS.reactionPeople) {
		return refuse('reactions_full');
	}
	// Taking back is always possible, also for who may not speak.
	return (
		(act.on ? silenced(facts) : null) ??
		accept(act.room, {
			do: 'message.react',
			room: act.room,
			message: message.id,
			reactions: next
		})
	);
}

export function pin(act: Of<'message.pin'>, facts: Facts): Decision {
	const { message, room, membership } = facts;
	if (!message || message.room !== act.room || message.system) return refuse('no_such_message');
	if (!may(requireMembership(membership), 'message.pin', room)) return refuse('not_allowed');
	if (message.deleted) {
		return act.on ? refuse('message_deleted') : unchanged(act.room, message.rev);
	}
	if (message.pinned === act.on) return unchanged(act.room, message.rev);
	const barred = silenced(facts);
	if (barred) return barred;
	const others = room!.pins.filter((seq) => seq !== message.seq);
	if (act.on && others.length >= LIMITS.pinsMax) return refuse('pins_full');
	const pins = act.on ? [message.seq, ...others] : others;
	const effects: Effect[] = [
		{ do: 'message.pin', room: act.room, message: message.id, on: act.on },
		{ do: 'room.update', room: act.room, pins }
	];
	if (act.on) {
		effects.push({ do: 'note', room: act.room, note: { what: 'pinned', seq: message.seq } });
	}
	return accept(act.room, ...effects);
}

/** In a small room the others see how far one has read. */
export function read(act: Of<'read.mark'>, person: string, facts: Facts): Decision {
	const { membership, head, isSmall, mine, theirs } = facts;
	const upto = Math.min(act.upto, head);
	const { read: before, seen } = requireMembership(membership);
	if (upto <= before) return unchanged(act.room, head);
	const { room } = act;
	const own: Effect = { do: 'read', room, person, upto };
	// Across a block the other one is not told what is read, either.
	const isShown = isSmall && !mine?.blocked && !theirs?.blocked;
	return isShown && upto > seen
		? accept(person, own, { do: 'seen', room, person, upto })
		: accept(person, own);
}

/** UTF-16 units of what other devices wrote that are kept: a device that never learns writes no row without end. */
const OTHER_MAX = 4 * LIMITS.messageMax;

/** What two devices wrote at the same time is kept twice, one above the other, and none is lost. */
function both(a: string | null, b: string): string {
	if (a === null || a === b) return b;
	const texts = new Set([...a.split('\n\n'), ...b.split('\n\n')]);
	return [...texts].join('\n\n').slice(-OTHER_MAX);
}

export function draft(act: Of<'draft.save'>, person: string, facts: Facts): Decision {
	const held = facts.draft;
	if (codePoints(act.body) > LIMITS.messageMax) return refuse('message_too_long', 'body');
	const { room, body } = act;
	const reply = act.reply ?? null;
	const same = (held?.body ?? '') === body && (held?.reply ?? null) === reply;
	const sawLast = act.base >= (held?.rev ?? 0);
	// A device that has sent its own text says nothing about another one's.
	if (!sawLast && body === '') return unchanged(person, facts.head);
	if (same && !(sawLast && held?.other)) return unchanged(person, facts.head);
	const isLost = !sawLast && held !== null && held.body !== '' && held.body !== body;
	const kept = sawLast ? null : (held?.other ?? null);
	const other = isLost ? both(held.other, held.body) : kept;
	return accept(person, { do: 'draft', room, person, body, reply, other });
}
