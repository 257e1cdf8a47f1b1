/** How it stands with the connection and the outbox, for the status line and for what depends on it. */
import { liveValue, writable, type Live, type Writable } from '../../db/live.ts';
import type { OutboxReads } from '../../db/outbox-reads.ts';
import { browserClock } from '../../net/browser.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import { isUserVisible } from '../../sync/outbox/create-act.ts';
import type { LinkStatus } from '../../sync/ports.ts';
import type { StorageState } from './act.ts';
import type { ClientStatus } from './client-types.ts';

const SESSION_ENDED: LinkStatus = {
	link: 'signed-out',
	retryAt: null,
	sending: [],
	clockOffset: 0
};

/** The connection as this tab knows it, whichever tab talks to the server. */
export interface Connection {
	readonly status: Writable<{ link: LinkStatus; leads: boolean }>;
	/** ids of acts that are with the network */
	readonly sending: Writable<readonly string[]>;
	/** Whether frames come by themselves. */
	isLive(): boolean;
	/** Whether the server can be asked. */
	isLinked(): boolean;
	/** Whether all that the server has is here. */
	isUpToDate(): boolean;
	/** Server time in ms, as far as known. */
	serverNow(): number;
}

/** @param sessionEnded the server ended the session: nothing is sent, whatever the hub says */
export function followConnection(hub: Hub, sessionEnded: boolean): Connection {
	const status = writable({ link: sessionEnded ? SESSION_ENDED : hub.status, leads: false });
	const sending = writable<readonly string[]>([]);
	hub.onStatus((link, leads) => {
		status.set({ link, leads });
		if (link.sending.join() !== sending.get().join()) sending.set(link.sending);
	});
	const isOne = (...states: LinkStatus['link'][]) => states.includes(status.get().link.link);
	return {
		status,
		sending,
		isLive: () => isOne('live', 'catching-up'),
		isLinked: () => isOne('live', 'catching-up', 'polling'),
		isUpToDate: () => isOne('live', 'polling'),
		serverNow: () => browserClock.now() + status.get().link.clockOffset
	};
}

interface StatusParts {
	connection: Connection;
	storage: Writable<StorageState>;
	unsent: OutboxReads;
	onError: (error: unknown) => void;
}

/** Everything the status line says. */
export function liveStatus({
	connection,
	storage,
	unsent,
	onError
}: StatusParts): Live<ClientStatus> {
	async function read(): Promise<ClientStatus> {
		const rows = (await unsent.all()).filter(isUserVisible);
		const needsYou = rows.filter((row) => row.state === 'refused').length;
		const { link, leads } = connection.status.get();
		return {
			...link,
			queued: rows.length - needsYou,
			needsYou,
			leader: leads,
			storage: storage.get()
		};
	}
	const watches = [
		connection.status.watch,
		storage.watch,
		(changed: () => void) => unsent.watch(changed)
	];
	return liveValue(read, watches, onError);
}
