/** Who is online: people with at least one socket, and those whose last one ended a moment ago. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Elsewhere } from './elsewhere.ts';
import { personGroup, type AnyNamespace } from './types.ts';

/** ms a person stays online without a socket, so that a reload is no coming and going. */
const LEASE = 1_500;

/**
 * Called when somebody came online or went offline.
 * @param isOwn whether that was by this server, or by one that is gone
 */
export type OnlineListener = (person: PersonId, online: boolean, isOwn: boolean) => void;

export class OnlinePeople {
	readonly #namespaces: readonly AnyNamespace[];
	readonly #clock: Clock;
	readonly #elsewhere: Pick<Elsewhere, 'isOnline'>;
	/** person -> ends the lease */
	readonly #leases = new Map<PersonId, () => void>();
	/** people whom listeners know to be online */
	readonly #announced = new Set<PersonId>();
	readonly #listeners = new Set<OnlineListener>();
	/** people in calls, with what is to be done at the end of a lease that ended meanwhile */
	readonly #kept = new Map<PersonId, (() => void) | null>();

	/** @param namespaces all those whose sockets make people online */
	constructor(
		namespaces: readonly AnyNamespace[],
		clock: Clock,
		elsewhere: Pick<Elsewhere, 'isOnline'>
	) {
		this.#namespaces = namespaces;
		this.#clock = clock;
		this.#elsewhere = elsewhere;
	}

	hasSocket(person: PersonId): boolean {
		return this.#namespaces.some(({ adapter }) => adapter.rooms.has(personGroup(person)));
	}

	isOnline(person: PersonId): boolean {
		return this.isHere(person) || this.#elsewhere.isOnline(person);
	}

	/** Whether by this server. */
	isHere(person: PersonId): boolean {
		return this.#leases.has(person) || this.#kept.has(person) || this.hasSocket(person);
	}

	/** Everybody who is online. */
	all(): Set<PersonId> {
		return new Set(this.#announced);
	}

	onChange(listener: OnlineListener): void {
		this.#listeners.add(listener);
	}

	/** A socket of this person is open, or was a moment ago. */
	connected(person: PersonId): void {
		if (this.hasSocket(person)) {
			this.#leases.get(person)?.();
			this.#leases.delete(person);
		}
		this.#announce(person, true, true);
	}

	/** Somebody has come or gone by another server. @param isOwn whether nobody else tells of it */
	changedElsewhere(person: PersonId, isOwn: boolean): void {
		this.#announce(person, this.isOnline(person), isOwn);
	}

	/**
	 * A socket of this person has closed.
	 * @param onGone called when the lease has ended and no other socket is open here
	 * @param onOffline called then if none is open anywhere, before the listeners are
	 */
	disconnected(person: PersonId, onGone: () => void, onOffline: () => void): void {
		if (this.hasSocket(person)) return;
		this.#leases.get(person)?.();
		const endLease = () => {
			this.#leases.delete(person);
			if (this.#kept.has(person)) this.#kept.set(person, endLease);
			if (this.isHere(person)) return;
			onGone();
			if (this.isOnline(person)) return;
			onOffline();
			this.#announce(person, false, true);
		};
		this.#leases.set(person, this.#clock.after(LEASE, endLease));
	}

	/** Somebody is online without a socket as long as they are in a call. */
	keep(person: PersonId, on: boolean): void {
		if (on) {
			if (!this.#kept.has(person)) this.#kept.set(person, null);
			return;
		}
		const endLease = this.#kept.get(person);
		this.#kept.delete(person);
		endLease?.();
	}

	#announce(person: PersonId, online: boolean, isOwn: boolean): void {
		if (this.#announced.has(person) === online) return;
		if (online) this.#announced.add(person);
		else this.#announced.delete(person);
		for (const listener of this.#listeners) listener(person, online, isOwn);
	}
}
