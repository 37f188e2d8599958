#!/usr/bin/python3
"""Plays a recorded enumeration of a real server (a capture) to anyone who asks. Usage: replay.py CAPTURE [ADDRESS[:PORT]] [--bleeds]

A new hello is never one of the recorded ones, so the server's behaviour is taken from the recording: what it supports in each version is what
it ever chose; what it prefers is what it chose where both were offered; the answer is the recorded flight with that choice. What no recorded
flight contains is never chosen. Patched are the HelloRetryRequest of TLS 1.3 (session id, suite, group: it has nothing else in it) and, up to
TLS 1.2, features that don't hang on the suite, where the recorder asked for them once and the new hello does too. --bleeds adds what the recorder didn't ask: the answer of OpenSSL 1.0.1f to a lying heartbeat and to an early ChangeCipherSpec."""

import collections
import socket
import struct
import sys
import threading
from dataclasses import dataclass

import pcap
import wire

FEATURES = (15, 23, 35)  # heartbeat, extended master secret, session ticket: the server's whatever the suite
PATIENCE = 5.0  # seconds for the client's next word


@dataclass
class Exchange:
    hello: wire.Hello
    flight: bytes
    reply: wire.Reply
    ended: str


class Recording:
    def __init__(self, path):
        self.exchanges = []
        for talk in pcap.conversations(path):
            if not talk.turns or talk.turns[0][0]:
                continue
            hello = wire.parse_hello(talk.turns[0][1])
            flight = talk.turns[1][1] if len(talk.turns) > 1 else b""
            if flight or talk.ended != "silence":  # otherwise the capture just stopped
                self.exchanges.append(Exchange(hello, flight, wire.parse_reply(flight), talk.ended))
        old = [e.reply for e in self.exchanges if e.reply.kind == "hello" and e.reply.version in (wire.TLS10, wire.TLS11, wire.TLS12)]
        self.features = {kind: body for reply in old for kind, body in reply.extensions.items() if kind in FEATURES}
        self.deflates = any(e.reply.compression for e in self.exchanges)
        self.spoken = {}  # asked version -> version of the answer
        for version, all_of_it in self.by_version().items():
            answers = collections.Counter(e.reply.version for e in all_of_it if e.reply.kind == "hello")
            if answers:
                self.spoken[version] = answers.most_common(1)[0][0]

    def by_version(self):
        found = collections.defaultdict(list)
        for exchange in self.exchanges:
            found[exchange.hello.version].append(exchange)
        return found

    def suites(self):
        """{version of the answer: every suite that was ever chosen}, the SSL 2.0 list as it is."""
        found = collections.defaultdict(set)
        for exchange in self.exchanges:
            if exchange.reply.kind == "hello":
                found[exchange.reply.version].update(exchange.reply.suites or [exchange.reply.suite])
        return found

    def answer(self, hello):
        """(bytes, how it ends) for a new hello."""
        spoken = self.spoken.get(hello.version)
        pool = [e for e in self.exchanges if e.reply.kind == "hello" and e.reply.version == spoken]
        if spoken == wire.SSL2:
            return pool[0].flight, pool[0].ended
        if spoken == wire.TLS13:
            return self.retry_request(hello, pool)
        able = [e for e in pool if acceptable(e.reply, hello)]
        suite = choose(hello.suites, {e.reply.suite for e in able}, [(e.reply.suite, e.hello.suites) for e in usual(pool)])
        if suite is None:
            return self.refusal(hello)
        asked = set(hello.extensions) | ({0xFF01} if wire.SCSV in hello.suites else set())
        able = [e for e in able if e.reply.suite == suite]
        fitting = [e for e in able if set(e.reply.extensions) <= asked] or able
        groups = choose(hello.groups or [], {e.reply.group for e in fitting}, [(e.reply.group, e.hello.groups or []) for e in pool])
        schemes = [s for s in hello.schemes or [] if any(e.reply.scheme == s for e in fitting)]
        best = max(fitting, key=lambda e: (len(e.reply.extensions), e.reply.group == groups, schemes[:1] == [e.reply.scheme]))
        kept = {kind: body for kind, body in best.reply.extensions.items() if kind not in FEATURES}
        kept |= {kind: body for kind, body in self.features.items() if kind in hello.extensions}
        if spoken in (wire.SSL3, wire.TLCP):
            kept = best.reply.extensions
        return with_features(best.flight, kept, int(self.deflates and hello.deflates)), best.ended

    def retry_request(self, hello, pool):
        suite = choose(hello.suites, {e.reply.suite for e in pool}, [(e.reply.suite, e.hello.suites) for e in pool])
        group = choose(hello.groups or [], {e.reply.group for e in pool} - {0}, [(e.reply.group, e.hello.groups) for e in pool])
        fitting = [e for e in pool if e.reply.group == (group or 0)] or [e for e in pool if group and e.reply.group]
        if suite is None or not fitting:
            return self.refusal(hello)
        return patched(fitting[0], hello.session, suite, group), fitting[0].ended

    def refusal(self, hello):
        """What was said to the hello of this version that is most like it; an alert when none was recorded."""
        refused = [e for e in self.exchanges if e.reply.kind != "hello" and e.hello.version == hello.version]
        if not refused:
            return wire.record(wire.ALERT, self.spoken.get(hello.version, wire.SSL3), b"\2\x28"), "fin"
        best = max(refused, key=lambda e: likeness(e.hello, hello))
        return best.flight, best.ended


def likeness(one, other):
    return sum(len(set(a or []) & set(b or [])) / (len(set(a or []) | set(b or [])) or 1)
               for a, b in ((one.suites, other.suites), (one.groups, other.groups), (one.extensions, other.extensions)))


def acceptable(reply, hello):
    return (reply.suite in hello.suites and (not reply.group or hello.groups is None or reply.group in hello.groups) and
            (not reply.scheme or hello.schemes is None or reply.scheme in hello.schemes))


def usual(pool):
    """The exchanges with the most usual groups and schemes: choices under other limits say nothing of the order of suites."""
    def limits(exchange):
        return exchange.hello.extensions.get(10), exchange.hello.extensions.get(13)
    most = collections.Counter(map(limits, pool)).most_common(1)
    return [e for e in pool if limits(e) == most[0][0]]


def choose(offered, supported, choices):
    """The one of `offered` that a server with these recorded choices [(chosen, offered then)] takes; None without a common one."""
    ready = [value for value in offered if value in supported]
    if not ready:
        return None
    found = list(dict.fromkeys(chosen for chosen, _ in choices))  # each choice was struck out of the next offer: the server's order
    own_order = any(then.index(other) < then.index(chosen) for chosen, then in choices if chosen in then for other in then if other in supported)
    return min(ready, key=found.index) if own_order else ready[0]


def patched(exchange, session, suite, group):
    """The recorded HelloRetryRequest with the client's session id and another choice."""
    kind, version, body = next(wire.records(exchange.flight))
    at = 4 + 2 + 32
    old = 1 + body[at]
    rest = struct.pack(">H", suite) + body[at + old + 2:]
    if group:
        rest = rest.replace(struct.pack(">HHH", 51, 2, exchange.reply.group), struct.pack(">HHH", 51, 2, group))
    hello = body[4:at] + wire.vector(1, session) + rest
    first = wire.record(kind, version, b"\2" + wire.vector(3, hello))
    return first + exchange.flight[5 + len(body):]


def with_features(flight, extensions, compression):
    """The flight with these in its ServerHello, which has to be alone in its record."""
    kind, version, body = next(wire.records(flight))
    at = 4 + 34 + 1 + body[4 + 34] + 2
    hello = body[4:at] + bytes([compression])
    if extensions:
        hello += wire.vector(2, b"".join(struct.pack(">HH", number, len(value)) + value for number, value in extensions.items()))
    return wire.record(kind, version, b"\2" + wire.vector(3, hello)) + flight[5 + len(body):]


def heartbeat(body, version):
    """OpenSSL 1.0.1f: as many bytes as claimed, kept back while they are fewer than its write buffer; 64 KiB make several records."""
    claimed = struct.unpack_from(">H", body, 1)[0]
    if claimed < 0x1000:
        return b""
    answer = b"\2" + struct.pack(">H", claimed) + body[3:] + bytes(claimed - len(body[3:]) + 16)
    return b"".join(wire.record(wire.HEARTBEAT, version, answer[i:i + 0x4000]) for i in range(0, len(answer), 0x4000))


def converse(link, recording, bleeds):
    link.settimeout(PATIENCE)
    data, hello = b"", None
    while hello is None:
        more = link.recv(65536)
        if not more:
            return
        data += more
        hello = wire.parse_hello(data)
    flight, ended = recording.answer(hello)
    link.sendall(flight)
    if ended == "reset":
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return
    if wire.parse_reply(flight).kind != "hello" or any(kind == wire.ALERT for kind, _, _ in wire.records(flight)):
        return
    data = b""
    while True:
        more = link.recv(65536)
        if not more:
            return
        data += more
        for kind, version, body in wire.records(data):
            data = data[5 + len(body):]
            if kind == wire.ALERT:
                return
            if bleeds and kind == wire.HEARTBEAT and len(body) >= 3:
                link.sendall(heartbeat(body, version))
            elif kind == wire.CHANGE_CIPHER and bleeds:
                if data:  # the second of two: it was taken seriously, so this one is not readable any more
                    link.sendall(wire.record(wire.ALERT, version, b"\2\x14"))
                    return
            elif kind in (wire.HEARTBEAT, wire.CHANGE_CIPHER):
                link.sendall(wire.record(wire.ALERT, version, b"\2\x0a"))
                return


def serve(listener, answer_one):
    """Takes connections until the listener is closed, each in a thread."""
    def one(link):
        with link:
            try:
                answer_one(link)
            except (OSError, ValueError):
                pass

    while True:
        try:
            link, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=one, args=(link,), daemon=True).start()


def listen(address="127.0.0.1", port=0):
    return socket.create_server((address, port), backlog=64)


def start(path, bleeds=False):
    """Serves the capture on a free port of loopback; (port, listener to close)."""
    recording, listener = Recording(path), listen()
    threading.Thread(target=serve, args=(listener, lambda link: converse(link, recording, bleeds)), daemon=True).start()
    return listener.getsockname()[1], listener


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    host, _, number = (words[1] if len(words) > 1 else "127.0.0.1").partition(":")
    played, door = Recording(words[0]), listen(host, int(number or 0))
    print(f"{words[0]} on {host}:{door.getsockname()[1]}", flush=True)
    serve(door, lambda link: converse(link, played, "--bleeds" in sys.argv))
