/** The number that two people compare to know that nobody stands between them. */
import { utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import type { Identity } from '../protocol/sealed/links.ts';
import { sha512 } from '../protocol/sealed/primitives.ts';

/** Groups of five digits for each person. */
const GROUPS = 6;

/** Five bytes as five digits. */
function group(bytes: Bytes): string {
	const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
	return String(number % 100_000).padStart(5, '0');
}

async function half({ person, root }: Pick<Identity, 'person' | 'root'>): Promise<string> {
	const hash = await sha512(utf8(canon('roost.e1.safety', person, root)));
	const groups = Array.from({ length: GROUPS }, (_, i) => group(hash.subarray(i * 5, i * 5 + 5)));
	return groups.join(' ');
}

/** Sixty digits in twelve groups: the same for both, and as long as both have their roots. */
export async function safetyNumber(
	one: Pick<Identity, 'person' | 'root'>,
	other: Pick<Identity, 'person' | 'root'>
): Promise<string> {
	return [await half(one), await half(other)].sort().join(' ');
}
