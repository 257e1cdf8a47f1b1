/** The report is for strangers: nothing in it tells who, what or where. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeviceFacts } from '../../../src/lib/state/client/client-types.ts';
import { streamFacts } from '../../../src/lib/read-model/device-facts.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';
import { reportText } from '../../../src/lib/ui/settings/sync/report.ts';

it('has every stream and act, and no id in full', () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 6 }),
			fc.nat(),
			(ids, unread) => {
				const [act, ...streams] = ids;
				const facts: DeviceFacts = {
					streams: streams.map((id) =>
						streamFacts(
							{ ...freshStream(id, 'room'), cursor: { i: 'db', g: 1, s: 9, h: 'abc' }, unread },
							{ messages: 0, strays: 0, after: [] },
							'me'
						)
					),
					waiting: [
						{
							id: act!,
							kind: 'message.post',
							room: streams[0]!,
							at: 0,
							tries: 1,
							why: { is: 'next' }
						}
					],
					link: { link: 'live', retryAt: null, sending: [], clockOffset: 0 },
					links: [[0, 'live']],
					errors: [[0, 'TypeError']]
				};
				const text = reportText(facts, null, 'browser');
				for (const id of ids) {
					expect(text).toContain(id.slice(-8));
					expect(text).not.toContain(id);
				}
			}
		)
	);
});
