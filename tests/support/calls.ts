/** People who call each other in real browsers: what is pressed, and what the browsers count of what flows. */
import { expect, type Locator, type Page } from '@playwright/test';
import { directId } from '../../src/lib/protocol/ids.ts';
import { newId } from './person.ts';
import { accountDatabases, composer, sendActs, type Human } from './people.ts';

/** Makes the browser's connections countable; to be called before the page is opened. */
export async function countConnections(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const made: RTCPeerConnection[] = [];
		const Real = RTCPeerConnection;
		class Counted extends Real {
			constructor(config?: RTCConfiguration) {
				super(config);
				made.push(this);
			}
		}
		Object.assign(window, { RTCPeerConnection: Counted, madeConnections: made });
	});
}

/** What a page counts of all its connections that are open. */
export interface Flow {
	open: number;
	/** connections that were ever made */
	made: number;
	negotiations: number;
	/** loudness of all that was heard, summed up */
	energy: number;
	packets: number;
	frames: number;
	/** px, of the pictures that come */
	widths: number[];
}

/** Counts what has flowed in so far. */
export function flow(page: Page): Promise<Flow> {
	return page.evaluate(async () => {
		const made = (window as unknown as { madeConnections: RTCPeerConnection[] }).madeConnections;
		const open = made.filter((one) => one.connectionState !== 'closed');
		const found: Flow = {
			...{
				open: open.length,
				made: made.length,
				negotiations: 0,
				energy: 0,
				packets: 0,
				frames: 0,
				widths: []
			}
		};
		for (const one of open) {
			const version = /^o=\S+ \S+ (\d+)/mu.exec(one.localDescription?.sdp ?? '')?.[1];
			found.negotiations += Number(version ?? 0);
			(await one.getStats()).forEach((stat: Record<string, unknown>) => {
				if (stat['type'] !== 'inbound-rtp') return;
				const numberOf = (name: string): number => Number(stat[name] ?? 0);
				if (stat['kind'] === 'audio') {
					found.energy += numberOf('totalAudioEnergy');
					found.packets += numberOf('packetsReceived');
				} else if (numberOf('framesDecoded') > 0) {
					found.frames += numberOf('framesDecoded');
					found.widths.push(numberOf('frameWidth'));
				}
			});
		}
		return found;
	});
}

/** Waits until something is heard on this page that was not heard before. */
export async function hears(page: Page): Promise<void> {
	const before = await flow(page);
	await expect
		.poll(async () => (await flow(page)).energy, { intervals: [100] })
		.toBeGreaterThan(before.energy + 0.001);
}

/** Waits until pictures come to this page. */
export async function sees(page: Page): Promise<void> {
	const before = await flow(page);
	await expect
		.poll(async () => (await flow(page)).frames, { intervals: [100] })
		.toBeGreaterThan(before.frames + 5);
}

/** Waits until packets come and nothing is to be heard in them: a second of silence. */
export async function hearsSilence(page: Page): Promise<void> {
	await expect(async () => {
		const before = await flow(page);
		await expect
			.poll(async () => (await flow(page)).packets, { intervals: [100] })
			.toBeGreaterThan(before.packets + 40);
		expect((await flow(page)).energy - before.energy).toBeLessThan(0.0001);
	}).toPass();
}

export const call = (page: Page): Locator =>
	page.getByRole('region', { name: 'Call', exact: true });
export const incoming = (page: Page): Locator => page.getByRole('region', { name: / calls$/u });
export const press = (page: Page, name: string): Promise<void> =>
	page.getByRole('button', { name, exact: true }).click();

async function idOf({ page }: Pick<Human, 'page'>): Promise<string> {
	const names = await accountDatabases(page);
	const id = names.map((name) => /[0-9a-f-]{36}$/u.exec(name)?.[0]).find(Boolean);
	if (!id) throw new Error(`no account among ${names.join(', ')}`);
	return id;
}

/** Two who are friends; both have their conversation open. @returns its id */
export async function friendsInTalk(one: Human, other: Human): Promise<string> {
	const [a, b] = [await idOf(one), await idOf(other)];
	const room = directId(a, b);
	await sendActs(one, [{ kind: 'friend.ask', id: newId(), person: b }]);
	await sendActs(other, [{ kind: 'friend.accept', id: newId(), person: a }]);
	await sendActs(one, [{ kind: 'direct.open', id: newId(), room, person: b }]);
	for (const { page } of [one, other]) await openTalk(page, room);
	return room;
}

/** Opens a conversation, counting its connections from then on. */
export async function openTalk(page: Page, room: string): Promise<void> {
	const { origin } = new URL(page.url());
	await countConnections(page);
	await page.goto(`${origin}/rooms/${room}`);
	await expect(composer(page)).toBeVisible();
	await expect(page.getByRole('button', { name: 'Voice call' })).toBeEnabled();
}

/** One calls, the other one answers. */
export async function callAndAnswer(from: Page, to: Page, video = false): Promise<void> {
	await press(from, video ? 'Video call' : 'Voice call');
	await expect(incoming(to)).toBeVisible();
	await press(to, 'Answer');
	for (const page of [from, to]) await expect(call(page)).toBeVisible();
}
