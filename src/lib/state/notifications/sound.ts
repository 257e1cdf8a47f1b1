/** The short sound of a new message: two soft notes. */
import { maySound, playNotes, type Note } from '../play-notes.ts';

const NOTES: readonly Note[] = [
	[659.25, 0, 0.35, 0.12],
	[880, 0.11, 0.35, 0.12]
];

let context: AudioContext | null = null;

/** Plays it; answers false where the browser allows no sound yet, before anything was pressed on the page. */
export function playSound(): boolean {
	if (!maySound()) return false;
	context ??= new AudioContext();
	void context.resume();
	playNotes(context, NOTES);
	return true;
}
