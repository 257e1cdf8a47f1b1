/**
 * The yardstick for the server: Socket.IO with the same options, which tells a message to its room
 * and acknowledges it. No accounts, no checks, no database. Says its port on the first line.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

/** What the clients of this yardstick say. */
interface Said {
	id: string;
	room: string;
	body: string;
	at: number;
}

const http = createServer();
const io = new Server(http, {
	transports: ['websocket'],
	serveClient: false,
	maxHttpBufferSize: LIMITS.eventBytes,
	pingInterval: 20_000,
	pingTimeout: 15_000,
	perMessageDeflate: false,
	httpCompression: false
});

let seq = 0;
io.of('/app').on('connection', (socket) => {
	const { person, rooms } = socket.handshake.auth as { person: string; rooms: string[] };
	void socket.join(rooms);
	socket.on('say', (said: Said, done: (answer: unknown) => void) => {
		const { id, room, body, at } = said;
		const message = { id, room, seq: ++seq, author: person, body, at };
		socket.nsp.to(room).emit('message', message);
		done({ id, seq });
	});
});

http.listen(0, '127.0.0.1', () => {
	process.stdout.write(`${(http.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
