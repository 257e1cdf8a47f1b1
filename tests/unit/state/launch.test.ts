/** Ways into the installed app: its own links, shortcuts, and what the manifest promises of them. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { forgetPlace, placeBefore, rememberPlace } from '../../../src/lib/state/app/launch.ts';
import { readLink, SCHEME } from '../../../src/lib/state/app/links.ts';
import { recentRoom } from '../../../src/lib/state/app/shortcuts.ts';
import type { RoomItem } from '../../../src/lib/state/client/client-types.ts';
import { SHARE_PATH } from '../../../src/lib/protocol/paths.ts';
import { id } from '../../contract/rows.ts';

const HOST = 'chat.example.org';
const room = id();
const read = (link: string) => readLink(link, HOST);

describe('links of the app’s own kind', () => {
	test('lead to rooms, messages, invites and people', () => {
		const path = `/rooms/${room}`;
		expect(read(`web+roost:rooms/${room}`)).toEqual({ kind: 'path', path });
		expect(read(`WEB+ROOST:///rooms/${room.toUpperCase()}/`)).toEqual({ kind: 'path', path });
		expect(read(`web+roost://${HOST}/rooms/${room}?m=12`)).toEqual({
			kind: 'path',
			path: `${path}?m=12`
		});
		const token = 'kM2_-0000000000000000A';
		expect(read(`web+roost:join/${room}#${token}`)).toEqual({
			kind: 'path',
			path: `/join/${room}#${token}`
		});
		expect(read('web+roost:people/%E5%B0%8F%E9%B8%9F')).toEqual({ kind: 'person', name: '小鸟' });
	});

	test('that name another server are not followed here', () => {
		expect(read(`web+roost://evil.example/rooms/${room}`)).toEqual({
			kind: 'elsewhere',
			host: 'evil.example'
		});
		expect(read(`web+roost://${HOST}:8000/rooms/${room}`).kind).toBe('elsewhere');
	});

	test.each([
		'',
		'https://chat.example.org/rooms/1',
		'web+roost:',
		'web+roost:settings',
		'web+roost:settings/account',
		`web+roost:rooms/${room}/about`,
		`web+roost:rooms/${room}?m=-1`,
		`web+roost:rooms/${room}?m=1&x=2`,
		`web+roost:rooms/${room}#x`,
		'web+roost:rooms/../settings',
		'web+roost:rooms/%2e%2e',
		`web+roost:join/${room}`,
		`web+roost:join/${room}#<script>`,
		'web+roost:people/%E5',
		'web+roost:people/two words',
		`web+roost:people/${'a'.repeat(600)}`
	])('anything else opens nothing: %s', (link) => {
		expect(read(link)).toEqual({ kind: 'nowhere' });
	});

	test('whatever a link says, it leads to a room or an invite of this app, or nowhere', () => {
		const part = fc.constantFrom(
			'rooms',
			'join',
			'people',
			room,
			'..',
			'//',
			'/',
			'?m=1',
			'#',
			'%2f'
		);
		const links = fc.oneof(
			fc.string(),
			fc.array(fc.oneof(part, fc.string())).map((all) => all.join('/'))
		);
		fc.assert(
			fc.property(links, (link) => {
				const target = read(SCHEME + link);
				if (target.kind !== 'path') return;
				expect(target.path).toMatch(
					/^\/(rooms\/[0-9a-f-]{36}(\?m=\d+)?|join\/[0-9a-f-]{36}#[\w-]+)$/u
				);
			})
		);
	});
});

describe('shortcuts to recent conversations', () => {
	const item = (more: Partial<RoomItem>): RoomItem =>
		({ id: id(), state: 'in', direct: null, last: null, ...more }) as RoomItem;
	const direct = { person: id(), card: null, blocked: false };

	test('follow the list, past what one is not in or has only opened', () => {
		const [a, b, c] = [item({}), item({ direct, last: {} as RoomItem['last'] }), item({})];
		const rooms = [
			item({ state: 'leaving' }),
			a,
			item({ direct }),
			b,
			item({ state: 'refused' }),
			c
		];
		expect(['1', '2', '3', '4'].map((place) => recentRoom(rooms, place))).toEqual([
			...[a.id, b.id, c.id],
			null
		]);
		for (const none of ['0', '', '1.5', '-1', 'x', '10'])
			expect(recentRoom(rooms, none)).toBe(null);
	});
});

describe('the window that the system starts the app anew in', () => {
	afterEach(() => void vi.unstubAllGlobals());

	function windowOf(installed: boolean): void {
		const kept = new Map<string, string>();
		vi.stubGlobal('matchMedia', () => ({ matches: installed }));
		vi.stubGlobal('sessionStorage', {
			getItem: (key: string) => kept.get(key) ?? null,
			setItem: (key: string, value: string) => void kept.set(key, value),
			removeItem: (key: string) => void kept.delete(key)
		});
	}

	test('is where it was, whatever it only passed through since', () => {
		windowOf(true);
		rememberPlace(`/rooms/${room}?m=12`);
		const passed = ['/', '/sign-in', '/register', '/share?id=1', '/open?link=x', '/rooms/recent/1'];
		// The token of an invite stands behind the #: without it the invite leads nowhere.
		for (const path of [...passed, `/join/${room}`]) rememberPlace(path);
		expect(placeBefore()).toBe(`/rooms/${room}?m=12`);
		forgetPlace();
		expect(placeBefore()).toBe(null);
	});

	test('is none of the browser’s own', () => {
		windowOf(false);
		rememberPlace('/friends');
		expect(placeBefore()).toBe(null);
	});
});

describe('the manifest', () => {
	const manifest = JSON.parse(readFileSync('static/manifest.webmanifest', 'utf8')) as {
		share_target: { action: string; method: string; params: { files: { name: string }[] } };
		protocol_handlers: { protocol: string; url: string }[];
		file_handlers: { action: string; accept: Record<string, string[]> }[];
		shortcuts: { url: string; icons: { src: string }[] }[];
		launch_handler: { client_mode: string[] };
	};

	test('says what the worker and the app understand', () => {
		const { share_target: share, protocol_handlers: protocols } = manifest;
		expect([share.action, share.method]).toEqual([SHARE_PATH, 'POST']);
		expect(share.params.files.map(({ name }) => name)).toEqual(['files']);
		expect(protocols.map(({ protocol }) => `${protocol}:`)).toEqual([SCHEME]);
		expect(manifest.file_handlers.map(({ action }) => action)).toEqual([SHARE_PATH]);
	});

	test('never has the open window only focused: what is shared would be dropped (decision 14)', () => {
		expect(manifest.launch_handler.client_mode).not.toContain('focus-existing');
	});

	test('names icons that are there', () => {
		const icons = manifest.shortcuts.flatMap((one) => one.icons);
		for (const { src } of icons) expect(readFileSync(`static${src}`).length).toBeGreaterThan(0);
	});
});
