/** What a commit changed, by stream: each is told in its own order. */
import type { Frame } from '../../src/lib/protocol/down.ts';
import type { MembershipChange } from '../domain/store-port.ts';
import type { CommittedChanges } from '../domain/ports.ts';

/** What happened in one stream. */
export interface Piece {
	frame: Frame;
	membershipChanges: MembershipChange[];
	/** whether what people are to each other has changed in this feed, and that was not told */
	hasContacts: boolean;
}

export const nothing = (): CommittedChanges => ({
	membershipChanges: [],
	contactsChanged: [],
	frames: [],
	sessionsEnded: []
});

/** The parts of a commit, with what belongs to no stream of its own. Contacts have no order: they are told at once. */
export function split(changes: CommittedChanges): { pieces: Piece[]; rest: MembershipChange[] } {
	const { membershipChanges, frames } = changes;
	const touched = new Set(frames.map(({ stream }) => stream));
	return {
		pieces: frames.map((frame) => ({
			frame,
			// A room may have a gap here that the feed of who comes in has not, and the other way round: each tells of it.
			membershipChanges: membershipChanges.filter(
				({ room, person }) => room === frame.stream || person === frame.stream
			),
			hasContacts: false
		})),
		rest: membershipChanges.filter(({ room }) => !touched.has(room))
	};
}

/** Adds a piece to what is told. Of those who come and go only what is news is told. */
export function add(piece: Piece, to: CommittedChanges): void {
	for (const change of piece.membershipChanges) {
		const { person, room } = change;
		const last = to.membershipChanges.findLast((one) => one.person === person && one.room === room);
		if (last?.in !== change.in) to.membershipChanges.push(change);
	}
	to.frames.push(piece.frame);
	if (piece.hasContacts) to.contactsChanged.push(piece.frame.stream);
}

/** A piece made of what the log tells: whoever came or went stands in their feeds. */
export function pieceOf(frame: Frame): Piece {
	const { stream, rows } = frame;
	const memberships = rows.filter((row) => row.kind === 'roomMembership');
	return {
		frame,
		membershipChanges: memberships.map(({ id, state }) => ({
			person: stream,
			room: id,
			in: state !== 'out'
		})),
		hasContacts: rows.some((row) => row.kind === 'contact')
	};
}
