/** Filters that are typed into a search: `from:kari`, `in:direct`, `has:file`, `after:2026-11-01`, `before:2026-12-01`. */

/** What was typed, apart from the words. Names are as typed; days are local, as year-month-day. */
interface Operators {
	/** the rest, to be searched */
	words: string;
	from?: string;
	in?: string;
	hasFile?: true;
	after?: string;
	before?: string;
}

const OPERATOR = /(?:^|\s)(from|in|has|after|before)[:：](?:"([^"]*)"|(\S+))/giu;
const DAY = /^\d{4}-\d{2}-\d{2}$/u;

/** What one operator says; null: it is no operator after all, but words. */
function read(name: string, value: string): Partial<Operators> | null {
	switch (name) {
		case 'from':
			return { from: value.replace(/^@/u, '') };
		case 'in':
			return { in: value.replace(/^#/u, '') };
		case 'has':
			return /^files?$/iu.test(value) ? { hasFile: true } : null;
		case 'after':
			return DAY.test(value) ? { after: value } : null;
		default:
			return DAY.test(value) ? { before: value } : null;
	}
}

/** Reads the operators out of what was typed. */
export function readOperators(typed: string): Operators {
	const found: Partial<Operators> = {};
	const words = typed.replace(OPERATOR, (all, name: string, quoted?: string, plain?: string) => {
		const said = read(name.toLowerCase(), (quoted ?? plain ?? '').trim());
		if (!said) return all;
		Object.assign(found, said);
		return ' ';
	});
	return { words: words.trim(), ...found };
}
