/** Bugs planted on purpose: each turns a promise red, or the promises prove nothing. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityCases } from './cases/identity.ts';
import { messageCases } from './cases/messages.ts';
import { roomCases } from './cases/rooms.ts';
import { thingCases } from './cases/things.ts';
import { LIB, loadCore } from './core.ts';

/** A line of the core, what stands in its place, and the promise that notices. */
interface Bug {
	name: string;
	file: string;
	from: string;
	to: string;
	red: string;
}

const bug = (name: string, file: string, from: string, to: string, red: string): Bug => ({
	name,
	file,
	from,
	to,
	red
});

const LINKS = 'protocol/sealed/links.ts';
const ENTRIES = 'protocol/sealed/entries.ts';
const ENVELOPE = 'protocol/sealed/envelope.ts';
const MESSAGE = 'e2ee/message.ts';
const PROOF = 'protocol/sealed/proof.ts';
const ROOM_KEYS = 'e2ee/room-keys.ts';

const BUGS: Bug[] = [
	bug('any device may be added', LINKS, '!pop || !maySign(known, by, parts)', '!pop', 'E6'),
	bug('a device need not hold its keys', LINKS, '!pop || !maySign', '!maySign', 'E6'),
	bug(
		'another past of an identity is taken',
		LINKS,
		"? known : forged('another past of this identity')",
		'? known : known',
		'E6b'
	),
	bug(
		'a link need not follow',
		LINKS,
		"n !== (known?.n ?? 0) + 1 || prev !== (known?.head ?? '')",
		'false',
		'E6b'
	),
	bug('a device takes itself away', LINKS, 'id !== gone && by.has(sig)', 'by.has(sig)', 'E11b'),
	bug(
		'a device that was taken away still signs',
		LINKS,
		'to === null && id !== gone && by.has(sig)',
		'id !== gone && by.has(sig)',
		'E11'
	),
	bug(
		'keys that were taken away come back',
		LINKS,
		'next.devices.has(device) || isTaken',
		'next.devices.has(device)',
		'E11'
	),
	bug(
		'a new root need not say so',
		LINKS,
		"change.kind === 'reroot' && !by.has(change.root)",
		'false',
		'E10b'
	),
	bug(
		'every new root is vouched for',
		LINKS,
		'known !== null && by.has(known.root)',
		'true',
		'E10b'
	),
	bug('a removal wraps for whom it removes', 'e2ee/identity.ts', 'to.delete(device);', '', 'E11'),
	bug(
		'a seed is not held against the chain',
		'e2ee/seeds.ts',
		'pub === identity.gens.get(gen)?.pub',
		'pub',
		'E11b'
	),
	bug(
		'the chain is not vouched for',
		'e2ee/approval.ts',
		'person, root, n, head)',
		'person)',
		'E9b'
	),
	bug(
		'the code is not asked for',
		'e2ee/approval.ts',
		'return isSame && isPossessed',
		'return isPossessed',
		'E9b'
	),
	bug(
		'a mistyped code is taken',
		'e2ee/recovery-code.ts',
		"=== letters ? code : forged('mistyped')",
		'? code : code',
		'X14'
	),
	bug(
		'an entry need not follow',
		ENTRIES,
		"parts.n !== (known?.n ?? 0) + 1 || parts.prev !== (known?.hash ?? '')",
		'false',
		'E8'
	),
	bug(
		'a third person in a direct conversation',
		ENTRIES,
		'if (pair && ',
		'if (false && pair && ',
		'E7'
	),
	bug(
		'anybody begins the first epoch',
		ENTRIES,
		"if (!listed || (known && !known.people.has(author))) return forged('begun by somebody outside');",
		'if (!listed) return;',
		'E7'
	),
	bug(
		'anybody begins a later epoch',
		ENTRIES,
		'!listed || (known && !known.people.has(author))',
		'!listed',
		'E7'
	),
	bug(
		'an older list of devices comes back',
		ENTRIES,
		'last && (last[1] > gen || last[2] > n)',
		'false',
		'E11c'
	),
	bug(
		'the list of devices is not the real one',
		ENTRIES,
		'identity.hashes[n - 1] !== head',
		'false',
		'E13'
	),
	bug(
		'the set of people is not held against its hash',
		ENTRIES,
		'(await setHash(people.values())) !== parts.set',
		'false',
		'E13'
	),
	bug(
		'the signature of an entry is not looked at',
		ENTRIES,
		'!(await isSigned(sig, entry.sig, utf8(entry.body)))',
		'false',
		'E13'
	),
	bug(
		'somebody stands in an entry twice',
		ENTRIES,
		'new Set(named).size !== named.length',
		'false',
		'X2'
	),
	bug(
		'the secret is not held against the commitment',
		ROOM_KEYS,
		"isSame ? secret : forged('a secret that the entry does not commit to')",
		'isSame ? secret : secret',
		'E19'
	),
	bug(
		'whoever was put out is wrapped for',
		ROOM_KEYS,
		'filter((person) => !kept.has(person))',
		'filter(() => false)',
		'E5'
	),
	bug(
		'key and nonce do not depend on what is said',
		MESSAGE,
		"useOf('key', place, device), 44, commitment)",
		"useOf('key', place, device), 44)",
		'E3'
	),
	bug(
		'the signature is not looked at',
		MESSAGE,
		'!(await isSaidBy(speakerOf(envelope, place, author, listed), envelope, place))',
		'!speakerOf(envelope, place, author, listed)',
		'E14c'
	),
	bug(
		'words need not be those that a report proves',
		MESSAGE,
		'!same(commitment, await commitmentTo(plain, await frankKey(epoch, place, d)))',
		'false',
		'E14c'
	),
	bug('a device that was taken away still speaks', MESSAGE, 'Math.max(i, listed)', 'i', 'E11d'),
	bug(
		'whoever knows the secret may speak',
		MESSAGE,
		"if (listed === null) return forged('somebody for whom the epoch is not');",
		'listed ??= 1;',
		'E24'
	),
	bug('the version of the text is not looked at', MESSAGE, 'n !== place.version || ', '', 'E14'),
	bug('who is told is not bound', ENVELOPE, 'sent,\n\t\ttold,', 'sent,\n\t\t[],', 'E14'),
	bug('signatures are part of the digest', ENVELOPE, "key !== 's'", "key !== ''", 'E3'),
	bug(
		'lengths are seen',
		'protocol/sealed/padding.ts',
		'const STEP = 64;',
		'const STEP = 1;',
		'E22'
	),
	bug(
		'a report is not held against the signature',
		PROOF,
		'envelope.n !== place.version || !(await isSaidBy(device, envelope, place))',
		'envelope.n !== place.version',
		'E16'
	),
	bug(
		'a report is not held against the commitment',
		PROOF,
		'same(unb64(envelope.k), commitment)',
		'commitment',
		'E16'
	),
	bug(
		'a reaction is not signed',
		'e2ee/reaction.ts',
		'!(await isSigned(device.sig, s, signedOf(to, by.person, d, token, true)))',
		'false',
		'E18'
	),
	bug(
		'the last piece of a file may be missing',
		'e2ee/file.ts',
		'iv[11] = isLast ? 1 : 0;',
		'',
		'E17'
	),
	bug(
		'pieces of a file may be swapped',
		'e2ee/file.ts',
		'new DataView(iv.buffer).setUint32(7, i);',
		'',
		'E17'
	)
];

const cases = [...identityCases, ...roomCases, ...messageCases, ...thingCases];

describe('a planted bug turns a promise red', () => {
	let root: string;
	beforeAll(() => {
		root = mkdtempSync(join(tmpdir(), 'roost-planted-'));
		const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
		symlinkSync(modules, join(root, 'node_modules'));
	});
	afterAll(() => rmSync(root, { recursive: true }));

	function copyOf(name: string): string {
		const lib = join(root, name.replaceAll(' ', '-'));
		for (const part of ['protocol', 'e2ee']) {
			cpSync(join(LIB, part), join(lib, part), { recursive: true });
		}
		return lib;
	}

	it('and none is red without a bug', async () => {
		const core = await loadCore(copyOf('none'));
		for (const { run } of cases) await run(core);
	});

	it.each(BUGS)('$red: $name', async ({ name, file, from, to, red }) => {
		const lib = copyOf(name);
		const code = readFileSync(join(lib, file), 'utf8');
		expect(code.split(from).length, 'the line stands there once').toBe(2);
		writeFileSync(
			join(lib, file),
			code.replace(from, () => to)
		);
		const promise = cases.find((one) => one.name.startsWith(`sealed ${red} `))!;
		const core = await loadCore(lib);
		await expect(promise.run(core)).rejects.toThrow();
	});
});
