/** What is asked for: words and filters as a person chooses them, and as they stand in an address. */
import type { SearchRequest } from '../../protocol/search.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import { readOperators } from '../../search/operators.ts';
import { isEmptySearch } from '../../search/empty-search.ts';
import { QUERY_MAX } from '../../search/query.ts';

/** What a person chose. Days are local, as year-month-day; empty: not chosen. */
export interface SearchFilter {
	text: string;
	/** '': everywhere; 'direct': in conversations of two */
	where: RoomId | 'direct' | '';
	who: PersonId | '';
	after: string;
	before: string;
	hasFile: boolean;
}

export const NO_FILTER: SearchFilter = {
	text: '',
	where: '',
	who: '',
	after: '',
	before: '',
	hasFile: false
};

/** Names that can be typed after `from:` and `in:`, in lower case. */
export interface KnownNames {
	people: ReadonlyMap<string, PersonId>;
	rooms: ReadonlyMap<string, RoomId>;
}

/** The first ms of a local day, or of a day after it; undefined: no day. */
function startOf(day: string, later = 0): number | undefined {
	const [year, month, date] = day.split('-').map(Number);
	if (!year || !month || !date) return undefined;
	const at = new Date(year, month - 1, date + later).getTime();
	return Number.isNaN(at) || at < 0 ? undefined : at;
}

type Place = Pick<SearchRequest, 'rooms' | 'direct'>;

function placeOf(where: string): Place {
	if (where === '') return {};
	return where === 'direct' ? { direct: true } : { rooms: [where] };
}

function typedPlace(name: string | undefined, names: KnownNames): string | undefined {
	if (name === undefined) return undefined;
	return name.toLowerCase() === 'direct' ? 'direct' : names.rooms.get(name.toLowerCase());
}

/**
 * The question that a person's choice means; null: nothing is asked for. What is typed counts before what is chosen; a
 * typed name that nobody has is taken for words.
 */
export function toRequest(
	filter: SearchFilter,
	names: KnownNames,
	limit: number
): SearchRequest | null {
	const typed = readOperators(filter.text);
	const room = typedPlace(typed.in, names);
	const person = typed.from && names.people.get(typed.from.toLowerCase());
	const words = [typed.words];
	if (typed.in !== undefined && room === undefined) words.push(typed.in);
	if (typed.from !== undefined && person === undefined) words.push(typed.from);
	const query = words.join(' ').trim().slice(0, QUERY_MAX);
	const author = person ?? filter.who;
	const after = startOf(typed.after ?? filter.after);
	const before = startOf(typed.before ?? filter.before, typed.before ? 0 : 1);
	const place = placeOf(room ?? filter.where);
	const hasFile = typed.hasFile ?? filter.hasFile;
	const request: SearchRequest = {
		query,
		...place,
		...(author ? { author } : {}),
		...(after === undefined ? {} : { after }),
		...(before === undefined ? {} : { before }),
		...(hasFile ? { hasFile } : {}),
		limit
	};
	return isEmptySearch(request) ? null : request;
}

const KEYS = { text: 'q', where: 'in', who: 'from', after: 'after', before: 'before' } as const;
type TextKey = keyof typeof KEYS;
const TEXT_KEYS = Object.keys(KEYS) as TextKey[];

/** The part of an address behind "?"; empty: nothing is chosen. */
export function toAddress(filter: SearchFilter): string {
	const parameters = new URLSearchParams();
	for (const key of TEXT_KEYS) if (filter[key] !== '') parameters.set(KEYS[key], filter[key]);
	if (filter.hasFile) parameters.set('has', 'file');
	return parameters.toString();
}

/** The choice that an address stands for. */
export function fromAddress(parameters: URLSearchParams): SearchFilter {
	const filter = { ...NO_FILTER, hasFile: parameters.get('has') === 'file' };
	for (const key of TEXT_KEYS) filter[key] = (parameters.get(KEYS[key]) ?? '').slice(0, QUERY_MAX);
	return filter;
}
