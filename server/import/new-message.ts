/** A message as an export has it becomes one as it is written here. */
import type { MessageRecord } from '../../src/lib/export/records.ts';
import type { Mention, Reaction } from '../../src/lib/protocol/change.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { NewMessage } from './import-port.ts';
import type { People } from './people.ts';
import type { KeptFiles } from './report.ts';
import { lose, type Losses } from './source.ts';

/** Exactly one emoji as Unicode recommends it for interchange (UTS 51). */
const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

interface Tools {
	people: People;
	losses: Losses;
	/** where a message lies here that has this seq there: its seq, or its id when it is about to be written */
	placeOf: (seq: number) => number | string | undefined;
}

export async function toNewMessage(
	record: MessageRecord,
	{ cards, attached }: KeptFiles,
	tools: Tools
): Promise<NewMessage> {
	const { id, author, at, sent, reply, forward, pinned, edited } = record;
	const isDeleted = record.deleted === true;
	const { note, pointsTo } = noteOf(record, tools);
	const said = isDeleted || note !== null ? null : record;
	return {
		id,
		author: author.id,
		body: said?.text ?? '',
		at,
		sent: sent ?? null,
		reply: said ? (reply ?? null) : null,
		mentions: said ? await mentionsOf(record, tools) : [],
		reactions: said ? reactionsOf(record, tools) : [],
		forward:
			said && forward ? { ...forward, name: [...forward.name].slice(0, 100).join('') } : null,
		files: said ? cards : [],
		attached: said ? attached : [],
		pinned: said ? (pinned ?? null) : null,
		edited: said ? (edited ?? null) : null,
		isDeleted,
		note,
		pointsTo
	};
}

async function mentionsOf({ mentions = [], text }: MessageRecord, { people, losses }: Tools) {
	const here = await people.here(mentions.map(([, id]) => id));
	const kept: Mention[] = mentions
		.filter(([name, id]) => here.has(id) && text.includes(name))
		.slice(0, LIMITS.mentionsMax);
	const lost = mentions.length - kept.length;
	if (lost > 0) lose(losses, 'names in texts of people who are not here: they stay as text', lost);
	return kept;
}

function reactionsOf({ reactions = [] }: MessageRecord, { people, losses }: Tools): Reaction[] {
	const all = reactions.map(({ emoji, people: who }): Reaction => [
		emoji,
		[...new Set(who.map(({ id }) => people.numberOf(id)!))].slice(0, LIMITS.reactionPeople)
	]);
	const kept = all.filter(([emoji, who]) => EMOJI.test(emoji) && who.length > 0);
	const lost = all.length - kept.length;
	if (lost > 0) lose(losses, 'reactions that are no emoji, or nobody’s', lost);
	return kept.slice(0, LIMITS.reactionKinds);
}

/** What a system message tells, as it is kept; null: somebody said it. */
function noteOf(
	{ system, call, at }: MessageRecord,
	{ losses, placeOf }: Tools
): Pick<NewMessage, 'note' | 'pointsTo'> {
	if (call) {
		// Nobody is in it here: a call that went on when the export was made has ended.
		const ended = call.ended === undefined ? { ended: at, end: 'lost' as const } : {};
		return { note: { call: { ...call, ...ended } }, pointsTo: null };
	}
	if (system?.seq === undefined) return { note: system ?? null, pointsTo: null };
	const { seq, ...note } = system;
	const place = placeOf(seq);
	if (place === undefined) lose(losses, 'places to which a note of the room points');
	if (typeof place === 'number') return { note: { ...note, seq: place }, pointsTo: null };
	return { note, pointsTo: place ?? null };
}
