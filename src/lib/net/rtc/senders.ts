/** The three fixed ways of a link: voice, camera, screen. What changes is which track goes over them, so nothing is negotiated anew. */

export const SLOTS = ['voice', 'camera', 'screen'] as const;
export type Slot = (typeof SLOTS)[number];
/** What this device sends; null: nothing. */
export type Tracks = Record<Slot, MediaStreamTrack | null>;

/** Bits a second, and how much smaller than it was taken a picture is sent. */
interface Cap {
	bits: number;
	smaller: number;
}
const VOICE_BITS = 32_000;
const SCREEN_BITS = 1_500_000;

/** What a camera may take of each link, by how many are in the call. Without a cap a camera that is off goes on filling the line. */
function cameraCap(people: number): Cap {
	if (people <= 2) return { bits: 500_000, smaller: 1 };
	return people <= 4 ? { bits: 250_000, smaller: 2 } : { bits: 150_000, smaller: 2 };
}

/** The transceivers of one connection. */
export class Senders {
	private readonly byslot: Record<Slot, RTCRtpTransceiver>;

	private constructor(all: Record<Slot, RTCRtpTransceiver>) {
		this.byslot = all;
	}

	/** On the side that offers. */
	static offer(connection: RTCPeerConnection, people: number): Senders {
		const { bits, smaller } = cameraCap(people);
		const way = (kind: 'audio' | 'video', encoding: RTCRtpEncodingParameters) =>
			connection.addTransceiver(kind, { direction: 'sendrecv', sendEncodings: [encoding] });
		return new Senders({
			voice: way('audio', { maxBitrate: VOICE_BITS, networkPriority: 'high' }),
			camera: way('video', { maxBitrate: bits, scaleResolutionDownBy: smaller }),
			screen: way('video', { maxBitrate: SCREEN_BITS })
		});
	}

	/** On the side that answers: the three that the offer brought. null: it brought something else. */
	static adopt(connection: RTCPeerConnection): Senders | null {
		const [voice, camera, screen, more] = connection.getTransceivers();
		if (!voice || !camera || !screen || more) return null;
		for (const one of [voice, camera, screen]) one.direction = 'sendrecv';
		return new Senders({ voice, camera, screen });
	}

	/** Which way something comes over; null: none of them. */
	slotOf(transceiver: RTCRtpTransceiver): Slot | null {
		return SLOTS.find((slot) => this.byslot[slot] === transceiver) ?? null;
	}

	/** Sends these from now on. */
	async send(tracks: Tracks): Promise<void> {
		await Promise.all(
			SLOTS.map(async (slot) => {
				const { sender } = this.byslot[slot];
				if (sender.track !== tracks[slot]) await sender.replaceTrack(tracks[slot]);
			})
		);
	}

	/** Caps every way, by how many are in the call. */
	async cap(people: number): Promise<void> {
		const { bits, smaller } = cameraCap(people);
		await this.capOne('voice', { maxBitrate: VOICE_BITS });
		await this.capOne('camera', { maxBitrate: bits, scaleResolutionDownBy: smaller });
		await this.capOne('screen', { maxBitrate: SCREEN_BITS });
	}

	private async capOne(slot: Slot, cap: RTCRtpEncodingParameters): Promise<void> {
		const { sender } = this.byslot[slot];
		const parameters = sender.getParameters();
		const [first] = parameters.encodings;
		if (!first || first.maxBitrate === cap.maxBitrate) return;
		Object.assign(first, cap);
		await sender.setParameters(parameters);
	}
}
