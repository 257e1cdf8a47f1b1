import { describe, expect, it } from 'vitest';
import { isServerPage } from '../../../src/lib/worker/server-pages.ts';

describe('a navigation', () => {
	it.each([
		['/docs', true],
		['/docs/', true],
		['/redoc', true],
		['/openapi.json', true],
		['/asyncapi.json', true],
		['/auth', true],
		['/uploads/files/0123.txt', true],
		['/', false],
		['/docsy', false],
		['/authors', false],
		['/rooms/docs', false],
		['/sign-in', false]
	])('to %s is for the server: %s', (path, forServer) => {
		expect(isServerPage(new URL(path, 'https://chat.example.org'))).toBe(forServer);
	});
});
