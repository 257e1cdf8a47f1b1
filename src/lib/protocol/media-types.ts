/** The media types that browsers show or play in place and that can hold no script. All others are saved. */
import type { FileCard } from './change.ts';

export interface MediaType {
	/** what a file of this type is shown as */
	kind: Exclude<FileCard['kind'], 'file'>;
	/** bare, in lower case */
	extension: string;
}

/** Media type, as the bytes of a file tell it -> how it is shown. SVG and HTML are no part of it: they run scripts. */
export const MEDIA_TYPES: ReadonlyMap<string, MediaType> = new Map<string, MediaType>([
	['image/jpeg', { kind: 'image', extension: 'jpg' }],
	['image/png', { kind: 'image', extension: 'png' }],
	['image/apng', { kind: 'image', extension: 'png' }],
	['image/gif', { kind: 'image', extension: 'gif' }],
	['image/webp', { kind: 'image', extension: 'webp' }],
	['image/avif', { kind: 'image', extension: 'avif' }],
	['video/mp4', { kind: 'video', extension: 'mp4' }],
	['video/webm', { kind: 'video', extension: 'webm' }],
	['video/quicktime', { kind: 'video', extension: 'mov' }],
	['audio/mpeg', { kind: 'audio', extension: 'mp3' }],
	['audio/mp4', { kind: 'audio', extension: 'm4a' }],
	['audio/x-m4a', { kind: 'audio', extension: 'm4a' }],
	['audio/wav', { kind: 'audio', extension: 'wav' }],
	['audio/ogg', { kind: 'audio', extension: 'ogg' }],
	['audio/ogg; codecs=opus', { kind: 'audio', extension: 'ogg' }],
	['audio/webm', { kind: 'audio', extension: 'webm' }],
	['audio/flac', { kind: 'audio', extension: 'flac' }]
]);
