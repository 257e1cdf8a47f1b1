import { describe, expect, it } from 'vitest';
import { createDoors } from '../../server/doors.ts';
import type { Clock, Domain } from '../../server/domain/ports.ts';
import { createHasher } from '../../server/auth/hasher.ts';
import { createBucket } from '../../server/socket/bucket.ts';
import { createLog } from '../../server/log.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';

const who = { person: 'p', session: 's', device: 'd' };

function setUp(digest: () => Promise<never>) {
	const lines: string[] = [];
	const timers: { ms: number; run: () => void }[] = [];
	const clock: Clock = {
		now: () => 0,
		after(ms, run) {
			timers.push({ ms, run });
			return () => undefined;
		}
	};
	const doors = createDoors({
		domain: { digest } as unknown as Domain,
		limiter: { take: async () => undefined, giveBack: async () => undefined },
		clock,
		log: createLog('debug', { write: (line) => void lines.push(line) })
	});
	return { doors, lines, timers };
}

describe('a request', () => {
	it('that makes the server throw is answered, and written down (S7)', async () => {
		const { doors, lines } = setUp(() => Promise.reject(new Error('the database fell over')));
		expect(await doors.answer('digest', who, {})).toEqual({
			refused: { code: 'server_fault', cure: 'wait', after: 2_000 }
		});
		expect(lines.join()).toContain('the database fell over');
	});

	it('that is refused on purpose says so, and is no fault', async () => {
		const refusal = refuse('too_many', { after: 7 });
		const { doors, lines } = setUp(() => Promise.reject(new RefusalError(refusal)));
		expect(await doors.answer('digest', who, {})).toEqual({ refused: refusal });
		expect(lines).toEqual([]);
	});

	it('that is never answered inside is answered within 5 s outside (S7)', async () => {
		const { doors, timers } = setUp(() => new Promise<never>(() => undefined));
		const answer = doors.answer('digest', who, {});
		expect(timers[0]!.ms).toBeLessThanOrEqual(5_000);
		timers[0]!.run();
		expect(await answer).toMatchObject({ refused: { code: 'busy', cure: 'wait' } });
	});

	it('is told to come back while the server closes', async () => {
		const { doors } = setUp(() => Promise.reject(new Error('must not be asked')));
		doors.close();
		expect(await doors.answer('digest', who, {})).toMatchObject({ refused: { code: 'busy' } });
	});
});

describe('the hasher', () => {
	it('works on two at once, lets few wait, and sends the rest away (H1)', async () => {
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
	it('lets a burst through, then a steady flow, then loses patience (S5)', () => {
		const bucket = createBucket(0);
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
