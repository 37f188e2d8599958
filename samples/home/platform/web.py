"""HTTP as the handlers see it: a Call comes in, an Answer goes out, a Refused cuts short. nginx is in front, on a unix socket."""

import dataclasses
import email
import http.server
import json
import socketserver
import sys
import urllib.parse
from typing import Any, Callable

MOST_BODY = 65536  # bytes; nginx refuses more before it gets here


@dataclasses.dataclass
class Answer:
    value: Any = None  # JSON, unless `kind` says what else: then bytes
    status: int = 200
    kind: str = "application/json"
    cookie: str | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    def body(self) -> bytes:
        return json.dumps(self.value, ensure_ascii=False).encode() if self.kind == "application/json" else self.value


class Refused(Exception):
    """Raised by whoever finds that a call must not go on; the text is all that the caller learns."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.answer = Answer({"error": why}, status)


@dataclasses.dataclass
class Call:
    method: str
    path: str
    query_pairs: list[tuple[str, str]]
    headers: Any
    raw: bytes
    address: str          # of the client, as nginx saw it
    partner: str          # subject of the client certificate that nginx has verified; "" without one
    arguments: dict = dataclasses.field(default_factory=dict)  # from the path
    query: dict = dataclasses.field(default_factory=dict)      # checked
    body: dict = dataclasses.field(default_factory=dict)       # checked
    session: Any = None
    user: str = ""
    device: Any = None
    note: dict = dataclasses.field(default_factory=dict)       # what the audit record shall say besides

    def cookie(self) -> str:
        values = [part.strip()[4:] for part in self.headers.get("Cookie", "").split(";") if part.strip().startswith("SID=")]
        return values[0] if len(values) == 1 else ""

    def bearer(self) -> str:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return value if kind == "Bearer" else ""

    def pairs(self) -> list[tuple[str, Any]]:
        """Members of a form or a JSON object, repeated ones included."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not self.raw and self.method in ("DELETE", "POST"):
            return []
        try:
            text = self.raw.decode("utf-8")
            if kind == "application/json":
                lists = json.loads(text, object_pairs_hook=list, parse_constant=lambda _: None)
                if text.lstrip()[:1] == "{":
                    return lists
            elif kind == "application/x-www-form-urlencoded":
                return urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=20, errors="strict")
        except (ValueError, RecursionError):
            pass
        raise Refused(400, "a form or a JSON object is wanted")

    def upload(self) -> tuple[str, str, bytes]:
        """Name, declared type and content of the one part of a multipart form."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode("utf-8", "replace")
        parts = email.message_from_bytes(head + self.raw).get_payload()
        if not isinstance(parts, list) or len(parts) != 1 or parts[0].get_filename() is None:
            raise Refused(400, "one file in a multipart form is wanted")
        return parts[0].get_filename(), parts[0].get_content_type(), parts[0].get_payload(decode=True) or b""


def server(path: str, serve: Callable[[Call], Answer]) -> socketserver.BaseServer:
    """A server on a unix socket that gives every request to `serve`, one thread a connection."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "home", ""
        wbufsize = -1  # one write an answer
        timeout = 75

        def handle_request(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdecimal() or int(length) > MOST_BODY:
                self.close_connection = True
                return self.write(Answer({"error": f"a body of at most {MOST_BODY} bytes is wanted"}, 413))
            raw = self.rfile.read(int(length))
            where = urllib.parse.urlsplit("//home" + self.path if self.path.startswith("//") else self.path)
            try:
                pairs = urllib.parse.parse_qsl(where.query, keep_blank_values=True, max_num_fields=20, errors="strict")
            except ValueError:
                return self.write(Answer({"error": "the query can't be read"}, 400))
            return self.write(serve(Call(self.command, where.path, pairs, self.headers, raw, self.headers.get("X-Real-IP", ""),
                                         self.headers.get("X-Partner", ""))))

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

        def write(self, answer: Answer) -> None:
            body = answer.body()
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
                                "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", **answer.headers}.items():
                self.send_header(name, value)
            if answer.cookie:
                self.send_header("Set-Cookie", answer.cookie)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def address_string(self) -> str:
            return "nginx"

        def log_message(self, *_) -> None:
            """Nothing: a session id has no place in a log."""

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request, client_address) -> None:
            """A client that went away is nothing to write about."""
            if not isinstance(sys.exc_info()[1], OSError):
                super().handle_error(request, client_address)

    return Server(path, Handler)
