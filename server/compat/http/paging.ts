/** Which part of a history is wanted (compat-api, section 3): three forms, one meaning. */
import type { Cut } from '../serializers.ts';
import type { Paging } from '../schemas.ts';

const DEFAULT = 50;
const MOST = 100;

/** Too small and too large numbers are moved to the nearest that makes sense. */
export function cutOf({ page, per_page, limit, skip }: Paging): Cut {
	const perPage = Math.min(MOST, Math.max(1, per_page ?? limit ?? DEFAULT));
	if (skip !== undefined) {
		const from = Math.max(0, skip);
		return { page: Math.floor(from / perPage) + 1, perPage, skip: from };
	}
	const wanted = Math.max(1, page ?? 1);
	return { page: wanted, perPage, skip: (wanted - 1) * perPage };
}
