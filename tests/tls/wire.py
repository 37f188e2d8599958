"""Hellos of SSL 2.0 to TLS 1.3, TLCP and DTLS as bytes: enough to ask a server and to understand such a question and its answer.
Independent of the program under test on purpose: numbers only, no names."""

import os
import struct
from dataclasses import dataclass, field

SSL2, SSL3, TLS10, TLS11, TLS12, TLS13, TLCP = 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0101
DTLS10, DTLS12 = 0xFEFF, 0xFEFD
VERSIONS = [SSL2, SSL3, TLS10, TLS11, TLS12, TLS13, TLCP]
NAMES = {SSL2: "ssl2", SSL3: "ssl3", TLS10: "tls1_0", TLS11: "tls1_1", TLS12: "tls1_2", TLS13: "tls1_3", TLCP: "tlcp1_1",
         DTLS10: "dtls1_0", DTLS12: "dtls1_2"}
ALERT, HANDSHAKE, HEARTBEAT, CHANGE_CIPHER = 21, 22, 24, 20
SCSV = 0x00FF
GROUPS = [29, 23, 24, 25, 30, 26, 27, 28, *range(1, 23), 41, *range(256, 261), 0x11EB, 0x11EC, 0x11ED, 0x11EE]
SCHEMES = [0x0804, 0x0403, 0x0401, 0x0805, 0x0503, 0x0501, 0x0806, 0x0603, 0x0601, 0x0807, 0x0808, 0x0809, 0x080A, 0x080B, 0x0303, 0x0301,
           0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0202, 0x0101, 0x0103, 0x0708]
RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")
TLS13_SUITES = [*range(0x1301, 0x1308), 0x00C6, 0x00C7, 0xC0B4, 0xC0B5]
TLCP_SUITES = [*range(0xE001, 0xE01D), *range(0xE051, 0xE05B)]
# Every code point that was ever given out; pre-shared keys last, since some servers stay silent where a certificate suite precedes them.
PRE_SHARED = [*range(0x2C, 0x2F), *range(0x8A, 0x96), *range(0xA8, 0xBA), *range(0xC033, 0xC03C), *range(0xC064, 0xC06A), *range(0xC06A, 0xC072),
              *range(0xC08E, 0xC09C), *range(0xC0A4, 0xC0AC), *range(0xCCAB, 0xCCAF), *range(0xD001, 0xD006)]
COMMON = [0xC02F, 0xC030, 0xC02B, 0xC02C, 0xCCA8, 0xCCA9, 0xC013, 0xC014, 0x9C, 0x9D, 0x2F, 0x35, 0x0A, 0x9E, 0x9F, 0x33, 0x39]
SUITES = COMMON + [code for code in [*range(1, 0xC8), *range(0xC001, 0xC0B4), 0xCC13, 0xCC14, 0xCC15, *range(0xCCA8, 0xCCAF), *range(0xD001, 0xD006),
                                     *TLCP_SUITES, *range(0xFEFE, 0xFF00), 0xFFE0, 0xFFE1]
                   if code not in COMMON and code not in PRE_SHARED and code not in (0xC6, 0xC7)]
SSL2_SUITES = [0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700C0, 0x080080, 0x060140, 0x0701C0, 0x000000]


@dataclass
class Hello:
    """What a client asked for. `version` is the highest that it can."""

    version: int
    suites: list
    session: bytes = b""
    extensions: dict = field(default_factory=dict)
    deflates: bool = False

    def words(self, kind):
        """An extension that is a list of 16-bit numbers; None without it."""
        body = self.extensions.get(kind)
        return None if body is None else words(body[2:])

    @property
    def groups(self):
        return self.words(10)

    @property
    def schemes(self):
        return self.words(13)


@dataclass
class Reply:
    """What the first flight of a server says. kind: hello, alert, nothing, other."""

    kind: str
    version: int = 0
    suite: int = 0
    extensions: dict = field(default_factory=dict)
    group: int = 0
    scheme: int = 0
    alert: int = -1
    certificates: list = field(default_factory=list)
    client_certificate: bool = False
    suites: list = field(default_factory=list)  # SSL 2.0 tells all at once
    compression: int = 0
    cookie: int = 0  # its length, in DTLS


def words(data):
    return [value for (value,) in struct.iter_unpack(">H", data[:len(data) & ~1])]


def vector(width, data):
    return len(data).to_bytes(width, "big") + data


def record(kind, version, body):
    return struct.pack(">BHH", kind, version, len(body)) + body


def records(data):
    """(type, version, body) of every whole record."""
    at = 0
    while at + 5 <= len(data):
        kind, version, length = struct.unpack_from(">BHH", data, at)
        if at + 5 + length > len(data):
            return
        yield kind, version, data[at + 5:at + 5 + length]
        at += 5 + length


def messages(data):
    """(type, body) of every whole handshake message in the records."""
    stream = b"".join(body for kind, _, body in records(data) if kind == HANDSHAKE)
    at = 0
    while at + 4 <= len(stream):
        length = int.from_bytes(stream[at + 1:at + 4], "big")
        if at + 4 + length > len(stream):
            return
        yield stream[at], stream[at + 4:at + 4 + length]
        at += 4 + length


def extension_map(data):
    found, at = {}, 2
    while at + 4 <= len(data):
        kind, length = struct.unpack_from(">HH", data, at)
        found[kind] = data[at + 4:at + 4 + length]
        at += 4 + length
    return found


def parse_hello(data):
    """The Hello of these bytes, None while they are not yet one; ValueError when they never will be."""
    if len(data) < 11:
        return None
    if data[0] & 0x80 and data[2] == 1:
        end, length = 2 + struct.unpack_from(">H", data)[0] % 0x8000, struct.unpack_from(">H", data, 5)[0]
        return None if len(data) < end else Hello(SSL2, [int.from_bytes(data[i:i + 3], "big") for i in range(11, 11 + length, 3)])
    if data[0] != HANDSHAKE or data[1] not in (1, 3) or data[5] != 1:
        raise ValueError("not a hello")
    for kind, body in messages(data):
        version, at = struct.unpack_from(">H", body)[0], 34
        session = body[at + 1:at + 1 + body[at]]
        at += 1 + len(session)
        length = struct.unpack_from(">H", body, at)[0]
        suites = words(body[at + 2:at + 2 + length])
        at += 2 + length
        hello = Hello(version, suites, session, extension_map(body[at + 1 + body[at]:]), 1 in body[at + 1:at + 1 + body[at]])
        offered = words(hello.extensions.get(43, b"\0")[1:])
        hello.version = max([v for v in offered if v <= TLS13], default=version)
        return hello
    return None


def parse_reply(data):
    if not data:
        return Reply("nothing")
    if data[0] & 0x80 and len(data) > 12 and data[2] == 4:
        version, certificate, length = struct.unpack_from(">HHH", data, 5)
        at = 13 + certificate
        codes = [int.from_bytes(data[i:i + 3], "big") for i in range(at, at + length, 3)]
        return Reply("hello", version, suites=codes, certificates=[data[13:at]])
    for kind, version, body in records(data):
        if kind == ALERT and len(body) >= 2:
            return Reply("alert", version, alert=body[1])
        break
    reply = Reply("other")
    for kind, body in messages(data):
        if kind == 2 and len(body) >= 38:
            at = 35 + body[34]
            reply = Reply("hello", struct.unpack_from(">H", body)[0], struct.unpack_from(">H", body, at)[0], extension_map(body[at + 3:]),
                          compression=body[at + 2])
            if 43 in reply.extensions:
                reply.version = words(reply.extensions[43])[0]
            if 51 in reply.extensions:
                reply.group = words(reply.extensions[51])[0]
        elif kind == 11:
            at = 3
            while at + 3 <= len(body):
                length = int.from_bytes(body[at:at + 3], "big")
                reply.certificates.append(body[at + 3:at + 3 + length])
                at += 3 + length
        elif kind == 12:
            reply.group, reply.scheme = key_exchange(body, reply.version)
        elif kind == 13:
            reply.client_certificate = True
    return reply


def key_exchange(body, version):
    """(group, signature scheme) of a ServerKeyExchange; 0 for what it does not have."""
    group, at = 0, 0
    if body[0] == 3 and len(body) > 4:
        group, at = struct.unpack_from(">H", body, 1)[0], 4 + body[3]
    elif version != TLCP:
        for _ in range(3):  # p, g, public key
            if at + 2 <= len(body):
                at += 2 + struct.unpack_from(">H", body, at)[0]
    if version not in (TLS12, DTLS12) or at + 4 > len(body) or at + 4 + struct.unpack_from(">H", body, at + 2)[0] != len(body):
        return group, 0
    return group, struct.unpack_from(">H", body, at)[0]


def extensions_for(version, groups, schemes, extra):
    listed = {10: vector(2, b"".join(struct.pack(">H", g) for g in groups)), 11: b"\1\0"}
    if version in (TLS12, TLS13, DTLS12):
        listed[13] = vector(2, b"".join(struct.pack(">H", s) for s in schemes))
    if version == TLS13:
        listed |= {43: b"\2\3\4", 51: b"\0\0"}
    else:
        listed[0xFF01] = b"\0"
    return b"".join(struct.pack(">HH", kind, len(body)) + body for kind, body in (listed | (extra or {})).items())


def make_hello(version, suites, groups=GROUPS, schemes=SCHEMES, extra=None, random=None, cookie=None):
    """The record (TLS), or for DTLS the handshake body, of a hello that asks for exactly this version."""
    random = random or os.urandom(32)
    if version == SSL2:
        codes = b"".join(code.to_bytes(3, "big") for code in suites)
        body = struct.pack(">BHHHH", 1, 2, len(codes), 0, 16) + codes + random[:16]
        return struct.pack(">H", 0x8000 | len(body)) + body
    session = vector(1, os.urandom(32) if version == TLS13 else b"")
    body = struct.pack(">H", min(version, TLS12) if version < DTLS12 else version) + random + session
    if version in (DTLS10, DTLS12):
        body += vector(1, cookie or b"")
    if version == SSL3:
        suites = [*suites, SCSV]
    body += vector(2, b"".join(struct.pack(">H", code) for code in suites)) + b"\1\0"
    if version not in (SSL3, TLCP):
        body += vector(2, extensions_for(version, groups, schemes, extra))
    if version in (DTLS10, DTLS12):
        return body
    return record(HANDSHAKE, version if version in (SSL3, TLCP) else TLS10, b"\1" + vector(3, body))
