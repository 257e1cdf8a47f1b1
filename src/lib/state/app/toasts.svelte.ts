/** Short notes that go away by themselves, announced to screen readers. */

interface Toast {
	id: number;
	text: string;
	tone: 'plain' | 'bad';
}

/** Ms that a note stays. */
const STAY = 5000;

class Toasts {
	#next = 1;
	#shown = $state<Toast[]>([]);

	get shown(): readonly Toast[] {
		return this.#shown;
	}

	show(text: string, tone: Toast['tone'] = 'plain'): void {
		const id = this.#next++;
		this.#shown.push({ id, text, tone });
		setTimeout(() => this.hide(id), STAY);
	}

	hide(id: number): void {
		this.#shown = this.#shown.filter((toast) => toast.id !== id);
	}
}

export const toasts = new Toasts();
