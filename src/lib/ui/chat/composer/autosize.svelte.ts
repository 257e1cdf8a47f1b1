/** A text field that is as high as what is in it. */
import type { Attachment } from 'svelte/attachments';

/** For browsers that do not do it by themselves. `text` is read so that it follows every change. */
export function autosize(text: () => string): Attachment<HTMLTextAreaElement> {
	return (field) => {
		if (CSS.supports('field-sizing', 'content')) return;
		$effect(() => {
			void text();
			// Measured from nothing, so that it also shrinks.
			field.style.height = '0';
			field.style.height = `${field.scrollHeight}px`;
		});
	};
}
