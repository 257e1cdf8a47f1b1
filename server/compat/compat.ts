/** The compatible API, put together: HTTP and Socket.IO for programs of other systems (compat-api). */
import type { FastifyInstance } from 'fastify';
import type { Namespace } from 'socket.io';
import type { Typing } from '../socket/typing.ts';
import { authEndpoints } from './http/auth.ts';
import { createEndpointContext, type EndpointContext } from './http/endpoint-context.ts';
import type { Endpoint } from './http/endpoint.ts';
import { friendEndpoints } from './http/friends.ts';
import { messageEndpoints } from './http/messages.ts';
import { peopleEndpoints } from './http/people.ts';
import { profileEndpoints } from './http/profile.ts';
import { roomEndpoints } from './http/rooms.ts';
import { searchEndpoints } from './http/search.ts';
import { compatServer } from './http/server.ts';
import { uploadEndpoints } from './http/uploads.ts';
import { createCompatContext, type CompatOptions } from './context.ts';
import { createSockets } from './socket/sockets.ts';

interface CompatApi {
	/** Ends its sockets; to be called before the store is closed. */
	close(): Promise<void>;
}

/** Every call of the API, in the order of the documents. */
function endpointsOf(context: EndpointContext): Endpoint[] {
	return [
		...authEndpoints(context),
		...profileEndpoints(context),
		...roomEndpoints(context),
		...messageEndpoints(context),
		...searchEndpoints(context),
		...peopleEndpoints(context),
		...friendEndpoints(context),
		...uploadEndpoints(context)
	];
}

interface CompatApiOptions extends CompatOptions {
	/** the API becomes a plugin of it */
	http: FastifyInstance;
	/** Socket.IO's default namespace */
	main: Namespace;
	typing: Typing;
}

/** Adds the API to the HTTP server and to Socket.IO. */
export async function createCompatApi({
	http,
	main,
	typing,
	...options
}: CompatApiOptions): Promise<CompatApi> {
	const context = createCompatContext(options);
	const endpoints = endpointsOf(createEndpointContext(context));
	void http.register(compatServer, { context, endpoints });
	const sockets = await createSockets(context, main, typing);
	return { close: () => sockets.close() };
}
