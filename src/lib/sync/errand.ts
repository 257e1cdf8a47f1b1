/** A link for one errand, of whoever has no session: the worker, and tabs that do not lead. */
import type { Link, Transport } from './ports.ts';

const quiet = () => undefined;
/** Nothing that comes by itself is of interest to an errand. */
const DEAF = { frame: quiet, presence: quiet, typing: quiet, farewell: quiet, down: quiet };

/** Connects, runs the errand and hangs up. Rejects with LinkError, or as the errand does. */
export async function withLink<T>(
	transport: Transport,
	errand: (link: Link) => Promise<T>
): Promise<T> {
	const link = await transport.connect(DEAF);
	try {
		return await errand(link);
	} finally {
		link.close();
	}
}
