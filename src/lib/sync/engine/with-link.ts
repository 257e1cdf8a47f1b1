/** A link for one question or two: for the worker, and for tabs that do not lead. */
import type { Link, Transport } from '../ports.ts';

const quiet = () => undefined;
/** What comes by itself is passed over. */
const IGNORED = {
	frame: quiet,
	presence: quiet,
	typing: quiet,
	call: quiet,
	disconnectReason: quiet,
	down: quiet
};

/** Connects, runs `use` and closes the link. Rejects with LinkError, or as `use` does. */
export async function withLink<T>(
	transport: Transport,
	use: (link: Link) => Promise<T>
): Promise<T> {
	const link = await transport.connect(IGNORED);
	try {
		return await use(link);
	} finally {
		link.close();
	}
}
