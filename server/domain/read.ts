/** Reading: the digest of heads, and what the store answers by itself. */
import { nameKey } from '../../src/lib/protocol/names.ts';
import type { Clock, Domain } from './ports.ts';
import type { Store } from './store-port.ts';

type Reader = Pick<
	Domain,
	'pull' | 'history' | 'amend' | 'digest' | 'streams' | 'members' | 'credentials' | 'account'
>;

/** The reading half of the domain. */
export function createReader(store: Store, clock: Clock): Reader {
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

		async streams(person) {
			return (await store.heads(person)).map((head) => head.stream);
		},
		members: (room) => store.members(room),
		credentials: (login) =>
			store.credentials(
				login.includes('@') ? { emailKey: login.trim().toLowerCase() } : { nameKey: nameKey(login) }
			),
		account: (person) => store.account(person)
	};
}
