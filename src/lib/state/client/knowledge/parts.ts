/** What looking at the device's own knowledge needs of it. */
import type { Cache } from '../../../db/cache.ts';
import type { OnError, Writable } from '../../../db/live.ts';
import type { OutboxReads } from '../../../db/outbox-reads.ts';
import type { PersonId } from '../../../protocol/ids.ts';
import type { Hub } from '../../../sync/engine/hub.ts';
import type { LinkStatus } from '../../../sync/ports.ts';
import type { FileQueue } from '../../../sync/ports-files.ts';

/** The parts of a client. */
export interface KnowledgeParts {
	me: PersonId;
	cache: Cache;
	unsent: OutboxReads;
	files: Pick<FileQueue, 'all' | 'watch'>;
	hub: Pick<Hub, 'ask' | 'fetchHistory' | 'retryNow'>;
	connection: { readonly status: Pick<Writable<{ link: LinkStatus }>, 'get' | 'watch'> };
	onError: OnError;
}
