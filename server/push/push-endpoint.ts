/**
 * Push endpoints are addresses that anybody may make up: they are taken only from known push services, and
 * no connection is ever made to an address of this machine or its network (PUSH-1, PUSH-2).
 */
import { ECDH } from 'node:crypto';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Hosts of the push services of browsers; a leading dot stands for any name below. */
const SERVICES = [
	'fcm.googleapis.com',
	'updates.push.services.mozilla.com',
	'.push.services.mozilla.com',
	'.notify.windows.com',
	'.push.apple.com'
];
const ENDPOINT_MAX = 1_000;

/** Addresses that are not of the public internet (IANA special-purpose registries). */
// Apart, because a list takes an IPv4 address for one of the mapped ones among IPv6.
const closed = new BlockList();
const closed6 = new BlockList();
for (const [net, bits] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 3]
] as const) {
	closed.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
	['::', 96],
	['::ffff:0:0', 96],
	['64:ff9b::', 96],
	['64:ff9b:1::', 48],
	['100::', 64],
	['2001::', 23],
	['2001:db8::', 32],
	['2002::', 16],
	['fc00::', 7],
	['fe80::', 10],
	['ff00::', 8]
] as const) {
	closed6.addSubnet(net, bits, 'ipv6');
}

/** Whether an address may be connected to. */
export function isPublic(address: string): boolean {
	const family = isIP(address);
	if (family === 6) return !closed6.check(address, 'ipv6');
	return family === 4 && !closed.check(address, 'ipv4');
}

/**
 * Whether an endpoint is one of a known push service.
 * @param extra hosts with port that are allowed besides, also without https: a service of one's own
 */
export function isEndpoint(endpoint: string, extra: readonly string[]): boolean {
	if (endpoint.length > ENDPOINT_MAX || !URL.canParse(endpoint)) return false;
	const url = new URL(endpoint);
	if (url.username !== '' || url.password !== '') return false;
	if (extra.includes(url.host)) return true;
	if (url.protocol !== 'https:' || url.port !== '') return false;
	return SERVICES.some((service) =>
		service.startsWith('.') ? url.hostname.endsWith(service) : url.hostname === service
	);
}

/** Looks a name up like the system, but answers only public addresses: what is checked is what is connected to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
	systemLookup(hostname, { ...options, all: true }, (error, found) => {
		if (error) return callback(error, '', 0);
		const addresses = (found as LookupAddress[]).filter(({ address }) => isPublic(address));
		const first = addresses[0];
		if (!first) {
			const refused = new Error(`${hostname} is not a public address`);
			return callback(Object.assign(refused, { code: 'EPRIVATE' }), '', 0);
		}
		if (options.all) callback(null, addresses);
		else callback(null, first.address, first.family);
	});
};

/** Bytes of a push's secret (RFC 8291, 3.2). */
const SECRET_BYTES = 16;

/** Whether keys are what a push can be encrypted for: a point on P-256, and a secret (PUSH-3). */
export function areKeys({ p256dh, auth }: { p256dh: string; auth: string }): boolean {
	if (Buffer.from(auth, 'base64url').length !== SECRET_BYTES) return false;
	const point = Buffer.from(p256dh, 'base64url');
	try {
		// Throws for what is no point of the curve.
		return (
			ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed').length ===
			point.length
		);
	} catch {
		return false;
	}
}
