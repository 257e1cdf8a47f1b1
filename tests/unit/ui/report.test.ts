/** What is said of a report once it is known what became of it. */
import { beforeEach, expect, test } from 'vitest';
import { writable } from '../../../src/lib/db/live.ts';
import { m } from '../../../src/lib/i18n/messages.ts';
import { refusalText } from '../../../src/lib/i18n/refusals.ts';
import { refuse, type Refusal } from '../../../src/lib/protocol/refusal.ts';
import type { OutboxItem } from '../../../src/lib/state/client/client-types.ts';
import { listeners } from '../../../src/lib/sync/listeners.ts';
import { tellWhenReported } from '../../../src/lib/ui/chat/actions/report.ts';

const item = (id: string, refusal: Refusal | null = null) => ({ id, refusal }) as OutboxItem;
const present = () => writable<OutboxItem[]>([item('older'), item('report')]);
let list = present();
let accepted = listeners<[readonly string[]]>();
let said: [text: string, tone: string | undefined][];
let following = 0;

/** Follows a report, over what the outbox tells. */
function follow(): void {
	const counted = (end: () => void) => {
		following++;
		return () => {
			following--;
			end();
		};
	};
	const outbox = {
		list: () => ({ subscribe: (run: (all: OutboxItem[]) => void) => counted(list.subscribe(run)) }),
		onAccepted: (run: (ids: readonly string[]) => void) => counted(accepted.add(run))
	};
	tellWhenReported(outbox, 'report', (text, tone) => void said.push([text, tone]));
}

beforeEach(() => {
	list = present();
	accepted = listeners();
	said = [];
	following = 0;
});

test('it is received when the server has taken it, and that is said once', async () => {
	follow();
	accepted.tell(['older']);
	list.set([item('report')]);
	expect(said).toEqual([]);
	accepted.tell(['other', 'report']);
	accepted.tell(['report']);
	list.set([]);
	expect(said).toEqual([[m.report_received(), undefined]]);
	await Promise.resolve();
	expect(following).toBe(0);
});

test('one that was given up is not said to be received', async () => {
	follow();
	list.set([item('older')]);
	await Promise.resolve();
	expect(said).toEqual([]);
	expect(following).toBe(0);
});

test('a list of before, in which it is not yet, says nothing of it', () => {
	list.set([]);
	follow();
	list.set([item('report')]);
	expect(said).toEqual([]);
	accepted.tell(['report']);
	expect(said).toEqual([[m.report_received(), undefined]]);
});

test('one that is refused is said to be, and not again when it is tried anew under another id', async () => {
	follow();
	const refusal = refuse('message_deleted');
	list.set([item('report', refusal)]);
	list.set([item('renewed')]);
	expect(said).toEqual([[refusalText(refusal), 'bad']]);
	await Promise.resolve();
	expect(following).toBe(0);
});
