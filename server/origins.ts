/** The origins from which browsers may act. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowedOrigins, type Config } from './config.ts';

/** @returns asks for them: the port is known only once the server listens */
export function originsOf(config: Config, server: Server): () => Set<string> {
	let known: Set<string> | null = null;
	return () => {
		if (known) return known;
		const address = server.address() as AddressInfo | null;
		if (!address) return allowedOrigins(config, config.port);
		known = allowedOrigins(config, address.port);
		return known;
	};
}
