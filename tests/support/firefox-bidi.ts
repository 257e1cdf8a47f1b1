#!/usr/bin/env node
/**
 * Stands between Playwright and Firefox ESR, which speak WebDriver BiDi: answers the commands that this Firefox
 * does not know yet and that every window needs, and passes on all others. Playwright starts it as if it
 * were the browser; it starts the browser, whose path is ROOST_FIREFOX.
 */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

/** What cannot be set for one window is set by preferences for all (playwright.config.ts). */
const UNKNOWN = new Set(['emulation.setMediaFeaturesOverride']);

const args = process.argv.slice(2);
const firefox = spawn(process.env['ROOST_FIREFOX'] ?? 'firefox-esr', args, {
	stdio: ['inherit', 'inherit', 'pipe'],
	// Root may not run it in the home of somebody else.
	env: { ...process.env, HOME: args[args.indexOf('--profile') + 1] }
});

/** Passes on what is said on one connection of Playwright's. */
function passOn(client: WebSocket, address: string): void {
	const browser = new WebSocket(address, { perMessageDeflate: false, maxPayload: 0 });
	const waiting: string[] = [];
	client.on('message', (data: Buffer) => {
		const text = data.toString();
		const { id, method } = JSON.parse(text) as { id: number; method: string };
		if (UNKNOWN.has(method)) {
			client.send(JSON.stringify({ type: 'success', id, result: {} }));
		} else if (browser.readyState === WebSocket.OPEN) {
			browser.send(text);
		} else {
			waiting.push(text);
		}
	});
	browser.on('open', () => {
		for (const text of waiting.splice(0)) browser.send(text);
	});
	browser.on('message', (data: Buffer) => client.send(data.toString()));
	client.on('close', () => browser.close());
	browser.on('close', () => client.close());
	client.on('error', () => browser.terminate());
	browser.on('error', () => client.terminate());
}

/** Listens in the browser's place and tells Playwright where, as the browser would. */
function listenFor(address: string): void {
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	server.on('listening', () => {
		const { port } = server.address() as AddressInfo;
		process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${port}\n`);
	});
	server.on('connection', (client, request) => passOn(client, address + (request.url ?? '')));
}

createInterface(firefox.stderr).on('line', (line) => {
	const address = /WebDriver BiDi listening on (ws:\/\/\S+)/u.exec(line)?.[1];
	if (address === undefined) process.stderr.write(`${line}\n`);
	else listenFor(address);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
	process.on(signal, () => firefox.kill(signal));
}
firefox.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
