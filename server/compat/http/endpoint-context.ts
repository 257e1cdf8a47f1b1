/** What the calls of the API work with. */
import { createAvatars, type Avatars } from '../avatars.ts';
import type { CompatContext } from '../context.ts';
import { createFormUploads, type FormUploads } from '../form-upload.ts';
import { createMessages, type Messages } from '../messages.ts';
import { createRooms, type Rooms } from '../rooms.ts';

export interface EndpointContext extends CompatContext {
	rooms: Rooms;
	messages: Messages;
	avatars: Avatars;
	formUploads: FormUploads;
}

export function createEndpointContext(context: CompatContext): EndpointContext {
	const { config, files, newId } = context;
	return {
		...context,
		rooms: createRooms(context),
		messages: createMessages(context),
		avatars: createAvatars(context),
		formUploads: createFormUploads(config.incomingDir, files.uploads, newId)
	};
}
