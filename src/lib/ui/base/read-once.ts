/** Reading something of this device for a component that may be gone before the answer comes. */
import { StoreError } from '../../sync/ports.ts';

/**
 * Reads once, in an effect.
 * @param take is handed the answer while somebody waits for it
 * @param failed is told of errors, while somebody waits. Not of databases that were closed: the account was left, or
 * another release took them over, and the screen says so itself.
 * @returns ends it
 */
export function readOnce<T>(
	read: () => Promise<T>,
	take: (value: T) => void,
	failed: (error: unknown) => void = reportError
): () => void {
	let isOver = false;
	read().then(
		(value) => {
			if (!isOver) take(value);
		},
		(error: unknown) => {
			const isClosed = error instanceof StoreError && error.reason === 'closed';
			if (!isOver && !isClosed) failed(error);
		}
	);
	return () => {
		isOver = true;
	};
}
