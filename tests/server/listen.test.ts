/** Listening: a port that cannot be had is said in a sentence, and what fails later ends nobody's connection. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen, ListenError } from '../../server/listen.ts';
import { createLog } from '../../server/log.ts';

const settings = { port: 'SOME_PORT', host: 'SOME_HOST' };
const lines: string[] = [];
const log = createLog('info', { write: (line) => void lines.push(line) });
let server: Server;
beforeEach(() => {
	lines.length = 0;
	server = createServer((_request, response) => void response.end('here'));
});
afterEach(async () => {
	if (!server.listening) return;
	server.close();
	await once(server, 'close');
});

test('a port that is taken is named with the setting that chooses another', async () => {
	const port = await listen(server, { port: 0, host: '127.0.0.1', settings }, log);
	const second = listen(createServer(), { port, host: '127.0.0.1', settings }, log);
	await expect(second).rejects.toThrow(ListenError);
	await expect(second).rejects.toThrow(`SOME_PORT=${port + 1}`);
});

test('an address of another machine is named', async () => {
	const away = listen(server, { port: 0, host: '192.0.2.1', settings }, log);
	await expect(away).rejects.toThrow('SOME_HOST=127.0.0.1');
});

test('a connection that cannot be accepted is a line in the log, each time, and nothing ends', async () => {
	const port = await listen(server, { port: 0, host: '127.0.0.1', settings }, log);
	for (let n = 0; n < 2; n++) server.emit('error', new Error('accept EMFILE'));
	expect(lines).toHaveLength(2);
	const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
	expect(await answer.text()).toBe('here');
});
