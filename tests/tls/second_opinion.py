#!/usr/bin/python3
"""A small client that finds all suites of a server by exclusion: offer, strike out what was chosen, offer again until it refuses.
One connection at a time. Usage: second_opinion.py ADDRESS PORT [--udp]

Says nothing of how a scanner should do it; it is the second opinion with which the tests compare."""

import json
import os
import socket
import struct
import sys

import wire

CHUNK = 100
WAIT = 3.0


def ask(address, question):
    """The Reply of one connection; it ends with the first flight."""
    data = b""
    try:
        with socket.create_connection(address, timeout=WAIT) as link:
            link.sendall(question)
            while True:
                reply = wire.parse_reply(data)
                if complete(data, reply):
                    link.sendall(wire.record(wire.ALERT, wire.TLS10, b"\1\0"))
                    return reply
                more = link.recv(65536)
                if not more:
                    return reply
                data += more
    except socket.timeout:
        return wire.Reply("silence")
    except OSError:
        return wire.parse_reply(data)


def complete(data, reply):
    if reply.kind == "alert":
        return True
    if data[:1] and data[0] & 0x80:
        return len(data) >= 2 + struct.unpack_from(">H", data + b"\0")[0] % 0x8000
    if any(kind == wire.ALERT for kind, _, _ in wire.records(data)):  # Tongsuo: a hello, no certificate, then an internal error
        return True
    kinds = [kind for kind, _ in wire.messages(data)]
    return 14 in kinds or (2 in kinds and reply.version == wire.TLS13)


def portions(version):
    if version == wire.TLS13:
        return [wire.TLS13_SUITES]
    if version == wire.TLCP:
        return [wire.TLCP_SUITES]
    return [wire.SUITES[i:i + CHUNK] for i in range(0, len(wire.SUITES), CHUNK)] + [wire.PRE_SHARED]


def enumerate_version(asking, version):
    """{offered, suites in the order of choice, groups, refusal, cookie (length)} of one version; asking(question) -> Reply."""
    if version == wire.SSL2:
        reply = asking(version, wire.SSL2_SUITES, wire.GROUPS)
        spoken = reply.kind == "hello" and reply.version == wire.SSL2
        return {"offered": spoken, "suites": reply.suites if spoken else [], "groups": [], "refusal": describe(reply)}
    suites, groups, grouped, last, other, cookie = [], [], [], None, set(), 0
    for portion in portions(version):
        left = list(portion)
        while left:
            reply = last = asking(version, left, wire.GROUPS)
            if reply.kind != "hello" or reply.version != version or reply.suite not in left:
                if reply.kind == "hello" and reply.version != version:
                    other.add(reply.version)
                break
            left.remove(reply.suite)
            suites.append(reply.suite)
            cookie = reply.cookie
            if reply.group:
                grouped.append(reply.suite)
    left = list(wire.GROUPS)
    while grouped and left and version not in (wire.SSL3, wire.TLCP):
        reply = asking(version, grouped[:CHUNK], left)
        if reply.kind != "hello" or reply.group not in left:
            break
        left.remove(reply.group)
        groups.append(reply.group)
    return {"offered": bool(suites), "suites": suites, "groups": groups, "refusal": describe(last), "other": sorted(other),
            "cookie": cookie}


def describe(reply):
    return f"alert {reply.alert}" if reply.kind == "alert" else reply.kind


def order(asking, version, suites):
    """server, client or unknown: does the choice follow when the offer is turned round?"""
    if len(suites) < 2:
        return "unknown"
    return "server" if asking(version, suites, wire.GROUPS).suite == asking(version, suites[::-1], wire.GROUPS).suite else "client"


def over_tcp(address):
    return lambda version, suites, groups: ask(address, wire.make_hello(version, suites, groups))


def over_udp(address, wait=1.0):
    def asking(version, suites, groups):
        with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(wait)
            link.connect(address)
            return datagrams(link, version, suites, groups)
    return asking


def datagrams(link, version, suites, groups):
    """One DTLS flight: hello, cookie, hello again."""
    random, cookie, sequence, fragments = os.urandom(32), b"", 0, {}

    def send():
        nonlocal sequence
        body = wire.make_hello(version, suites, groups, random=random, cookie=cookie)
        head = struct.pack(">B3sH3s3s", 1, len(body).to_bytes(3, "big"), sequence, bytes(3), len(body).to_bytes(3, "big"))
        link.send(struct.pack(">BHHIHH", 22, wire.DTLS10, 0, 0, sequence, len(head + body)) + head + body)
        sequence += 1

    reply = wire.Reply("silence")
    try:
        send()
        while True:
            data, at = link.recv(65536), 0
            while at + 13 <= len(data):
                kind, seen, length = data[at], struct.unpack_from(">H", data, at + 1)[0], struct.unpack_from(">H", data, at + 11)[0]
                body = data[at + 13:at + 13 + length]
                at += 13 + length
                if kind == wire.ALERT:
                    return wire.Reply("alert", seen, alert=body[1])
                if kind != 22 or len(body) < 12:
                    continue
                total, start = int.from_bytes(body[1:4], "big"), int.from_bytes(body[6:9], "big")
                if body[0] == 3:
                    cookie = body[15:15 + body[14]]
                    send()
                    break
                pieces = fragments.setdefault((struct.unpack_from(">H", body, 4)[0], body[0], total), {})
                pieces[start] = body[12:]
            stream = b""
            for (_, kind, total), pieces in sorted(fragments.items()):
                whole = b"".join(pieces[start] for start in sorted(pieces))
                if len(whole) == total:
                    stream += bytes([kind]) + wire.vector(3, whole)
            reply = wire.parse_reply(wire.record(22, version, stream[:65535])) if stream else reply
            if any(kind == 14 for _, kind, _ in fragments):
                reply.cookie = len(cookie)
                link.send(struct.pack(">BHHIHH", wire.ALERT, version, 0, 0, sequence, 2) + b"\2\x5a")  # one-peer servers are free again
                return reply
    except OSError:
        return reply


def everything(asking, versions):
    """{version number: enumerate_version + order}."""
    found = {}
    for version in versions:
        found[version] = enumerate_version(asking, version)
        if found[version]["offered"] and version not in (wire.SSL2, wire.TLCP):
            found[version]["order"] = order(asking, version, found[version]["suites"])
    return found


if __name__ == "__main__":
    where = (sys.argv[1], int(sys.argv[2]))
    if "--udp" in sys.argv:
        result = everything(over_udp(where), [wire.DTLS10, wire.DTLS12])
    else:
        result = everything(over_tcp(where), wire.VERSIONS)
    for number, seen in result.items():
        print(wire.NAMES[number], json.dumps(seen | {"suites": [f"{code:04X}" for code in seen["suites"]]}))
