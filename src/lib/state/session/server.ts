/** What a server is called and who may come in, asked at its door. */
import { readAs, request } from '../../net/api-request.ts';
import { ServerView } from '../../protocol/server-view.ts';
import { asked, type Asked } from './account.ts';

/** Asks the server that this page came from. */
export const askServer = (): Promise<Asked<ServerView>> =>
	asked(async () => readAs(ServerView, await request({}, '/api/server')));
