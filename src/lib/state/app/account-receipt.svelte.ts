/** What is shown once to whoever has just asked for the end of an account: signed out, nothing else of it is here. */
import type { Receipt } from '../../protocol/http.ts';

/** A receipt, and the name of the account. */
export type AccountReceipt = Receipt & { name: string };

let shown = $state.raw<AccountReceipt | null>(null);

/** In this window only, and gone with it. */
export const accountReceipt = {
	get current(): AccountReceipt | null {
		return shown;
	},
	show(receipt: AccountReceipt): void {
		shown = receipt;
	},
	forget(): void {
		shown = null;
	}
};
