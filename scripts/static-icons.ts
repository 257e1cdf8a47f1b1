/**
 * Lucide's components put every icon together out of data, attribute by attribute, each time one is shown. A list of
 * messages shows hundreds: this writes what they are into the template, where the browser copies it as a whole.
 */
import { basename } from 'node:path';
import type { Plugin } from 'vite';

const ICON = /@lucide[\\/]svelte[\\/]dist[\\/]icons[\\/][a-z0-9-]+\.svelte$/u;
const DATA = /const iconData = (\{.*\});/u;

type Shape = [tag: string, attributes: Record<string, string>];

interface Icon {
	name: string;
	size: number;
	node: Shape[];
	aliases?: string[];
}

function tagOf([tag, attributes]: Shape): string {
	const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
	return `<${tag}${written.join('')} />`;
}

/**
 * The component of an icon with the icon in its markup.
 * @param source Lucide's component
 * @param file named in the error that is thrown when the component has another form than known
 * @returns a component that takes `size`, `class` and `aria-label`
 */
export function staticIcon(source: string, file: string): string {
	const found = DATA.exec(source)?.[1];
	if (!found) throw new Error(`${basename(file)} holds its icon in another form than known`);
	const { name, size, node, aliases = [] } = JSON.parse(found) as Icon;
	const classes = ['lucide-icon', 'lucide', ...[name, ...aliases].map((one) => `lucide-${one}`)];
	return `<script>
	let { size = 24, class: extra = undefined, 'aria-label': label = undefined } = $props();
</script>
<svg xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 ${size} ${size}" fill="none"
	stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
	class={[${JSON.stringify(classes.join(' '))}, extra]} aria-label={label} aria-hidden={label ? undefined : 'true'}
>${node.map(tagOf).join('')}</svg>
`;
}

/** To stand before the plugin that compiles components. */
export function staticIcons(): Plugin {
	return {
		name: 'static-icons',
		enforce: 'pre',
		transform: {
			filter: { id: ICON },
			handler: (source, id) => ({ code: staticIcon(source, id), map: null })
		}
	};
}
