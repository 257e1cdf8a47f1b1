/**
 * Shows an export from a disk, without us and without a network. Plain script of browsers from 2023 on. Everything that
 * somebody wrote becomes text, never markup (docs/export.md).
 */
(() => {
	'use strict';
	/** Results of a search that are shown. */
	const RESULTS_MAX = 200;
	const EXCERPT = 160;
	const main = document.querySelector('main');
	/** pieces under way by number: what takes their messages, and the messages */
	const awaited = new Map();
	const loading = new Map();
	let room = null;
	let words = {};

	/** An element with properties and children; a string is a text. */
	function make(tag, properties, ...children) {
		const element = Object.assign(document.createElement(tag), properties);
		element.append(...children.filter((child) => child !== null && child !== ''));
		return element;
	}
	const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
	const times = new Intl.DateTimeFormat(document.documentElement.lang, {
		dateStyle: 'medium',
		timeStyle: 'short'
	});
	const nameOf = (person) =>
		person.deleted ? words.deletedPerson : person.display || person.name || words.somebody;

	/** A text with its addresses as links; they are opened by whoever presses them, and by nobody else. */
	function linked(text) {
		return text
			.split(/(https?:\/\/[^\s<>"']+)/g)
			.map((part, n) =>
				n % 2 === 0
					? part
					: make('a', { href: part, target: '_blank', rel: 'noreferrer noopener' }, part)
			);
	}

	/** A path of the export as an address: each part for itself, so that no name leads elsewhere. */
	const addressOf = (path) => path.split('/').map(encodeURIComponent).join('/');

	function shownFile(file) {
		const href = addressOf(file.path);
		const failed = (element) => {
			element.addEventListener('error', () => {
				element.replaceWith(make('p', { className: 'soft' }, `${file.name}: ${words.fileMissing}`));
			});
			return element;
		};
		if (room.missing.files.includes(file.path))
			return make('p', { className: 'soft' }, `${file.name}: ${words.fileMissing}`);
		if (file.kind === 'image') {
			const image = { src: href, alt: file.name, loading: 'lazy' };
			const size = file.width && file.height ? { width: file.width, height: file.height } : {};
			return make('a', { href, target: '_blank' }, failed(make('img', { ...image, ...size })));
		}
		if (file.kind === 'video' || file.kind === 'audio')
			return failed(make(file.kind, { src: href, controls: true, preload: 'none' }));
		return make('a', { href, className: 'file', target: '_blank' }, file.name);
	}

	function callText({ answered, ended, end }) {
		if (answered !== undefined && ended !== undefined) {
			const minutes = Math.max(1, Math.round((ended - answered) / 60_000));
			const { lang } = document.documentElement;
			const format = new Intl.NumberFormat(lang, { style: 'unit', unit: 'minute' });
			return filled(words.callFor, { duration: format.format(minutes) });
		}
		return words.calls[end] ?? words.call;
	}

	function noteText(message) {
		if (message.call) return `${nameOf(message.author)}: ${callText(message.call)}`;
		const note = message.system;
		const whom = room.members.find(({ person }) => person.id === note.person)?.person;
		return filled(words.notes[note.what] ?? words.note, {
			who: nameOf(message.author),
			whom: whom ? nameOf(whom) : words.somebody,
			text: note.text ?? (note.seq ? `#${note.seq}` : '')
		});
	}

	function quote(message, near) {
		if (!message.reply) return null;
		const target = near.find(({ id }) => id === message.reply);
		const text = target
			? `${nameOf(target.author)}: ${target.text.slice(0, EXCERPT)}`
			: words.reply;
		if (!message.replySeq) return make('blockquote', {}, text);
		return make('blockquote', {}, make('a', { href: `#${message.replySeq}` }, text));
	}

	function reactions(message) {
		if (!message.reactions) return null;
		const chips = message.reactions.map(({ emoji, people }) =>
			make('span', { title: people.map(nameOf).join(', ') }, `${emoji} ${people.length}`)
		);
		return make('p', { className: 'reactions' }, ...chips);
	}

	function shownMessage(message, near) {
		const { id, seq, author, at, text, files = [], forward, edited, deleted, pinned } = message;
		const time = make('time', { dateTime: new Date(at).toISOString() }, times.format(at));
		if (message.system || message.call)
			return make('article', { id: `${seq}`, className: 'note' }, noteText(message), ' ', time);
		const marks = [pinned && words.pinned, edited && words.edited].filter(Boolean).join(', ');
		const said = deleted
			? make('p', { className: 'text soft' }, words.deleted)
			: make('p', { className: 'text' }, ...linked(text));
		const article = make(
			'article',
			{ id: `${seq}`, className: author.id === words.me ? 'mine' : '' },
			make(
				'header',
				{},
				make('b', {}, nameOf(author)),
				' ',
				time,
				marks ? make('small', {}, marks) : ''
			),
			forward
				? make('p', { className: 'soft' }, filled(words.forwarded, { name: forward.name }))
				: null,
			quote(message, near),
			text || deleted ? said : null,
			...(deleted ? [] : files.map(shownFile)),
			reactions(message)
		);
		article.dataset.id = id;
		return article;
	}

	/** Loads a piece; the same one may be asked for again, also while it is being loaded. */
	function piece(n) {
		if (loading.has(n)) return loading.get(n);
		const made = new Promise((resolve, reject) => {
			awaited.set(n, resolve);
			const script = make('script', { src: `data/${String(n).padStart(6, '0')}.js` });
			script.addEventListener('load', () => script.remove());
			script.addEventListener('error', () => reject(new Error(`piece ${n} is missing`)));
			document.head.append(script);
		}).finally(() => loading.delete(n));
		loading.set(n, made);
		return made;
	}

	const list = make('section', { className: 'messages' });
	const results = make('section', { className: 'results' });
	const places = make('nav', {});

	function placeButton(label, n) {
		const disabled = !room.pieces.some((one) => one.n === n);
		const button = make('button', { type: 'button', disabled }, label);
		button.addEventListener('click', () => void show(n));
		return button;
	}

	async function show(n, seq) {
		const messages = await piece(n);
		list.replaceChildren(...messages.map((message) => shownMessage(message, messages)));
		const { since, until } = room.pieces.find((one) => one.n === n);
		places.replaceChildren(
			placeButton(words.older, n - 1),
			make('span', {}, `${times.format(since)} – ${times.format(until)}`),
			placeButton(words.newer, n + 1)
		);
		const target = seq && document.getElementById(`${seq}`);
		if (target) {
			target.classList.add('there');
			target.scrollIntoView({ block: 'center' });
		} else list.lastElementChild?.scrollIntoView();
	}

	/** Leads to the message that the address names. */
	function follow() {
		const seq = Number(location.hash.slice(1));
		const holder = room.pieces.find(({ from, to }) => seq >= from && seq <= to);
		if (!holder) return false;
		void show(holder.n, seq);
		return true;
	}

	let search = 0;
	async function find(query) {
		const mine = ++search;
		const wanted = query.trim().toLocaleLowerCase();
		results.replaceChildren();
		if (!wanted) return;
		const state = make('p', { className: 'soft' }, words.searching);
		results.append(state);
		let count = 0;
		for (const { n } of [...room.pieces].reverse()) {
			const messages = await piece(n);
			if (mine !== search) return;
			for (const message of [...messages].reverse()) {
				const { seq, text, author, at, files = [] } = message;
				const all = [text, nameOf(author), ...files.map(({ name }) => name)].join('\n');
				if (message.system || message.call || !all.toLocaleLowerCase().includes(wanted)) continue;
				if (++count > RESULTS_MAX) continue;
				const excerpt = text.slice(0, EXCERPT) || files.map(({ name }) => name).join(', ');
				const href = `#${seq}`;
				results.append(
					make(
						'a',
						{ href, className: 'result' },
						make('b', {}, nameOf(author)),
						` ${times.format(at)}`,
						make('span', {}, excerpt)
					)
				);
			}
		}
		state.textContent = filled(words.found, { count });
	}

	function missingText() {
		const { messages, files, all } = room.missing;
		if (!all && messages.length === 0 && files.length === 0) return null;
		const spans = messages.map(([from, to]) => `${from}–${to}`).join(', ');
		return make(
			'p',
			{ className: 'warning' },
			all ? words.missingAll : '',
			messages.length > 0 ? `${filled(words.missingMessages, { spans })} ` : '',
			files.length > 0 ? filled(words.missingFiles, { count: files.length }) : ''
		);
	}

	function begin() {
		const field = make('input', {
			type: 'search',
			placeholder: words.search,
			ariaLabel: words.search
		});
		let timer = 0;
		field.addEventListener('input', () => {
			clearTimeout(timer);
			timer = setTimeout(() => void find(field.value), 200);
		});
		const made = filled(words.made, { time: times.format(room.made), server: room.server });
		main.append(
			make(
				'header',
				{ className: 'top' },
				make('a', { href: '../index.html' }, words.all),
				make('h1', {}, room.name),
				make('p', { className: 'soft' }, room.description),
				make('p', { className: 'soft' }, made),
				field
			),
			missingText() ?? '',
			results,
			places,
			list
		);
		addEventListener('hashchange', follow);
		const last = room.pieces.at(-1);
		const empty = room.missing.all ? '' : words.empty;
		if (!last) list.append(make('p', { className: 'soft' }, empty));
		else if (!follow()) void show(last.n);
	}

	function beginList({ rooms, made, server }) {
		const entries = rooms.map(({ name, folder, messages }) =>
			make(
				'a',
				{ href: `${addressOf(folder)}/index.html`, className: 'result' },
				make('b', {}, name),
				make('span', {}, filled(words.count, { count: messages }))
			)
		);
		main.append(
			make(
				'header',
				{ className: 'top' },
				make('h1', {}, words.title),
				make('p', { className: 'soft' }, filled(words.made, { time: times.format(made), server }))
			),
			...entries
		);
	}

	window.roostData = (text) => {
		const data = JSON.parse(text);
		if (data.kind === 'piece') {
			awaited.get(data.n)?.(data.messages);
			awaited.delete(data.n);
			return;
		}
		words = data.words;
		if (data.kind === 'list') return beginList(data.list);
		room = data.room;
		begin();
	};
})();
