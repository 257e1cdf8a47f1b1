import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowedOrigins, environment, isLoopback, readConfig } from '../../server/config.ts';
import { addressKey } from '../../server/auth/limits.ts';

const refusal = (env: Record<string, string>) => {
	try {
		readConfig(env);
	} catch (fault) {
		return (fault as Error).message;
	}
	return null;
};

describe('the configuration', () => {
	it('has a default for everything', () => {
		expect(readConfig({})).toMatchObject({
			port: 8000,
			host: '127.0.0.1',
			origins: null,
			secure: false,
			rateLimits: true,
			passwordMin: 8
		});
	});

	it.each([
		['PORT', 'eight'],
		['PORT', '65536'],
		['LOG_LEVEL', 'loud'],
		['RATE_LIMITS', 'maybe'],
		['PASSWORD_MIN', '5'],
		['PASSWORD_MIN', '65'],
		['TRUSTED_PROXIES', '-1'],
		['ORIGIN', 'chat.example.org'],
		['ORIGIN', 'https://chat.example.org/'],
		['ORIGIN', 'https://CHAT.example.org'],
		['ORIGIN', 'ftp://chat.example.org'],
		['DATABASE_URL', 'mysql://somewhere']
	])('%s=%s is refused by name, saying what to write', (name, value) => {
		expect(refusal({ [name]: value })).toContain(name);
	});

	it('repeats no secret', () => {
		const said = refusal({ METRICS_TOKEN: 'short-secret' });
		expect(said).toContain('METRICS_TOKEN');
		expect(said).not.toContain('short-secret');
	});

	it('treats an empty variable as not set', () => {
		expect(readConfig({ PORT: '', ORIGIN: '', DATABASE_URL: '' }).port).toBe(8000);
	});

	it('takes every line of .env.example with nothing behind the sign', () => {
		const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
		const names = [...example.matchAll(/^([A-Z0-9_]+)=/gm)].map((match) => match[1]!);
		expect(names).toContain('S3_REGION');
		expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
	});

	it('for the network at home listens everywhere, however .env began', () => {
		const env = environment(['node', 'dev.ts', '--lan'], { HOST: '127.0.0.1' });
		expect(readConfig(env)).toMatchObject({ lan: true, host: '0.0.0.0' });
		expect(environment(['node', 'dev.ts'], { HOST: 'x' })).toEqual({ HOST: 'x' });
		expect(readConfig({ LAN: 'on', HOST: '192.168.1.5' }).host).toBe('192.168.1.5');
		expect(refusal({ LAN: 'on', HOST: '127.0.0.1' })).toContain('Remove HOST');
		expect(refusal({ LAN: 'on', ORIGIN: 'https://chat.example.org' })).toContain('ORIGIN');
		expect(refusal({ LAN: 'on', RATE_LIMITS: 'off' })).toContain('RATE_LIMITS');
	});

	it('refuses RATE_LIMITS=off where others can reach the server', () => {
		expect(refusal({ RATE_LIMITS: 'off', HOST: '0.0.0.0' })).toContain('HOST=127.0.0.1');
		expect(refusal({ RATE_LIMITS: 'off', HOST: '127.0.0.1' })).toBeNull();
	});

	it('takes a PostgreSQL, and repeats no password', () => {
		const url = 'postgres://me:secret@db/roost';
		expect(readConfig({ DATABASE_URL: url }).postgresUrl).toBe(url);
		expect(readConfig({}).postgresUrl).toBeNull();
		const text = refusal({ DATABASE_URL: 'postgres://me:sec/ret@db:x/roost' });
		expect(text).toContain('postgres://user:password@host');
		expect(text).not.toContain('sec/ret');
		expect(refusal({ DATABASE_URL: 'mysql://me:secret@db' })).not.toContain('secret');
	});

	describe('mail', () => {
		it('goes by the server and from the address that are named', () => {
			expect(readConfig({}).mail).toBeNull();
			const env = {
				SMTP_URL: 'smtps://me:hidden@mail.example.org',
				MAIL_FROM: 'Roost <a@b.example>'
			};
			expect(readConfig(env).mail).toEqual({ url: env.SMTP_URL, from: env.MAIL_FROM });
		});

		it.each([
			['SMTP_URL', { SMTP_URL: 'mail.example.org', MAIL_FROM: 'a@b.example' }],
			['SMTP_URL', { SMTP_URL: 'https://me:hidden@mail.example.org', MAIL_FROM: 'a@b.example' }],
			['MAIL_FROM', { SMTP_URL: 'smtp://me:hidden@mail.example.org' }],
			['MAIL_FROM', { SMTP_URL: 'smtp://me:hidden@mail.example.org', MAIL_FROM: 'Roost' }],
			['MAIL_FROM', { SMTP_URL: 'smtp://mail', MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' }]
		])('%s is named when it is wrong, and no password is repeated', (name, env) => {
			expect(refusal(env)).toContain(name);
			expect(refusal(env)).not.toContain('hidden');
		});
	});

	describe('files in a bucket', () => {
		const whole = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'me', S3_SECRET_ACCESS_KEY: 'hidden' };

		it('are asked for by naming it, at Amazon or at an address', () => {
			expect(readConfig({}).s3).toBeNull();
			expect(readConfig(whole).s3).toMatchObject({ endpoint: null, pathStyle: false, prefix: '' });
			const own = readConfig({ ...whole, S3_ENDPOINT: 'https://s3.example.org' }).s3;
			expect(own).toMatchObject({ endpoint: 'https://s3.example.org', pathStyle: true });
		});

		it.each([
			['S3_BUCKET', { S3_ENDPOINT: 'https://s3.example.org' }],
			['S3_BUCKET', { ...whole, S3_BUCKET: 'a/b' }],
			['S3_ENDPOINT', { ...whole, S3_ENDPOINT: 's3.example.org' }],
			['S3_ACCESS_KEY_ID', { ...whole, S3_ACCESS_KEY_ID: '' }],
			['S3_FORCE_PATH_STYLE', { ...whole, S3_FORCE_PATH_STYLE: 'yes' }],
			['S3_PREFIX', { ...whole, S3_PREFIX: 'ro ost' }]
		])('%s is named when it is wrong, and no secret is repeated', (name, env) => {
			expect(refusal(env)).toContain(name);
			expect(refusal(env)).not.toContain('hidden');
		});
	});

	it('takes a Redis for several servers, on PostgreSQL only', () => {
		const env = { DATABASE_URL: 'postgres://u:p@h/d', REDIS_URL: 'redis://:hidden@h:6379/1' };
		expect(readConfig(env).redisUrl).toBe(env.REDIS_URL);
		expect(readConfig({}).redisUrl).toBeNull();
		expect(refusal({ REDIS_URL: env.REDIS_URL })).toContain('DATABASE_URL=postgres://');
		const wrong = refusal({ ...env, REDIS_URL: 'http://:hidden@h' });
		expect(wrong).toContain('REDIS_URL must look like redis://');
		expect(wrong).not.toContain('hidden');
	});

	it('takes a file for the database', () => {
		expect(readConfig({ DATABASE_URL: 'sqlite:/tmp/x.sqlite' }).databaseFile).toBe('/tmp/x.sqlite');
		expect(readConfig({ DATABASE_URL: 'file:///tmp/x.sqlite' }).databaseFile).toBe('/tmp/x.sqlite');
	});

	it('lists every variable in .env.example', () => {
		const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
		const listed = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]!);
		const source = readFileSync(new URL('../../server/config.ts', import.meta.url), 'utf8');
		const read = [...source.matchAll(/^\t([A-Z_]+): v\./gm)].map((match) => match[1]!);
		expect(read.length).toBeGreaterThan(5);
		expect(listed.sort()).toEqual(read.sort());
		expect(() =>
			readConfig(
				Object.fromEntries([...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((m) => [m[1], m[2]]))
			)
		).not.toThrow();
	});

	it('lets pages of its own address act, and no others', () => {
		expect([...allowedOrigins(readConfig({}), 8000)]).toEqual([
			'http://localhost:8000',
			'http://127.0.0.1:8000'
		]);
		const https = readConfig({ ORIGIN: 'https://a.example, https://b.example' });
		expect([https.secure, ...allowedOrigins(https, 8000)]).toEqual([
			true,
			'https://a.example',
			'https://b.example'
		]);
		expect(refusal({ ORIGIN: 'https://a.example,http://a.example' })).toContain('mixes');
	});
});

describe('addresses', () => {
	it.each([
		['127.0.0.1', true],
		['127.9.9.9', true],
		['localhost', true],
		['::1', true],
		['0.0.0.0', false],
		['192.168.1.2', false],
		['127.evil.example', false]
	])('%s is loopback: %s', (host, loopback) => {
		expect(isLoopback(host)).toBe(loopback);
	});

	it('count a whole IPv6 network as one, and an IPv4 address as itself', () => {
		expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
		expect(addressKey('2001:0db8:0001:0002::1')).toBe('2001:db8:1:2::/64');
		expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
		expect(addressKey('::1')).toBe('0:0:0:0::/64');
		expect(addressKey('::ffff:10.0.0.1')).toBe('10.0.0.1');
		expect(addressKey('10.0.0.1')).toBe('10.0.0.1');
	});
});
