/** The short sound of a new message: two soft notes, made on the spot. */

/** Hz of the notes, and s at which each begins. */
const NOTES = [
	[659.25, 0],
	[880, 0.11]
] as const;
/** s that a note takes to fade away. */
const FADE = 0.35;
const VOLUME = 0.12;

let context: AudioContext | null = null;

/** Plays it; answers false where the browser allows no sound yet, before anything was pressed on the page. */
export function playSound(): boolean {
	if (!('AudioContext' in globalThis) || !navigator.userActivation?.hasBeenActive) return false;
	context ??= new AudioContext();
	void context.resume();
	for (const [pitch, at] of NOTES) {
		const begin = context.currentTime + at;
		const tone = new OscillatorNode(context, { type: 'sine', frequency: pitch });
		const volume = new GainNode(context, { gain: 0 });
		volume.gain.setValueAtTime(0, begin);
		volume.gain.linearRampToValueAtTime(VOLUME, begin + 0.015);
		volume.gain.exponentialRampToValueAtTime(0.0001, begin + FADE);
		tone.connect(volume).connect(context.destination);
		tone.start(begin);
		tone.stop(begin + FADE);
	}
	return true;
}
