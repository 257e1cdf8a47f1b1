/** Sections 4 to 6 of compat-api.md, over the wire. The parts share one server and what was heard, and run in this order. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { close, server, start } from './compat-sockets/shared.ts';
import './compat-sockets/joining.ts';
import './compat-sockets/talking.ts';
import './compat-sockets/people.ts';
import './compat-sockets/clients.ts';
import './compat-sockets/coming-back.ts';
import './compat-sockets/refusals.ts';
import './compat-sockets/document.ts';

beforeAll(start);
afterEach(close);
afterAll(() => server.stop());
