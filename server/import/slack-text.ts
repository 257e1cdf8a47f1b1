/** What Slack writes in its texts (mrkdwn) in plain words: people, channels, links, escaped signs, names of emoji. */
import type { Mention } from '../../src/lib/protocol/change.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { withEmoji } from './emoji-names.ts';
import type { SourcePerson } from './source.ts';

/** @param person whoever has an id of Slack's */
export function slackText(
	text: string,
	person: (id: string) => SourcePerson
): { text: string; mentions: Mention[] } {
	const mentions = new Map<string, Mention>();
	const plain = text.replace(/<([^<>]{1,2000})>/g, (_whole, inner: string) => {
		const bar = inner.indexOf('|');
		const [target, label] = bar < 0 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
		if (target.startsWith('@')) {
			const { id, name } = person(target.slice(1));
			const called = name || label || 'somebody';
			if (mentions.size < LIMITS.mentionsMax) mentions.set(id, [called, id]);
			return `@${called}`;
		}
		if (target.startsWith('#')) return `#${label || target.slice(1)}`;
		if (target.startsWith('!'))
			return `@${label.replace(/^@/, '') || target.slice(1).split('^')[0]}`;
		return label === '' || label === target ? target : `${label} (${target})`;
	});
	return { text: withEmoji(withMarks(unescaped(plain))), mentions: [...mentions.values()] };
}

/** What is code, and says nothing by its signs. */
const CODE = /(```[\s\S]*?```|`[^`\n]+`)/u;
/** Words between marks that stand at the edge of words, as Slack wants them. */
const BOLD = /(?<![\p{L}\p{N}*])\*(?=[^\s*])([^*\n]{0,1000}[^\s*])\*(?![\p{L}\p{N}*])/gu;
const STRUCK = /(?<![\p{L}\p{N}~])~(?=[^\s~])([^~\n]{0,1000}[^\s~])~(?![\p{L}\p{N}~])/gu;

/** One star is bold there, and one tilde strikes out; here it takes two. */
const withMarks = (text: string): string =>
	text
		.split(CODE)
		.map((part, at) =>
			at % 2 === 1 ? part : part.replace(BOLD, '**$1**').replace(STRUCK, '~~$1~~')
		)
		.join('');

const unescaped = (text: string): string =>
	text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
