/** The socket's two directions, typed: used by the gateway and by the transport. */
import type {
	ActsAnswer,
	AmendAnswer,
	Digest,
	Farewell,
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
	ActsRequest,
	AmendRequest,
	DigestRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	LookRequest,
	PullRequest,
	TypingRequest
} from './up.ts';

/** Request name -> what is asked and what is answered. */
export interface Requests {
	acts: { ask: ActsRequest; answer: ActsAnswer };
	pull: { ask: PullRequest; answer: PullAnswer };
	history: { ask: HistoryRequest; answer: HistoryAnswer };
	amend: { ask: AmendRequest; answer: AmendAnswer };
	digest: { ask: DigestRequest; answer: Digest };
	find: { ask: FindRequest; answer: Found };
	invite: { ask: InviteRequest; answer: Invited };
}
export type RequestName = keyof Requests;
export const REQUEST_NAMES = [
	'acts',
	'pull',
	'history',
	'amend',
	'digest',
	'find',
	'invite'
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

/** What a device emits. `look` and `typing` are fire and forget. */
export interface UpEvents extends Asked {
	look: (ask: LookRequest) => void;
	typing: (ask: TypingRequest) => void;
}

/** What the server emits. */
export interface DownEvents {
	frame: (frame: Frame) => void;
	presence: (presence: Presence) => void;
	typing: (typing: Typing) => void;
	farewell: (farewell: Farewell) => void;
}

/** The Socket.IO namespace of the app's own devices; the default one belongs to the compatible API. */
export const APP_NAMESPACE = '/app';
