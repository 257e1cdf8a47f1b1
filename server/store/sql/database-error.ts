/** The database cannot be used; the message says what to do about it. */
export class DatabaseError extends Error {
	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		this.name = 'DatabaseError';
	}
}
