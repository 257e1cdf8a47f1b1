/** What the core makes passes the schemas of the wire, and little else does. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkLink, followLink, type CheckedLink } from '../../../src/lib/protocol/sealed/links.ts';
import {
	AskSchema,
	EntrySchema,
	EnvelopeSchema,
	LinkSchema,
	MoreWrapSchema,
	SeedWrapsSchema,
	WrapsSchema
} from '../../../src/lib/protocol/sealed/schemas.ts';
import type { SealedReaction } from '../../../src/lib/e2ee/reaction.ts';
import { readLetters } from '../../../src/lib/e2ee/recovery-code.ts';
import { LIB, loadCore } from './core.ts';
import { nextOf, personOf, placeOf, remove, roomOf, secondOf, uid } from './people.ts';

const core = await loadCore(LIB);
const anna = await personOf(core);
const tablet = await secondOf(core, anna);
await remove(core, anna, tablet.id);
const room = await roomOf(core, [anna]);
const next = await nextOf(core, room, [anna], room.made.secret);
const envelope = await core.seal(
	{ text: 'x' },
	placeOf(room.id, anna.id),
	room.epoch,
	anna.keys,
	3
);
const asked = await core.ask(anna.id, await core.newDeviceKeys(uid()), core.newApprovalCode());
const more = await core.seedsFor(anna.id, asked, anna.seeds);

describe('shapes on the wire', () => {
	it.each([
		['links', v.array(LinkSchema), anna.links],
		['entries', v.array(EntrySchema), next.entries],
		['an envelope', EnvelopeSchema, envelope],
		['an envelope of a newer kind', EnvelopeSchema, { ...envelope, v: 2 }],
		['wraps of an epoch', WrapsSchema, next.made.wraps],
		['wraps of seeds', v.array(SeedWrapsSchema), anna.stored],
		['wraps for one more device', v.array(MoreWrapSchema), more],
		['an ask', AskSchema, asked]
	])('pass: %s', (_, schema, made) => {
		expect(v.parse(schema as v.GenericSchema, made)).toEqual(made);
	});

	const [link] = anna.links as [(typeof anna.links)[0]];
	const [stored] = anna.stored as [(typeof anna.stored)[0]];
	it.each<[string, v.GenericSchema, unknown]>([
		['a link too long', LinkSchema, { ...link, body: 'x'.repeat(4097) }],
		['a link that nobody signed', LinkSchema, { ...link, sigs: [] }],
		['nine signatures', LinkSchema, { ...link, sigs: Array(9).fill(link.sigs[0]) }],
		['an entry too long', EntrySchema, { ...next.made.entry, body: 'x'.repeat(65_537) }],
		['a signature too short', EntrySchema, { ...next.made.entry, sig: 'x' }],
		['an envelope too long', EnvelopeSchema, { ...envelope, b: 'x'.repeat(49_153) }],
		['an epoch that is no number', EnvelopeSchema, { ...envelope, e: '1' }],
		['an epoch beyond all numbers', EnvelopeSchema, { ...envelope, e: 2 ** 53 }],
		['version 0', EnvelopeSchema, { ...envelope, n: 0 }],
		['no base64url', EnvelopeSchema, { ...envelope, b: 'a b' }],
		['a wrap for nobody', WrapsSchema, { anna: Object.values(next.made.wraps)[0] }],
		['a wrap too long', WrapsSchema, { [anna.id]: 'x'.repeat(201) }],
		['a seed for something else', SeedWrapsSchema, { ...stored, to: { other: stored.to.root } }],
		[
			'a seed for too many',
			SeedWrapsSchema,
			{ ...stored, to: Object.fromEntries(Array.from({ length: 102 }, () => [uid(), 'x'])) }
		],
		['generation 0', MoreWrapSchema, { ...more[0], gen: 0 }],
		['an ask without its proof', AskSchema, { ...asked, pop: '' }]
	])('are refused: %s', (_, schema, made) => {
		expect(v.safeParse(schema, made).success).toBe(false);
	});
});

it('a link is checked without its chain, and followed without waiting', async () => {
	const checked: CheckedLink[] = [];
	for (const one of anna.links) checked.push(await checkLink(anna.id, one));
	const known = checked.reduce((at, one) => followLink(at, one), followLink(null, checked[0]!));
	expect(known).toEqual(anna.identity);
	expect(checked.map(({ parts }) => parts.change.kind)).toEqual(['root', 'add', 'remove']);
});

it('a mark on a message is text only', async () => {
	const to = { room: room.id, message: uid(), epoch: room.epoch };
	const mark: SealedReaction = await core.react('👍', true, to, anna.id, anna.keys);
	expect(JSON.parse(JSON.stringify(mark))).toEqual(mark);
});

it('typed groups are compared in the letters of the code', () => {
	expect(readLetters(' oiL2-ab–c ')).toBe('0112ABC');
});
