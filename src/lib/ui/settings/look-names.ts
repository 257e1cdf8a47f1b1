/** What the choices of the look are called. */
import { m } from '../../i18n/messages.ts';

export const THEME_NAMES = {
	system: m.theme_system,
	light: m.theme_light,
	dark: m.theme_dark,
	contrast: m.theme_contrast
} as const;

export const DENSITY_NAMES = {
	comfortable: m.density_comfortable,
	compact: m.density_compact
} as const;

export const SIZE_NAMES = {
	small: m.text_size_small,
	normal: m.text_size_normal,
	large: m.text_size_large,
	larger: m.text_size_larger
} as const;
