/** How a call stands, in words. */
import { m } from '../../i18n/messages.ts';
import { refusalText } from '../../i18n/refusals.ts';
import { refuse } from '../../protocol/refusal.ts';
import type { CallSession } from '../../state/call/call-session.svelte.ts';
import type { Tile } from '../../state/call/tiles.ts';
import { nameOf } from '../base/name-of.ts';

const OVER: Record<string, () => string> = {
	done: m.call_over_done,
	missed: m.call_over_missed,
	cancelled: m.call_over_done,
	declined: m.call_over_declined,
	failed: m.call_over_failed,
	lost: m.call_over_lost,
	moved: m.call_over_moved,
	removed: m.call_over_removed,
	elsewhere: m.call_over_elsewhere,
	unreachable: m.call_over_unreachable
};

/** Why a call is over. */
export function overText(why: NonNullable<CallSession['over']>['why']): string {
	return typeof why === 'string' ? OVER[why]!() : refusalText(refuse(why.refused));
}

/** "1:05", "2:03:09" */
export function clockText(seconds: number): string {
	const two = (n: number): string => String(n).padStart(2, '0');
	const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
	return hours > 0
		? `${hours}:${two(minutes)}:${two(seconds % 60)}`
		: `${minutes}:${two(seconds % 60)}`;
}

/** What state the call is in, without the time; it is read aloud when it changes. */
export function stateText({ own, devices, isLinked }: CallSession): string {
	switch (own?.phase) {
		case 'asking':
			return own.video ? m.call_asking_video() : m.call_asking();
		case 'calling': {
			if (own.endsAt === null) return own.accepted ? m.call_waiting() : m.call_calling();
			const rung = own.state?.rung ?? [];
			if (rung.some(({ rings, busy }) => rings && busy)) return m.call_busy();
			return rung.some(({ rings }) => rings) ? m.call_rings() : m.call_calling();
		}
		case 'connecting':
			return m.call_connecting();
		case 'cut':
			return devices?.isSilent === false ? m.call_cut_on() : m.call_cut_off();
		case 'in':
			return isLinked ? m.call_connected() : m.call_server_away();
		default:
			return '';
	}
}

/** What is not as it should be with somebody; null: nothing. */
export function tileText({ is, seconds, card, hasRelay }: Tile): string | null {
	const name = nameOf(card);
	switch (is) {
		case 'connecting':
			return m.call_connecting();
		case 'no-way':
			return hasRelay ? m.call_no_connection({ name }) : m.call_no_way({ name });
		case 'gone':
			return m.call_gone({ name });
		case 'silent':
			return m.call_silent({ name, seconds });
		case 'heard':
			return null;
	}
}

/** What is to be known of this device's own microphone and camera; null: all is well. */
export function mediaText({ devices, own }: CallSession): string | null {
	const media = devices?.state;
	if (!media || own?.phase === 'asking') return null;
	if (media.microphone === 'refused') return m.call_microphone_refused();
	if (media.microphone === 'missing') return m.call_no_microphone();
	if (media.paused) return m.call_microphone_paused();
	if (media.camera === 'refused') return m.call_camera_refused();
	if (media.camera === 'missing') return m.call_no_camera();
	if (media.sharing) return m.call_sharing();
	return media.changedTo === null ? null : m.call_device_now({ label: media.changedTo });
}
