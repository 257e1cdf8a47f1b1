import { expect, test } from 'vitest';
import {
	firstSteps,
	isFirstRoom,
	type StepFacts
} from '../../../src/lib/state/app/first-steps.svelte.ts';
import type { Contacts } from '../../../src/lib/state/client/client-types.ts';
import { card, id } from '../../contract/rows.ts';

const general = { id: id(), number: 1, role: 'owner' as const };
const someone = { items: [{}], asks: [] } as unknown as Contacts;
const nobody: Contacts = { items: [], asks: [] };

function steps(more: Partial<StepFacts>): string[] {
	const facts: StepFacts = {
		self: card(id(), 1, 'ann'),
		rooms: [general],
		founded: null,
		contacts: nobody,
		installable: false,
		...more
	};
	return firstSteps(facts).map(({ name, done }) => (done ? `${name} ✓` : name));
}

test('who set the server up invites people and makes rooms', () => {
	const founded = { id: general.id, members: 1 };
	expect(steps({ founded })).toEqual(['profile', 'invite', 'room']);
	expect(
		steps({
			founded: { ...founded, members: 2 },
			rooms: [general, { id: id(), number: 2, role: 'owner' }]
		})
	).toEqual(['profile', 'invite ✓', 'room ✓']);
});

test('rooms of others, and the first room, are none of their own', () => {
	const founded = { id: general.id, members: 1 };
	const rooms = [general, { id: id(), number: 2, role: 'member' as const }];
	expect(steps({ founded, rooms })).toEqual(['profile', 'invite', 'room']);
	expect(isFirstRoom({ number: null })).toBe(false);
});

test('everybody else finds people', () => {
	expect(steps({})).toEqual(['profile', 'friend']);
	expect(steps({ contacts: someone })).toEqual(['profile', 'friend ✓']);
});

test('a name of their own or a picture is enough of a profile; installing where it can be', () => {
	const self = { ...card(id(), 1, 'ann'), display: 'Ann' };
	expect(steps({ self, installable: true })).toEqual(['profile ✓', 'friend', 'install']);
});
