/** Browsers that cannot make, keep or use keys are told apart from those that can. */
import { IDBFactory } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import { selfTest } from '../../../src/lib/e2ee/self-test.ts';
import { uid } from './people.ts';

/** A store that gives back something else than what was put there. */
class Lossy extends IDBFactory {
	override open(name: string, version?: number) {
		const opening = super.open(name, version);
		opening.addEventListener('success', () => {
			const transaction = opening.result.transaction.bind(opening.result);
			opening.result.transaction = ((...args: Parameters<typeof transaction>) => {
				const made = transaction(...args);
				const store = made.objectStore('keys');
				made.objectStore = () => store;
				const put = store.put.bind(store);
				store.put = ((_: unknown, key: IDBValidKey) =>
					put({ signer: {}, box: {} }, key)) as typeof put;
				return made;
			}) as typeof transaction;
		});
		return opening;
	}
}
/** A browser that opens no databases, as in some private windows. */
class Closed extends IDBFactory {
	override open(): never {
		throw new DOMException('not here', 'SecurityError');
	}
}

it('nothing is missing where keys can be kept, and nothing stays behind', async () => {
	const databases = new IDBFactory();
	expect(await selfTest(uid(), databases)).toBe(null);
	expect(await databases.databases()).toEqual([]);
});

it('says what is missing', async () => {
	expect(await selfTest(uid(), new Closed())).toBe('storage');
	expect(await selfTest(uid(), new Lossy())).toBe('use');
});
