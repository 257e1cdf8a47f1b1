/** Notes that are made on the spot, the same on every device. */

/** Hz, s at which it begins, s that it lasts, loudness (1 is full). */
export type Note = readonly [pitch: number, at: number, lasts: number, loud: number];

/** s in which a note comes in, so that it does not click. */
const COMES_IN = 0.02;

/** Whether this page may make a sound: something was pressed on it. */
export const maySound = (): boolean =>
	'AudioContext' in globalThis && navigator.userActivation?.hasBeenActive === true;

/** Plays notes, soft and fading. */
export function playNotes(sound: AudioContext, notes: readonly Note[]): void {
	for (const [pitch, at, lasts, loud] of notes) {
		const begin = sound.currentTime + at;
		const tone = new OscillatorNode(sound, { type: 'sine', frequency: pitch });
		const volume = new GainNode(sound, { gain: 0 });
		volume.gain.setValueAtTime(0, begin);
		volume.gain.linearRampToValueAtTime(loud, begin + COMES_IN);
		volume.gain.exponentialRampToValueAtTime(0.0001, begin + lasts);
		tone.connect(volume).connect(sound.destination);
		tone.start(begin);
		tone.stop(begin + lasts);
	}
}
