/** The sounds of calls: soft ones. */
import { maySound, playNotes, type Note } from '../play-notes.ts';

export type ToneName = 'ring' | 'ring-back' | 'waiting' | 'away';

/** Notes of one round, and s between two rounds. */
const TONES: Record<ToneName, { notes: readonly Note[]; every: number }> = {
	ring: {
		notes: [
			[659.25, 0, 0.5, 0.2],
			[830.61, 0.18, 0.5, 0.2],
			[987.77, 0.36, 0.9, 0.2],
			[830.61, 0.9, 0.5, 0.16],
			[987.77, 1.08, 1, 0.16]
		],
		every: 3
	},
	'ring-back': {
		notes: [
			[440, 0, 1, 0.07],
			[554.37, 0, 1, 0.05]
		],
		every: 4
	},
	/** somebody else calls while one is in a call */
	waiting: { notes: [[783.99, 0, 0.4, 0.07]], every: 6 },
	/** the call is cut */
	away: { notes: [[329.63, 0, 0.5, 0.06]], every: 5 }
};

let context: AudioContext | null = null;

/** Plays a tone again and again; the answer ends it at once. */
export function playTone(name: ToneName): () => void {
	if (!maySound()) return () => undefined;
	context ??= new AudioContext();
	const sound = context;
	void sound.resume();
	playNotes(sound, TONES[name].notes);
	const timer = setInterval(() => playNotes(sound, TONES[name].notes), TONES[name].every * 1_000);
	return () => {
		clearInterval(timer);
		// What is still sounding is cut off, too: a ring that was answered is silent at once.
		if (context !== sound) return;
		context = null;
		void sound.close();
	};
}
