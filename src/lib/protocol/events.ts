/** The socket's two directions, typed: used by the gateway and by the transport. */
import type {
	ActsAnswer,
	RefreshAnswer,
	Heads,
	DisconnectReason,
	Found,
	Frame,
	HistoryAnswer,
	Invited,
	Presence,
	PullAnswer,
	Refused,
	Typing
} from './down.ts';
import type {
	CallAnswer,
	CallRequest,
	CallState,
	Ring,
	Signal,
	SignalAnswer,
	SignalRequest,
	Unring
} from './calls.ts';
import type { CompareAnswer, CompareRequest } from './compare.ts';
import type { MomentsAnswer, MomentsRequest, SearchAnswer, SearchRequest } from './search.ts';
import type {
	ActsRequest,
	RefreshRequest,
	HeadsRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	WatchRequest,
	PullRequest,
	TypingRequest
} from './up.ts';

/** Request name -> what is asked and what is answered. */
export interface Requests {
	acts: { ask: ActsRequest; answer: ActsAnswer };
	pull: { ask: PullRequest; answer: PullAnswer };
	history: { ask: HistoryRequest; answer: HistoryAnswer };
	refresh: { ask: RefreshRequest; answer: RefreshAnswer };
	heads: { ask: HeadsRequest; answer: Heads };
	find: { ask: FindRequest; answer: Found };
	invite: { ask: InviteRequest; answer: Invited };
	search: { ask: SearchRequest; answer: SearchAnswer };
	moments: { ask: MomentsRequest; answer: MomentsAnswer };
	/** over HTTP only to decline */
	call: { ask: CallRequest; answer: CallAnswer };
	/** only over a socket */
	signal: { ask: SignalRequest; answer: SignalAnswer };
	compare: { ask: CompareRequest; answer: CompareAnswer };
}
export type RequestName = keyof Requests;
export const REQUEST_NAMES = [
	'acts',
	'pull',
	'history',
	'refresh',
	'heads',
	'find',
	'invite',
	'search',
	'moments',
	'call',
	'signal',
	'compare'
] as const;

/** Every answer may instead be a refusal of the whole request. */
export type Answer<N extends RequestName> = Requests[N]['answer'] | Refused;

/** Whether an answer is a refusal of the whole request. */
export function isRefused(answer: unknown): answer is Refused {
	return typeof answer === 'object' && answer !== null && 'refused' in answer;
}

type Asked = {
	[N in RequestName]: (ask: Requests[N]['ask'], answer: (answer: Answer<N>) => void) => void;
};

/** What a device emits. `watch` and `typing` are fire and forget. */
export interface UpEvents extends Asked {
	watch: (ask: WatchRequest) => void;
	typing: (ask: TypingRequest) => void;
}

/** What the server emits. */
export interface DownEvents {
	frame: (frame: Frame) => void;
	presence: (presence: Presence) => void;
	typing: (typing: Typing) => void;
	ring: (ring: Ring) => void;
	unring: (unring: Unring) => void;
	/** a call that this device is in, or whose room it has on screen */
	callState: (state: CallState) => void;
	signal: (signal: Signal) => void;
	disconnectReason: (disconnectReason: DisconnectReason) => void;
}

/** The Socket.IO namespace of the app's own devices; the default one belongs to the compatible API. */
export const APP_NAMESPACE = '/app';
