/** Files that are dragged over a part of the screen and dropped there. */
import type { Attachment } from 'svelte/attachments';

const hasFiles = (event: DragEvent): boolean =>
	event.dataTransfer?.types.includes('Files') ?? false;

interface Ports {
	/** whether files are welcome now; where they are not, a drop does nothing at all */
	welcome: () => boolean;
	/** files are over it, or no longer */
	over: (is: boolean) => void;
	drop: (files: File[]) => void;
}

/** A file dropped beside the mark must never take the place of the page. */
export function dropTarget({ welcome, over, drop }: Ports): Attachment<HTMLElement> {
	return (node) => {
		/** elements inside that the pointer has entered and not left */
		let depth = 0;
		const enter = (event: DragEvent): void => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			depth += 1;
			if (depth === 1 && welcome()) over(true);
		};
		const move = (event: DragEvent): void => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			event.dataTransfer!.dropEffect = welcome() ? 'copy' : 'none';
		};
		const end = (): void => {
			depth = 0;
			over(false);
		};
		const leave = (event: DragEvent): void => {
			if (!hasFiles(event)) return;
			depth = Math.max(0, depth - 1);
			if (depth === 0) end();
		};
		const fall = (event: DragEvent): void => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			end();
			if (welcome()) drop(Array.from(event.dataTransfer?.files ?? []));
		};
		const events = { dragenter: enter, dragover: move, dragleave: leave, drop: fall };
		for (const [type, heard] of Object.entries(events)) {
			node.addEventListener(type, heard as EventListener);
		}
		return () => {
			for (const [type, heard] of Object.entries(events)) {
				node.removeEventListener(type, heard as EventListener);
			}
		};
	};
}
