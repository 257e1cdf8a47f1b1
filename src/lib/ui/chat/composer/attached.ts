/** A file that goes with what is written, and what this browser can tell of it. */
import { kindOfType, shownAs, type Chosen } from '../../../state/client/files.ts';
import { mediaFacts } from '../files/media-facts.ts';

/** A file in the strip above the field. */
export interface Attached extends Chosen {
	key: number;
	/** its id among the files of the draft; null before it is among them, and of what is kept elsewhere */
	id: string | null;
	/** shows it, when it is a picture or film that this browser can read; revoked with it */
	url: string | null;
	/** a picture that is too large or too damaged to be shown as one */
	asFile: boolean;
	/** it is being kept on this device just now */
	isBusy: boolean;
	/** this window may go away, and it is still there */
	isSafe: boolean;
}

/** What a file is shown by, as far as this browser can tell. */
export type Facts = Pick<Chosen, 'width' | 'height' | 'duration' | 'poster'>;
const UNKNOWN: Facts = { width: null, height: null, duration: null, poster: null };

/** Reads the size of a picture as it will be shown; a picture that this browser cannot read has none. */
async function pictureFacts(url: string): Promise<Facts> {
	const image = new Image();
	image.src = url;
	try {
		await image.decode();
	} catch {
		// Sent all the same, as a file.
		return UNKNOWN;
	}
	return { ...UNKNOWN, width: image.naturalWidth, height: image.naturalHeight };
}

/** Reads what a picture, film or sound is shown by; of what is none, or cannot be read here, nothing is known. */
export async function factsOf(file: File): Promise<Facts> {
	const kind = kindOfType(file.type);
	if (kind === 'file') return UNKNOWN;
	const url = URL.createObjectURL(file);
	try {
		return await (kind === 'image' ? pictureFacts(url) : mediaFacts(kind, url));
	} finally {
		URL.revokeObjectURL(url);
	}
}

/** What it is shown with; whoever asks revokes the URL. */
export function faceOf(file: File, facts: Facts): Pick<Attached, 'url' | 'asFile'> {
	const { width, height, poster } = facts;
	if (kindOfType(file.type) !== 'image') {
		return { url: poster && URL.createObjectURL(poster), asFile: false };
	}
	const asFile = shownAs({ type: file.type, size: file.size, width, height }) === 'file';
	return { url: asFile ? null : URL.createObjectURL(file), asFile };
}
