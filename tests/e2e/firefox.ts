/** What runs in Firefox besides Chromium, and what of it does not. Read by playwright.config.ts. */

/** Where engines differ in what people lose by it: storage, workers, tabs, networks, files, languages. */
export const IN_FIREFOX =
	/(conversation|damage|device|door|files|offline|restart|search|session|share|storage|tabs|update)\.spec\.ts$/;

const NO_CDP = 'drives the browser by the DevTools protocol, which only Chromium speaks';
const NO_ROUTE = 'Firefox’s driver shows the runner nothing of what a service worker asks for';
const NO_ENGINE =
	'is about the server or the page’s words, which no engine changes: left out for time';
const TOLD_ELSEWHERE = 'by another test that runs here the engine does the same: left out for time';
const TIMED = 'measures time, and Chromium alone has the machine for itself';

/** A part of a test's title, and why it is left out: mostly what the engine or its driver lacks. */
export const NOT_IN_FIREFOX: [title: RegExp, why: string][] = [
	[/Enter in an input method sends nothing/u, NO_CDP],
	[/an input method that composes searches for nothing/u, NO_CDP],
	[/the first view is 130 kB or less/u, NO_CDP],
	[/background sync: the worker sends/u, NO_CDP],
	[/a deployment that is broken leaves the old build/u, NO_ROUTE],
	[/a picture without words has its room before it has come/u, NO_ROUTE],
	[/nothing for axe to complain about/u, NO_ENGINE],
	[/the old address/u, NO_ENGINE],
	[/what only the server has/u, NO_ENGINE],
	[/many unread: opens at the first of them/u, NO_ENGINE],
	[/a jump to a date, and the way back/u, NO_ENGINE],
	[/what cannot be sent is left out in words/u, NO_ENGINE],
	[/a friend without a conversation can be chosen/u, NO_ENGINE],
	[/what cannot be fetched is said, and goes on/u, NO_ENGINE],
	[/a missing asset is a 404, never a page/u, NO_ENGINE],
	[/a forgotten password: a link from whoever runs the server/u, NO_ENGINE],
	[/a private room wants its password/u, NO_ENGINE],
	[/one’s own message can be changed and recalled/u, NO_ENGINE],
	[/what is recalled or edited while it is listed/u, NO_ENGINE],
	[/what is too large is told at once/u, NO_ENGINE],
	[/a message with a file that still waits is taken back/u, NO_ENGINE],
	[/the server killed in the middle of sending/u, TOLD_ELSEWHERE],
	[/a server that is away signs nobody out/u, TOLD_ELSEWHERE],
	[/a room made and joined offline is there at once/u, TOLD_ELSEWHERE],
	[/keeps no place after another one signed out/u, TOLD_ELSEWHERE],
	[/the message under the eye moves at most 1 px/u, TIMED],
	[
		/chosen, dropped and pasted into one message/u,
		'a paste that a page makes has no files in Firefox'
	],
	[
		/filters narrow it, typed ones, too/u,
		'of two windows only the one that was opened last has the focus'
	],
	[/the viewer: keys go through the pictures/u, 'the driver’s double click is two single ones'],
	[
		/what was looked at is there without a network/u,
		'its film is recorded by the engine itself, in any time'
	],
	[/the leading tab is closed in the middle of sending/u, 'the driver tells of no sockets']
];
