/**
 * Calls of one window, put together: what the machine decides is carried out here, and what comes from devices,
 * links, tabs and the server is told to it. Screens read it and call its verbs.
 */
import type { Mesh, PeerView } from '../../net/rtc/mesh.ts';
import type { CallAnswer, CallRequest } from '../../protocol/calls.ts';
import { step } from '../../sync/call/machine.ts';
import {
	NO_CALLS,
	type CallEffect,
	type CallInput,
	type CallModel,
	type OwnCall
} from '../../sync/call/model.ts';
import { LinkError, type Clock } from '../../sync/ports.ts';
import type { CallEvent, CallLink, TabCall } from '../client/call-link.ts';
import { hasRelay, openMesh, whyOf } from './call-line.ts';
import { OwnDevices } from './own-devices.svelte.ts';
import type { RingSigns } from './ring-signs.ts';
import { tilesOf, type Tile } from './tiles.ts';
import type { ToneName } from './tones.ts';

/** ms between two looks at what time has done, while there is something to look at. */
const TICK = 500;
/** Ticks after which the other tabs hear again that this one is in a call. */
const SAY_EVERY = 6;

interface SessionParts {
	link: CallLink;
	clock: Clock;
	signs: RingSigns;
	onError: (error: unknown) => void;
}

export class CallSession {
	readonly #parts: SessionParts;
	#model = $state.raw<CallModel>(NO_CALLS);
	#views = $state.raw<readonly PeerView[]>([]);
	#devices = $state.raw<OwnDevices | null>(null);
	#elsewhere = $state.raw<TabCall | null>(null);
	#elapsed = $state(0);
	#hasRelay = $state(false);
	#mesh: Mesh | null = null;
	#moved = false;
	#ticks = 0;
	#cancelTick: (() => void) | null = null;
	readonly #ends: (() => void)[];
	readonly tiles: readonly Tile[] = $derived(
		this.#model.own ? tilesOf(this.#model.own, this.#views, this.#elapsed, this.#hasRelay) : []
	);

	constructor(parts: SessionParts) {
		this.#parts = parts;
		const { link } = parts;
		this.#ends = [
			link.onEvent((event) => this.hear(event)),
			link.onOther((call) => (this.#elsewhere = call)),
			link.watch(() => this.#followLink())
		];
		link.askOthers();
		this.#followLink();
	}

	/** The call that this window is in. */
	get own(): OwnCall | null {
		return this.#model.own;
	}
	/** What is said for a moment of the call that was. */
	get over(): CallModel['over'] {
		return this.#model.over;
	}
	/** Who calls now. While another window is in a call, that one tells. */
	get rings(): CallModel['rings'] {
		return this.#elsewhere ? [] : this.#model.rings;
	}
	/** The call that another window is in. */
	get elsewhere(): TabCall | null {
		return this.#model.own ? null : this.#elsewhere;
	}
	/** Microphone, camera and screen of this device; null: none is used. */
	get devices(): OwnDevices | null {
		return this.#devices;
	}
	/** Whether the server is there; a call goes on without it. */
	get isLinked(): boolean {
		return this.#model.linked;
	}
	/** s since somebody else joined; null: nobody has, or nothing has come from anybody yet. */
	get seconds(): number | null {
		const own = this.#model.own;
		if (own?.state?.answered === undefined || !['in', 'cut'].includes(own.phase)) return null;
		void this.#elapsed;
		return Math.max(0, Math.floor((this.#parts.link.serverNow() - own.state.answered) / 1_000));
	}

	/* ------------------------------------------------------------ what the person does */

	start(room: string, video: boolean): void {
		// The other window has the devices; it is said that it is in a call.
		if (this.elsewhere) return;
		this.#step({ is: 'start', call: this.#parts.link.makeId(), room, video });
	}

	/** Answers a call, or takes part in one that goes on. @param video absent: as it rings */
	join(room: string, call: string, video?: boolean): void {
		if (this.elsewhere) return;
		const { ring } = this.#model.rings.find((one) => one.ring.call === call) ?? {};
		this.#step({ is: 'join', call, room, video: video ?? ring?.video ?? false });
	}

	hangUp(): void {
		this.#step({ is: 'hang-up' });
	}

	decline(call: string): void {
		this.#step({ is: 'decline', call });
	}

	/** The account is closed: leaves, and lets everything go. */
	end(): void {
		this.hangUp();
		for (const end of this.#ends) end();
		this.#cancelTick?.();
		this.#cancelTick = null;
		this.#parts.signs.end();
	}

	/* ------------------------------------------------------------ what happens */

	/** What the server says. */
	hear(event: CallEvent): void {
		if (event.is === 'ring') this.#step(event);
		else if (event.is === 'unring') this.#step({ ...event.unring, is: 'unring' });
		else if (event.is === 'state') this.#step(event);
		else if (event.signal.call === this.#model.own?.call) this.#mesh?.heard(event.signal);
	}

	#followLink(): void {
		const isLinked = this.#parts.link.isLinked();
		const { own, linked } = this.#model;
		if (own && own.phase !== 'asking' && !this.#parts.link.leads()) this.#leadAgain();
		if (isLinked === linked) return;
		this.#step({ is: isLinked ? 'linked' : 'unlinked' });
		if (!isLinked) return;
		this.#mesh?.reachable(this.#moved);
		this.#moved = false;
	}

	/** Another tab took the lead while this one is in a call: signals have to come by this one. */
	#leadAgain(): void {
		this.#parts.link.lead().catch((error: unknown) => {
			// The server is away: the link comes back by itself, or another tab has it by then.
			if (!(error instanceof LinkError)) this.#parts.onError(error);
		});
	}

	#step(input: CallInput): void {
		const { link, clock } = this.#parts;
		const me = { person: link.me.id, device: link.device };
		const now = { server: link.serverNow(), elapsed: clock.elapsed() };
		const { model, effects } = step(this.#model, input, me, now);
		this.#elapsed = now.elapsed;
		this.#model = model;
		for (const effect of effects) this.#do(effect);
		this.#follow();
	}

	#do(effect: CallEffect): void {
		if (effect.do === 'prepare') this.#prepare(effect.video).catch(this.#parts.onError);
		else if (effect.do === 'release') this.#release();
		else this.#ask(effect.request).catch(this.#parts.onError);
	}

	/** Everything that follows from how it stands now. */
	#follow(): void {
		const { own, rings } = this.#model;
		this.#mesh?.keep(own?.peers.map(({ device, card }) => ({ device, person: card.id })) ?? []);
		this.#parts.signs.sound(this.#tone());
		this.#parts.signs.show(this.rings.map(({ ring }) => ring));
		if (own || rings.length > 0 || this.#model.over) this.#planTick();
	}

	#tone(): ToneName | null {
		const { own } = this.#model;
		if (this.rings.length > 0) return own ? 'waiting' : 'ring';
		if (own?.phase === 'cut') return 'away';
		const isRung = own?.phase === 'calling' && own.endsAt !== null && own.accepted;
		return isRung && own.endsAt! > this.#elapsed ? 'ring-back' : null;
	}

	#planTick(): void {
		this.#cancelTick ??= this.#parts.clock.after(TICK, () => {
			this.#cancelTick = null;
			const { own } = this.#model;
			if (own && this.#ticks++ % SAY_EVERY === 0) {
				this.#parts.link.inCall({ call: own.call, room: own.room });
			}
			this.#step({ is: 'tick' });
		});
	}

	/* ------------------------------------------------------------ devices and links */

	async #prepare(video: boolean): Promise<void> {
		const devices = new OwnDevices({
			onChange: () => this.#mesh?.changed(),
			hangUp: () => this.hangUp(),
			networkChanged: () => this.#networkChanged(),
			onError: this.#parts.onError
		});
		this.#devices = devices;
		const linked = this.#parts.link.lead().then(
			() => null,
			(error: unknown) => whyOf(error)
		);
		await devices.open(video);
		const why = await linked;
		if (this.#devices !== devices) return devices.close();
		this.#step(why === null ? { is: 'ready' } : { is: 'not-ready', why });
	}

	#release(): void {
		this.#mesh?.close();
		this.#devices?.close();
		this.#mesh = this.#devices = null;
		this.#views = [];
		this.#parts.link.inCall(null);
	}

	/** On another network no way can be trusted, even while ICE still does. */
	#networkChanged(): void {
		if (this.#model.linked) this.#mesh?.reachable(true);
		else this.#moved = true;
	}

	#connect(answer: CallAnswer, friends: ReadonlySet<string>): void {
		const devices = this.#devices;
		if (this.#mesh || !devices) return;
		this.#hasRelay = hasRelay(answer);
		this.#mesh = openMesh(
			{
				...this.#parts,
				...{ devices, friends },
				call: () => this.#model.own?.call ?? null,
				onHeard: (device, goodFor) => this.#step({ is: 'heard', device, goodFor }),
				onGone: (device) => this.#step({ is: 'gone', device }),
				onIce: (next) => (this.#hasRelay = hasRelay(next)),
				onChange: (mesh, views) => {
					if (this.#mesh === mesh) this.#views = views;
				}
			},
			answer
		);
	}

	/* ------------------------------------------------------------ asking */

	/** The person hung up before the answer: nobody is to sit in the call for them, whichever it has become. */
	#unwanted(room: string, { call }: CallAnswer): void {
		if (!call || call.ended || this.#model.own?.room === room) return;
		this.#ask({ do: 'leave', call: call.call }).catch(this.#parts.onError);
	}

	async #ask(request: CallRequest): Promise<void> {
		const isEntry = request.do === 'start' || request.do === 'join';
		const asked = this.#model.own?.call;
		try {
			const [answer, friends] = await Promise.all([
				this.#parts.link.ask(request),
				isEntry ? this.#parts.link.friends() : null
			]);
			if (!isEntry || !friends) return;
			if (this.#model.own?.call !== asked) return this.#unwanted(request.room, answer);
			this.#connect(answer, friends);
			this.#step({ is: 'let-in', state: answer.call });
		} catch (error) {
			const why = whyOf(error);
			const isAgain = request.do === 'join' && request.again === true && why === 'unreachable';
			// What is no way in is now or never; the next link asks again to be let in again.
			if (isEntry && !isAgain && this.#model.own?.call === asked) {
				this.#step({ is: 'refused', why });
			}
		}
	}
}
