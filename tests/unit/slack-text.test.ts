/** What Slack writes in its texts, in the words of here. */
import { describe, expect, it } from 'vitest';
import { slackText } from '../../server/import/slack-text.ts';

const ANNA = { id: '01890a5d-ac96-774b-bcce-b302099a8057', name: 'anna' };
const read = (text: string): string => slackText(text, () => ANNA).text;

describe('a text of Slack', () => {
	it.each([
		['*bold*, and (*this*)!', '**bold**, and (**this**)!'],
		['a *b* and *two words* there', 'a **b** and **two words** there'],
		['~gone~ but ~5 to 10~', '~~gone~~ but ~~5 to 10~~'],
		['_slanted_ stays', '_slanted_ stays'],
		['2*3*4 and a*b* and * no * marks', '2*3*4 and a*b* and * no * marks'],
		['3~5, 10~12', '3~5, 10~12'],
		['`*code*` *bold*', '`*code*` **bold**'],
		['```\n*all* ~code~\n``` *bold*', '```\n*all* ~code~\n``` **bold**'],
		['**two already**', '**two already**'],
		['*one\ntwo*', '*one\ntwo*'],
		['<@U1> *hi* &amp; &lt;b&gt; :tada:', '@anna **hi** & <b> 🎉'],
		['**', '**'],
		['*'.repeat(5000), '*'.repeat(5000)]
	])('%j is %j', (text, wanted) => {
		expect(read(text)).toBe(wanted);
	});
});
