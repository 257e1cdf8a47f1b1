/** Cuts a socket as a broken line would, so that its client comes back by itself and is given what it missed. */
import { cut, type Wire } from '../../socket/wire.ts';
import type { CompatSocket } from './types.ts';

export function cutOff(socket: CompatSocket): void {
	// What is written from now on may be read by nobody.
	const arrived = socket.data.delivered();
	socket.data.delivered = () => arrived;
	cut(socket.conn as unknown as Wire);
}
