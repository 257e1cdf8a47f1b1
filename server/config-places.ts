/** The part of the configuration that says where things are: the database, Redis, the store for files, the mail server. */
import { resolve } from 'node:path';
import type { RelayConfig } from './calls/turn.ts';
import type { S3Place } from './files/file-ports.ts';

/** A variable that cannot be used; the message names it and says what to write instead. */
export class ConfigError extends Error {
	constructor(problems: string[]) {
		super(problems.join('\n'));
		this.name = 'ConfigError';
	}
}

interface DatabasePlace {
	databaseFile: string;
	postgresUrl: string | null;
}

/** Variables of a bucket as they were given. */
type S3Settings = Record<
	| 'S3_ENDPOINT'
	| 'S3_BUCKET'
	| 'S3_REGION'
	| 'S3_ACCESS_KEY_ID'
	| 'S3_SECRET_ACCESS_KEY'
	| 'S3_PREFIX',
	string
> & { S3_FORCE_PATH_STYLE: 'on' | 'off' };

/** The database. Throws ConfigError. */
export function readDatabase(url: string, dataDir: string): DatabasePlace {
	const inDataDir = resolve(dataDir, 'roost.sqlite');
	if (url === '') return { databaseFile: inDataDir, postgresUrl: null };
	if (/^postgres(ql)?:/.test(url)) {
		if (URL.canParse(url)) return { databaseFile: inDataDir, postgresUrl: url };
		throw new ConfigError([
			'DATABASE_URL must look like postgres://user:password@host:5432/database; signs such as @ or / in the password are written as %40 or %2F.'
		]);
	}
	const file = /^(?:sqlite|file):(?:\/\/)?(.+)$/.exec(url)?.[1];
	if (file === undefined) {
		throw new ConfigError([
			`DATABASE_URL must look like sqlite:path/to/roost.sqlite or postgres://user:password@host/database, but is "${url.replace(/\/\/[^@]*@/, '//...@')}".`
		]);
	}
	return { databaseFile: file === ':memory:' ? file : resolve(file), postgresUrl: null };
}

/** The Redis of several servers; null: there is one server. Throws ConfigError. */
export function readRedis(url: string, database: string): string | null {
	if (url === '') return null;
	if (!/^rediss?:/.test(url) || !URL.canParse(url)) {
		throw new ConfigError([
			'REDIS_URL must look like redis://user:password@host:6379; signs such as @ or / in the password are written as %40 or %2F.'
		]);
	}
	if (!/^postgres(ql)?:/.test(database)) {
		throw new ConfigError([
			'REDIS_URL is for several servers on one PostgreSQL: set DATABASE_URL=postgres://..., too, or remove REDIS_URL.'
		]);
	}
	return url;
}

/** Where the bytes of files are to live; null: in the data folder. Throws ConfigError. */
export function readS3(read: S3Settings): S3Place | null {
	const endpoint = read.S3_ENDPOINT;
	if (read.S3_BUCKET === '') {
		if (endpoint === '' && read.S3_ACCESS_KEY_ID === '') return null;
		throw new ConfigError([
			'S3_BUCKET is missing: name the bucket for files, or remove the other S3_ settings to keep files in DATA_DIR.'
		]);
	}
	if (
		endpoint !== '' &&
		!(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))
	) {
		throw new ConfigError([
			`S3_ENDPOINT must be the address of the store, such as https://s3.example.org, but is "${endpoint}".`
		]);
	}
	if (read.S3_ACCESS_KEY_ID === '' || read.S3_SECRET_ACCESS_KEY === '') {
		throw new ConfigError([
			'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are both needed for the bucket that S3_BUCKET names.'
		]);
	}
	return {
		endpoint: endpoint === '' ? null : endpoint,
		bucket: read.S3_BUCKET,
		region: read.S3_REGION,
		accessKeyId: read.S3_ACCESS_KEY_ID,
		secretAccessKey: read.S3_SECRET_ACCESS_KEY,
		pathStyle: endpoint !== '' && read.S3_FORCE_PATH_STYLE === 'on',
		prefix: read.S3_PREFIX
	};
}

/** How mail is sent; null: it is not. Throws ConfigError. */
export function readMail({
	SMTP_URL: url,
	MAIL_FROM: from
}: Record<'SMTP_URL' | 'MAIL_FROM', string>): { url: string; from: string } | null {
	if (url === '') return null;
	if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol)) {
		throw new ConfigError([
			'SMTP_URL must look like smtps://user:password@mail.example.org or smtp://host:587; signs such as @ or / in the user or password are written as %40 or %2F.'
		]);
	}
	if (!/^([^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/.test(from)) {
		throw new ConfigError([
			`MAIL_FROM must be the address that mail comes from, such as chat@example.org or Roost <chat@example.org>, but is "${from}".`
		]);
	}
	return { url, from };
}

/** Addresses of servers that help media on its way, as browsers take them (RFC 7064, RFC 7065). */
const STUN = /^stuns?:[\w.-]+(:\d{1,5})?$|^stuns?:\[[\da-f:]+\](:\d{1,5})?$/i;
const TURN = /^turns?:([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?(\?transport=(udp|tcp))?$/i;

function readUrls(variable: string, text: string, form: RegExp, example: string): string[] {
	const urls = text
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
	const wrong = urls.find((url) => !form.test(url));
	if (wrong === undefined) return urls;
	throw new ConfigError([
		`${variable} must be addresses such as ${example}, separated by commas; "${wrong}" is not one.`
	]);
}

interface RelayVariables {
	STUN_URLS: string;
	TURN_URLS: string;
	TURN_SECRET: string;
	TURN_TTL_S: number;
	CALL_RELAY: 'auto' | 'always';
}

/** @throws ConfigError */
export function readRelay(read: RelayVariables): RelayConfig {
	const stun = readUrls('STUN_URLS', read.STUN_URLS, STUN, 'stun:turn.example.org:3478');
	const urls = readUrls('TURN_URLS', read.TURN_URLS, TURN, 'turn:turn.example.org:3478');
	const { TURN_SECRET: secret, TURN_TTL_S: ttl } = read;
	if (urls.length > 0 && secret.length < 16) {
		throw new ConfigError([
			'TURN_URLS needs TURN_SECRET, at least 16 characters: the static-auth-secret of the relay.'
		]);
	}
	const isRelayOnly = read.CALL_RELAY === 'always';
	if (isRelayOnly && urls.length === 0) {
		throw new ConfigError(['CALL_RELAY=always needs a relay: set TURN_URLS and TURN_SECRET.']);
	}
	return { stun, turn: urls.length > 0 ? { urls, secret, ttl } : null, isRelayOnly };
}
