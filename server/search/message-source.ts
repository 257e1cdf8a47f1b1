/** Messages as they are indexed: folded, from whatever database they are in. */
import { fold } from '../../src/lib/search/fold.ts';
import { searchableText, type Searchable } from '../../src/lib/search/searchable-text.ts';
import type { MainDatabase, SourceRecord } from './source-port.ts';

/** A message as it is indexed. */
export interface IndexedMessage extends Omit<SourceRecord, 'direct' | 'body' | 'files' | 'type'> {
	hasFile: boolean;
	direct: boolean;
	/** folded, with upper and lower case */
	text: string;
}

function indexedMessage(record: SourceRecord): IndexedMessage {
	const { body, files, type, direct, ...same } = record;
	const message = {
		body,
		...(files === null ? {} : { files: JSON.parse(files) as Searchable['files'] }),
		...(type === null ? {} : { type: type as Searchable['type'] })
	};
	return {
		...same,
		hasFile: files !== null,
		direct: direct === 1,
		text: fold(searchableText(message as Searchable)).cased
	};
}

export interface MessageSource extends Omit<MainDatabase, 'between' | 'byNumber'> {
	/** Messages with `after < number <= upto`. */
	between(after: number, upto: number): IndexedMessage[];
	/** Those of these messages that can be found. */
	byNumber(numbers: number[]): IndexedMessage[];
}

export const createMessageSource = (main: MainDatabase): MessageSource => ({
	...main,
	between: (after, upto) => main.between(after, upto).map(indexedMessage),
	byNumber: (numbers) => main.byNumber(numbers).map(indexedMessage)
});
