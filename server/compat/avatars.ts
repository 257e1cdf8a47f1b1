/** Profile pictures: made small and square here, then set like every picture. */
import { buffer } from 'node:stream/consumers';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Actor } from '../domain/ports.ts';
import { fileAt, folderOf } from './files.ts';
import { AVATAR_MAX } from './form-upload.ts';
import type { CompatContext } from './context.ts';

export interface Avatars {
	/** A picture of the size and form of profile pictures. Rejects with RefusalError when the bytes are no picture. */
	square(bytes: Uint8Array): Promise<AvatarImage>;
	/** The same of a picture that the person has uploaded; null for any other address. */
	prepare(actor: Actor, url: string): Promise<AvatarImage | null>;
	/** Makes it the person's picture. Rejects with RefusalError. */
	set(actor: Actor, image: AvatarImage): Promise<void>;
}

/** Base64, as the domain takes it. */
type AvatarImage = string;

export function createAvatars(context: CompatContext): Avatars {
	const { files, pictures, store } = context;

	async function square(bytes: Uint8Array): Promise<AvatarImage> {
		const picture = await pictures.square(bytes);
		if (!picture) throw new RefusalError(refuse('picture_invalid', { field: 'file' }));
		return Buffer.from(picture.bytes).toString('base64');
	}

	return {
		square,
		async prepare(actor, url) {
			const found = await fileAt(url, store);
			const isOwn = found?.person === actor.person && found.size <= AVATAR_MAX;
			if (!isOwn || folderOf(found) !== 'images') return null;
			const bytes = await files.bytes.open(found.stored);
			return bytes ? square(await buffer(bytes)) : null;
		},
		async set(actor, image) {
			await context.act(actor, { kind: 'profile.avatar', image });
		}
	};
}
