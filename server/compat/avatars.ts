/** Profile pictures: made small and square here, then set like every picture. */
import { buffer } from 'node:stream/consumers';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Who } from '../domain/ports.ts';
import { fileAt, kindOf } from './files.ts';
import { AVATAR_MAX } from './hand-in.ts';
import type { Compat } from './parts.ts';

export interface Avatars {
	/** Rejects with RefusalError when the bytes are no picture. */
	set(who: Who, bytes: Uint8Array): Promise<void>;
	/** Sets a picture that the person has handed in; any other address is passed over. */
	setFrom(who: Who, url: string): Promise<void>;
}

export function createAvatars(compat: Compat): Avatars {
	const { files, pictures, store } = compat;

	async function set(who: Who, bytes: Uint8Array): Promise<void> {
		const picture = await pictures.square(bytes);
		if (!picture) throw new RefusalError(refuse('picture_invalid', { field: 'file' }));
		const image = Buffer.from(picture.bytes).toString('base64');
		await compat.act(who, { kind: 'profile.avatar', image });
	}

	return {
		set,
		async setFrom(who, url) {
			const found = fileAt(url, store);
			const isOwn = found?.person === who.person && found.size <= AVATAR_MAX;
			if (!isOwn || kindOf(found) !== 'images') return;
			const bytes = await files.bytes.open(found.stored);
			if (bytes) await set(who, await buffer(bytes));
		}
	};
}
