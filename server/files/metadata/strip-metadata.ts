/**
 * Takes what a camera wrote beside the picture out of a file: the place, names, serial numbers. In place and
 * without decoding, so that also a file that is only ever saved tells nothing (UPLOAD-7).
 */
import { stripFilm, stripHeif, stripSound } from './bmff.ts';
import { stripMatroska } from './matroska.ts';
import { stripGif } from './gif.ts';
import { stripJpeg } from './jpeg.ts';
import { patchFile, type PatchFile } from './patch-file.ts';
import { stripPng } from './png.ts';
import { stripRaw, stripTiff } from './tiff.ts';
import { stripWebp } from './webp.ts';

/** Media type, told by the bytes -> what cleans it. */
const STRIP: Record<string, (file: PatchFile) => Promise<void>> = {
	'image/jpeg': stripJpeg,
	'image/png': stripPng,
	'image/apng': stripPng,
	'image/gif': stripGif,
	'image/webp': stripWebp,
	'image/avif': stripHeif,
	'image/heic': stripHeif,
	'image/heif': stripHeif,
	'image/heic-sequence': stripHeif,
	'image/heif-sequence': stripHeif,
	'image/tiff': stripTiff,
	'image/x-adobe-dng': stripRaw,
	'image/x-canon-cr2': stripRaw,
	'image/x-nikon-nef': stripRaw,
	'image/x-sony-arw': stripRaw,
	'video/mp4': stripFilm,
	'video/quicktime': stripFilm,
	'video/x-m4v': stripFilm,
	'video/3gpp': stripFilm,
	'video/3gpp2': stripFilm,
	'video/webm': stripMatroska,
	'video/matroska': stripMatroska,
	'audio/webm': stripMatroska,
	'audio/mp4': stripSound,
	'audio/x-m4a': stripSound
};

/** @param type media type of the file at `path`, as its bytes tell; others than pictures and films stay as they are */
export async function stripMetadata(path: string, type: string): Promise<void> {
	const strip = STRIP[type];
	if (strip) await patchFile(path, strip);
}
