/** What the core promises by itself; the rest of "sealed" needs a server or a device. */
import { describe, it } from 'vitest';
import { identityCases } from './cases/identity.ts';
import { messageCases } from './cases/messages.ts';
import { roomCases } from './cases/rooms.ts';
import { thingCases } from './cases/things.ts';
import { LIB, loadCore } from './core.ts';

const core = await loadCore(LIB);

describe.each([
	['identities', identityCases],
	['epochs', roomCases],
	['messages', messageCases],
	['files, reactions, own things', thingCases]
])('%s', (_, cases) => {
	it.each(cases)('$name', ({ run }) => run(core));
});
