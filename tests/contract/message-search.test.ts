import { describe } from 'vitest';
import { messageSearchContract } from './message-search.ts';
import { searchWorld } from './search-world.ts';
import { suite } from './vitest-suite.ts';

describe('searching on SQLite, in this thread', () => {
	messageSearchContract(suite, () => searchWorld('memory'));
});

describe('searching on SQLite, in a thread of its own', () => {
	messageSearchContract(suite, () => searchWorld('file'));
});
