import { describe, expect, it } from 'vitest';
import { hearing } from '../../../../src/lib/sync/call/hearing.ts';

const at = (packets: number, samples: number, concealed: number) => ({
	packets,
	samples,
	concealed
});

describe('how somebody is heard', () => {
	it('is "none" when nothing came, whatever was played for it', () => {
		expect(hearing(at(10, 1_000, 0), at(10, 9_000, 8_000))).toBe('none');
	});

	it('goes by how much was made up', () => {
		expect(hearing(at(0, 0, 0), at(100, 1_000, 0))).toBe('good');
		expect(hearing(at(0, 0, 0), at(100, 1_000, 50))).toBe('fair');
		expect(hearing(at(0, 0, 0), at(100, 1_000, 200))).toBe('poor');
	});
});
