/** What calls send to devices, over the app's sockets. */
import type { CallState, Unring } from '../../src/lib/protocol/calls.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Lines } from '../calls/ports.ts';
import type { Presence } from './presence.ts';
import type { Relations } from './relations.ts';
import {
	deviceGroup,
	personGroup,
	socketsIn,
	streamGroup,
	viewersGroup,
	type AppNamespace
} from './types.ts';

interface LineParts {
	app: AppNamespace;
	presence: Pick<Presence, 'keepOnline'>;
	relations: Pick<Relations, 'areBlocked' | 'friends'>;
}

/** Lines of a server whose sockets are made after its calls: until then nobody is connected. */
export class CallLines implements Lines {
	#parts: LineParts | null = null;

	/** From now on there are sockets. */
	attach(parts: LineParts): void {
		this.#parts = parts;
	}

	isConnected(person: PersonId, device: string): boolean {
		return this.#parts?.app.adapter.rooms.has(deviceGroup(person, device)) ?? false;
	}

	hears(person: PersonId, device: string, room: string): boolean {
		if (!this.#parts) return false;
		const sockets = [...socketsIn(this.#parts.app, deviceGroup(person, device))];
		return sockets.some((socket) => socket.rooms.has(streamGroup(room)));
	}

	ring(...[person, ring]: Parameters<Lines['ring']>): void {
		this.#parts?.app.to(personGroup(person)).emit('ring', ring);
	}

	unring(person: PersonId, unring: Omit<Unring, 'here'>, device: string | null): void {
		if (!this.#parts) return;
		for (const socket of socketsIn(this.#parts.app, personGroup(person))) {
			socket.emit('unring', { ...unring, here: socket.data.actor.device === device });
		}
	}

	tell(state: CallState): void {
		const devices = state.people.map((one) => deviceGroup(one.person.id, one.device));
		this.#parts?.app.to([...devices, viewersGroup(state.room)]).emit('callState', state);
	}

	tellDevice(person: PersonId, device: string, state: CallState): void {
		this.#parts?.app.to(deviceGroup(person, device)).emit('callState', state);
	}

	signal(...[person, device, signal]: Parameters<Lines['signal']>): void {
		this.#parts?.app.to(deviceGroup(person, device)).emit('signal', signal);
	}

	areBlocked(a: PersonId, b: PersonId): boolean {
		return this.#parts?.relations.areBlocked(a, b) ?? false;
	}

	areFriends(a: PersonId, b: PersonId): boolean {
		return this.#parts?.relations.friends(a).has(b) ?? false;
	}

	keepOnline(person: PersonId, on: boolean): void {
		this.#parts?.presence.keepOnline(person, on);
	}
}
