/** A mail server that keeps what it is given. */
import { SMTPServer } from 'smtp-server';

/** One letter as the mail server got it. */
export interface Received {
	from: string;
	to: string[];
	text: string;
}

export interface MailServer {
	/** what SMTP_URL has to be */
	url: string;
	letters: Received[];
	/** SMTP codes with which the next letters are refused */
	refusals: number[];
	/** Says nothing to those who connect from now on; resolves when the first of them has. */
	hold(): Promise<void>;
	stop(): Promise<void>;
}

/** The words of a letter of one part, of whichever of the three encodings. */
function decoded(raw: string): string {
	const [head = '', ...rest] = raw.split('\r\n\r\n');
	const body = rest.join('\r\n\r\n');
	if (/^content-transfer-encoding: base64/imu.test(head)) {
		return Buffer.from(body, 'base64').toString('utf8');
	}
	if (!/^content-transfer-encoding: quoted-printable/imu.test(head)) return body;
	const bytes = body
		.replace(/=\r\n/gu, '')
		.replace(/=([\dA-F]{2})/gu, (_all, hex: string) =>
			String.fromCharCode(Number.parseInt(hex, 16))
		);
	return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Starts it on a free port of 127.0.0.1, without TLS and passwords. */
export async function startMailServer(): Promise<MailServer> {
	const letters: Received[] = [];
	const refusals: number[] = [];
	let onHeld: (() => void) | null = null;
	const server = new SMTPServer({
		onConnect: (_session, done) => (onHeld ? onHeld() : done()),
		authOptional: true,
		closeTimeout: 100,
		disabledCommands: ['STARTTLS'],
		onData(stream, { envelope }, done) {
			const parts: Buffer[] = [];
			stream.on('data', (part: Buffer) => parts.push(part));
			stream.on('end', () => {
				const code = refusals.shift();
				if (code !== undefined) return done(Object.assign(new Error('no'), { responseCode: code }));
				letters.push({
					from: envelope.mailFrom ? envelope.mailFrom.address : '',
					to: envelope.rcptTo.map(({ address }) => address),
					text: decoded(Buffer.concat(parts).toString('latin1'))
				});
				done();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.server.address() as { port: number };
	return {
		url: `smtp://127.0.0.1:${port}`,
		letters,
		refusals,
		hold: () => new Promise((resolve) => (onHeld = resolve)),
		stop: () => new Promise<void>((resolve) => server.close(resolve))
	};
}
