/** Reporting a sealed message: what is handed over proves the words of this one, and opens nothing else. */
import { b64 } from '../protocol/sealed/bytes.ts';
import type { Envelope, Place } from '../protocol/sealed/envelope.ts';
import type { Report } from '../protocol/sealed/proof.ts';
import { writeSaid, type Said } from '../protocol/sealed/said.ts';
import { frankKey } from './message.ts';
import type { Epoch } from './room-keys.ts';

/**
 * @param said what `open` gave
 * @param envelope what it was opened from; the epoch's
 */
export async function report(
	said: Said,
	envelope: Envelope,
	place: Place,
	epoch: Epoch
): Promise<Report> {
	const frank = await frankKey(epoch, place, envelope.d);
	return { plain: b64(writeSaid(said)), frank: b64(frank) };
}
