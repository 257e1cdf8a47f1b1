/** What loading facts works with. */
import type { RoomCache } from '../room-cache.ts';
import type { FactStatements } from './statements.ts';

export interface FactContext {
	statements: FactStatements;
	rooms: RoomCache;
}
