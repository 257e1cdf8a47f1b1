/**
 * ESLint over what is built: nothing in it is newer than the oldest browsers that README.md names (Safari and
 * iOS 16.4, Firefox 115, Chrome 109) and has no fallback. Syntax, the flags of regular expressions included,
 * is checked by the parser; what is part of the platform by name.
 */

/** Functions of globals -> the browsers that brought them. */
const STATICS = {
	'AbortSignal.any': 'Safari 17.4, Firefox 124, Chrome 116',
	'URL.canParse': 'Safari 17, Firefox 115, Chrome 120',
	'URL.parse': 'Safari 18, Firefox 126, Chrome 126',
	'Array.fromAsync': 'Chrome 121',
	'Promise.withResolvers': 'Safari 17.4, Firefox 121, Chrome 119',
	'Promise.try': 'Safari 18.2, Firefox 134, Chrome 128',
	'Object.groupBy': 'Safari 17.4, Firefox 119, Chrome 117',
	'Map.groupBy': 'Safari 17.4, Firefox 119, Chrome 117',
	'Iterator.from': 'Safari 18.4, Firefox 131, Chrome 122',
	'RegExp.escape': 'Safari 18.2, Firefox 134, Chrome 136',
	'Response.json': 'Safari 17'
};
/** Methods whatever they are called on. Their names are nobody else's; those of sets that are (`union`) are left out. */
const METHODS = {
	toSorted: 'Chrome 110',
	toReversed: 'Chrome 110',
	toSpliced: 'Chrome 110',
	isSubsetOf: 'Safari 17, Firefox 127, Chrome 122',
	isSupersetOf: 'Safari 17, Firefox 127, Chrome 122',
	isDisjointFrom: 'Safari 17, Firefox 127, Chrome 122',
	symmetricDifference: 'Safari 17, Firefox 127, Chrome 122',
	isWellFormed: 'Firefox 119, Chrome 111',
	toWellFormed: 'Firefox 119, Chrome 111',
	transferToFixedLength: 'Safari 17.4, Firefox 122, Chrome 114',
	toBase64: 'Safari 18.2, Firefox 133, Chrome 140',
	toHex: 'Safari 18.2, Firefox 133, Chrome 140'
};

const since = (name, brought) => `${name} came with ${brought}; older browsers are supported.`;

/** A call of `name` in a function, or module, that nowhere asks whether it is there. */
function unguarded(name, callee) {
	const asked = [
		`BinaryExpression[operator='in'][left.value='${name}']`,
		`BinaryExpression[operator='in'][left.quasis.0.value.raw='${name}']`,
		`UnaryExpression[operator='typeof'][argument.property.name='${name}']`
	];
	const place = `:matches(Program, :function):not(:has(${asked.join(', ')}))`;
	return `${place} CallExpression[optional=false]${callee}[callee.property.name='${name}']`;
}

const statics = Object.entries(STATICS).map(([full, brought]) => {
	const [object, name] = full.split('.');
	return {
		selector: unguarded(name, `[callee.object.name='${object}']`),
		message: since(full, brought)
	};
});
const methods = Object.entries(METHODS).map(([name, brought]) => ({
	selector: unguarded(name, ''),
	message: since(name, brought)
}));
const flagV = ['[arguments.1.value=/v/]', '[arguments.1.quasis.0.value.raw=/v/]'].map((flags) => ({
	selector: `:matches(NewExpression, CallExpression)[callee.name='RegExp']${flags}`,
	message: since('The flag "v"', 'Safari 17, Firefox 116, Chrome 112')
}));

export default [
	{
		files: ['**/*.js'],
		linterOptions: { noInlineConfig: true },
		// Of what came later, ES2023 brought methods that Chrome 109 lacks, ES2024 the flag "v".
		languageOptions: { ecmaVersion: 2022, sourceType: 'module' },
		rules: {
			'no-invalid-regexp': 'error',
			'no-restricted-syntax': ['error', ...statics, ...methods, ...flagV]
		}
	}
];
