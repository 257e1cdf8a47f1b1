/** Why a message could not be kept on this device, in words. */
import { m } from '../../../i18n/messages.ts';
import { refusalText, storeFailureText } from '../../../i18n/refusals.ts';
import { RefusalError } from '../../../protocol/refusal.ts';

/** Errors of kinds that nobody expects here are thrown on. */
export function sendErrorText(error: unknown): string {
	if (error instanceof RefusalError) return refusalText(error.refusal);
	// What a browser says of a file that was changed, moved or deleted since it was chosen.
	if (error instanceof DOMException) return m.file_changed();
	return storeFailureText(error);
}
