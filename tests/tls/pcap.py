"""Reads the TCP conversations of a capture: who said what, in which order, and how it ended. Classic pcap, link types null, loopback,
Ethernet and raw; IPv4 and IPv6 without options; bytes put in order by sequence number."""

import struct
from dataclasses import dataclass, field

FIN, SYN, RST = 1, 2, 4


@dataclass
class Conversation:
    """`turns` alternate: bytes of the client, bytes of the server, and so on. The server's end: "fin", "reset" or "silence"."""

    client_port: int
    server_port: int
    turns: list = field(default_factory=list)  # (from_server: bool, bytes)
    ended: str = "silence"


def frames(path):
    """The IP packets of the file."""
    with open(path, "rb") as file:
        data = file.read()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">"}[data[:4]]
    link = struct.unpack_from(order + "I", data, 20)[0]
    skip = {0: 4, 1: 14, 101: 0, 108: 4}[link]
    at = 24
    while at + 16 <= len(data):
        captured = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at + 16 + skip:at + 16 + captured]
        at += 16 + captured


def segments(path):
    """(source, destination, sequence, flags, payload) of every TCP packet; an endpoint is (address, port)."""
    for packet in frames(path):
        if packet[0] >> 4 == 4 and packet[9] == 6:
            start, end = (packet[0] & 15) * 4, struct.unpack_from(">H", packet, 2)[0]
            addresses = packet[12:16], packet[16:20]
        elif packet[0] >> 4 == 6 and packet[6] == 6:
            start, end = 40, 40 + struct.unpack_from(">H", packet, 4)[0]
            addresses = packet[8:24], packet[24:40]
        else:
            continue
        tcp = packet[start:end]
        ports, sequence = struct.unpack_from(">HH", tcp), struct.unpack_from(">I", tcp, 4)[0]
        yield (addresses[0], ports[0]), (addresses[1], ports[1]), sequence, tcp[13], tcp[(tcp[12] >> 4) * 4:]


def conversations(path):
    """All conversations whose start was recorded, in the order in which they began."""
    found, expected, waiting = {}, {}, {}
    for source, destination, sequence, flags, payload in segments(path):
        if flags & SYN:
            expected[source, destination] = (sequence + 1) & 0xFFFFFFFF
            if destination + source not in found and (destination, source) not in expected:
                found[source, destination] = Conversation(source[1], destination[1])
            continue
        talk = found.get((source, destination)) or found.get((destination, source))
        if talk is None:
            continue
        from_server = (source, destination) not in found
        if payload:
            waiting.setdefault((source, destination), {})[sequence] = payload
            deliver(talk, from_server, expected, waiting, (source, destination))
        if from_server and flags & (FIN | RST) and talk.ended == "silence":
            talk.ended = "reset" if flags & RST else "fin"
    return list(found.values())


def deliver(talk, from_server, expected, waiting, way):
    """Moves what is now in order from `waiting` into the conversation."""
    held = waiting[way]
    while True:
        ready = [sequence for sequence, payload in held.items() if 0 <= (expected[way] - sequence) & 0xFFFFFFFF <= len(payload)]
        if not ready:
            return
        payload = held.pop(ready[0])
        fresh = payload[(expected[way] - ready[0]) & 0xFFFFFFFF:]
        expected[way] = (expected[way] + len(fresh)) & 0xFFFFFFFF
        if not fresh:
            continue
        if talk.turns and talk.turns[-1][0] == from_server:
            talk.turns[-1] = (from_server, talk.turns[-1][1] + fresh)
        else:
            talk.turns.append((from_server, fresh))
