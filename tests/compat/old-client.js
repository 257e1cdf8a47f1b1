/**
 * A browser client as it was written for the replaced systems: plain fetch and socket.io-client, from
 * another port, with all the habits that compat-api's section 8 lists. It knows nothing of Roost.
 */
const { io } = globalThis;
const API = new URLSearchParams(location.search).get('api');
const $ = (id) => document.getElementById(id);
const put = (list, text) =>
	$(list).append(Object.assign(document.createElement('li'), { textContent: text }));

const client = {
	socket: null,
	room: null,

	async ask(path, options = {}) {
		const token = localStorage.getItem('token');
		const response = await fetch(API + path, {
			...options,
			headers: {
				...(token ? { Authorization: `Bearer ${token}` } : {}),
				...(typeof options.body === 'string' ? { 'Content-Type': 'application/json' } : {})
			}
		});
		const body = await response.json();
		// Any 401 throws the token away and goes to the login page.
		if (response.status === 401) client.signOut();
		// `detail` is printed as it is; a list or an object would break the page.
		if (!response.ok) {
			$('fault').textContent = body.detail.trim();
			throw new Error(body.detail);
		}
		return body;
	},

	signOut() {
		localStorage.removeItem('token');
		client.socket?.close();
		$('screen').textContent = 'signed out';
	},

	async register(username, password) {
		const email = `${username}@example.org`;
		await client.ask('/api/auth/register', {
			method: 'POST',
			body: JSON.stringify({ username, email, password })
		});
	},

	async signIn(username, password) {
		const body = new URLSearchParams({ username, password });
		const { access_token } = await client.ask('/api/auth/login', { method: 'POST', body });
		localStorage.setItem('token', access_token);
		const me = await client.ask('/api/auth/me');
		$('screen').textContent = `signed in as ${me.username}`;
		// The room list is read once per page load.
		const { user_rooms, available_rooms } = await client.ask('/api/rooms/');
		for (const room of [...user_rooms, ...available_rooms]) put('rooms', room.name);
		client.mine = user_rooms.map((room) => room.id);
		client.connect(access_token);
	},

	connect(token) {
		const socket = io(API, { auth: { token }, reconnectionDelay: 50, reconnectionDelayMax: 100 });
		client.socket = socket;
		// Every message goes to the room on screen, whichever it belongs to.
		socket.on('new_message', client.show);
		socket.on('room_joined', ({ room_id, online_members }) => {
			document.body.dataset.joined = room_id;
			$('online').replaceChildren();
			for (const { username } of online_members) put('online', username);
		});
		socket.on(
			'user_status_update',
			({ username, is_online }) => is_online && put('online', username)
		);
		socket.on('typing_update', ({ typing_users }) => {
			$('typing').textContent = typing_users.join(', ');
		});
		socket.on('error', ({ message }) => {
			$('fault').textContent = message.trim();
		});
		socket.on('connect', () => {
			// A room is joined only right after the page's first connect.
			if (client.room !== null && !client.connectedBefore)
				socket.emit('join_room', { room_id: client.room });
			client.connectedBefore = true;
		});
	},

	async enter(id) {
		// REST join only for rooms that are not in the list read at the start.
		if (!client.mine.includes(id)) await client.ask(`/api/rooms/${id}/join`, { method: 'POST' });
		await client.ask(`/api/rooms/${id}`);
		const { messages } = await client.ask(`/api/messages/${id}?page=1&limit=50`);
		$('messages').replaceChildren();
		messages.forEach(client.show);
		client.room = id;
		client.socket.emit('join_room', { room_id: id });
	},

	show(message) {
		const item = document.createElement('li');
		// The time is taken as UTC without a zone, and the Chinese offset added.
		const [date, time] = message.timestamp.split('T');
		const [hour, minute] = time.split(':').map(Number);
		const [year, month, day] = date.split('-').map(Number);
		const shown = new Date(Date.UTC(year, month - 1, day, hour + 8, minute));
		item.dataset.time = shown.toISOString().slice(0, 16);
		if (message.message_type === 'image') {
			const card = JSON.parse(message.content);
			const url = card.url.startsWith('http') ? card.url : API + card.url;
			item.append(Object.assign(document.createElement('img'), { src: url, alt: card.name }));
		} else {
			item.textContent = `${message.username}: ${message.content}`;
		}
		if (message.avatar_url) {
			item.append(
				Object.assign(document.createElement('img'), { src: API + message.avatar_url, alt: 'face' })
			);
		}
		$('messages').append(item);
	},

	say(content) {
		client.socket.emit('send_message', { room_id: client.room, content });
	},

	async sendPicture(blob, name) {
		const body = new FormData();
		body.append('file', blob, name);
		const sent = await client.ask('/api/upload/file', { method: 'POST', body });
		// A picture is told by the extension in `file_type`.
		const isPicture = ['jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp'].includes(sent.file_type);
		client.socket.emit('send_message', {
			room_id: client.room,
			content: '',
			message_type: isPicture ? 'image' : 'file',
			file_url: sent.file_url,
			file_name: sent.file_name,
			file_size: sent.file_size
		});
	}
};
globalThis.client = client;
