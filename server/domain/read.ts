/** Reading: the digest of heads, and what the store answers by itself. */
import { nameKey } from '../../src/lib/protocol/names.ts';
import type { People } from './people-port.ts';
import type { Clock, Domain, Limiter } from './ports.ts';
import type { Store } from './store-port.ts';

type Reader = People &
	Pick<
		Domain,
		'pull' | 'history' | 'amend' | 'digest' | 'find' | 'invite' | 'streams' | 'credentials'
	>;

/** The reading half of the domain. */
export function createReader(store: Store, clock: Clock, limiter: Limiter): Reader {
	return {
		pull: (who, ask) => store.pull(who.person, ask),
		history: (who, ask) => store.history(who.person, ask),
		amend: (who, ask) => store.amend(who.person, ask),

		async digest(who) {
			const [heads, card] = await Promise.all([store.heads(who.person), store.card(who.person)]);
			if (!card) throw new Error(`session of a person that does not exist: ${who.person}`);
			const { id, generation } = store.instance();
			return {
				person: card,
				instance: id,
				generation,
				now: clock.now(),
				heads: Object.fromEntries(heads.map((h) => [h.stream, [h.head, h.hash, h.kind]]))
			};
		},

		async find(who, { name }) {
			await limiter.take('find', who.person);
			return { card: await store.find(nameKey(name.trim())) };
		},
		async invite(who, { room, invite }) {
			await limiter.take('invite', who.person);
			return { room: await store.invited(room, invite, clock.now()) };
		},

		async streams(person) {
			return (await store.heads(person)).map((head) => head.stream);
		},
		members: (room) => store.members(room),
		credentials: (login) =>
			store.credentials(
				login.includes('@') ? { emailKey: login.trim().toLowerCase() } : { nameKey: nameKey(login) }
			),
		account: (person) => store.account(person),
		friends: (person) => store.friends(person),
		strangers: (person) => store.strangers(person),
		otherOf: (room, person) => store.otherOf(room, person),
		noteSeen: (people) => store.noteSeen(people),
		passwordHash: (person) => store.passwordHash(person),
		setPassword: (person, hash) => store.setPassword(person, hash),
		avatar: (name) => store.avatar(name)
	};
}
