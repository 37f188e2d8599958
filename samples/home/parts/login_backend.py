"""The sample cloud's log-in service: HTTP/1.1 with keep-alive on a unix socket behind nginx, standard library only.

POST /login with user and password (form or JSON) gives JSON and the cookie SID; GET / is the page; POST /logout drops the session.
Usage: login_backend.py SOCKET PASSWORD_FILE random|counter"""

import collections
import hmac
import http.server
import itertools
import json
import secrets
import socketserver
import sys
import threading
import time
import urllib.parse

USER = "tester"
LIFETIME = 1800  # seconds
MOST_SESSIONS = 50_000  # oldest dropped first
MOST_BODY = 4096  # bytes
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sample home</title><h1>Sample home</h1>%s</html>"""
SIGN_IN = """<form method="post" action="/login"><label>User <input name="user"></label>
<label>Password <input name="password" type="password"></label><button>Log in</button></form>"""
SIGNED_IN = """<p>You are logged in.</p><form method="post" action="/logout"><button>Log out</button></form>"""


class Sessions:
    """Live session ids, shared by all connections' threads."""

    def __init__(self, kind):
        counter = itertools.count(1)
        self.make = (lambda: f"{next(counter):032x}") if kind == "counter" else (lambda: secrets.token_hex(16))
        self.ends = collections.OrderedDict()
        self.lock = threading.Lock()

    def open(self):
        with self.lock:
            identifier = self.make()
            self.ends[identifier] = time.monotonic() + LIFETIME
            if len(self.ends) > MOST_SESSIONS:
                self.ends.popitem(last=False)
        return identifier

    def valid(self, identifier):
        with self.lock:
            return self.ends.get(identifier, 0.0) > time.monotonic()

    def close(self, identifier):
        with self.lock:
            self.ends.pop(identifier, None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "home", ""
    wbufsize = -1  # one write an answer
    timeout = 75
    sessions, password = None, b""

    def do_GET(self):
        if self.path != "/":
            return self.answer_json(404, {"error": "not found"})
        body = PAGE % (SIGNED_IN if self.sessions.valid(self.cookie()) else SIGN_IN)
        return self.answer(200, "text/html; charset=utf-8", body.encode())

    def do_POST(self):
        body = self.body()
        if body is None:
            return None
        if self.path == "/logout":
            self.sessions.close(self.cookie())
            return self.answer_json(200, {"ok": True}, cookie="SID=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict")
        if self.path != "/login":
            return self.answer_json(404, {"error": "not found"})
        user, password = credentials(self.headers.get("Content-Type", ""), body)
        right_password = hmac.compare_digest(password.encode("utf-8", "replace"), self.password)
        if user != USER or not right_password:
            return self.answer_json(401, {"error": "wrong user or password"})
        cookie = f"SID={self.sessions.open()}; Path=/; Max-Age={LIFETIME}; HttpOnly; Secure; SameSite=Strict"
        return self.answer_json(200, {"ok": True, "user": user, "expires_in": LIFETIME}, cookie)

    def body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BODY:
            self.close_connection = True
            self.answer_json(411 if length == "" else 413, {"error": "body of at most 4096 bytes wanted"})
            return None
        return self.rfile.read(int(length))

    def cookie(self):
        for part in self.headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "SID":
                return value
        return ""

    def answer_json(self, status, value, cookie=None):
        self.answer(status, "application/json", json.dumps(value).encode(), cookie)

    def answer(self, status, kind, body, cookie=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "nginx"

    def log_message(self, *_):
        """Nothing: a session id has no place in a log."""


def credentials(kind, body):
    """User and password of a form or a JSON object; empty texts for anything else."""
    try:
        text = body.decode("utf-8")
        if kind.startswith("application/json"):
            fields = json.loads(text)
            user, password = fields.get("user"), fields.get("password")
        else:
            fields = urllib.parse.parse_qs(text, max_num_fields=8)
            user, password = fields.get("user", [""])[0], fields.get("password", [""])[0]
    except (ValueError, AttributeError, RecursionError):
        return "", ""
    return (user, password) if isinstance(user, str) and isinstance(password, str) else ("", "")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    path, password_file, kind = sys.argv[1:]
    with open(password_file, "rb") as file:
        Handler.password = file.read().strip()
    Handler.sessions = Sessions(kind)
    with Server(path, Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
