#!/usr/bin/python3
"""Servers on loopback that do one thing wrong, and what may be said of each. misbehaving.py [NAME] serves them until its input ends.

All are made from one honest server: TLS 1.2 with three suites of RSA key transport, alert 70 to every other version. None of them gets further
than the ServerHelloDone."""

import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import replay
import wire

SUITES = [0x009D, 0x009C, 0x002F]
PATIENCE = 8.0  # seconds; longer than the client's own
NOT_YES = {"no", "unknown"}
UNKNOWN = {"unknown"}


@dataclass
class Peer:
    """`versions` and `rest`: the values that `offered` may have; `suites` of TLS 1.2; `facts` by dotted path."""

    behave: object  # behave(link, door, certificate)
    rest: set
    versions: dict = field(default_factory=dict)
    suites: list = None
    whole: bool = True  # all suites must be found; otherwise what is missing must be told by suites_complete
    facts: dict = field(default_factory=dict)
    strange: bool = False  # must be told among the anomalies
    seconds: float = 45  # the whole probe at most


def certificate():
    with tempfile.TemporaryDirectory(prefix="lintel-tls-") as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-days", "30", "-subj", "/CN=odd.test",
                        "-outform", "DER", "-out", f"{folder}/der"], check=True, stderr=subprocess.DEVNULL)
        with open(f"{folder}/der", "rb") as file:
            return file.read()


def question(link):
    """The hello of the client; None when it went away or spoke something else."""
    link.settimeout(PATIENCE)
    data = b""
    try:
        while True:
            more = link.recv(65536)
            if not more:
                return None
            data += more
            hello = wire.parse_hello(data)
            if hello:
                return hello
    except ValueError:
        return None


def server_hello(version, suite):
    body = struct.pack(">H", version) + bytes(range(32)) + wire.vector(1, bytes(range(32))) + struct.pack(">HB", suite, 0)
    return b"\2" + wire.vector(3, body)


def flight(version, suite, der):
    chain = b"\x0b" + wire.vector(3, wire.vector(3, wire.vector(3, der)))
    return server_hello(version, suite) + chain + b"\x0e\0\0\0"


def honest(hello, der):
    """What it answers when nothing is wrong with it: (bytes, is it a refusal)."""
    suite = next((s for s in SUITES if s in hello.suites), None)
    if hello.version != wire.TLS12 or suite is None:
        return wire.record(wire.ALERT, wire.TLS12, b"\2" + bytes([40 if hello.version == wire.TLS12 else 70])), True
    return wire.record(wire.HANDSHAKE, wire.TLS12, flight(wire.TLS12, suite, der)), False


def until_gone(link):
    """Waits for the client's end."""
    link.settimeout(PATIENCE)
    while link.recv(65536):
        pass


def reset(link):
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def says(answer):
    """A behaviour: answer(hello, der) -> bytes, then wait for the client."""
    def behave(link, _door, der):
        hello = question(link)
        if hello:
            link.sendall(answer(hello, der))
            until_gone(link)
    return behave


def drip(link, _door, der):
    hello = question(link)
    if hello:
        for byte in honest(hello, der)[0]:
            link.sendall(bytes([byte]))
            time.sleep(1)


def segment_per_byte(link, _door, der):
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    hello = question(link)
    if hello:
        for byte in honest(hello, der)[0]:
            link.sendall(bytes([byte]))
        until_gone(link)


def record_per_byte(hello, der):
    answer, refused = honest(hello, der)
    return answer if refused else b"".join(wire.record(wire.HANDSHAKE, wire.TLS12, answer[i:i + 1]) for i in range(5, len(answer)))


def flood(link, _door, _der):
    if question(link):
        warning = wire.record(wire.ALERT, wire.TLS12, b"\1\x70") * 512
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE:
            link.sendall(warning)


def retry_forever(link, _door, _der):
    link.settimeout(PATIENCE)
    for _ in range(1000):
        hello = question(link)
        if hello is None:
            return
        if hello.version != wire.TLS13:
            link.sendall(wire.record(wire.ALERT, wire.TLS12, b"\2\x46"))
            return
        extensions = struct.pack(">HHHHHH", 43, 2, wire.TLS13, 51, 2, 23)
        suite = 0x1301 if 0x1301 in hello.suites else hello.suites[0]
        body = struct.pack(">H", wire.TLS12) + wire.RETRY + wire.vector(1, hello.session) + struct.pack(">HB", suite, 0) + wire.vector(2, extensions)
        link.sendall(wire.record(wire.HANDSHAKE, wire.TLS12, b"\2" + wire.vector(3, body)))


def web(link, _door, _der):
    link.settimeout(PATIENCE)
    if link.recv(65536):
        link.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: none\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbad\n")


def reset_after(count):
    """A reset after so many bytes of the honest answer; None: before the client's hello."""
    def behave(link, _door, der):
        if count is not None:
            hello = question(link)
            if hello is None:
                return
            answer, refused = honest(hello, der)
            link.sendall(answer if refused else answer[:count])
        reset(link)
    return behave


def same_to_all(link, _door, der):
    link.settimeout(PATIENCE)
    if link.recv(65536):
        link.sendall(wire.record(wire.HANDSHAKE, wire.TLS12, flight(wire.TLS12, 0x009C, der)))
        until_gone(link)


def hang_up(_link, _door, _der):
    pass


def alone(link, door, der):
    """Nobody else is let in meanwhile."""
    with door.closed():
        one_answer(link, der)


def one_answer(link, der):
    hello = question(link)
    refused = True
    if hello:
        answer, refused = honest(hello, der)
        link.sendall(answer)
        if not refused:
            until_gone(link)
    return refused


def swoon(link, door, der):
    """Half a second away after every hello that it refuses."""
    if one_answer(link, der):
        with door.closed():
            link.close()
            time.sleep(0.5)


def wrong_version(hello, der):
    answer, refused = honest(hello, der)
    return answer if refused else answer[:9] + b"\x03\x05" + answer[11:]


def unoffered(hello, der):
    answer, refused = honest(hello, der)
    return answer if refused else wire.record(wire.HANDSHAKE, wire.TLS12, flight(wire.TLS12, 0xC0FF, der))


def huge_chain(hello, der):
    """Two hundred certificates."""
    answer, refused = honest(hello, der)
    if refused:
        return answer
    suite = next(s for s in SUITES if s in hello.suites)
    chain = b"\x0b" + wire.vector(3, wire.vector(3, wire.vector(3, der) * 200))
    messages = server_hello(wire.TLS12, suite) + chain + b"\x0e\0\0\0"
    return b"".join(wire.record(wire.HANDSHAKE, wire.TLS12, messages[at:at + 16000]) for at in range(0, len(messages), 16000))


def fresh_certificate(hello, der):
    """Another one for each who asks."""
    return honest(hello, der[:-4] + secrets.token_bytes(4))[0]


def silent_second(link, _door, der):
    """Serves its RSA key, and falls silent over its ECDSA key."""
    hello = question(link)
    if not hello:
        return
    refused = honest(hello, der)[1]
    if not refused or hello.version != wire.TLS12 or 0xC02B not in hello.suites:
        link.sendall(honest(hello, der)[0])
    until_gone(link)


PEERS = {
    "honest": Peer(says(lambda hello, der: honest(hello, der)[0]), {"no"}, {"tls1_2": {"yes"}}, SUITES, {"spoken": "yes"}),
    "stall-after-header": Peer(says(lambda hello, der: b"\x16\3\3\0\x50"), UNKNOWN),
    "byte-a-second": Peer(drip, UNKNOWN),
    "segment-per-byte": Peer(segment_per_byte, {"no"}, {"tls1_2": {"yes"}}, SUITES),
    "record-per-byte": Peer(says(record_per_byte), {"no"}, {"tls1_2": {"yes"}}, SUITES),
    "oversized-record": Peer(says(lambda hello, der: b"\x16\3\3\xff\xff" + bytes(65535)), UNKNOWN, strange=True),
    "wrong-version": Peer(says(wrong_version), NOT_YES, {"tls1_2": UNKNOWN}, strange=True),
    "unoffered-suite": Peer(says(unoffered), NOT_YES, {"tls1_2": UNKNOWN}, strange=True),
    "retry-forever": Peer(retry_forever, NOT_YES, {"tls1_3": {"yes", "unknown"}}, strange=True),
    "alert-flood": Peer(flood, UNKNOWN),
    "http": Peer(web, {"no"}, facts={"spoken": "no", "instead": "http"}),
    "reset-at-once": Peer(reset_after(None), UNKNOWN),
    "reset-after-hello": Peer(reset_after(0), NOT_YES, {"tls1_2": UNKNOWN}),
    "reset-in-header": Peer(reset_after(3), NOT_YES, {"tls1_2": UNKNOWN}),
    "reset-in-hello": Peer(reset_after(40), NOT_YES, {"tls1_2": UNKNOWN}),
    "reset-after-server-hello": Peer(reset_after(90), NOT_YES, {"tls1_2": {"yes", "unknown"}}),
    "same-to-all": Peer(same_to_all, NOT_YES, {"tls1_2": {"yes"}}, [0x009C], strange=True),
    "huge-chain": Peer(says(huge_chain), {"no"}, {"tls1_2": {"yes"}}, SUITES, facts={"certificates": [], "certificates_complete": False, "client_certificate.requested": "unknown"}),
    "fresh-certificate": Peer(says(fresh_certificate), {"no"}, {"tls1_2": {"yes"}}, SUITES, facts={"certificates_complete": False}),
    "silent-second": Peer(silent_second, {"no"}, {"tls1_2": {"yes"}}, SUITES, whole=False, facts={"certificates_complete": False}),
    "hang-up": Peer(hang_up, UNKNOWN),
    "one-at-a-time": Peer(alone, {"no"}, {"tls1_2": {"yes"}}, SUITES),
    "swoons": Peer(swoon, NOT_YES, {"tls1_2": {"yes"}}, SUITES, whole=False, facts={"disturbed": True}),
}


class Door:
    """A listening port that can be shut for a while: connections are then refused."""

    def __init__(self):
        self.listener = replay.listen()
        self.port = self.listener.getsockname()[1]
        self.lock, self.ended = threading.Lock(), False

    def accept(self):
        """The next connection; None at the end. Blocks."""
        while not self.ended:
            with self.lock:
                listener = self.listener
            try:
                return listener.accept()[0]
            except OSError:
                continue
        return None

    def closed(self):
        return Shut(self)

    def end(self):
        self.ended = True
        shut(self.listener)


class Shut:
    def __init__(self, door):
        self.door = door

    def __enter__(self):
        self.door.lock.acquire()
        shut(self.door.listener)

    def __exit__(self, *_):
        if not self.door.ended:
            self.door.listener = socket.create_server(("127.0.0.1", self.door.port), backlog=64)
        self.door.lock.release()


def shut(listener):
    try:
        listener.shutdown(socket.SHUT_RDWR)  # wakes a waiting accept
    except OSError:
        pass
    listener.close()


def serve(peer, door, der):
    def one(link):
        with link:
            try:
                peer.behave(link, door, der)
            except OSError:
                pass

    while link := door.accept():
        worker = threading.Thread(target=one, args=(link,), daemon=True)
        worker.start()
        if peer.behave in (alone, swoon):
            worker.join()


def start(name, der):
    """Serves the peer on a free port of loopback; the Door, to end it."""
    door = Door()
    threading.Thread(target=serve, args=(PEERS[name], door, der), daemon=True).start()
    return door


if __name__ == "__main__":
    made = certificate()
    for chosen in sys.argv[1:] or PEERS:
        print(chosen, start(chosen, made).port, flush=True)
    sys.stdin.read()
