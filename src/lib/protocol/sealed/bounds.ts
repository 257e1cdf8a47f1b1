/** How large what is sealed or signed may be. Apart from the rest: schemas need it, and no cryptography. */
export const BOUNDS = {
	/** Letters of a link's body; the longest kind has about 700. */
	linkBody: 4096,
	linkSignatures: 8,
	/** Links of a chain: what everybody who meets its person has to check. */
	links: 10_000,
	/** Devices that may speak for a person at one time. */
	devices: 100,
	/** People in an encrypted room. */
	people: 500,
	/** Letters of an entry's body: 500 people take about 52,000. */
	entryBody: 65_536,
	/** Letters of what is locked in an envelope: the longest text, with every letter written as an escape. */
	envelopeBody: 49_152,
	/** Letters of a secret that was wrapped. */
	wrap: 200
} as const;
