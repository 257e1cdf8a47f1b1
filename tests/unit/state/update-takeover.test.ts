import { expect, test, vi } from 'vitest';
import { followTakeovers, type Workers } from '../../../src/lib/state/app/update-takeover.ts';

type Worker = NonNullable<Workers['controller']>;
const worker = (state: ServiceWorkerState): { state: ServiceWorkerState } => ({ state });

/** What stands in for `navigator.serviceWorker`. */
function container(controller: Worker | null) {
	const heard: (() => void)[] = [];
	const workers = {
		controller,
		addEventListener: (_type: string, listener: () => void) => void heard.push(listener)
	};
	let isOffered = false;
	const changed = vi.fn();
	followTakeovers(workers, () => isOffered, changed);
	return {
		changed,
		offer: () => (isOffered = true),
		takeOver(next: Worker): void {
			workers.controller = next;
			for (const listener of heard) listener();
		}
	};
}

test('the first worker of a browser is no new version', () => {
	const { takeOver, changed } = container(null);
	takeOver(worker('activating'));
	expect(changed).not.toHaveBeenCalled();
});

test('Firefox: a page that is loaded while the first worker installs hears of that worker', () => {
	const first = worker('installed');
	const { takeOver, changed } = container(first);
	takeOver(first);
	expect(changed).not.toHaveBeenCalled();
	// The same worker as another object.
	takeOver(worker('installed'));
	expect(changed).not.toHaveBeenCalled();
});

test('a worker that takes over from one that worked is a new version', () => {
	const { takeOver, changed } = container(worker('activated'));
	takeOver(worker('activating'));
	expect(changed).toHaveBeenCalledOnce();
});

test('so it is in a page that saw the first one come', () => {
	const first = worker('activating');
	const { takeOver, changed } = container(null);
	takeOver(first);
	first.state = 'redundant';
	takeOver(worker('activating'));
	expect(changed).toHaveBeenCalledOnce();
});

test('a version that waited for the word is one, whatever was there before', () => {
	const { takeOver, changed, offer } = container(null);
	offer();
	takeOver(worker('activating'));
	expect(changed).toHaveBeenCalledOnce();
});
