/** Epochs: who begins them, for whom they are, and what their secret is held against. */
import { expect } from 'vitest';
import type { ParsedEntry, Recipient } from '../../../../src/lib/protocol/sealed/entries.ts';
import type { DeviceKeys } from '../../../../src/lib/e2ee/device-keys.ts';
import type { Case, Core } from '../core.ts';
import {
	nextOf,
	personOf,
	remove,
	roomOf,
	secondOf,
	uid,
	unwrapped,
	whoOf,
	type Person,
	type Room
} from '../people.ts';

async function twoAndRoom(core: Core): Promise<[Person, Person, Room]> {
	const [anna, boris] = [await personOf(core), await personOf(core)];
	return [anna, boris, await roomOf(core, [anna, boris])];
}

/** An entry as somebody writes it who does not keep to the rules: `parts` altered, then signed. */
async function entryOf(core: Core, parts: ParsedEntry, keys: DeviceKeys) {
	const body = core.writeEntryBody(parts);
	return { body, sig: await core.sign(keys.signer, core.utf8(body)) };
}

const recipientOf = ({ identity: { person, gen, n, head } }: Person): Recipient => [
	person,
	gen,
	n,
	head
];

export const roomCases: Case[] = [
	{
		name: 'sealed E5 whoever was put out opens no later secret',
		async run(core) {
			const [anna, boris, room] = await twoAndRoom(core);
			expect(await unwrapped(core, room, boris)).toEqual(room.made.secret);
			const next = await nextOf(core, room, [anna]);
			expect(next.keys.people.has(boris.id)).toBe(false);
			expect(next.keys.out).toEqual(new Set([boris.id]));
			expect(Object.keys(next.made.wraps)).toEqual([anna.id]);
			const box = await core.boxFromSeed(boris.seeds.get(1)!);
			const wrapped = next.made.wraps[anna.id]!;
			for (const person of [anna.id, boris.id]) {
				await expect(
					core.openWrap(next.keys, next.made.entry, person, 1, box, wrapped)
				).rejects.toThrow(core.Forged);
			}
			// Let in again by a member, and by nobody else.
			const back = await nextOf(core, next, [anna, boris]);
			expect(back.keys.out.size).toBe(0);
			expect(await unwrapped(core, back, boris)).toEqual(back.made.secret);
		}
	},
	{
		name: 'sealed E7 nobody outside begins an epoch or comes in by one, and two stay two',
		async run(core) {
			const [anna, boris, room] = await twoAndRoom(core);
			const eve = await personOf(core);
			const all = whoOf([anna, boris, eve]);
			const plan = { room: uid(), prev: null, author: eve.id, device: eve.keys };
			const first = await core.makeEntry({ ...plan, people: [anna.identity, boris.identity] });
			await expect(core.verifyEntry(plan.room, first.entry, null, all, null)).rejects.toThrow(
				'outside'
			);
			const people = [anna.identity, boris.identity, eve.identity];
			const later = await core.makeEntry({ ...plan, room: room.id, prev: room.keys, people });
			await expect(core.verifyEntry(room.id, later.entry, room.keys, all, null)).rejects.toThrow(
				'outside'
			);
			// In a direct conversation not even one of the two lets somebody in.
			const three = await core.makeEntry({ ...plan, author: anna.id, device: anna.keys, people });
			await expect(
				core.verifyEntry(plan.room, three.entry, null, all, [anna.id, boris.id])
			).rejects.toThrow('third person');
			// Nobody speaks for another one, nor out of a room that they leave by the same entry.
			const as = await core.makeEntry({ ...plan, author: anna.id, people });
			await expect(core.verifyEntry(plan.room, as.entry, null, all, null)).rejects.toThrow(
				'device'
			);
			const leaving = await core.makeEntry({
				...plan,
				room: room.id,
				prev: room.keys,
				author: boris.id,
				device: boris.keys,
				people: [anna.identity]
			});
			await expect(core.verifyEntry(room.id, leaving.entry, room.keys, all, null)).rejects.toThrow(
				'outside'
			);
		}
	},
	{
		name: 'sealed E8 an entry follows exactly one other',
		async run(core) {
			const [anna, boris, room] = await twoAndRoom(core);
			const who = whoOf([anna, boris]);
			const one = await nextOf(core, room, [anna, boris]);
			const two = await nextOf(core, room, [boris, anna]);
			expect(one.keys.hash).not.toBe(two.keys.hash);
			const verify = (entry: Room['made']['entry'], known: Room['keys'] | null) =>
				core.verifyEntry(room.id, entry, known, who, null);
			await expect(verify(two.made.entry, one.keys)).rejects.toThrow('follow');
			await expect(verify(one.made.entry, null)).rejects.toThrow('follow');
			await expect(verify(room.made.entry, room.keys)).rejects.toThrow('follow');
			const third = await nextOf(core, two, [anna, boris]);
			await expect(verify(third.made.entry, one.keys)).rejects.toThrow('follow');
			await expect(core.verifyEntry(uid(), one.made.entry, room.keys, who, null)).rejects.toThrow(
				'another room'
			);
		}
	},
	{
		name: 'sealed E11c a device that was taken away begins no epoch, and an older list of devices does not come back',
		async run(core) {
			const [anna, boris] = [await personOf(core), await personOf(core)];
			const tablet = await secondOf(core, anna);
			const old = { ...anna };
			const room = await roomOf(core, [anna, boris]);
			await remove(core, anna, tablet.id);
			const next = await nextOf(core, room, [anna, boris]);
			const who = whoOf([anna, boris]);
			const plan = { room: room.id, prev: next.keys, author: anna.id, device: tablet };
			const byTablet = await core.makeEntry({ ...plan, people: [anna.identity, boris.identity] });
			await expect(core.verifyEntry(room.id, byTablet.entry, next.keys, who, null)).rejects.toThrow(
				'device'
			);
			for (const author of [
				{ author: anna.id, device: tablet },
				{ author: boris.id, device: boris.keys }
			]) {
				const made = await core.makeEntry({
					...plan,
					...author,
					people: [old.identity, boris.identity]
				});
				await expect(core.verifyEntry(room.id, made.entry, next.keys, who, null)).rejects.toThrow(
					'older list'
				);
			}
		}
	},
	{
		name: 'sealed E13 an entry says the truth about people, or is none',
		async run(core) {
			const [anna, boris, room] = await twoAndRoom(core);
			const who = whoOf([anna, boris]);
			const first = core.parseEntry(room.made.entry);
			const [, gen, n] = recipientOf(boris);
			const head = await core.setHash([]);
			const lies: [Partial<ParsedEntry>, string][] = [
				[{ changed: [recipientOf(anna)] }, 'another set'],
				[{ set: head }, 'another set'],
				[{ changed: [recipientOf(anna), [boris.id, gen, n, head]] }, 'another list'],
				[
					{ changed: [recipientOf(anna), [boris.id, gen, n + 1, recipientOf(boris)[3]]] },
					'another list'
				],
				[
					{ changed: [recipientOf(anna), [boris.id, gen + 1, n, recipientOf(boris)[3]]] },
					'a key that'
				],
				[{ changed: [recipientOf(anna), [uid(), gen, n, head]] }, 'unknown person'],
				[{ removed: [uid()] }, 'without being in'],
				[{ device: boris.keys.id }, 'does not speak']
			];
			for (const [lie, why] of lies) {
				const entry = await entryOf(core, { ...first, ...lie }, anna.keys);
				await expect(core.verifyEntry(room.id, entry, null, who, null), why).rejects.toThrow(why);
			}
			const { body } = room.made.entry;
			const forged = { body, sig: await core.sign(boris.keys.signer, core.utf8(body)) };
			await expect(core.verifyEntry(room.id, forged, null, who, null)).rejects.toThrow('signature');
		}
	},
	{
		name: 'sealed E19 a wrong secret that is handed to one member is noticed by them',
		async run(core) {
			const [, boris, room] = await twoAndRoom(core);
			const info = core.utf8(core.canon('roost.e1.wrap', room.id, 1, room.keys.hash, boris.id, 1));
			const { pub } = boris.identity.gens.get(1)!;
			room.made.wraps[boris.id] = await core.wrap(pub, info, core.random(32));
			await expect(unwrapped(core, room, boris)).rejects.toThrow('does not commit to');
			// Whatever else stands there is noticed, too.
			for (const wrapped of ['', 'AA', 'no wrap', core.b64(core.random(80))]) {
				room.made.wraps[boris.id] = wrapped;
				await expect(unwrapped(core, room, boris), wrapped).rejects.toThrow(core.Forged);
			}
		}
	},
	{
		name: 'sealed E20 newcomers open what comes, and what was before only where the room shares it',
		async run(core) {
			for (const shares of [false, true]) {
				const [anna, boris] = [await personOf(core), await personOf(core)];
				const room = await roomOf(core, [anna]);
				const next = await nextOf(core, room, [anna, boris], shares ? room.made.secret : undefined);
				const secret = await unwrapped(core, next, boris);
				const back = await core.openBack(next.made.entry, secret, room.made.entry);
				expect(back).toEqual(shares ? room.made.secret : null);
			}
			// A past that is none is noticed: it is not what the entry before commits to.
			const anna = await personOf(core);
			const room = await roomOf(core, [anna]);
			const lie = await nextOf(core, room, [anna], core.random(32));
			await expect(core.openBack(lie.made.entry, lie.made.secret, room.made.entry)).rejects.toThrow(
				'does not commit to'
			);
			await expect(core.openBack(lie.made.entry, lie.made.secret, lie.made.entry)).rejects.toThrow(
				'another entry'
			);
		}
	},
	{
		name: 'sealed X2 an entry is bounded: people, numbers, bytes, nobody twice',
		async run(core) {
			const [anna, boris, room] = await twoAndRoom(core);
			const first = core.parseEntry(room.made.entry);
			const head = await core.setHash([]);
			const strangers = (count: number) =>
				Array.from({ length: count }, (): Recipient => [uid(), 1, 1, head]);
			const before = new Map(strangers(499).map((one) => [one[0], one]));
			const after = (changed: Recipient[], removed: string[] = []) =>
				core.peopleAfter(before, { changed, removed });
			expect(after(strangers(1)).size).toBe(500);
			expect(() => after(strangers(2))).toThrow('too many');
			expect(after(strangers(2), [[...before.keys()][0]!]).size).toBe(500);
			const bad: Partial<ParsedEntry>[] = [
				{ changed: [recipientOf(boris), recipientOf(boris)] },
				{ changed: [recipientOf(boris)], removed: [boris.id] },
				{ removed: [boris.id, boris.id] },
				{ n: 0 },
				{ commit: 'short' },
				{ set: `${head}=` },
				{ back: head },
				{ author: 'anna' },
				{ removed: strangers(1000).map(([id]) => id), changed: strangers(1) }
			];
			for (const one of bad) {
				const entry = await entryOf(core, { ...first, ...one }, anna.keys);
				expect(() => core.parseEntry(entry), JSON.stringify(one).slice(0, 60)).toThrow(core.Forged);
			}
			const { body, sig } = room.made.entry;
			const texts = [
				body.replace(',1,"",', ',9007199254740993,"",'),
				body.replace(',1,"",', ',1e0,"",'),
				body.replace('roost.e1.epoch', 'roost.e1.other'),
				`${body}\n`,
				JSON.stringify(JSON.parse(body), null, 1),
				`[${'['.repeat(30_000)}`,
				body.replace('[', `["${'x'.repeat(70_000)}",`)
			];
			for (const text of texts) {
				expect(() => core.parseEntry({ body: text, sig }), text.slice(0, 40)).toThrow(core.Forged);
			}
		}
	}
];
