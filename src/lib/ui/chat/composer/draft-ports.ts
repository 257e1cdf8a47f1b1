/** Joins the draft of a room, and the files that were picked for it, to the device they are kept on. */
import type { RoomId } from '../../../protocol/ids.ts';
import type { Client } from '../../../state/client/client-types.ts';
import type { FilesOfDraft } from './attached-files.ts';
import type { DraftPorts } from './draft-session.ts';

/** What the composer asks of the device. */
export interface ComposerDrafts extends Pick<
	DraftPorts,
	'load' | 'save' | 'keepAtOnce' | 'share' | 'isSaid'
> {
	files: FilesOfDraft;
}

/** @param isSaid whether a text is (the beginning of) what has just been said */
export function draftPorts(
	client: Client,
	room: RoomId,
	isSaid: (text: string) => boolean
): ComposerDrafts {
	const { isDurable, add, of, remove, watch } = client.draftFiles;
	return {
		load: () => client.drafts.get(room),
		save: (draft) => client.drafts.save({ room, ...draft }),
		keepAtOnce: (written) => client.drafts.keepAtOnce(room, written),
		async share({ body, reply }, base) {
			const answered = reply === null ? {} : { reply };
			await client.act({ kind: 'draft.save', room, body, base, ...answered });
		},
		isSaid,
		files: {
			isDurable,
			add: (chosen) => add(room, chosen),
			list: () => of(room),
			remove,
			watch
		}
	};
}
