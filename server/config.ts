/** The environment, read once and checked at start. Everything after this takes a typed Config. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { LIMITS } from '../src/lib/protocol/limits.ts';
import type { S3Place } from './files/file-ports.ts';
import type { RelayConfig } from './calls/turn.ts';
import {
	ConfigError,
	readDatabase,
	readMail,
	readRelay,
	readRedis,
	readS3
} from './config-places.ts';
import { lanHosts } from './lan.ts';
import type { MetricsAccess } from './metrics/endpoint.ts';

export { ConfigError };

/** What the server runs with. */
export interface Config {
	/** port to listen on; 0 lets the system choose */
	port: number;
	/** address to listen on */
	host: string;
	/** absolute path of the folder with the database and everything else that is kept */
	dataDir: string;
	/** absolute path of the folder with the index for searching, which is this server's alone */
	indexDir: string;
	/** path of the SQLite file, or ':memory:', with PostgreSQL the one that was moved there */
	databaseFile: string;
	/** address of a PostgreSQL database, with its password; null: everything is in the SQLite file */
	postgresUrl: string | null;
	/** address of a Redis by which several servers on one PostgreSQL hear of each other; null: there is one */
	redisUrl: string | null;
	/** whether it is for everybody in the same network, and says how to get there */
	lan: boolean;
	/** exact origins from which browsers may act; null: those of the address listened on */
	origins: string[] | null;
	/** whether people come over https, so that the cookie is Secure and named __Host- */
	secure: boolean;
	/** who may read /metrics, and where */
	metrics: MetricsAccess;
	/** absolute path of the log's files, which are numbered; null: standard output only */
	logFile: string | null;
	logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
	rateLimits: boolean;
	/** code points a new password has at least */
	passwordMin: number;
	/** hops of proxies in front whose X-Forwarded-For is believed */
	trustedProxies: number;
	/** origins whose pages may use the compatible API; null: all */
	corsOrigins: string[] | null;
	/** whether people without an account may write in public rooms through the compatible API */
	guests: boolean;
	/** bytes of files that one person may keep here, and everybody together (null: any number) */
	filesPerPerson: number;
	filesTotal: number | null;
	/** where the bytes of files live; null: in the data folder */
	s3: S3Place | null;
	/** hosts with port of push services that are allowed besides those of browsers */
	pushHosts: string[];
	/** how mail is sent; null: it is not */
	mail: { url: string; from: string } | null;
	/** whether there are calls, and what helps their media on its way */
	calls: { isOn: boolean; relay: RelayConfig };
	/** how push services reach whoever runs this server: mailto: or https: */
	pushSubject: string;
}

/** Passwords shorter than this are never allowed, longer than that never demanded (compat-api rule). */
const PASSWORD_MIN = { least: 6, most: 64 };

/** Variables that are repeated to nobody. */
const SECRET = /TOKEN|SECRET|KEY/;

const MB = 1024 * 1024;

const whole = (min: number, max: number, cure: string) =>
	v.pipe(
		v.string(),
		v.regex(/^\d{1,9}$/, cure),
		v.transform(Number),
		v.minValue(min, cure),
		v.maxValue(max, cure)
	);
const oneOf = <const T extends string>(...options: T[]) =>
	v.picklist(options, `must be one of: ${options.join(', ')}`);

const Environment = v.object({
	PORT: v.optional(whole(0, 65535, 'must be a port number from 0 to 65535'), '8000'),
	/** 127.0.0.1 when nothing is said; with LAN, all addresses */
	HOST: v.optional(v.string(), ''),
	LAN: v.optional(oneOf('on', 'off'), 'off'),
	DATA_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('must be the path of a folder')), 'data'),
	INDEX_DIR: v.optional(v.string(), ''),
	DATABASE_URL: v.optional(v.string(), ''),
	REDIS_URL: v.optional(v.string(), ''),
	ORIGIN: v.optional(v.string(), ''),
	METRICS_TOKEN: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^([\w~+/.=-]{16,200})?$/, 'must be 16 to 200 letters, digits or signs of ._~+/=-')
		),
		''
	),
	METRICS_PORT: v.optional(whole(0, 65535, 'must be a port number from 0 to 65535'), '0'),
	METRICS_HOST: v.optional(v.string(), '127.0.0.1'),
	LOG_FILE: v.optional(v.string(), ''),
	LOG_LEVEL: v.optional(oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'), 'info'),
	RATE_LIMITS: v.optional(oneOf('on', 'off'), 'on'),
	PASSWORD_MIN: v.optional(
		whole(
			PASSWORD_MIN.least,
			PASSWORD_MIN.most,
			`must be a number from ${PASSWORD_MIN.least} to ${PASSWORD_MIN.most}`
		),
		String(LIMITS.passwordMin)
	),
	TRUSTED_PROXIES: v.optional(whole(0, 10, 'must be the number of proxies in front, 0 to 10'), '0'),
	CORS_ORIGINS: v.optional(v.string(), ''),
	GUESTS: v.optional(oneOf('on', 'off'), 'off'),
	FILES_PER_PERSON_MB: v.optional(whole(1, 999_999_999, 'must be a number of megabytes'), '2048'),
	PUSH_HOSTS: v.optional(v.string(), ''),
	PUSH_SUBJECT: v.optional(
		v.pipe(
			v.string(),
			v.regex(
				/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
				'must be mailto:name@example.org or an https address'
			)
		),
		'mailto:roost@example.invalid'
	),
	CALLS: v.optional(oneOf('on', 'off'), 'on'),
	CALL_RELAY: v.optional(oneOf('auto', 'always'), 'auto'),
	STUN_URLS: v.optional(v.string(), ''),
	TURN_URLS: v.optional(v.string(), ''),
	TURN_SECRET: v.optional(v.string(), ''),
	TURN_TTL_S: v.optional(whole(60, 86_400, 'must be a number of seconds from 60 to 86400'), '3600'),
	SMTP_URL: v.optional(v.string(), ''),
	MAIL_FROM: v.optional(v.string(), ''),
	FILES_TOTAL_MB: v.optional(whole(0, 999_999_999, 'must be a number of megabytes'), '0'),
	S3_BUCKET: v.optional(
		v.pipe(v.string(), v.regex(/^[\w.-]{0,255}$/, 'must be the name of a bucket')),
		''
	),
	S3_ENDPOINT: v.optional(v.string(), ''),
	S3_REGION: v.optional(v.pipe(v.string(), v.regex(/^[\w-]+$/, 'must name a region')), 'us-east-1'),
	S3_ACCESS_KEY_ID: v.optional(v.string(), ''),
	S3_SECRET_ACCESS_KEY: v.optional(v.string(), ''),
	S3_FORCE_PATH_STYLE: v.optional(oneOf('on', 'off'), 'on'),
	S3_PREFIX: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\w.\-/]{0,200}$/, 'may consist of letters, digits and . _ - / only')
		),
		''
	)
});

/** Adds what stands in the file .env to the environment; what is set there already wins. */
export function loadEnvFile(file = resolve('.env')): void {
	if (existsSync(file)) process.loadEnvFile(file);
}

/** The environment with what the command line says: `--lan` is LAN=on, whatever .env says of this machine alone. */
export function environment(argv = process.argv, env = process.env): NodeJS.ProcessEnv {
	if (!argv.includes('--lan')) return env;
	const { HOST = '' } = env;
	return { ...env, LAN: 'on', HOST: isLoopback(HOST) ? '' : HOST };
}

/** Whether only programs on this machine can reach an address. */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Reads and checks the environment.
 * @throws ConfigError naming every variable that is wrong and what it should be
 */
export function readConfig(env: Record<string, string | undefined>): Config {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
	const parsed = v.safeParse(Environment, given);
	if (!parsed.success) {
		throw new ConfigError(
			parsed.issues.map((issue) => {
				const name = v.getDotPath(issue) ?? '';
				const given = SECRET.test(name) ? '' : `, but is "${String(issue.input)}"`;
				return `${name} ${issue.message}${given}.`;
			})
		);
	}
	const read = parsed.output;
	const dataDir = resolve(read.DATA_DIR);
	const origins = readOrigins('ORIGIN', read.ORIGIN);
	const lan = read.LAN === 'on';
	const host = read.HOST || (lan ? '0.0.0.0' : '127.0.0.1');
	if (lan && isLoopback(host)) {
		throw new ConfigError([
			`LAN is on, but HOST "${host}" can only be reached from this machine. Remove HOST.`
		]);
	}
	if (lan && origins) {
		throw new ConfigError([
			'LAN finds the addresses by itself, and ORIGIN names others. Remove one of them; with ORIGIN, set HOST=0.0.0.0.'
		]);
	}
	if (read.RATE_LIMITS === 'off' && !isLoopback(host)) {
		throw new ConfigError([
			`RATE_LIMITS=off is only for measuring on a private machine, and HOST "${host}" can be reached from outside. Remove RATE_LIMITS, or set HOST=127.0.0.1.`
		]);
	}
	return {
		port: read.PORT,
		host,
		lan,
		dataDir,
		indexDir: read.INDEX_DIR === '' ? dataDir : resolve(read.INDEX_DIR),
		...readDatabase(read.DATABASE_URL, dataDir),
		redisUrl: readRedis(read.REDIS_URL, read.DATABASE_URL),
		origins,
		secure: isSecure(origins),
		metrics: readMetrics(read),
		logFile: read.LOG_FILE === '' ? null : resolve(read.LOG_FILE),
		logLevel: read.LOG_LEVEL,
		rateLimits: read.RATE_LIMITS === 'on',
		passwordMin: read.PASSWORD_MIN,
		trustedProxies: read.TRUSTED_PROXIES,
		corsOrigins: read.CORS_ORIGINS === '*' ? null : readOrigins('CORS_ORIGINS', read.CORS_ORIGINS),
		guests: read.GUESTS === 'on',
		pushHosts: read.PUSH_HOSTS.split(',')
			.map((host) => host.trim())
			.filter((host) => host !== ''),
		pushSubject: read.PUSH_SUBJECT,
		mail: readMail(read),
		calls: { isOn: read.CALLS === 'on' && read.REDIS_URL === '', relay: readRelay(read) },
		filesPerPerson: read.FILES_PER_PERSON_MB * MB,
		filesTotal: read.FILES_TOTAL_MB === 0 ? null : read.FILES_TOTAL_MB * MB,
		s3: readS3(read)
	};
}

function readMetrics(read: v.InferOutput<typeof Environment>): MetricsAccess {
	const [token, host] = [read.METRICS_TOKEN || null, read.METRICS_HOST];
	const port = read.METRICS_PORT || null;
	if (port !== null && token === null && !isLoopback(host)) {
		throw new ConfigError([
			`METRICS_HOST "${host}" can be reached from outside: set METRICS_TOKEN, too, or METRICS_HOST=127.0.0.1.`
		]);
	}
	return { token, port, host };
}

function readOrigins(variable: string, text: string): string[] | null {
	if (text === '') return null;
	return text.split(',').map((part) => {
		const origin = part.trim();
		if (URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol)) {
			if (new URL(origin).origin === origin) return origin;
		}
		throw new ConfigError([
			`${variable} must be one or more addresses as browsers show them, without a path and separated by commas, such as https://chat.example.org; "${origin}" is not one.`
		]);
	});
}

/** A cookie is either Secure or not, so all origins have to agree. */
function isSecure(origins: string[] | null): boolean {
	const secure = (origins ?? []).filter((origin) => origin.startsWith('https:'));
	if (secure.length > 0 && secure.length < (origins ?? []).length) {
		throw new ConfigError([
			'ORIGIN mixes http and https addresses. Sign-in cookies can serve only one of them: list only the https ones.'
		]);
	}
	return secure.length > 0;
}

/**
 * The origins from which this server lets browsers act: those configured, else those under which a
 * browser on this machine, or on the local network for a server that listens there, knows it.
 * @param port the port really listened on
 */
export function allowedOrigins(config: Config, port: number): Set<string> {
	if (config.origins) return new Set(config.origins);
	const hosts = new Set(['localhost', '127.0.0.1', ...(config.lan ? lanHosts() : [])]);
	if (
		!isLoopback(config.host) &&
		isIP(config.host) !== 0 &&
		!/^(0\.0\.0\.0|::)$/.test(config.host)
	) {
		hosts.add(config.host);
	}
	if (config.host === '::1') hosts.add('[::1]');
	return new Set([...hosts].map((host) => `http://${host}${port === 80 ? '' : `:${port}`}`));
}
