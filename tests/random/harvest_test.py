#!/usr/bin/env python3
"""Session identifiers of live servers through a whole scan: source addresses in turn, presets, an MQTT broker, a file."""
import http.server
import json
import pathlib
import random
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT, LINTEL = pathlib.Path(sys.argv[1]), sys.argv[2]
del sys.argv[1:3]


class Web(http.server.ThreadingHTTPServer):
    """A generator for each client's address: all at once they look random, each alone is MT19937."""
    daemon_threads = True

    def __init__(self):
        self.clients = {}
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        source = self.server.clients.setdefault(self.client_address[0], random.Random())
        value = f"{source.getrandbits(128):032x}" if self.path == "/weak" else secrets.token_hex(16)
        self.send_response(200)
        self.send_header("Set-Cookie", f"SID={value}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


def broker():
    """MQTT 3.1.1, for one client at a time: each message to session/new is answered with a number of a counter."""
    listener = socket.create_server(("127.0.0.1", 0))

    def exactly(connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def serve(connection):
        count = secrets.randbelow(10**6)
        while True:
            first, length, shift = exactly(connection, 1)[0], 0, 0
            while True:
                byte = exactly(connection, 1)[0]
                length |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            body = exactly(connection, length)
            if first >> 4 == 1:
                connection.sendall(b"\x20\x02\0" + (b"\0" if b"secret" in body else b"\5"))
            elif first >> 4 == 8:
                connection.sendall(b"\x90\x03" + body[:2] + b"\0")
            elif first >> 4 == 3:
                count += 1 + secrets.randbelow(3)
                topic, payload = b"session/granted", json.dumps({"token": f"{count:016x}"}).encode()
                connection.sendall(bytes([0x30, 2 + len(topic) + len(payload)]) + struct.pack(">H", len(topic)) + topic + payload)
            elif first >> 4 == 12:
                connection.sendall(b"\xd0\0")

    def accept():
        while True:
            connection, _ = listener.accept()
            try:
                serve(connection)
            except (EOFError, OSError):
                connection.close()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


class Harvest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def scanned(self, sessions, *options):
        target = {"lintel": "target/1", "id": "t", "name": {"zh": "对象", "en": "target"}, "profile": str(ROOT / "profiles/smart-home"),
                  "assets": [{"id": "front", "role": "app", "name": {"zh": "前台", "en": "front"}, "sessions": sessions}]}
        (self.folder / "t.yaml").write_text(json.dumps(target, ensure_ascii=False))
        done = subprocess.run([LINTEL, "--language", "en", "scan", self.folder / "t.yaml", "--overwrite", "--allow-open", "--report", "json", "--out", self.folder / "o", *options],
                              capture_output=True, text=True, timeout=300)
        self.assertIn(done.returncode, (0, 1, 5), done.stderr)
        run = json.loads((self.folder / "o.json").read_text())
        return {each["job"]["item"]: each for each in run["observations"] if each["job"]["probe"] == "session_ids"}

    def test_source_addresses_take_turns(self):
        web = Web()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        port = web.server_address[1]
        sessions = [{"id": "weak", "url": f"http://127.0.0.1:{port}/weak", "source_addresses": ["127.0.0.2", "127.0.0.3"], "id_in": {"cookie": "SID"}},
                    {"id": "strong", "url": f"http://127.0.0.1:{port}/strong", "id_in": {"cookie": "SID"}}]
        seen = self.scanned(sessions, "--sample", "quick")
        self.assertEqual({"127.0.0.1", "127.0.0.2", "127.0.0.3"}, set(web.clients))
        for one in seen.values():
            self.assertEqual((200, 200), (one["facts"]["requested"], one["facts"]["count"]))
        self.assertEqual(2, seen["weak"]["facts"]["connections_used"])
        self.assertEqual("not_refuted", seen["strong"]["facts"]["verdict"])

    def test_messages_of_a_broker(self):
        session = {"id": "join", "address": "127.0.0.1", "port": broker(), "tls": False, "accounts": {"tester": {"user": "tester", "password": "file:password"}},
                   "ask": {"topic": "session/new", "payload": "{}"}, "subscribe": "session/granted", "id_in": {"json": "/token"}}
        (self.folder / "password").write_text("secret")
        seen = self.scanned([session], "--sample", "quick")["join"]
        self.assertEqual("ok", seen["status"], seen)
        self.assertEqual(200, seen["facts"]["count"])
        self.assertEqual("refuted", seen["facts"]["verdict"])
        (self.folder / "password").write_text("wrong")
        self.assertEqual("auth_failed", self.scanned([session], "--sample", "quick")["join"]["status"])

    def test_a_file(self):
        (self.folder / "ids.tsv").write_text("".join(f"{1795248543719814 + 700 * i}\t{secrets.token_hex(16)}\n" for i in range(600)))
        (self.folder / "weak.txt").write_text("".join(f"{4096 + 2 * i:08x}\n" for i in range(300)))
        seen = self.scanned([{"id": "strong", "file": "ids.tsv"}, {"id": "weak", "file": "weak.txt"}])
        self.assertEqual((600, "not_refuted"), (seen["strong"]["facts"]["count"], seen["strong"]["facts"]["verdict"]))
        self.assertEqual("refuted", seen["weak"]["facts"]["verdict"])
        self.assertTrue(any("read from a file" in note for note in seen["weak"]["notes"]))


if __name__ == "__main__":
    unittest.main()
