/* The interactive page: the bundle was loaded before this. */
globalThis.addEventListener('load', () => {
	const SwaggerUI = globalThis.SwaggerUIBundle;
	SwaggerUI({
		url: '/openapi.json',
		dom_id: '#docs',
		deepLinking: true,
		persistAuthorization: false,
		tryItOutEnabled: true,
		displayRequestDuration: true,
		docExpansion: 'list',
		defaultModelsExpandDepth: 0,
		// Nothing of this page asks another host for anything.
		validatorUrl: null,
		presets: [SwaggerUI.presets.apis],
		layout: 'BaseLayout'
	});
});
