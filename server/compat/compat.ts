/** The compatible API, put together: HTTP and Socket.IO for programs of other systems (compat-api). */
import type { FastifyInstance } from 'fastify';
import type { Namespace } from 'socket.io';
import type { FanOut } from '../domain/ports.ts';
import type { Typing } from '../socket/typing.ts';
import { createAvatars } from './avatars.ts';
import { authEndpoints } from './http/auth.ts';
import { createDoor } from './http/door.ts';
import type { Endpoint } from './http/endpoint.ts';
import { messageEndpoints } from './http/messages.ts';
import { pageRoutes } from './http/pages.ts';
import { peopleEndpoints } from './http/people.ts';
import { roomEndpoints } from './http/rooms.ts';
import { uploadEndpoints, uploadRoutes } from './http/uploads.ts';
import { createHandIn } from './hand-in.ts';
import { createMessages } from './messages.ts';
import { createCompatCore, type Compat, type CompatParts } from './parts.ts';
import { createRooms } from './rooms.ts';
import { createSockets } from './socket/sockets.ts';

/** Paths that are this API's. */
const PATHS =
	/^\/(api\/(auth|users|rooms|messages|friends|direct|upload|docs|redoc)|uploads\/(?!avatars(\/|$))[^/]+|docs|redoc|openapi\.json|asyncapi\.json|auth)(\/|$)/;

export interface CompatApi {
	door: FastifyInstance;
	fanOut: FanOut;
	/** Whether a path is this API's. @param path without the query */
	isMine(path: string): boolean;
	/** Ends its sockets; to be called before the store is closed. */
	closeSockets(): void;
}

/** Every call of the API, in the order of the documents. */
export function endpointsOf(compat: Compat): Endpoint[] {
	const rooms = createRooms(compat);
	const messages = createMessages(compat);
	const avatars = createAvatars(compat);
	const handIn = createHandIn(compat.config.incomingDir, compat.files.intake, compat.newId);
	return [
		...authEndpoints(compat, avatars),
		...roomEndpoints(compat, rooms),
		...messageEndpoints(compat, rooms, messages),
		...peopleEndpoints(compat),
		...uploadEndpoints(compat, handIn, avatars)
	];
}

export async function createCompatApi(
	parts: CompatParts,
	main: Namespace,
	typing: Typing
): Promise<CompatApi> {
	const compat = createCompatCore(parts);
	const sockets = createSockets(compat, main, typing);
	const door = createDoor(parts);
	const endpoints = endpointsOf(compat);
	door.serveAll(endpoints);
	uploadRoutes(door, compat);
	pageRoutes(door, endpoints, parts.config.version);
	await door.ready();
	return {
		door,
		fanOut: sockets.fanOut,
		isMine: (path) => PATHS.test(path),
		closeSockets: () => sockets.close()
	};
}
