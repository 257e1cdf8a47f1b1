/** The bytes of a file that is (or was, a moment ago) on its way from this device, for an element to show. */
import { untrack } from 'svelte';
import { readOnce } from '../../base/read-once.ts';

/**
 * Keeps the address as long as the component lives, also once the file has gone: what is on screen
 * does not flicker when the server's copy could take its place. Revoked with the component.
 * @param isLocal whether the file is on its way
 */
export function objectUrl(
	isLocal: () => boolean,
	bytes: () => Promise<Blob | null>
): { readonly url: string | null } {
	let url = $state<string | null>(null);
	let asked = false;
	let end = (): void => undefined;
	$effect(() => {
		if (!isLocal() || asked) return;
		asked = true;
		end = readOnce(
			() => untrack(bytes),
			(blob) => {
				if (blob) url = URL.createObjectURL(blob);
			}
		);
	});
	$effect(() => () => {
		end();
		const last = untrack(() => url);
		if (last) URL.revokeObjectURL(last);
	});
	return {
		get url() {
			return url;
		}
	};
}
