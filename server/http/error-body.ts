/** The body by which the compatible API says "no"; programs of it also meet the app's 404s. */

/** A field of a request with an error. */
export interface FieldError {
	field: string;
	/** English text for people */
	message: string;
}

/** The same text three times, for three kinds of client (docs/compat-api, rule 1.4). */
interface ErrorBody {
	detail: string;
	error: string;
	message: string;
	errors?: FieldError[];
}

export function errorBody(message: string, fields: FieldError[] = []): ErrorBody {
	const body = { detail: message, error: message, message };
	return fields.length > 0 ? { ...body, errors: fields } : body;
}
