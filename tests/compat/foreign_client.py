"""A program that was not written for Roost: requests and python-socketio, as Debian ships them.

Walks what programs of the replaced systems do. Says one line per step, and ends with 1 at the first
thing that is not as the contract (compat-api) promises.

Usage: foreign_client.py http://127.0.0.1:8000
"""
import socket
import json
import os
import struct
import sys
import threading
import time
import traceback
import zlib

import requests
import socketio



def fail(*what):
    """The threads of open sockets would keep a failed program alive."""
    traceback.print_exception(*what)
    sys.stderr.flush()
    os._exit(1)


sys.excepthook = fail
BASE = sys.argv[1]
PASSWORD = "ein langer Tag 7"


def step(name):
    print("ok " + name, flush=True)


def wait_for(what, is_there, seconds=8):
    end = time.time() + seconds
    while time.time() < end:
        found = is_there()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


class Client:
    """One account with a token and a socket."""

    def __init__(self, name):
        self.name = name
        self.http = requests.Session()
        self.heard = []
        self.lock = threading.Lock()
        self.sio = None

    def call(self, method, path, status=200, **more):
        reply = self.http.request(method, BASE + path, timeout=20, **more)
        body = reply.json()
        assert reply.status_code == status, (method, path, reply.status_code, body)
        if status >= 400:
            assert isinstance(body["detail"], str), body
            assert body["detail"] == body["error"] == body["message"], body
        return body

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, **more):
        return self.call("POST", path, **more)

    def use(self, token):
        self.token = token
        self.http.headers["Authorization"] = "Bearer " + token

    def connect(self, **how):
        sio = socketio.Client(reconnection=False)

        def note(event):
            def heard(*sent):
                with self.lock:
                    self.heard.append((event, sent[0] if sent else None))

            return heard

        for event in EVENTS:
            sio.on(event, note(event))
        sio.connect(BASE, **how)
        self.sio = sio

    def of(self, event, fits=lambda sent: True):
        with self.lock:
            return [sent for name, sent in self.heard if name == event and fits(sent)]

    def hear(self, event, fits=lambda sent: True):
        return wait_for(self.name + " " + event, lambda: self.of(event, fits))[0]

    def forget(self):
        with self.lock:
            self.heard.clear()


EVENTS = [
    "room_joined", "joined_room", "left_room", "user_joined", "user_left", "new_message",
    "private_message", "typing_update", "typing_indicator_update", "user_typing",
    "user_status_update", "user_online", "user_offline", "online_users_update",
    "user_avatar_updated", "friend_request", "friend_request_accepted", "error", "pong",
    "system_message", "online_users", "message_edited", "message_deleted",
]

ana, ben = Client("py_ana"), Client("py_小本")

# Accounts: JSON to register, a form to sign in, as FastAPI's OAuth form wants it.
for who in (ana, ben):
    made = who.post("/api/auth/register", json={
        "username": who.name, "email": who.name.replace("小本", "ben") + "@example.org",
        "password": PASSWORD, "password2": PASSWORD,
    })
    who.id = made["id"]
    assert made["user"]["username"] == who.name
step("register")
ana.post("/api/auth/register", status=409, json={
    "username": ana.name, "email": "other@example.org", "password": PASSWORD})
for who in (ana, ben):
    signed = who.post("/api/auth/login", data={"username": who.name, "password": PASSWORD})
    assert signed["token_type"] == "bearer"
    who.use(signed["access_token"])
    assert who.get("/api/auth/me")["id"] == who.id
Client("nobody").post("/api/auth/login", status=401, data={"username": ana.name, "password": "no"})
step("sign in")

# Rooms, one of them private.
room = ana.post("/api/rooms/", json={"name": "py room", "description": "d", "is_private": False})
vault = ana.post("/api/rooms/", json={"name": "py vault", "is_private": True, "password": "sesam"})
lists = ben.get("/api/rooms/")
assert vault["id"] in [one["id"] for one in lists["available_rooms"]]
ben.get("/api/rooms/%d" % vault["id"], status=403)
ben.post("/api/rooms/%d/join" % vault["id"], status=400, json={"password": "falsch"})
ben.post("/api/rooms/%d/join" % vault["id"], json={"password": "sesam"})
assert ben.get("/api/rooms/%d" % vault["id"])["is_member"] is True
step("rooms and a private room with its password")

# Sockets: one over polling with the token in auth, one straight over WebSocket with it in a header.
try:
    Client("nobody").connect(auth={"token": "nonsense"})
    raise AssertionError("a bad token got in")
except socketio.exceptions.ConnectionError:
    pass
ana.connect(auth={"token": ana.token}, transports=["polling"])
ben.connect(headers={"Authorization": "Bearer " + ben.token}, transports=["websocket"])
ana.hear("user_status_update", lambda sent: sent["user_id"] == ben.id and sent["is_online"])
for who in (ana, ben):
    who.sio.emit("join_room", {"room_id": room["id"]})
    joined = who.hear("room_joined")
    assert joined["room_name"] == "py room"
assert ana.hear("user_joined")["username"] == ben.name
step("sockets by token, over polling and WebSocket")

ana.sio.emit("send_message", {"room_id": room["id"], "content": "你好 👋"})
for who in (ana, ben):
    said = who.hear("new_message")
    assert (said["content"], said["user_id"], said["room_id"]) == ("你好 👋", ana.id, room["id"])
    assert not said["timestamp"].endswith("Z")
answer = ben.sio.call("send_message", {"room_id": room["id"], "content": "zurück"}, timeout=10)
assert answer["ok"] is True
ana.hear("new_message", lambda sent: sent["content"] == "zurück")
step("live messages both ways")

ben.sio.emit("typing_start", {"room_id": room["id"]})
assert ana.hear("typing_update")["typing_users"] == [ben.name]
ben.sio.emit("typing_stop", {"room_id": room["id"]})
ana.hear("typing_update", lambda sent: sent["typing_users"] == [])
step("typing")

ben.sio.emit("send_message", {"room_id": room["id"], "content": "x" * 1001})
assert isinstance(ben.hear("error")["message"], str)
for nonsense in (None, 7, "text", [1, 2], {"room_id": {"a": 1}}):
    ben.sio.emit("send_message", nonsense)
wait_for("errors", lambda: len(ben.of("error")) >= 6)
ben.sio.emit("ping")
ben.hear("pong")
step("errors leave the connection alone")

# History in its three forms.
for i in range(12):
    ana.post("/api/messages/", json={"room_id": room["id"], "content": "h%d" % i})
want = ["h%d" % i for i in range(7, 12)]
for query in ("page=1&per_page=5", "page=1&limit=5", "skip=0&limit=5"):
    got = ben.get("/api/messages/%d?%s" % (room["id"], query))
    assert [one["content"] for one in got["messages"]] == want, got
    assert got["has_next"] is True and got["total"] == 14
got = ben.get("/api/rooms/%d/messages?page=3&per_page=5" % room["id"])
assert [one["content"] for one in got["messages"]] == ["你好 👋", "zurück", "h0", "h1"]
step("history in three forms")

# A picture, sent as a message, and fetched without a token.


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
       + chunk(b"IDAT", zlib.compress((b"\0" + b"\xad\x43\x17" * 4) * 4)) + chunk(b"IEND", b""))
up = ana.post("/api/upload/file", files={"file": ("sonne.png", png, "image/png")})
assert up["file_type"] == "png" and up["file_url"] == up["file_path"], up
ana.sio.emit("send_message", {
    "room_id": room["id"], "content": "", "message_type": "image",
    "file_url": up["file_url"], "file_name": up["file_name"], "file_size": up["file_size"]})
card = json.loads(ben.hear("new_message", lambda sent: sent["message_type"] == "image")["content"])
assert card["name"] == "sonne.png"
fetched = requests.get(BASE + card["url"], timeout=20)
assert fetched.headers["content-type"] == "image/png"
assert fetched.headers["access-control-allow-origin"] == "*"
doc = ana.post("/api/upload/", files={"file": ("seite.html", b"<script>1</script>", "text/html")})
fetched = requests.get(BASE + doc["file_path"], timeout=20)
assert fetched.headers["content-disposition"].startswith("attachment")
step("uploads")

picture = ana.post("/api/upload/avatar", files={"file": ("ich.png", png, "image/png")})
told = ben.hear("user_avatar_updated")
assert told["avatar_url"] == picture["avatar_url"] and told["user_id"] == ana.id
step("a new picture is told")

assert [one["id"] for one in ana.get("/api/users/search?keyword=小")["users"]] == [ben.id]
assert {ana.id, ben.id} <= {one["id"] for one in ana.get("/api/users/online")["users"]}
assert "email" not in ana.get("/api/users/%d/profile" % ben.id)["user"]
step("people")

ana.post("/api/friends/requests", json={"username": ben.name})
request = ben.hear("friend_request")
ben.post("/api/friends/requests/%d/accept" % request["id"])
ana.hear("friend_request_accepted")
assert [one["id"] for one in ana.get("/api/friends")["friends"]] == [ben.id]
step("friends")

ana.sio.emit("send_message", {"receiver_id": ben.id, "content": "unter uns"})
for who in (ana, ben):
    private = who.hear("private_message")
    assert (private["content"], private["room_id"], private["receiver_id"]) == ("unter uns", None, ben.id)
got = ben.get("/api/direct/%d/messages" % ana.id)
assert [one["content"] for one in got["messages"]] == ["unter uns"]
step("direct messages")

# The line goes without a word; what was said meanwhile comes when it is back, without joining again.
ben.sio.reconnection = False
ben.sio.eio.ws.sock.shutdown(socket.SHUT_RDWR)
ana.hear("user_offline", lambda sent: sent["user_id"] == ben.id)
ana.post("/api/messages/", json={"room_id": room["id"], "content": "verpasst"})
ben.forget()
ben.connect(auth={"token": ben.token})
ben.hear("new_message", lambda sent: sent["content"] == "verpasst")
step("coming back")

edited = ana.post("/api/messages/", json={"room_id": room["id"], "content": "falsch"})
ana.call("PUT", "/api/messages/%d" % edited["id"], json={"content": "richtig"})
assert ben.hear("message_edited")["content"] == "richtig"
ana.call("DELETE", "/api/messages/%d" % edited["id"])
assert ben.hear("message_deleted") == {"id": edited["id"], "room_id": room["id"]}
step("edits and recalls")

ben.post("/api/rooms/%d/leave" % room["id"])
ana.hear("user_left", lambda sent: sent["user_id"] == ben.id)
ben.post("/api/rooms/%d/leave" % room["id"], status=400)
ana.call("DELETE", "/api/rooms/%d" % room["id"])
ana.get("/api/rooms/%d" % room["id"], status=404)
ana.post("/api/auth/logout")
wait_for("the socket to be closed", lambda: not ana.sio.connected)
ana.get("/api/auth/me", status=401)
step("leaving and signing out")

ben.sio.disconnect()
step("end")
