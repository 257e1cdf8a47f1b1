/** Who comes in by one server while another closes the door, or while another is the first to come. */
import { beforeEach, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../server/domain/admin-act.ts';
import type { NewPerson } from '../../server/domain/people-port.ts';
import { holdStream, type Held } from '../support/held-rows.ts';
import { littleDomain, type LittleDomain } from '../support/little-domain.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

let here: LittleDomain;
let there: LittleDomain;
/** the first room: whoever comes stops before it */
let held: Held;
beforeEach(async () => {
	const url = await newPostgresDatabase();
	here = await littleDomain(url);
	there = await here.restarted();
	held = await holdStream(url, here.domain.firstRoom());
});

const come = ({ domain }: LittleDomain, name: string, more: Partial<NewPerson> = {}) =>
	domain.register({ name, email: `${name}@example.org`, passwordHash: 'x', ...more });

const close = (registration: 'closed' | 'invite') =>
	there.domain.administer(COMMAND_LINE, { kind: 'admin.registration', registration });

test.each([
	['closed', 'registration_closed'],
	['invite', 'invite_needed']
] as const)('nobody comes in after the door was made %s by another server', async (who, code) => {
	const coming = come(here, 'late');
	await held.isWantedBy(1);
	expect(await close(who)).toBeNull();
	await held.release();
	expect(await coming).toMatchObject({ refused: { code } });
	expect(await here.query('SELECT name FROM person')).toEqual([]);
});

test('of two who are first on two servers at once, one is the administrator', async () => {
	const both = Promise.all([come(here, 'ann'), come(there, 'bob')]);
	await held.isWantedBy(2);
	await held.release();
	expect(await both).toEqual([{ person: expect.any(String) }, { person: expect.any(String) }]);
	expect(await here.query('SELECT count(*) AS count FROM person WHERE admin = 1')).toEqual([
		{ count: 1 }
	]);
});
