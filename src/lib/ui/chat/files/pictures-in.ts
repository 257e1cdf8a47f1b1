/** The pictures of a conversation that can be gone through on the whole screen. */
import type { FileCard, TimelineItem } from '../../../state/client/client-types.ts';

/** From old to new; `sent`: on the server. */
export function picturesIn(items: readonly TimelineItem[]): { file: FileCard; sent: boolean }[] {
	return items.flatMap((item) =>
		item.type !== 'message' || item.deleted
			? []
			: item.files
					.filter(({ kind }) => kind === 'image')
					.map((file) => ({ file, sent: item.seq !== null }))
	);
}
