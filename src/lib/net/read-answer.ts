/**
 * Reads what the server says. Tolerant of a newer server: rows and results of unknown kinds are
 * passed over, unknown fields dropped, unknown refusals understood by their action. Rows are looked at
 * only as closely as the store needs, because a page has up to a thousand of them.
 */
import * as v from 'valibot';
import { CallAnswer, CallState, Ring, Signal, SignalAnswer, Unring } from '../protocol/calls.ts';
import type { Card, MessageRow, Row } from '../protocol/change.ts';
import {
	ActsAnswer,
	Refresh,
	Heads,
	Frame,
	Gone,
	History,
	Invited,
	SkipToNewest,
	Page,
	Presence,
	Reset,
	Result,
	Typing,
	type DisconnectReason,
	type Refused
} from '../protocol/down.ts';
import type { Answer, RequestName, Requests } from '../protocol/events.ts';
import {
	REFUSAL_ACTIONS,
	Refusal,
	refuse,
	type RefusalAction,
	type RefusalCode
} from '../protocol/refusal.ts';
import type { CompareAnswer } from '../protocol/compare.ts';
import { MomentsAnswer, SearchAnswer } from '../protocol/search.ts';

/** Numbers and texts without which a row of this kind cannot be kept. */
const ROW_NEEDS: Record<Row['kind'], { numbers: string[]; texts: string[] }> = {
	message: { numbers: ['rev', 'seq', 'at'], texts: ['id', 'room', 'author', 'body'] },
	room: { numbers: ['rev'], texts: ['id', 'name', 'description', 'owner'] },
	member: { numbers: ['rev'], texts: ['id', 'room', 'role', 'state'] },
	roomMembership: { numbers: ['rev'], texts: ['id', 'state'] },
	read: { numbers: ['rev', 'upto'], texts: ['id'] },
	seen: { numbers: ['rev', 'upto'], texts: ['id', 'room'] },
	contact: { numbers: ['rev', 'at'], texts: ['id', 'state'] },
	draft: { numbers: ['rev', 'at'], texts: ['id', 'body'] },
	pref: { numbers: ['rev'], texts: ['id', 'value'] },
	invite: { numbers: ['rev', 'at'], texts: ['id', 'room', 'token'] },
	self: { numbers: ['rev'], texts: ['id'] },
	directory: { numbers: ['rev'], texts: ['id', 'name', 'description'] }
};

/** Kinds of rows that bring somebody's card. */
const WITH_CARD: ReadonlySet<Row['kind']> = new Set(['member', 'contact', 'self']);

/** What an unknown refusal of this action is treated as. */
const LIKE: Record<RefusalAction, RefusalCode> = {
	fix: 'malformed',
	wait: 'busy',
	'sign-in': 'session_ended',
	update: 'update_required',
	none: 'not_allowed'
};

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function isRow(value: unknown): value is Row {
	if (!isObject(value) || !Object.hasOwn(ROW_NEEDS, String(value.kind))) return false;
	const needs = ROW_NEEDS[value.kind as Row['kind']];
	return (
		needs.numbers.every((name) => Number.isSafeInteger(value[name])) &&
		needs.texts.every((name) => typeof value[name] === 'string') &&
		(!WITH_CARD.has(value.kind as Row['kind']) || isCard(value.card))
	);
}

function isCard(value: unknown): value is Card {
	return (
		isObject(value) &&
		typeof value.id === 'string' &&
		typeof value.name === 'string' &&
		Number.isSafeInteger(value.v)
	);
}

const rows = v.pipe(
	v.array(v.unknown()),
	v.transform((all): Row[] => all.filter(isRow))
);
const cards = v.pipe(
	v.array(v.unknown()),
	v.transform((all): Card[] => all.filter(isCard))
);

const FrameIn = v.object({ ...Frame.entries, rows, cards });
const PageIn = v.variant('type', [
	v.object({ ...Page.entries, rows, cards }),
	v.object({ ...SkipToNewest.entries, rows, cards }),
	Reset,
	Gone
]);
const AcceptedIn = v.object({ ...Result.options[0].entries, rows });
const HistoryIn = v.variant('type', [v.object({ ...History.entries, rows, cards }), Reset, Gone]);
const RefreshIn = v.variant('type', [v.object({ ...Refresh.entries, rows, cards }), Reset, Gone]);
/** Heads of streams of an unknown kind are passed over. */
const KnownHeads = v.pipe(
	v.record(v.string(), v.unknown()),
	v.transform((heads) => {
		const known = Object.entries(heads).filter((one): one is [string, Heads['heads'][string]] =>
			v.is(Heads.entries.heads.value, one[1])
		);
		return Object.fromEntries(known);
	})
);
const FoundIn = v.object({
	card: v.pipe(
		v.unknown(),
		v.transform((card): Card | null => (isCard(card) ? card : null))
	)
});
const isMessage = (value: unknown): value is MessageRow => isRow(value) && value.kind === 'message';
const messages = v.pipe(
	v.array(v.unknown()),
	v.transform((all): MessageRow[] => all.filter(isMessage))
);
const SearchIn = v.object({ ...SearchAnswer.entries, rows: messages, cards });
const HeadsIn = v.object({ ...Heads.entries, heads: KnownHeads });

/** Understands a refusal; null when it is none. */
function readRefusal(raw: unknown): Refusal | null {
	const read = v.safeParse(Refusal, raw);
	if (read.success) return read.output;
	if (!isObject(raw) || !v.is(v.picklist(Object.values(REFUSAL_ACTIONS)), raw.action)) return null;
	const after = typeof raw.after === 'number' ? { after: raw.after } : {};
	return refuse(LIKE[raw.action], after);
}

/** Understands the refusal of a whole request; null when it is none. */
export function readRefused(raw: unknown): Refused | null {
	const refusal = isObject(raw) ? readRefusal(raw.refused) : null;
	return refusal && { refused: refusal };
}

function readResult(raw: unknown): Result[] {
	if (!isObject(raw) || typeof raw.id !== 'string') return [];
	if (raw.status === 'accepted') {
		const accepted = v.safeParse(AcceptedIn, raw);
		return accepted.success ? [accepted.output] : [];
	}
	const refusal = readRefusal(raw.refusal);
	if (!refusal || (raw.status !== 'refused' && raw.status !== 'later')) return [];
	return [{ status: raw.status, id: raw.id, refusal }];
}

function readAll<S extends v.GenericSchema>(schema: S, raw: unknown): v.InferOutput<S>[] {
	if (!Array.isArray(raw)) throw new TypeError('a list was expected');
	return raw.flatMap((one) => {
		const read = v.safeParse(schema, one);
		return read.success ? [read.output] : [];
	});
}

const READERS: { [N in RequestName]: (raw: Fields) => Requests[N]['answer'] } = {
	acts: (raw): ActsAnswer => ({ results: readAll(v.unknown(), raw.results).flatMap(readResult) }),
	pull: (raw) => ({ pages: readAll(PageIn, raw.pages) }),
	history: (raw) => v.parse(HistoryIn, raw),
	refresh: (raw) => v.parse(RefreshIn, raw),
	heads: (raw) => v.parse(HeadsIn, raw),
	find: (raw) => v.parse(FoundIn, raw),
	invite: (raw) => v.parse(Invited, raw),
	search: (raw) => v.parse(SearchIn, raw),
	moments: (raw) => v.parse(MomentsAnswer, raw),
	call: (raw) => v.parse(CallAnswer, raw),
	signal: (raw) => v.parse(SignalAnswer, raw),
	// Read by whoever asks: the schema is loaded when it is needed (state/client/knowledge).
	compare: (raw) => raw as unknown as CompareAnswer
};

/**
 * Reads the answer to a request.
 * @throws when it is not an answer to it at all
 */
export function readAnswer<N extends RequestName>(name: N, raw: unknown): Answer<N> {
	if (!isObject(raw)) throw new TypeError('an answer was expected');
	return readRefused(raw) ?? READERS[name](raw);
}

/** @returns what reads something that comes by itself; null for what makes no sense */
const readerOf =
	<S extends v.GenericSchema>(schema: S) =>
	(raw: unknown): v.InferOutput<S> | null => {
		const read = v.safeParse(schema, raw);
		return read.success ? read.output : null;
	};

/** Readers of what comes by itself. What makes no sense is made good by the next look at the heads. */
export const readFrame: (raw: unknown) => Frame | null = readerOf(FrameIn);
export const readPresence = readerOf(Presence);
export const readTyping = readerOf(Typing);
/** Of calls; what makes no sense is passed over, and the next state of the call tells how it stands. */
export const readRing = readerOf(Ring);
export const readUnring = readerOf(Unring);
export const readCallState = readerOf(CallState);
export const readSignal = readerOf(Signal);
export function readDisconnectReason(raw: unknown): DisconnectReason | null {
	return readRefused(raw);
}
