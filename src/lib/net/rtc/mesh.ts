/** Everybody in a call connected with each other: one link for each other device, and what comes over them. */
import type { Signal } from '../../protocol/calls.ts';
import { hearing, type Hearing } from '../../sync/call/hearing.ts';
import type { Clock } from '../../sync/ports.ts';
import { countsOf, type Counts } from './counts.ts';
import { PeerLink, type SignalBody } from './link.ts';
import type { PeerNote } from './peer-note.ts';
import type { Tracks } from './senders.ts';

/** ms between two looks at what came. */
const LOOK_EVERY = 500;
/** Looks after which it is said anew how somebody is heard. */
const HEARING_EVERY = 4;
/** ms for which sound that came counts as being heard, and for which the word of somebody who is silent does. */
const SOUND_GOOD_FOR = 1_500;
const WORD_GOOD_FOR = 5_000;

/** What is kept of a device that is not known to be in the call yet. */
const EARLY_MAX = 20;

/** What is known of another device over its link. */
export interface PeerView {
	device: string;
	note: PeerNote | null;
	tracks: Tracks;
	hearing: Hearing;
	counts: Counts | null;
}

interface MeshParts {
	/** this device's id */
	me: string;
	clock: Clock;
	tracks: () => Tracks;
	/** how it stands here; how the other one is heard is added */
	note: () => Omit<PeerNote, 'hears'>;
	/** Tells a device something by the server; answers whether it was there. Never rejects. */
	signal: (to: string, body: SignalBody) => Promise<boolean>;
	freshConfig: () => Promise<RTCConfiguration | null>;
	/** Whether this person is not to learn this device's address: nothing is sent to them but through the relay. */
	isRelayed: (person: string) => boolean;
	/** something came from a device; it is good for so many ms */
	onHeard: (device: string, goodFor: number) => void;
	onGone: (device: string) => void;
	/** what is known of a device has changed */
	onChange: (views: readonly PeerView[]) => void;
	onError: (error: unknown) => void;
}

/** A device that is in the call, and whose it is. */
export interface Member {
	device: string;
	person: string;
}

interface Peer {
	person: string;
	link: PeerLink;
	view: PeerView;
	looks: number;
	/** as it was when it was said last how the other one is heard */
	said: Counts | null;
}

const NO_TRACKS: Tracks = { voice: null, camera: null, screen: null };

export class Mesh {
	private readonly parts: MeshParts;
	private readonly config: RTCConfiguration;
	private readonly peers = new Map<string, Peer>();
	/** told by devices of which the server has not said yet that they are in the call */
	private readonly early = new Map<string, Signal[]>();
	private cancelLook = (): void => undefined;
	private isClosed = false;

	constructor(parts: MeshParts, config: RTCConfiguration) {
		this.parts = parts;
		this.config = config;
		this.planLook();
	}

	/** These devices, and no other ones, are in the call now. */
	keep(members: readonly Member[]): void {
		// One link a device, whatever the server says.
		const persons = new Map(members.map(({ device, person }) => [device, person]));
		const gone = [...this.peers].flatMap(([device, { person }]) =>
			persons.get(device) === person ? [] : [device]
		);
		for (const device of gone) this.drop(device);
		const come = [...persons.keys()].filter((device) => !this.peers.has(device));
		for (const device of come) this.add(device, persons.get(device)!, persons.size + 1);
		if (gone.length + come.length === 0) return;
		for (const { link } of this.peers.values()) link.capFor(persons.size + 1);
		for (const signal of come.flatMap((device) => this.early.get(device) ?? [])) this.heard(signal);
		this.early.clear();
		this.tell();
	}

	/** Another device has told something by the server. */
	heard(signal: Signal): void {
		if (this.isClosed) return;
		const { from, call: _, ...body } = signal;
		const known = this.peers.get(from.device);
		if (!known) {
			const waiting = [...(this.early.get(from.device) ?? []), signal];
			this.early.set(from.device, waiting.slice(-EARLY_MAX));
			return;
		}
		// Somebody else who names this device as theirs is not who the server said is in the call with it.
		if (known.person !== from.person) return;
		if (known.link.isOfAnother(body)) {
			this.drop(from.device);
			this.add(from.device, from.person, this.peers.size + 2);
		}
		this.peers.get(from.device)?.link.heard(body);
	}

	/** What is sent from here, or how it stands here, has changed. */
	changed(): void {
		for (const { link } of this.peers.values()) link.changed();
	}

	/** The server is there again. @param moved the network is another one: no way is trusted any more */
	reachable(moved: boolean): void {
		for (const { link } of this.peers.values()) {
			if (moved) link.restart();
			else link.reachable();
		}
	}

	close(): void {
		this.isClosed = true;
		this.cancelLook();
		for (const device of [...this.peers.keys()]) this.drop(device);
	}

	private add(device: string, person: string, people: number): void {
		const { parts } = this;
		const view: PeerView = {
			...{ device, note: null, tracks: NO_TRACKS, hearing: 'none', counts: null }
		};
		const peer: Peer = { person, view, looks: 0, said: null, link: null as never };
		this.peers.set(device, peer);
		peer.link = new PeerLink({
			me: parts.me,
			peer: device,
			config: this.configFor(person, this.config),
			clock: parts.clock,
			people,
			tracks: parts.tracks,
			note: () => ({ ...parts.note(), hears: peer.view.hearing }),
			signal: (body) => parts.signal(device, body),
			freshConfig: async () => {
				const fresh = await parts.freshConfig();
				return fresh && this.configFor(person, fresh);
			},
			onTrack: (slot, track) =>
				this.change(peer, { tracks: { ...peer.view.tracks, [slot]: track } }),
			onNote: (note) => {
				if (note.muted) parts.onHeard(device, WORD_GOOD_FOR);
				this.change(peer, { note });
			},
			onGone: () => this.peers.get(device) === peer && parts.onGone(device),
			onError: parts.onError
		});
	}

	/** A way that the other one names may lead anywhere: what is tried there comes from the relay, too (V38). */
	private configFor(person: string, config: RTCConfiguration): RTCConfiguration {
		return this.parts.isRelayed(person) ? { ...config, iceTransportPolicy: 'relay' } : config;
	}

	private drop(device: string): void {
		const peer = this.peers.get(device);
		this.peers.delete(device);
		peer?.link.close();
	}

	private planLook(): void {
		this.cancelLook = this.parts.clock.after(LOOK_EVERY, () => {
			this.look().catch(this.parts.onError);
		});
	}

	private async look(): Promise<void> {
		for (const peer of this.peers.values()) {
			if (peer.link.connection.connectionState === 'closed') continue;
			this.looked(peer, await countsOf(peer.link.connection));
		}
		if (!this.isClosed) this.planLook();
	}

	private looked(peer: Peer, counts: Counts): void {
		const { view } = peer;
		if (this.peers.get(view.device) !== peer) return;
		if (counts.packets > (view.counts?.packets ?? 0)) {
			this.parts.onHeard(view.device, SOUND_GOOD_FOR);
		}
		peer.looks++;
		peer.said ??= counts;
		const isDue = peer.looks % HEARING_EVERY === 0;
		const next = isDue ? hearing(peer.said, counts) : view.hearing;
		if (isDue) peer.said = counts;
		this.change(peer, { counts, hearing: next });
	}

	private change(peer: Peer, what: Partial<PeerView>): void {
		peer.view = { ...peer.view, ...what };
		this.tell();
	}

	private tell(): void {
		this.parts.onChange([...this.peers.values()].map(({ view }) => view));
	}
}
