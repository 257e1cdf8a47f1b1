/** The data channel of a link: says how it stands here every two seconds and at once when it changes. */
import type { Clock } from '../../sync/ports.ts';
import { readNote, type PeerNote } from './peer-note.ts';

/** ms between two notes. */
const SAY_EVERY = 2_000;
/** Notes within a second after which the other side is not listened to any more. */
const FLOOD = 30;

interface ChannelParts {
	clock: Clock;
	note: () => PeerNote;
	onNote: (note: PeerNote) => void;
	onGone: () => void;
}

export class NoteChannel {
	/** which pictures the other one wants */
	want: PeerNote['want'] = { camera: true, screen: true };
	private readonly parts: ChannelParts;
	private readonly channel: RTCDataChannel;
	private cancel = (): void => undefined;
	private second = 0;
	private inSecond = 0;

	constructor(connection: RTCPeerConnection, parts: ChannelParts) {
		this.parts = parts;
		this.channel = connection.createDataChannel('roost', { negotiated: true, id: 0 });
		this.channel.onopen = () => this.say();
		this.channel.onclose = () => {
			this.cancel();
			this.parts.onGone();
		};
		this.channel.onmessage = ({ data }: MessageEvent<unknown>) => this.heard(data);
	}

	/** Says how it stands, and from then on regularly. */
	say(): void {
		this.cancel();
		if (this.channel.readyState !== 'open') return;
		this.channel.send(JSON.stringify(this.parts.note()));
		this.cancel = this.parts.clock.after(SAY_EVERY, () => this.say());
	}

	/** The last words. */
	bye(): void {
		this.cancel();
		if (this.channel.readyState !== 'open') return;
		this.channel.send(JSON.stringify({ ...this.parts.note(), bye: true }));
	}

	private heard(data: unknown): void {
		const second = Math.floor(this.parts.clock.elapsed() / 1_000);
		this.inSecond = second === this.second ? this.inSecond + 1 : 1;
		this.second = second;
		if (this.inSecond > FLOOD) return this.channel.close();
		const note = readNote(data);
		if (!note) return;
		this.want = note.want;
		this.parts.onNote(note);
	}
}
