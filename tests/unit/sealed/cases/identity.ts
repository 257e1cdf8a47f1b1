/** Identities: who adds and removes devices, the recovery code, approval, the number. */
import { expect } from 'vitest';
import type { Case } from '../core.ts';
import { personOf, remove, secondOf, take, uid } from '../people.ts';

const other = (letter: string) => (letter === '0' ? '1' : '0');

export const identityCases: Case[] = [
	{
		name: 'sealed E6 nobody but a person adds a device to them',
		async run(core) {
			const anna = await personOf(core);
			const ghost = await core.newDeviceKeys(uid());
			const card = await core.cardOf(anna.id, ghost);
			const byGhost = await core.addDevice(anna.identity, ghost.signer, card);
			await expect(core.verifyLinks(anna.id, [byGhost], anna.identity)).rejects.toThrow('signed');
			// Neither does a signature that was made for something else.
			const moved = { ...byGhost, sigs: anna.links[0]!.sigs };
			await expect(core.verifyLinks(anna.id, [moved], anna.identity)).rejects.toThrow('signed');
			// A device that did not say so itself is not added, even by its person.
			const eve = await personOf(core);
			const stolen = { ...card, pop: (await core.cardOf(eve.id, ghost)).pop };
			const unasked = await core.addDevice(anna.identity, anna.keys.signer, stolen);
			await expect(core.verifyLinks(anna.id, [unasked], anna.identity)).rejects.toThrow('signed');
			const asked = await core.addDevice(anna.identity, anna.keys.signer, card);
			const after = await core.verifyLinks(anna.id, [asked], anna.identity);
			expect(core.activeAt(after, ghost.id, 2)).toBe(true);
			expect(anna.identity.devices.has(ghost.id)).toBe(false);
		}
	},
	{
		name: 'sealed E6b a chain goes on from what is known and from nothing else',
		async run(core) {
			const anna = await personOf(core);
			await secondOf(core, anna);
			await secondOf(core, anna);
			const [first, second, third] = anna.links as [never, never, never];
			await expect(core.verifyLinks(anna.id, [first, third], null)).rejects.toThrow('missing');
			await expect(core.verifyLinks(anna.id, [second], null)).rejects.toThrow(core.Forged);
			expect(await core.verifyLinks(anna.id, [first], anna.identity)).toBe(anna.identity);
			expect(await core.verifyLinks(anna.id, anna.links, null)).toEqual(anna.identity);
			await expect(core.verifyLinks(uid(), anna.links, null)).rejects.toThrow('somebody else');
			// Another beginning, and another second link.
			const begun = await core.begin(anna.id, anna.root, anna.keys);
			await expect(core.verifyLinks(anna.id, [begun.link], anna.identity)).rejects.toThrow(
				'another past'
			);
			const early = await core.verifyLinks(anna.id, [first], null);
			const card = await core.cardOf(anna.id, await core.newDeviceKeys(uid()));
			const fork = await core.addDevice(early, anna.keys.signer, card);
			await expect(core.verifyLinks(anna.id, [fork], anna.identity)).rejects.toThrow(
				'another past'
			);
			await expect(core.verifyLinks(anna.id, [], null)).rejects.toThrow('no links');
		}
	},
	{
		name: 'sealed E6c a chain that was kept is the same without its signatures',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			await remove(core, anna, tablet.id);
			const kept = anna.links.map(({ body }, i) => ({ body, hash: anna.identity.hashes[i]! }));
			expect(core.replayLinks(anna.id, kept)).toEqual(anna.identity);
			expect(() => core.replayLinks(anna.id, kept.slice(1))).toThrow(core.Forged);
			expect(() => core.replayLinks(uid(), kept)).toThrow(core.Forged);
		}
	},
	{
		name: 'sealed E9 a new device has all that its person could open, approved by the code that it shows',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			await remove(core, anna, tablet.id);
			const laptop = await core.newDeviceKeys(uid());
			const code = core.newApprovalCode();
			expect(code).toMatch(/^\d{24}$/);
			const asked = await core.ask(anna.id, laptop, code);
			const spaced = code.replaceAll(/(.{4})/g, '$1 ').trim();
			expect(await core.isAsked(anna.id, asked, core.readApprovalCode(spaced)!)).toBe(true);
			await take(core, anna, await core.addDevice(anna.identity, anna.keys.signer, asked));
			for (const { gen, device, wrap } of await core.seedsFor(anna.id, asked, anna.seeds)) {
				anna.stored.find((one) => one.gen === gen)!.to[device] = wrap;
			}
			const proof = await core.vouch(anna.identity, code);
			expect(await core.isVouched(anna.identity, proof, code)).toBe(true);
			const seeds = await core.openSeeds(anna.identity, anna.stored, laptop.id, laptop.box);
			expect(seeds).toEqual(anna.seeds);
		}
	},
	{
		name: 'sealed E9b a server between two devices fails both ways',
		async run(core) {
			const anna = await personOf(core);
			const [real, ghost] = [await core.newDeviceKeys(uid()), await core.newDeviceKeys(uid())];
			const code = core.newApprovalCode();
			const asked = await core.ask(anna.id, real, code);
			const swapped = {
				...(await core.cardOf(anna.id, { ...ghost, id: real.id })),
				tag: asked.tag
			};
			expect(await core.isAsked(anna.id, swapped, code)).toBe(false);
			expect(await core.isAsked(anna.id, { ...asked, box: ghost.box.pub }, code)).toBe(false);
			expect(await core.isAsked(anna.id, { ...asked, pop: swapped.pop }, code)).toBe(false);
			expect(await core.isAsked(uid(), asked, code)).toBe(false);
			// The new one takes no chain that its person's device did not vouch for.
			const { link } = await core.begin(anna.id, await core.rootOf(core.newRecoveryCode()), ghost);
			const fake = await core.verifyLinks(anna.id, [link], null);
			const proof = await core.vouch(anna.identity, code);
			expect(await core.isVouched(fake, proof, code)).toBe(false);
			expect(await core.isVouched(anna.identity, proof, core.newApprovalCode())).toBe(false);
			expect(await core.isVouched(anna.identity, asked.tag, code)).toBe(false);
		}
	},
	{
		name: 'sealed E10 all devices lost: the recovery code opens everything, another one nothing',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			await remove(core, anna, anna.keys.id, tablet);
			const typed = (await core.recoveryText(anna.code)).toLowerCase().replaceAll('-', ' ');
			const root = await core.rootOf(await core.readRecoveryCode(typed));
			expect(root.signer.pub).toBe(anna.identity.root);
			const seeds = await core.openSeeds(anna.identity, anna.stored, core.ROOT, root.box);
			expect(seeds).toEqual(anna.seeds);
			const fresh = await core.newDeviceKeys(uid());
			const card = await core.cardOf(anna.id, fresh);
			await take(core, anna, await core.addDevice(anna.identity, root.signer, card));
			expect(core.activeAt(anna.identity, fresh.id, anna.identity.n)).toBe(true);
			const wrong = await core.rootOf(core.newRecoveryCode());
			await expect(
				core.openSeeds(anna.identity, anna.stored, core.ROOT, wrong.box)
			).rejects.toThrow(core.Forged);
			const link = await core.addDevice(
				anna.identity,
				wrong.signer,
				await core.cardOf(anna.id, await core.newDeviceKeys(uid()))
			);
			await expect(core.verifyLinks(anna.id, [link], anna.identity)).rejects.toThrow('signed');
		}
	},
	{
		name: 'sealed E10b another code can be written down, and the one before is of no use',
		async run(core) {
			const anna = await personOf(core);
			const compared = anna.identity.root;
			const code = core.newRecoveryCode();
			const root = await core.rootOf(code);
			// Signed by the root before: whoever compared numbers is not asked again.
			const byRoot = await core.reroot(anna.identity, anna.root.signer, root);
			const vouched = await core.verifyLinks(anna.id, [byRoot], anna.identity);
			expect(vouched.root).toBe(root.signer.pub);
			expect(core.isStillRoot(vouched, compared)).toBe(true);
			// By a device only: they are.
			const byDevice = await core.reroot(anna.identity, anna.keys.signer, root);
			const unvouched = await core.verifyLinks(anna.id, [byDevice], anna.identity);
			expect(core.isStillRoot(unvouched, compared)).toBe(false);
			expect(core.isStillRoot(unvouched, root.signer.pub)).toBe(true);
			// The new root has to say so itself, and the old one speaks no more.
			const unsigned = { ...byDevice, sigs: byDevice.sigs.slice(0, 1) };
			await expect(core.verifyLinks(anna.id, [unsigned], anna.identity)).rejects.toThrow('signed');
			const card = await core.cardOf(anna.id, await core.newDeviceKeys(uid()));
			const late = await core.addDevice(vouched, anna.root.signer, card);
			await expect(core.verifyLinks(anna.id, [late], vouched)).rejects.toThrow('signed');
		}
	},
	{
		name: 'sealed E11 a device that was taken away opens no later seed, and lets nobody in',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			await remove(core, anna, tablet.id);
			expect(core.activeAt(anna.identity, tablet.id, 2)).toBe(true);
			expect(core.activeAt(anna.identity, tablet.id, 3)).toBe(false);
			const held = await core.openSeeds(anna.identity, anna.stored, tablet.id, tablet.box);
			expect([...held.keys()]).toEqual([1]);
			const card = await core.cardOf(anna.id, await core.newDeviceKeys(uid()));
			const link = await core.addDevice(anna.identity, tablet.signer, card);
			await expect(core.verifyLinks(anna.id, [link], anna.identity)).rejects.toThrow('signed');
			// Nor does it come back: not under its own keys with another name, not under its name.
			for (const keys of [{ ...tablet, id: uid() }, { ...(await core.newDeviceKeys(tablet.id)) }]) {
				const again = await core.cardOf(anna.id, keys);
				const back = await core.addDevice(anna.identity, anna.keys.signer, again);
				await expect(core.verifyLinks(anna.id, [back], anna.identity)).rejects.toThrow('before');
			}
		}
	},
	{
		name: 'sealed E11b a device does not take itself away, and a seed that is not the chain’s does not count',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			const seed = anna.seeds.get(1)!;
			const own = await core.removeDevice(anna.identity, tablet.signer, tablet.id, seed);
			await expect(core.verifyLinks(anna.id, [own.link], anna.identity)).rejects.toThrow('signed');
			const to = core.recipientsOf(anna.identity);
			const wrong = await core.wrapSeed(anna.id, 1, core.random(32), to, null);
			await expect(core.openSeeds(anna.identity, [wrong], tablet.id, tablet.box)).rejects.toThrow(
				'does not name'
			);
			await remove(core, anna, tablet.id);
			const newest = anna.seeds.get(2)!;
			const past = await core.wrapSeed(anna.id, 2, newest, new Map(), core.random(32));
			await expect(core.openPast(anna.identity, 2, newest, past.past!)).rejects.toThrow(
				'does not name'
			);
		}
	},
	{
		name: 'sealed E21 the number is equal on both sides, survives new devices, and changes with the identity',
		async run(core) {
			const [anna, boris] = [await personOf(core), await personOf(core)];
			const before = await core.safetyNumber(anna.identity, boris.identity);
			expect(before).toMatch(/^(\d{5} ){11}\d{5}$/);
			expect(await core.safetyNumber(boris.identity, anna.identity)).toBe(before);
			await secondOf(core, anna);
			expect(await core.safetyNumber(anna.identity, boris.identity)).toBe(before);
			const again = await personOf(core, anna.id);
			expect(await core.safetyNumber(again.identity, boris.identity)).not.toBe(before);
		}
	},
	{
		name: 'sealed X3 a chain is bounded, and so is every link',
		async run(core) {
			const anna = await personOf(core);
			const { body, sigs } = anna.links[0]!;
			const nine = Array.from({ length: 9 }, () => sigs[0]!);
			await expect(core.checkLink(anna.id, { body, sigs: nine })).rejects.toThrow('too many');
			for (const bad of ['', '[]', '{}', 'null', `${body} `, body.replace('1,"",', '1.0,"",')]) {
				expect(() => core.parseLinkBody(bad), bad).toThrow(core.Forged);
			}
			for (const n of [0, -1, 2 ** 53, 1.5, 10_001]) {
				const parts = ['roost.e1.link', anna.id, n, '', 'renew', [1, anna.keys.box.pub]];
				expect(() => core.parseLinkBody(JSON.stringify(parts))).toThrow(core.Forged);
			}
			const long = ['roost.e1.link', anna.id, 1, 'x'.repeat(5000), 'renew', []];
			expect(() => core.parseLinkBody(JSON.stringify(long))).toThrow(core.Forged);
		}
	},
	{
		name: 'sealed X13 a code is typed exactly or is none; each opens what was asked with it only',
		async run(core) {
			const anna = await personOf(core);
			const keys = await core.newDeviceKeys(uid());
			const [code, second] = [core.newApprovalCode(), core.newApprovalCode()];
			const asked = await core.ask(anna.id, keys, code);
			for (let i = 0; i < 10; i++) {
				const wrong = code.slice(0, i) + other(code[i]!) + code.slice(i + 1);
				expect(await core.isAsked(anna.id, asked, wrong)).toBe(false);
			}
			const both = [asked, await core.ask(anna.id, await core.newDeviceKeys(uid()), second)];
			expect(await Promise.all(both.map((one) => core.isAsked(anna.id, one, second)))).toEqual([
				false,
				true
			]);
			for (const typed of ['', code.slice(1), `${code}1`, `${code.slice(1)}x`]) {
				expect(core.readApprovalCode(typed)).toBe(null);
			}
			expect(await core.isAsked(anna.id, { ...asked, tag: 'no bytes' }, code)).toBe(false);
		}
	},
	{
		name: 'sealed X14 a recovery code is read as people type it, and one wrong letter says so',
		async run(core) {
			const code = core.unb64('AAECAwQFBgcICQoLDA0ODw', 16);
			const written = await core.recoveryText(code);
			expect(written).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
			const typings = [
				written.toLowerCase(),
				written.replaceAll('-', ' '),
				written.replaceAll('-', ''),
				written.replaceAll('-', '–'),
				` ${written}\n`,
				written.replaceAll('0', 'O').replaceAll('1', 'I'),
				written.replaceAll('0', 'o').replaceAll('1', 'l')
			];
			for (const typed of typings) expect(await core.readRecoveryCode(typed)).toEqual(code);
			for (const typed of ['', written.slice(1), `${written}0`, written.replace(/.$/, 'U'), 'ü']) {
				await expect(core.readRecoveryCode(typed), typed).rejects.toThrow('mistyped');
			}
			const letters = written.replaceAll('-', '');
			let unnoticed = 0;
			for (let i = 0; i < letters.length; i++) {
				const wrong = letters.slice(0, i) + other(letters[i]!) + letters.slice(i + 1);
				await core.readRecoveryCode(wrong).then(
					() => unnoticed++,
					(fault: unknown) => expect(fault).toBeInstanceOf(core.Forged)
				);
			}
			expect(unnoticed).toBe(0);
		}
	}
];
