/**
 * Committed changes on their way to connected devices. Who gets a stream's frames is a group of
 * sockets in the in-memory adapter, whose membership changes at once: when `leave` returns, nothing
 * more of the stream reaches the person (promise 11).
 */
import type { FanOut } from '../domain/ports.ts';
import type { Presence } from './presence.ts';
import { personGroup, socketsIn, streamGroup, type AppNamespace } from './types.ts';

export function createFanOut(app: AppNamespace, presence: Presence): FanOut {
	return {
		enter(person, stream) {
			for (const socket of socketsIn(app, personGroup(person))) {
				socket.data.leftMeanwhile?.delete(stream);
				void socket.join(streamGroup(stream));
			}
			presence.entered(person, stream);
		},
		leave(person, stream) {
			for (const socket of socketsIn(app, personGroup(person))) {
				socket.data.leftMeanwhile?.add(stream);
				void socket.leave(streamGroup(stream));
			}
			presence.left(person, stream);
		},
		frame(frame) {
			app.to(streamGroup(frame.stream)).emit('frame', frame);
		}
	};
}
