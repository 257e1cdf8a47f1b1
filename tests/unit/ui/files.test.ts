/** How files are laid out, named and moved on screen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteSize } from '../../../src/lib/ui/base/bytes.ts';
import { picturesIn } from '../../../src/lib/ui/chat/files/pictures-in.ts';
import { filesSaid, previewText } from '../../../src/lib/ui/chat/files/message-preview.ts';
import { boxOf, filmBoxOf, partsOf, spansOf } from '../../../src/lib/ui/chat/files/media-layout.ts';
import { faultOf, shownAs } from '../../../src/lib/state/client/files.ts';
import { swipeOf, Zoom } from '../../../src/lib/ui/chat/files/zoom.ts';
import type { TimelineItem } from '../../../src/lib/state/client/client-types.ts';

const photo = { name: 'a.jpg', kind: 'image' } as const;
const paper = { name: 'b.pdf', kind: 'file' } as const;

describe('the room of pictures', () => {
	it('is theirs in proportion, within bounds, and never larger than they are', () => {
		expect(boxOf({ width: 1600, height: 800 })).toEqual({ width: 340, height: 170 });
		expect(boxOf({ width: 200, height: 150 })).toEqual({ width: 200, height: 150 });
		expect(boxOf({ width: 5000, height: 10 })).toEqual({ width: 340, height: 96 });
		expect(boxOf({})).toEqual({ width: 240, height: 180 });
	});

	it('of a film is as its maker said, as far as controls and screen allow', () => {
		expect(filmBoxOf({})).toEqual({ width: 320, height: 180 });
		expect(filmBoxOf({ width: 640, height: 480 })).toEqual({ width: 320, height: 240 });
		expect(filmBoxOf({ width: 1080, height: 1920 })).toEqual({ width: 320, height: 360 });
		expect(filmBoxOf({ width: 16_384, height: 1 })).toEqual({ width: 320, height: 120 });
	});

	it('fills whole lines for any number of them', () => {
		for (let count = 2; count <= 10; count++) {
			const spans = spansOf(count);
			expect(spans).toHaveLength(count);
			let line = 0;
			for (const span of spans) {
				line += span;
				expect(line).toBeLessThanOrEqual(6);
				if (line === 6) line = 0;
			}
			expect(line).toBe(0);
		}
	});
});

describe('a name', () => {
	it('loses nothing, and its end is never in the part that may be cut', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
				const { head, tail } = partsOf(name);
				expect(head + tail).toBe(name);
			})
		);
		expect(partsOf('minutes of the meeting in March.docx').tail).toBe('March.docx');
	});

	it('of Chinese keeps its ending, too', () => {
		expect(partsOf('会议纪要最终版本第三稿.docx').tail.endsWith('.docx')).toBe(true);
		expect(partsOf('map.png')).toEqual({ head: 'map.png', tail: '' });
	});

	it('stands for the words where there are none', () => {
		expect(previewText('hello', [photo])).toBe('hello');
		expect(filesSaid([])).toBe('');
		expect(filesSaid([photo])).toBe('Photo');
		expect(filesSaid([photo, photo])).toBe('2 photos');
		expect(filesSaid([paper])).toBe('📎 b.pdf');
		expect(filesSaid([photo, paper])).toBe('📎 2 files');
	});

	it('goes with a size in words', () => {
		expect(byteSize(1_500_000, 'en')).toBe('1.5 MB');
	});
});

describe('the viewer', () => {
	it('knows a swipe from a slip', () => {
		expect(swipeOf({ x: -80, y: 10 })).toBe('next');
		expect(swipeOf({ x: 80, y: 10 })).toBe('previous');
		expect(swipeOf({ x: 5, y: 120 })).toBe('away');
		expect(swipeOf({ x: 5, y: -120 })).toBeNull();
		expect(swipeOf({ x: 40, y: 0 })).toBeNull();
	});

	it('goes through the pictures of a conversation, but not through what was taken back', () => {
		const card = (id: string, kind: 'image' | 'file') => ({
			id,
			kind,
			name: id,
			size: 1,
			type: ''
		});
		const items = [
			{ type: 'message', seq: 1, deleted: false, files: [card('a', 'image'), card('b', 'file')] },
			{ type: 'hole' },
			{ type: 'message', seq: 2, deleted: true, files: [card('c', 'image')] },
			{ type: 'message', seq: null, deleted: false, files: [card('d', 'image')] }
		] as unknown as TimelineItem[];
		expect(picturesIn(items).map(({ file, sent }) => [file.id, sent])).toEqual([
			['a', true],
			['d', false]
		]);
	});
});

describe('a picture under fingers', () => {
	const frame = { width: 1000, height: 800 };

	it('two fingers enlarge it about the point between them; one moves it, no further than its edge', () => {
		const zoom = new Zoom(() => {});
		zoom.down(1, { x: -50, y: 0 });
		zoom.down(2, { x: 50, y: 0 });
		zoom.move(2, { x: 150, y: 0 }, frame);
		expect(zoom.pose.scale).toBeCloseTo(2);
		expect(zoom.up(2)).toBeNull();
		zoom.move(1, { x: 4000, y: 0 }, frame);
		expect([zoom.pose.x, zoom.pose.y]).toEqual([500, 0]);
		expect(zoom.up(1)).toBeNull();
	});

	it('one finger swipes it while it is not enlarged, and a pinch back to all of it is no swipe', () => {
		const zoom = new Zoom(() => {});
		zoom.down(1, { x: 0, y: 0 });
		zoom.move(1, { x: -90, y: 4 }, frame);
		expect(zoom.up(1)).toBe('next');
		expect(zoom.pose.x).toBe(0);
		zoom.down(1, { x: -200, y: 0 });
		zoom.down(2, { x: 200, y: 0 });
		zoom.move(1, { x: -20, y: 0 }, frame);
		zoom.move(2, { x: -190, y: 0 }, frame);
		expect(zoom.up(1)).toBeNull();
		expect(zoom.up(2)).toBeNull();
		expect(zoom.pose.scale).toBe(1);
	});
});

describe('what cannot be made into a picture goes as a file, said beforehand', () => {
	const photo = { type: 'image/jpeg', size: 1_000, width: 8_000, height: 6_000 };
	it.each([
		['48 megapixels of JPEG', {}, 'image'],
		['more pixels than are decoded', { width: 9_000 }, 'file'],
		['an AVIF that the decoder has no memory for', { type: 'image/avif', width: 4_000 }, 'file'],
		['a picture that this device cannot read', { width: null, height: null }, 'file'],
		['more bytes than a picture may have', { size: 11 * 1024 * 1024 }, 'file'],
		['a format that is only ever saved', { type: 'image/tiff', size: 20 * 1024 * 1024 }, 'file']
	])('%s', (_what, change, kind) => {
		expect(shownAs({ ...photo, ...change })).toBe(kind);
	});
	it('20 MB of any type are taken', () => {
		expect(faultOf({ size: 20 * 1024 * 1024 })).toBeNull();
	});
});
