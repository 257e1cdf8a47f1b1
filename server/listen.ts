/** Listening, and saying in one sentence why that cannot be. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';

/** The address is taken, or not this machine's. */
export class ListenError extends Error {
	constructor(message: string, cause: unknown) {
		super(message, { cause });
		this.name = 'ListenError';
	}
}

interface Address {
	/** 0: any */
	port: number;
	host: string;
	/** the settings that say so, for whoever has to change them */
	settings: { port: string; host: string };
}

/** @returns the port; rejects with ListenError, or with what else went wrong */
export function listen(server: Server, address: Address, log: Log): Promise<number> {
	return new Promise((resolve, reject) => {
		const onError = (fault: NodeJS.ErrnoException): void => reject(listenError(fault, address));
		server.once('error', onError);
		server.listen(address.port, address.host, () => {
			server.off('error', onError);
			// When no more files can be open, for one: who is connected stays so, and others come again.
			server.on('error', (error) => log.error({ err: error }, 'a connection was not accepted'));
			resolve((server.address() as AddressInfo).port);
		});
	});
}

function listenError(fault: NodeJS.ErrnoException, { port, host, settings }: Address): Error {
	if (fault.code === 'EADDRINUSE') {
		return new ListenError(
			`Port ${port} is in use by another program. Stop it, or choose another port: ${settings.port}=${port + 1}.`,
			fault
		);
	}
	if (fault.code === 'EACCES') {
		return new ListenError(
			`Port ${port} needs more rights. Choose one from 1024 on, such as ${settings.port}=8000.`,
			fault
		);
	}
	if (fault.code === 'EADDRNOTAVAIL' || fault.code === 'ENOTFOUND') {
		return new ListenError(
			`${settings.host} "${host}" is no address of this machine. Try ${settings.host}=127.0.0.1.`,
			fault
		);
	}
	return fault;
}
