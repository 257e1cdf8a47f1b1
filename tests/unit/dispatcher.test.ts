import { describe, expect, it } from 'vitest';
import { createDispatcher } from '../../server/dispatcher.ts';
import type { Clock, Domain } from '../../server/domain/ports.ts';
import { StorageError } from '../../server/domain/store-port.ts';
import { createHasher } from '../../server/auth/hasher.ts';
import { createTokenBucket } from '../../server/socket/event-rate-limit.ts';
import { createLog } from '../../server/log.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';

const who = { person: 'p', session: 's', device: 'd' };

function setUp(heads: () => Promise<never>) {
	const lines: string[] = [];
	const timers: { ms: number; run: () => void }[] = [];
	const clock: Clock = {
		now: () => 0,
		after(ms, run) {
			timers.push({ ms, run });
			return () => undefined;
		}
	};
	const dispatcher = createDispatcher({
		domain: { heads } as unknown as Domain,
		search: { search: () => Promise.reject(new Error('not asked')) },
		calls: {
			ask: () => Promise.reject(new Error('not asked')),
			signal: () => Promise.reject(new Error('not asked'))
		},
		limiter: { take: async () => undefined, refund: async () => undefined },
		clock,
		log: createLog('debug', { write: (line) => void lines.push(line) })
	});
	return { dispatcher, lines, timers };
}

describe('a request', () => {
	it('that makes the server throw is answered, and written down (SOCKET-7)', async () => {
		const { dispatcher, lines } = setUp(() => Promise.reject(new Error('the database fell over')));
		expect(await dispatcher.answer('heads', who, {})).toEqual({
			refused: { code: 'server_fault', action: 'wait', after: 2_000 }
		});
		expect(lines.join()).toContain('the database fell over');
	});

	it('that is refused on purpose says so, and is no fault', async () => {
		const refusal = refuse('too_many', { after: 7 });
		const { dispatcher, lines } = setUp(() => Promise.reject(new RefusalError(refusal)));
		expect(await dispatcher.answer('heads', who, {})).toEqual({ refused: refusal });
		expect(lines).toEqual([]);
	});

	it.each([
		['away', 'busy'],
		['full', 'storage_full'],
		['broken', 'server_fault']
	] as const)(
		'that finds the database %s is told "%s"; the database tells of itself',
		async (reason, code) => {
			const { dispatcher, lines } = setUp(() => Promise.reject(new StorageError(reason, null)));
			expect(await dispatcher.answer('heads', who, {})).toMatchObject({
				refused: { code, action: 'wait' }
			});
			expect(lines).toEqual([]);
		}
	);

	it('that is never answered inside is answered within 5 s outside (SOCKET-7)', async () => {
		const { dispatcher, timers } = setUp(() => new Promise<never>(() => undefined));
		const answer = dispatcher.answer('heads', who, {});
		expect(timers[0]!.ms).toBeLessThanOrEqual(5_000);
		timers[0]!.run();
		expect(await answer).toMatchObject({ refused: { code: 'busy', action: 'wait' } });
	});

	it('is told to come back while the server closes', async () => {
		const { dispatcher } = setUp(() => Promise.reject(new Error('must not be asked')));
		dispatcher.close();
		expect(await dispatcher.answer('heads', who, {})).toMatchObject({ refused: { code: 'busy' } });
	});
});

describe('the hasher', () => {
	it('works on two at once, lets few wait, and sends the rest away (HTTP-1)', async () => {
		const hasher = createHasher(2, 3);
		const ends = Array.from({ length: 10 }, () =>
			hasher.hash('correct horse').then(
				() => 'hashed',
				(fault: unknown) => (fault as RefusalError).refusal.code
			)
		);
		expect(hasher.running()).toBe(2);
		const told = await Promise.all(ends);
		expect(told.filter((end) => end === 'hashed')).toHaveLength(5);
		expect(told.filter((end) => end === 'busy')).toHaveLength(5);
		expect(hasher.running()).toBe(0);
	});
});

describe('the bucket of a socket', () => {
	it('lets a burst through, then a steady flow, then loses patience (SOCKET-5)', () => {
		const bucket = createTokenBucket(0);
		let passed = 0;
		while (bucket.take(0) === null) passed += 1;
		expect(passed).toBe(300);
		let steady = 0;
		for (let ms = 0; ms < 1_000; ms++) if (bucket.take(ms) === null) steady += 1;
		expect(steady).toBeGreaterThan(40);
		expect(steady).toBeLessThanOrEqual(50);
		let last = bucket.take(1_000);
		while (last === null) last = bucket.take(1_000);
		expect(last).toBe('cut');
	});
});
