/**
 * Links of the app's own kind, `web+roost:`, which the system hands to the installed app. Any page and any
 * program may make one, so they only ever lead somewhere: nothing is joined, sent or changed by them.
 *
 *   web+roost:rooms/<room>           a room or conversation
 *   web+roost:rooms/<room>?m=<n>     a message in it, by its place
 *   web+roost:join/<room>#<token>    an invite
 *   web+roost:people/<user name>     somebody
 *
 * `web+roost://<host>/...` names the server that it is meant for as well.
 */
import { UUID7_OR_8 } from '../../protocol/ids.ts';
import { nameProblem } from '../../protocol/names.ts';

/** The kind of link; also in static/manifest.webmanifest. */
export const SCHEME = 'web+roost:';

/** Where a link leads. "nowhere": it is none, or not one that this release understands. */
export type Target =
	| { kind: 'path'; path: string }
	| { kind: 'person'; name: string }
	| { kind: 'elsewhere'; host: string }
	| { kind: 'nowhere' };

const NOWHERE: Target = { kind: 'nowhere' };
/** UTF-16 units; no link of ours comes near. */
const LONGEST = 500;
/** The secret of an invite, as devices make it. */
const TOKEN = /^[\w-]{8,64}$/u;
const PLACE = /^[1-9]\d{0,14}$/u;

function roomTarget(room: string, query: string): Target {
	const path = `/rooms/${room}`;
	if (query === '') return { kind: 'path', path };
	const place = /^m=(.*)$/u.exec(query)?.[1] ?? '';
	return PLACE.test(place) ? { kind: 'path', path: `${path}?m=${place}` } : NOWHERE;
}

function personTarget(name: string): Target {
	let plain: string;
	try {
		plain = decodeURIComponent(name);
	} catch {
		return NOWHERE;
	}
	return nameProblem(plain) === null ? { kind: 'person', name: plain } : NOWHERE;
}

/** Reads a link. Pure. @param host of this app, with its port */
export function readLink(link: string, host: string): Target {
	if (link.length > LONGEST || !link.toLowerCase().startsWith(SCHEME)) return NOWHERE;
	const rest = link.slice(SCHEME.length);
	const named = /^\/\/([^/?#]+)\/?/u.exec(rest);
	if (named && named[1]!.toLowerCase() !== host) return { kind: 'elsewhere', host: named[1]! };
	const parts = /^\/*([a-z]+)\/([^/?#]+)\/?(?:\?([^#]*))?(?:#(.*))?$/u.exec(
		named ? rest.slice(named[0].length) : rest
	);
	if (!parts) return NOWHERE;
	const [, what, which = '', query = '', hash = ''] = parts;
	if (what === 'people' && query === '' && hash === '') return personTarget(which);
	const room = which.toLowerCase();
	if (!UUID7_OR_8.test(room)) return NOWHERE;
	if (what === 'rooms' && hash === '') return roomTarget(room, query);
	const isInvite = what === 'join' && query === '' && TOKEN.test(hash);
	return isInvite ? { kind: 'path', path: `/join/${room}#${hash}` } : NOWHERE;
}
