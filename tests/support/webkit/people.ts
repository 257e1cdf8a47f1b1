/** What a person does in WebKit, in the words of the screen; people.ts is the same for Playwright's browsers. */
import { expect } from '@playwright/test';
import type { Tab } from './browser.ts';
import type { Wanted } from './elements.ts';

const PASSWORD = 'wire and dusk 7';

export const ROOMS: Wanted = { css: 'nav', name: 'Rooms' };
export const MESSAGES: Wanted = { css: '[role=log]' };
export const COMPOSER: Wanted = { css: 'textarea', name: 'Message' };

/** A button, or a link that looks like one, by its whole name. */
export const button = (name: string): Wanted => ({ css: 'button, a', name });
/** A message, by a part of its text. */
export const message = (text: string): Wanted => ({ css: 'article', text, within: MESSAGES });
/** A message of one's own that has fared like this. */
export const marked = (text: string, mark: string): Wanted => ({
	css: `article:has([role=img][aria-label="${mark}"])`,
	text,
	within: MESSAGES
});

let count = 0;

/** Makes an account at the door. @returns the person's name */
export async function register(tab: Tab, origin: string): Promise<string> {
	const name = `person_${++count}_${Date.now() % 10_000}`;
	await tab.goto(`${origin}/register`);
	await tab.fill({ css: 'input', name: 'User name' }, name);
	await tab.fill({ css: 'input', name: 'E-mail' }, `${name}@example.org`);
	await tab.fill({ css: 'input[type=password]' }, PASSWORD);
	await tab.click({ css: 'button', name: 'Create account' });
	await tab.sees(ROOMS);
	return name;
}

/** Opens a room from the list, and joins it where needed. */
export async function openRoom(tab: Tab, name: string): Promise<void> {
	await tab.click({ css: 'a', text: name, within: ROOMS });
	await tab.sees({ css: 'h1', name });
	const join = button('Join');
	const either = async () => (await tab.count(join)) + (await tab.count(COMPOSER));
	await expect.poll(either).toBeGreaterThan(0);
	if ((await tab.count(join)) > 0) await tab.click(join);
	await tab.sees(COMPOSER);
}

/** Writes and sends with the Enter key. */
export async function say(tab: Tab, text: string): Promise<void> {
	await tab.fill(COMPOSER, text);
	await tab.press('Enter');
	const left = () => tab.run(() => document.querySelector('textarea')?.value);
	await expect.poll(left).toBe('');
}

/** @returns the texts of all messages that begin like this, from top to bottom */
export async function textsFrom(tab: Tab, beginning: string): Promise<string[]> {
	const texts = await tab.texts({ css: 'article .text', within: MESSAGES });
	return texts.map((text) => text.trim()).filter((text) => text.startsWith(beginning));
}

/** Waits until the line at the top says this. */
export async function statusSays(tab: Tab, text: string): Promise<void> {
	await tab.sees({ css: '[role=status]', text });
}

/** Waits until the worker has taken the page over: from then on the app starts without a network. */
export async function offlineReady(tab: Tab): Promise<void> {
	const state = () => tab.run(() => navigator.serviceWorker.controller?.state ?? 'none');
	await expect.poll(state).toBe('activated');
}

/** Tells the page what a browser tells when there is a network again; it then tries at once. */
export async function networkReturns(tab: Tab): Promise<void> {
	await tab.run(() => {
		dispatchEvent(new Event('online'));
	});
}
