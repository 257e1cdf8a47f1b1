/** A track in an element of the page. */
import type { Attachment } from 'svelte/attachments';

/**
 * Plays a track as long as the element is there.
 * @param refused the browser wants a press first; what it is called with plays it
 */
export function plays(
	track: MediaStreamTrack,
	refused?: (play: () => void) => void
): Attachment<HTMLMediaElement> {
	return (element) => {
		element.srcObject = new MediaStream([track]);
		const play = (): void => {
			element.play().catch((error: unknown) => {
				if (!(error instanceof DOMException)) throw error;
				if (error.name === 'NotAllowedError') refused?.(play);
			});
		};
		play();
		return () => {
			element.srcObject = null;
		};
	};
}
