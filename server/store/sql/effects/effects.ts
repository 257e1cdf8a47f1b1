/** Carries out what was decided: one change in each stream that an effect touches, and the rows. */
import type { Effect } from '../../../domain/effect.ts';
import type { Steps } from '../steps.ts';
import {
	announce,
	endSessions,
	insertPasswordLink,
	insertReport,
	resolveReport,
	restoreRoom,
	setAdmin,
	setDisabled,
	setSetting,
	writeAudit
} from './admin-effects.ts';
import { setContact, setPref } from './contact-effects.ts';
import { insertInvite, revokeInvites, useInvite } from './invite-effects.ts';
import {
	closeMembership,
	openMembership,
	setBanned,
	setMuted,
	setRole
} from './membership-effects.ts';
import {
	editMessage,
	emptyMessage,
	insertCall,
	postMessage,
	postNote,
	setPinned,
	setReactions,
	updateCall
} from './message-effects.ts';
import { editPerson, erasePerson } from './profile-effects.ts';
import { saveDraft, setRead, setSeen } from './reading-effects.ts';
import { deleteRoom, insertRoom, updateRoom } from './room-effects.ts';
import type { EffectOf, WriteContext } from './write-context.ts';

/** Carries out one effect, inside a transaction. */
export function* carryOut(context: WriteContext, effect: Effect): Steps<void> {
	switch (effect.do) {
		case 'message.insert':
			return yield* postMessage(context, effect);
		case 'message.edit':
			return yield* editMessage(context, effect);
		case 'message.empty':
			return yield* emptyMessage(context, effect);
		case 'message.react':
			return yield* setReactions(context, effect);
		case 'message.pin':
			return yield* setPinned(context, effect);
		case 'note':
			return yield* postNote(context, effect);
		case 'call.insert':
			return yield* insertCall(context, effect);
		case 'call.update':
			return yield* updateCall(context, effect);
		case 'room.insert':
			return yield* insertRoom(context, effect);
		case 'room.update':
			return yield* updateRoom(context, effect);
		case 'room.delete':
			return yield* deleteRoom(context, effect);
		case 'membership.open':
			return yield* openMembership(context, effect);
		case 'membership.role':
			return yield* setRole(context, effect);
		case 'membership.close':
			return yield* closeMembership(context, effect);
		case 'membership.ban':
			return yield* setBanned(context, effect);
		case 'membership.mute':
			return yield* setMuted(context, effect);
		case 'read':
			return yield* setRead(context, effect);
		case 'seen':
			return yield* setSeen(context, effect);
		case 'draft':
			return yield* saveDraft(context, effect);
		case 'contact':
			return yield* setContact(context, effect);
		case 'pref':
			return yield* setPref(context, effect);
		case 'invite.insert':
			return yield* insertInvite(context, effect);
		case 'invite.use':
			return yield* useInvite(context, effect);
		case 'invite.revoke':
			return yield* revokeInvites(context, effect);
		case 'person.edit':
			return yield* editPerson(context, effect);
		case 'person.delete':
			return yield* erasePerson(context, effect);
		default:
			return yield* carryOutAdmin(context, effect);
	}
}

type AdminEffect = EffectOf<
	| 'person.disable'
	| 'person.admin'
	| 'sessions.end'
	| 'password-link'
	| 'room.restore'
	| 'announce'
	| 'setting'
	| 'report.insert'
	| 'report.resolve'
	| 'audit'
>;

/** Effects of reports, and of what administrators do. */
function* carryOutAdmin(context: WriteContext, effect: AdminEffect): Steps<void> {
	switch (effect.do) {
		case 'person.disable':
			return yield* setDisabled(context, effect);
		case 'person.admin':
			return yield* setAdmin(context, effect);
		case 'sessions.end':
			return yield* endSessions(context, effect);
		case 'password-link':
			return yield* insertPasswordLink(context, effect);
		case 'room.restore':
			return yield* restoreRoom(context, effect);
		case 'announce':
			return yield* announce(context, effect);
		case 'setting':
			return yield* setSetting(context, effect);
		case 'report.insert':
			return yield* insertReport(context, effect);
		case 'report.resolve':
			return yield* resolveReport(context, effect);
		case 'audit':
			return yield* writeAudit(context, effect);
	}
}
