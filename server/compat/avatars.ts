/** Profile pictures: made small and square here, then set like every picture. */
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Who } from '../domain/ports.ts';
import { uploadAt } from './files.ts';
import type { Compat } from './parts.ts';
import { UPLOAD_LIMITS, type UploadStore } from './upload-store.ts';

export interface Avatars {
	/** Rejects with RefusalError when the bytes are no picture. */
	set(who: Who, bytes: Uint8Array): Promise<void>;
	/** Sets a picture that the person has handed in; any other address is passed over. */
	setFrom(who: Who, url: string): Promise<void>;
}

export function createAvatars(compat: Compat, uploads: UploadStore): Avatars {
	const { pictures, store } = compat;

	async function set(who: Who, bytes: Uint8Array): Promise<void> {
		const picture = await pictures.square(bytes);
		if (!picture) throw new RefusalError(refuse('picture_invalid', { field: 'file' }));
		const image = Buffer.from(picture.bytes).toString('base64');
		await compat.act(who, { kind: 'profile.avatar', image });
	}

	return {
		set,
		async setFrom(who, url) {
			const found = uploadAt(url, store.upload);
			const isFit =
				found?.person === who.person &&
				found.kind === 'images' &&
				found.size <= UPLOAD_LIMITS.avatar;
			if (isFit) await set(who, await uploads.read(found));
		}
	};
}
