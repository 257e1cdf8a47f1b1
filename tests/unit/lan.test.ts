import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { lanGreeting, lanHosts } from '../../server/lan.ts';

const on = (address: string, more: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
	({ address, family: 'IPv4', internal: false, ...more }) as NetworkInterfaceInfo;

const machine = (name: string, interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>) => ({
	interfaces: () => interfaces,
	hostname: () => name
});

test('others find a machine by its addresses that somebody gave it, and by its name', () => {
	const hosts = lanHosts(
		machine('Kitchen-PC.local', {
			lo: [on('127.0.0.1', { internal: true })],
			wifi: [on('192.168.1.5'), on('fe80::1', { family: 'IPv6' })],
			cable: [on('10.0.0.9'), on('169.254.7.7')],
			bridge: [on('192.168.1.5')]
		})
	);
	expect(hosts).toEqual(['192.168.1.5', '10.0.0.9', 'kitchen-pc.local']);
});

test.each(['my pc', 'ünder', '-x', 'a.b', ''])(
	'a name that is none in a network is left out: %j',
	(name) => {
		expect(lanHosts(machine(name, {}))).toEqual([]);
	}
);

test('the greeting shows each address, a code for phones, and what browsers refuse', () => {
	const text = lanGreeting(8000, ['192.168.1.5', 'kitchen-pc.local']);
	expect(text).toContain('http://192.168.1.5:8000');
	expect(text).toContain('http://kitchen-pc.local:8000');
	expect(text).toMatch(/[▀▄█]{5}/u);
	expect(text).toContain('notifications, camera and microphone');
	expect(lanGreeting(80, ['192.168.1.5'])).toContain('http://192.168.1.5\n');
	expect(lanGreeting(8000, [])).toContain('no address in a network');
});
