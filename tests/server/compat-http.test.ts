/**
 * Sections 1 to 3 of compat-api.md, over the wire. Every answer is checked against the OpenAPI document,
 * and at the end every documented call has been answered: the parts share one server and one record of
 * what was called, and run in this order.
 */
import { afterAll, beforeAll } from 'vitest';
import { server, start } from './compat-http/shared.ts';
import './compat-http/ground-rules.ts';
import './compat-http/accounts.ts';
import './compat-http/rooms.ts';
import './compat-http/messages.ts';
import './compat-http/people.ts';
import './compat-http/uploads.ts';
import './compat-http/refusals.ts';
import './compat-http/tokens.ts';
import './compat-http/documents.ts';

beforeAll(start);
afterAll(() => server.stop());
