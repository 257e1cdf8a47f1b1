/** The invite link that led somebody here who has no account: where only those who were invited may come in, it lets them. */
import type { RegisterBody } from '../../protocol/http.ts';

type Invite = NonNullable<RegisterBody['invite']>;

let found: Invite | null = null;

/** To be called with an address that was asked for before the door. */
export function noteInvite(address: string): void {
	const [, room, token] = /^\/join\/([^/#]+)#([\w-]+)$/u.exec(address) ?? [];
	if (room && token) found = { room, token };
}

/** The link, as far as this window knows of one. */
export const invited = (): Invite | null => found;
