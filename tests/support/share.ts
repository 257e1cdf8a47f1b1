/** What the system does when somebody chooses the installed app in another one's list of where to share. */
import type { Page } from '@playwright/test';

export interface Shared {
	title?: string;
	text?: string;
	url?: string;
	/** name, type and bytes (a text, or how many) */
	files?: [name: string, type: string, body: string | number][];
}

/** Posts the form; resolves once the window has been sent on. */
export async function share(page: Page, shared: Shared): Promise<void> {
	const { pathname } = new URL(page.url());
	await page.evaluate(({ files = [], ...texts }) => {
		const form = document.createElement('form');
		Object.assign(form, { method: 'POST', action: '/share', enctype: 'multipart/form-data' });
		for (const [name, value] of Object.entries(texts)) {
			const field = document.createElement('textarea');
			Object.assign(field, { name, value });
			form.append(field);
		}
		const input = document.createElement('input');
		Object.assign(input, { type: 'file', name: 'files', multiple: true });
		const chosen = new DataTransfer();
		for (const [name, type, body] of files) {
			const part = typeof body === 'string' ? body : new Uint8Array(body);
			chosen.items.add(new File([part], name, { type }));
		}
		input.files = chosen.files;
		form.append(input);
		document.body.append(form);
		form.submit();
	}, shared);
	if (pathname !== '/share') await page.waitForURL(/\/(share|sign-in)\?/u);
}
