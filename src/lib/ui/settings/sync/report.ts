/** What this device knows, for somebody who is to help: without texts, names or addresses, ids only in part. */
import { m } from '../../../i18n/messages.ts';
import type { CheckReport, DeviceFacts, StreamFacts } from '../../../state/client/client-types.ts';
import { findingText, linkText, streamLines, whyText } from './describe.ts';

/** Characters of an id that are told: enough to tell two apart, too few to ask for anything. */
const ID_SHOWN = 8;

/** The end of an id, which is random; its beginning is the time at which it was made. */
const shortId = (id: string): string => `…${id.slice(-ID_SHOWN)}`;

/** How a report calls a stream. */
function streamTitle(id: string, kind: StreamFacts['kind'] | undefined): string {
	if (kind === 'directory') return m.sync_directory();
	return kind === 'feed' ? m.sync_own() : m.sync_report_conversation({ id: shortId(id) });
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
const moment = (at: number): string => new Date(at).toISOString();

/**
 * The report as plain text.
 * @param checked the last self-check, if there was one
 * @param app what runs here: release and browser
 */
export function reportText(facts: DeviceFacts, checked: CheckReport | null, app: string): string {
	const kinds = new Map(facts.streams.map(({ id, kind }) => [id, kind]));
	const titleOf = (id: string): string => streamTitle(id, kinds.get(id));
	const checkLines = (checked?.findings ?? []).flatMap((finding) => [
		titleOf(finding.stream),
		`  ${findingText(finding)} ${finding.isMended ? m.sync_mended() : m.sync_not_mended()}`
	]);
	const parts: [string, string[]][] = [
		[
			m.sync_waiting(),
			facts.waiting.flatMap(({ id, kind, at, tries, why }) => [
				`${kind} ${shortId(id)} ${moment(at)} (${tries})`,
				`  ${whyText(why)}`
			])
		],
		[
			m.sync_check(),
			checked
				? [
						m.sync_check_found({
							count: checked.findings.length,
							rooms: checked.rooms,
							messages: checked.messages
						}),
						...(checked.uncompared > 0
							? [m.sync_check_uncompared({ count: checked.uncompared })]
							: []),
						...checkLines
					]
				: []
		],
		[
			m.sync_conversations(),
			facts.streams.flatMap((stream) => [titleOf(stream.id), ...indented(streamLines(stream))])
		],
		[m.sync_links(), facts.links.map(([at, what]) => `${moment(at)} ${linkText(what)}`)],
		[m.sync_errors(), facts.errors.map(([at, what]) => `${moment(at)} ${what}`)]
	];
	const sections = parts.map(([title, lines]) =>
		[`## ${title}`, ...(lines.length > 0 ? lines : ['-']), ''].join('\n')
	);
	return [
		`# Roost: ${m.what_device_knows()}`,
		app,
		linkText(facts.link.link),
		'',
		...sections
	].join('\n');
}
