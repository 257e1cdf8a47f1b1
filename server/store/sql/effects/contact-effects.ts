/** Effects on what people are to each other, and on what one person has chosen. */
import { contactRow, prefRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, showInFeed, type EffectOf, type WriteContext } from './write-context.ts';

function* showContact(context: WriteContext, person: string, other: string): Steps<void> {
	const record = (yield* context.statements.contacts.select.get(person, other))!;
	showInFeed(context, person, contactRow(record));
}

export function* setContact(
	context: WriteContext,
	{ person, other, state, blocked }: EffectOf<'contact'>
): Steps<void> {
	const { seq, ts } = yield* append(context, person, 'contact', other);
	yield* context.statements.contacts.put.run(person, other, seq, state, blocked ? 1 : 0, ts);
	yield* showContact(context, person, other);
}

/** Shows a person's changed card to everybody in whose contacts they are. */
export function* showCardToContacts(context: WriteContext, person: string): Steps<void> {
	const { contacts } = context.statements;
	for (const other of yield* contacts.knowing.all(person)) {
		const { seq } = yield* append(context, other, 'contact', person);
		yield* contacts.setRev.run(seq, other, person);
		yield* showContact(context, other, person);
	}
}

export function* setPref(
	context: WriteContext,
	{ person, key, value }: EffectOf<'pref'>
): Steps<void> {
	const { seq } = yield* append(context, person, 'pref', key);
	const record = (yield* context.statements.prefs.put.get(person, key, seq, value))!;
	showInFeed(context, person, prefRow(record));
}
