/** Roost for whoever is in the same network: which addresses it has there, and what to tell people about them. */
import { hostname, networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { renderUnicodeCompact } from 'uqr';

/** What of the machine's network is looked at; given by tests. */
interface Machine {
	interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
	hostname: () => string;
}

const THIS_MACHINE: Machine = { interfaces: networkInterfaces, hostname };

/** First octets of what systems give themselves when nobody gives them an address (RFC 3927): nobody finds it. */
const LINK_LOCAL = '169.254.';

/**
 * Hosts under which others in the network reach this machine: its IPv4 addresses, then its name as most home networks know
 * it (RFC 6762). Version 6 is left out: such addresses change by the day, and nobody types them.
 */
export function lanHosts({ interfaces, hostname: nameOf }: Machine = THIS_MACHINE): string[] {
	const addresses = Object.values(interfaces())
		.flatMap((list) => list ?? [])
		.filter(({ family, internal }) => family === 'IPv4' && !internal)
		.map(({ address }) => address)
		.filter((address) => !address.startsWith(LINK_LOCAL));
	const name = nameOf()
		.toLowerCase()
		.replace(/\.local$/u, '');
	const isName = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/u.test(name);
	return [...new Set(addresses), ...(isName ? [`${name}.local`] : [])];
}

/** What is printed when it is ready: addresses, a code for phones, and what browsers refuse without https. */
export function lanGreeting(port: number, hosts: readonly string[]): string {
	const addresses = hosts.map((host) => `http://${host}${port === 80 ? '' : `:${port}`}`);
	const [first] = addresses;
	if (first === undefined) {
		return 'This machine has no address in a network: connect it, and start Roost again.\n';
	}
	return `
Others in this network open one of:
${addresses.map((address) => `  ${address}`).join('\n')}

${renderUnicodeCompact(first)}

Over plain http, browsers let an app talk, send files and keep what was said. They refuse what needs a secure page: starting
without a network, installing, notifications, camera and microphone. With TLS at home all of it works: docs/operations.md.
`;
}
