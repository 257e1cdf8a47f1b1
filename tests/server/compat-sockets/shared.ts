/** The server that the tests of the compatible sockets share, two of its users, and what was heard. */
import * as v from 'valibot';
import { expect } from 'vitest';
import { DOWN } from '../../../server/compat/socket/down.ts';
import { program, unique, type Ear, type Program } from '../../support/compat.ts';
import type { TestLink } from '../../support/person.ts';
import { startServer, type TestServer } from '../../support/server.ts';

export let server: TestServer;
export let alice: Program;
export let bob: Program;
/** Every event that was heard, for the last test. */
export const heard = new Set<string>();
const ears: Ear[] = [];

/** Sets all of them; to be called before the first test. */
export async function start(): Promise<void> {
	server = await startServer();
	alice = await program(server, 'alice');
	bob = await program(server, 'bob');
}

/** Closes what a test has opened, and checks all that was heard against the document of events. */
export function close(): void {
	for (const ear of ears.splice(0)) {
		ear.close();
		for (const { event, sent } of ear.heard) {
			heard.add(event);
			const schema = DOWN[event as keyof typeof DOWN] as v.GenericSchema | undefined;
			if (!schema) throw new Error(`${event} is in no document`);
			const parsed = v.safeParse(schema, sent);
			expect([event, sent, parsed.issues?.[0]?.message]).toEqual([event, sent, undefined]);
		}
	}
}

/** The first room of somebody who uses the app. */
export async function firstRoom(link: TestLink): Promise<string> {
	const { heads } = await link.request('heads', {});
	return Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
}

export async function open(
	who: Program,
	options?: Parameters<Program['connect']>[0]
): Promise<Ear> {
	const ear = await who.connect(options);
	ears.push(ear);
	return ear;
}

/** Both in a fresh public room, both listening. */
export async function together(): Promise<{ room: number; name: string; a: Ear; b: Ear }> {
	const name = unique('room');
	const { id: room } = await alice.room(name);
	const [a, b] = [await open(alice), await open(bob)];
	await a.ask('join_room', { room_id: room });
	await b.ask('join_room', { room_id: room });
	return { room, name, a, b };
}
