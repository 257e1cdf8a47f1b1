/**
 * Something that claims to be sealed, signed or wrapped and is not what it claims: changed on the way, made by
 * somebody else, or damaged. The message says what, for logs and tests; it holds no secret and no text.
 */
export class Forged extends Error {
	override readonly name = 'Forged';
}

/** @throws Forged always; an expression, so that it can stand where a value is missing */
export function forged(why: string): never {
	throw new Forged(why);
}
