/**
 * The core as the tests see it: everything of both folders, from wherever it lies, so that copies with a bug in them
 * go through the same tests.
 */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as bounds from '../../../src/lib/protocol/sealed/bounds.ts';
import type * as bytes from '../../../src/lib/protocol/sealed/bytes.ts';
import type * as canon from '../../../src/lib/protocol/sealed/canon.ts';
import type * as curvePoints from '../../../src/lib/protocol/sealed/curve-points.ts';
import type * as entries from '../../../src/lib/protocol/sealed/entries.ts';
import type * as envelope from '../../../src/lib/protocol/sealed/envelope.ts';
import type * as forged from '../../../src/lib/protocol/sealed/forged.ts';
import type * as linkBody from '../../../src/lib/protocol/sealed/link-body.ts';
import type * as links from '../../../src/lib/protocol/sealed/links.ts';
import type * as padding from '../../../src/lib/protocol/sealed/padding.ts';
import type * as primitives from '../../../src/lib/protocol/sealed/primitives.ts';
import type * as proof from '../../../src/lib/protocol/sealed/proof.ts';
import type * as said from '../../../src/lib/protocol/sealed/said.ts';
import type * as approval from '../../../src/lib/e2ee/approval.ts';
import type * as deviceKeys from '../../../src/lib/e2ee/device-keys.ts';
import type * as file from '../../../src/lib/e2ee/file.ts';
import type * as hpke from '../../../src/lib/e2ee/hpke.ts';
import type * as identity from '../../../src/lib/e2ee/identity.ts';
import type * as message from '../../../src/lib/e2ee/message.ts';
import type * as own from '../../../src/lib/e2ee/own.ts';
import type * as reaction from '../../../src/lib/e2ee/reaction.ts';
import type * as recoveryCode from '../../../src/lib/e2ee/recovery-code.ts';
import type * as report from '../../../src/lib/e2ee/report.ts';
import type * as roomKeys from '../../../src/lib/e2ee/room-keys.ts';
import type * as safetyNumber from '../../../src/lib/e2ee/safety-number.ts';
import type * as seeds from '../../../src/lib/e2ee/seeds.ts';

export type Core = typeof bounds &
	typeof bytes &
	typeof canon &
	typeof curvePoints &
	typeof entries &
	typeof envelope &
	typeof forged &
	typeof linkBody &
	typeof links &
	typeof padding &
	typeof primitives &
	typeof proof &
	typeof said &
	typeof approval &
	typeof deviceKeys &
	typeof file &
	typeof hpke &
	typeof identity &
	typeof message &
	typeof own &
	typeof reaction &
	typeof recoveryCode &
	typeof report &
	typeof roomKeys &
	typeof safetyNumber &
	typeof seeds;

const SEALED =
	'bounds bytes canon curve-points entries envelope forged link-body links padding primitives proof said';
const E2EE =
	'approval device-keys file hpke identity message own reaction recovery-code report room-keys safety-number seeds';
const FILES = [
	...SEALED.split(' ').map((name) => `protocol/sealed/${name}.ts`),
	...E2EE.split(' ').map((name) => `e2ee/${name}.ts`)
];

/** Where the product's own lies. */
export const LIB = fileURLToPath(new URL('../../../src/lib', import.meta.url));

/** @param lib a folder with `protocol` and `e2ee` in it */
export async function loadCore(lib: string): Promise<Core> {
	const parts = await Promise.all(
		FILES.map((file) => import(/* @vite-ignore */ pathToFileURL(join(lib, file)).href))
	);
	return Object.assign({}, ...parts) as Core;
}

/** A promise that the core keeps by itself, or an attack that it stands. */
export interface Case {
	name: string;
	run(core: Core): Promise<void>;
}
