/** A browser or program in a person's words, from what it called itself when it signed in. */

export interface DeviceName {
	/** null: it did not say, or nothing that is known */
	browser: string | null;
	system: string | null;
	kind: 'phone' | 'tablet' | 'desktop' | 'other';
}

/** Only loaded where somebody looks at the list of sessions; null: it cannot be had now, and programs go by what they say first. */
async function loadParser(): Promise<(typeof import('bowser'))['default'] | null> {
	try {
		return (await import('bowser')).default;
	} catch (fault) {
		reportError(fault);
		return null;
	}
}

/** Never rejects. @param agents what the programs called themselves (`User-Agent`) */
export async function deviceNames(agents: readonly string[]): Promise<DeviceName[]> {
	const Bowser = await loadParser();
	return agents.map((agent) => {
		if (agent === '') return { browser: null, system: null, kind: 'other' };
		// A program names itself first, as RFC 9110 (10.1.5) wants it: name/version.
		const program = /^[\w.-]+/u.exec(agent)?.[0] ?? null;
		if (!Bowser) return { browser: program, system: null, kind: 'other' };
		const { browser, os, platform } = Bowser.parse(agent);
		const kind =
			platform.type === 'mobile'
				? 'phone'
				: platform.type === 'tablet' || platform.type === 'desktop'
					? platform.type
					: 'other';
		return { browser: browser.name || program, system: os.name || null, kind };
	});
}
