/** Why an import stops: the message says where in which file, and what is wrong there. */
import { CommandError } from '../command.ts';

/** What is to be brought in is not as it has to be. Nothing after it was brought in; what came before stays. */
export class ImportError extends CommandError {
	/**
	 * @param place the file, the entry of it and the line, as far as they are known
	 * @param problem what is wrong with it
	 */
	constructor(place: string, problem: string, cause?: unknown) {
		super(printable(`${place}: ${problem}`), cause);
		this.name = 'ImportError';
	}
}

/** A text of others as a terminal may show it: what would steer it is left out. */
export const printable = (text: string): string =>
	text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 1_000);
