/** Placeholders of statements in the form that PostgreSQL wants. */

/** A statement with `$1`, `$2` ... */
interface Positional {
	text: string;
	/** what the values are called, in their order; null: they have no names */
	names: readonly string[] | null;
}

/** A text in quotes, which stays as it is, or a placeholder. */
const PART = /'[^']*'|"[^"]*"|\?|@(\w+)/g;

/** Turns `?` into `$1`, `$2` ... and `@name` into one number for each name. */
export function toPositional(sql: string): Positional {
	const names: string[] = [];
	let count = 0;
	const text = sql.replace(PART, (part, name?: string) => {
		if (part === '?') return `$${++count}`;
		if (name === undefined) return part;
		if (!names.includes(name)) names.push(name);
		return `$${names.indexOf(name) + 1}`;
	});
	if (count > 0 && names.length > 0) throw new Error(`both kinds of placeholders in: ${sql}`);
	return { text, names: names.length > 0 ? names : null };
}
