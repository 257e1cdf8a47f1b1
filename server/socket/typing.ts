/** Who is typing: sent to those who have the room on screen, never stored, and ending by itself. */
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import type { Elsewhere } from './elsewhere.ts';
import { emitToViewers } from './room-viewers.ts';
import type { Relations } from './relations.ts';
import type { AppNamespace } from './types.ts';

/** ms after which somebody from whom nothing more comes is no longer typing. */
const ENDS_AFTER = 8_000;
/** ms between two updates of one room. */
const UPDATE_EVERY = 1_000;
/** People named in one update; a screen says "several people" long before. */
const NAMED_MAX = 10;

/** Called with everybody who types in a room, when that is sent. */
type TypingListener = (room: RoomId, people: PersonId[]) => void;

interface TypingOptions {
	app: AppNamespace;
	clock: Clock;
	relations: Relations;
	/** nothing is sent of somebody who is muted in the room (A15) */
	domain: Pick<Domain, 'maySpeak'>;
	/** others who type, and to whom it is told */
	elsewhere: Elsewhere;
}

interface TypingRoom {
	id: RoomId;
	/** person -> stops the timer that ends it */
	people: Map<PersonId, () => void>;
	/** an update was sent within the last UPDATE_EVERY ms */
	resting: boolean;
	/** changed since the last update */
	changed: boolean;
}

export class Typing {
	readonly #options: TypingOptions;
	readonly #rooms = new Map<RoomId, TypingRoom>();
	/** room and person -> the last question whether it may be sent; what ended meanwhile is not in here */
	readonly #asked = new Map<string, symbol>();
	readonly #listeners = new Set<TypingListener>();

	constructor(options: TypingOptions) {
		this.#options = options;
		options.elsewhere.onTyping((person, id, on) => {
			const room = this.#rooms.get(id);
			if (on) this.#begin(person, id);
			else if (room) this.#stop(room, person);
		});
	}

	onUpdate(listener: TypingListener): void {
		this.#listeners.add(listener);
	}

	/** A member began or ended typing. */
	set(person: PersonId, room: RoomId, on: boolean): void {
		if (!on) return this.end(person, room);
		const key = `${room} ${person}`;
		const question = Symbol(key);
		this.#asked.set(key, question);
		void this.#options.domain
			.maySpeak(person, room)
			.catch(() => false)
			.then((may) => {
				if (this.#asked.get(key) !== question) return;
				this.#asked.delete(key);
				if (may) {
					this.#begin(person, room);
					this.#options.elsewhere.tellTyping(person, room, true);
				} else this.end(person, room);
			});
	}

	/** The person is gone, or out of the room. */
	end(person: PersonId, only?: RoomId): void {
		for (const key of this.#asked.keys()) {
			const [id, who] = key.split(' ');
			if (who === person && (only === undefined || only === id)) this.#asked.delete(key);
		}
		for (const room of this.#rooms.values()) {
			const isMeant = only === undefined || only === room.id;
			if (!isMeant || !room.people.has(person)) continue;
			this.#stop(room, person);
			this.#options.elsewhere.tellTyping(person, room.id, false);
		}
	}

	#begin(person: PersonId, id: RoomId): void {
		const known = this.#rooms.get(id);
		const room = known ?? { id, people: new Map(), resting: false, changed: false };
		this.#rooms.set(id, room);
		const stopTimer = room.people.get(person);
		stopTimer?.();
		const end = () => this.#stop(room, person);
		room.people.set(person, this.#options.clock.after(ENDS_AFTER, end));
		if (!stopTimer) this.#update(room);
	}

	#stop(room: TypingRoom, person: PersonId): void {
		const stopTimer = room.people.get(person);
		if (!stopTimer) return;
		stopTimer();
		room.people.delete(person);
		this.#update(room);
	}

	#update(room: TypingRoom): void {
		if (room.resting) {
			room.changed = true;
			return;
		}
		this.#send(room);
		room.changed = false;
		room.resting = true;
		this.#options.clock.after(UPDATE_EVERY, () => {
			room.resting = false;
			if (room.changed) this.#update(room);
			else if (room.people.size === 0) this.#rooms.delete(room.id);
		});
	}

	#send({ id: room, people: all }: TypingRoom): void {
		const { app, relations } = this.#options;
		const people = [...all.keys()].slice(0, NAMED_MAX);
		emitToViewers(app, room, relations, people, (to, hidden) =>
			to.emit('typing', { room, people: people.filter((person) => !hidden(person)) })
		);
		for (const listener of this.#listeners) listener(room, people);
	}
}
