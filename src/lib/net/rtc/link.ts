/**
 * The way of sound and pictures to one other device: a connection with perfect negotiation. The device with the
 * smaller id offers and is impolite. What is left to negotiate after the first time are restarts of ICE.
 */
import type { SessionDescription, SignalRequest } from '../../protocol/calls.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Clock } from '../../sync/ports.ts';
import { NoteChannel } from './note-channel.ts';
import type { PeerNote } from './peer-note.ts';
import { Senders, type Slot, type Tracks } from './senders.ts';

/** ms in which ways are gathered before they are told together. */
const GATHER = 60;
/** ms after which a connection that broke is helped; then again and again, the impolite one more often. */
const RESTART_AFTER = 2_000;
const RESTART_AGAIN = { impolite: 3_000, polite: 4_500 };
/** ms that the first connection may take before it is tried anew. */
const FIRST_WITHIN = 8_000;

/** Ways that are kept until the description comes that they belong to: real networks have 5 to 10. */
const EARLY_MAX = 200;

/** What is told the other device by the server. */
export type SignalBody = Omit<SignalRequest, 'call' | 'to'>;

interface LinkParts {
	/** this device's id, and the other one's */
	me: string;
	peer: string;
	config: RTCConfiguration;
	clock: Clock;
	/** in the call, this device included */
	people: number;
	tracks: () => Tracks;
	note: () => PeerNote;
	/** Tells the other device; answers whether it was there to hear it. Never rejects. */
	signal: (body: SignalBody) => Promise<boolean>;
	/** servers for the way as they are now; null: they could not be asked for */
	freshConfig: () => Promise<RTCConfiguration | null>;
	/** something comes over one of the ways */
	onTrack: (slot: Slot, track: MediaStreamTrack) => void;
	onNote: (note: PeerNote) => void;
	/** the other page was closed, or hung up */
	onGone: () => void;
	onError: (error: unknown) => void;
}

type Candidate = NonNullable<SignalBody['candidates']>[number];

/** Which certificate a description stands for: another one means another page on the other side. */
const fingerprintOf = (sdp: string | undefined): string | null =>
	/^a=fingerprint:(.+)$/mu.exec(sdp ?? '')?.[1]?.trim() ?? null;

export class PeerLink {
	readonly connection: RTCPeerConnection;
	readonly isImpolite: boolean;
	private readonly parts: LinkParts;
	private readonly channel: NoteChannel;
	private senders: Senders | null = null;
	/** in the call, this device included */
	private people: number;
	private making = false;
	private ignoring = false;
	private g = 0;
	private isClosed = false;
	private working: Promise<void> = Promise.resolve();
	private gathered: Candidate[] = [];
	private early: Candidate[] = [];
	private cancelGather: (() => void) | null = null;
	private cancelRestart = (): void => undefined;

	constructor(parts: LinkParts) {
		this.parts = parts;
		this.isImpolite = parts.me < parts.peer;
		this.people = parts.people;
		const connection = new RTCPeerConnection({
			...parts.config,
			bundlePolicy: 'max-bundle',
			rtcpMuxPolicy: 'require'
		});
		this.connection = connection;
		this.channel = new NoteChannel(connection, {
			...parts,
			onNote: (note) => {
				this.sendTracks();
				parts.onNote(note);
			}
		});
		connection.onicecandidate = ({ candidate }) => candidate && this.gather(candidate.toJSON());
		connection.onnegotiationneeded = () => this.run(() => this.offer());
		connection.ontrack = ({ track, transceiver }) => this.came(track, transceiver);
		connection.onconnectionstatechange = () => this.stateChanged();
		if (this.isImpolite) this.senders = Senders.offer(connection, parts.people);
		else void parts.signal({ g: 0 });
		this.restartAfter(FIRST_WITHIN);
		this.changed();
	}

	/** The other page was closed and opened again: what it says belongs to a new link. */
	isOfAnother({ description, candidates }: SignalBody): boolean {
		const { remoteDescription } = this.connection;
		if (!remoteDescription) return false;
		if (!description) return !candidates;
		return fingerprintOf(description.sdp) !== fingerprintOf(remoteDescription.sdp);
	}

	/** What the other device told. */
	heard(body: SignalBody): void {
		this.run(() => this.take(body));
	}

	/** What is sent, how it is told, or how many there are, has changed. */
	changed(): void {
		this.channel.say();
		this.sendTracks();
	}

	/** So many are in the call now. */
	capFor(people: number): void {
		this.people = people;
		this.run(async () => this.senders?.cap(people));
	}

	/** The other device can be told something again. */
	reachable(): void {
		if (this.connection.connectionState !== 'connected') this.restart();
	}

	/** Looks for another way. What flows goes on until there is one. */
	restart(): void {
		if (this.isClosed) return;
		this.restartAfter(RESTART_AGAIN[this.isImpolite ? 'impolite' : 'polite']);
		this.run(() => this.restartNow());
	}

	close(): void {
		if (this.isClosed) return;
		this.channel.bye();
		this.isClosed = true;
		this.cancelRestart();
		this.cancelGather?.();
		this.connection.close();
	}

	/* ------------------------------------------------------------ negotiation */

	/** One after the other; what fails is for whoever looks into the console, and the next restart makes it good. */
	private run(work: () => Promise<void>): void {
		this.working = this.working.then(async () => {
			if (this.isClosed) return;
			try {
				await work();
			} catch (error) {
				if (!this.isClosed) this.parts.onError(error);
			}
		});
	}

	private async restartNow(): Promise<void> {
		const { connection } = this;
		// Nothing of ours yet: the other one offers first, when it hears that this one is there.
		if (!this.senders) return void (await this.parts.signal({ g: this.g }));
		const config = await this.parts.freshConfig();
		if (this.isClosed) return;
		if (config) connection.setConfiguration({ ...connection.getConfiguration(), ...config });
		this.g++;
		connection.restartIce();
		// An offer that was lost on its way is never answered: it is made anew.
		if (connection.signalingState === 'have-local-offer') await this.offer();
	}

	private async offer(): Promise<void> {
		if (!this.senders) return;
		try {
			this.making = true;
			await this.connection.setLocalDescription();
		} finally {
			this.making = false;
		}
		await this.tell();
	}

	private async tell(): Promise<void> {
		const { localDescription } = this.connection;
		if (!localDescription) return;
		await this.parts.signal({
			g: this.g,
			description: localDescription.toJSON() as SessionDescription
		});
	}

	private async take({ g, description, candidates }: SignalBody): Promise<void> {
		if (description) return this.takeDescription(g, description);
		if (candidates) return this.takeCandidates(g, candidates);
		// It has just come: what it was told before it was there is told again.
		if (this.connection.signalingState === 'have-local-offer') await this.tell();
	}

	private async takeDescription(g: number, description: SessionDescription): Promise<void> {
		const { connection } = this;
		if (g < this.g) return;
		const isOffer = description.type === 'offer';
		if (!isOffer && connection.signalingState !== 'have-local-offer') return;
		const isCollision = isOffer && (this.making || connection.signalingState !== 'stable');
		this.ignoring = this.isImpolite && isCollision;
		if (this.ignoring) return;
		this.g = g;
		await connection.setRemoteDescription(description);
		for (const one of this.early.splice(0)) await this.add(one);
		if (!isOffer) return;
		if (!this.senders) await this.adopt();
		await connection.setLocalDescription();
		await this.tell();
	}

	private async adopt(): Promise<void> {
		this.senders = Senders.adopt(this.connection);
		if (!this.senders) throw new Error('an offer without the three ways');
		await this.senders.send(this.wanted());
		await this.senders.cap(this.people);
	}

	private async takeCandidates(g: number, candidates: Candidate[]): Promise<void> {
		if (g < this.g) return;
		for (const one of candidates) {
			if (this.connection.remoteDescription && g === this.g) await this.add(one);
			else if (this.early.length < EARLY_MAX) this.early.push(one);
		}
	}

	private async add(candidate: Candidate): Promise<void> {
		try {
			await this.connection.addIceCandidate(candidate as RTCIceCandidateInit);
		} catch (error) {
			// Of an offer that was passed over, or of one that has been replaced: nothing is lost.
			if (!this.ignoring && !(error instanceof DOMException)) throw error;
		}
	}

	private gather({ candidate = '', ...place }: RTCIceCandidateInit): void {
		this.gathered.push({ candidate, ...place });
		this.cancelGather ??= this.parts.clock.after(GATHER, () => {
			this.cancelGather = null;
			const candidates = this.gathered.splice(0);
			for (let at = 0; at < candidates.length; at += LIMITS.candidatesPerSignal) {
				const some = candidates.slice(at, at + LIMITS.candidatesPerSignal);
				void this.parts.signal({ g: this.g, candidates: some });
			}
		});
	}

	/* ------------------------------------------------------------ what flows */

	private sendTracks(): void {
		this.run(async () => this.senders?.send(this.wanted()));
	}

	/** What the other one does not want to see is not sent. */
	private wanted(): Tracks {
		const { voice, camera, screen } = this.parts.tracks();
		const { want } = this.channel;
		return { voice, camera: want.camera ? camera : null, screen: want.screen ? screen : null };
	}

	private came(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
		const at = this.connection.getTransceivers().indexOf(transceiver);
		const slot = this.senders?.slotOf(transceiver) ?? (['voice', 'camera', 'screen'] as const)[at];
		if (slot) this.parts.onTrack(slot, track);
	}

	private stateChanged(): void {
		const { connectionState } = this.connection;
		if (connectionState === 'connected') this.cancelRestart();
		else if (connectionState === 'disconnected') this.restartAfter(RESTART_AFTER);
		else if (connectionState === 'failed') this.restart();
	}

	private restartAfter(ms: number): void {
		this.cancelRestart();
		if (this.isClosed) return;
		this.cancelRestart = this.parts.clock.after(ms, () => {
			if (this.connection.connectionState !== 'connected') this.restart();
		});
	}
}
