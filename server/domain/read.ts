/** Reading: the heads of all streams, and what the store answers by itself. */
import { emailKey } from '../../src/lib/protocol/names.ts';
import type { CallStore } from './call-act.ts';
import type { People } from './people-port.ts';
import type { Clock, Domain, Limiter } from './ports.ts';
import type { Store } from './store-port.ts';

type Reader = People &
	CallStore &
	Pick<
		Domain,
		| 'pull'
		| 'history'
		| 'refresh'
		| 'heads'
		| 'moments'
		| 'compare'
		| 'find'
		| 'invite'
		| 'streams'
		| 'credentials'
		| 'card'
		| 'room'
	>;

/** The reading half of the domain. */
export function createReader(store: Store, clock: Clock, limiter: Limiter): Reader {
	return {
		pull: (actor, ask) => store.pull(actor.person, ask),
		history: (actor, ask) => store.history(actor.person, ask),
		refresh: (actor, ask) => store.refresh(actor.person, ask),
		moments: (actor, ask) => store.moments(actor.person, ask),
		compare: (actor, ask) => store.compare(actor.person, ask),

		async heads(actor) {
			const [heads, card] = await Promise.all([
				store.heads(actor.person),
				store.card(actor.person)
			]);
			if (!card) throw new Error(`session of a person that does not exist: ${actor.person}`);
			const { id, generation } = store.instance();
			return {
				person: card,
				instance: id,
				generation,
				now: clock.now(),
				heads: Object.fromEntries(heads.map((h) => [h.stream, [h.head, h.hash, h.kind]]))
			};
		},

		async find(actor, { name }) {
			await limiter.take('find', actor.person);
			return { card: await store.find(name) };
		},
		async invite(actor, { room, invite }) {
			await limiter.take('invite', actor.person);
			return { room: await store.invited(room, invite, clock.now()) };
		},

		async streams(person) {
			return (await store.heads(person)).map((head) => head.stream);
		},
		members: (room) => store.members(room),
		credentials: (login) =>
			store.credentials(login.includes('@') ? { emailKey: emailKey(login) } : { name: login }),
		account: (person) => store.account(person),
		friends: (person) => store.friends(person),
		blockedWith: (person) => store.blockedWith(person),
		otherOf: (room, person) => store.otherOf(room, person),
		noteSeen: (people) => store.noteSeen(people),
		passwordHash: (person) => store.passwordHash(person),
		setPassword: (proof, hash) => store.setPassword(proof, hash),
		avatar: (name) => store.avatar(name),
		card: (person) => store.card(person),
		room: (room) => store.room(room),
		openCalls: () => store.openCalls(),
		noteAlive: (calls, at) => store.noteAlive(calls, at),
		callees: (room, caller, limit) => store.callees(room, caller, limit)
	};
}
