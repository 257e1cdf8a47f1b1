/** Joins the draft of a room to the device it is kept on. */
import type { RoomId } from '../../../protocol/ids.ts';
import type { Client } from '../../../state/client-types.ts';
import type { DraftPorts } from './draft-session.ts';

/** @param isSaid whether a text is (the beginning of) what has just been said */
export function draftPorts(
	client: Client,
	room: RoomId,
	isSaid: (text: string) => boolean
): Pick<DraftPorts, 'load' | 'save' | 'share' | 'isSaid'> {
	return {
		load: () => client.draft(room),
		save: (draft) => client.saveDraft({ room, ...draft }),
		async share({ body, reply }, base) {
			const answered = reply === null ? {} : { reply };
			await client.act({ kind: 'draft.save', room, body, base, ...answered });
		},
		isSaid
	};
}
