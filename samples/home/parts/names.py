"""The sample home's DNS: names to addresses (A), over UDP, nothing else. Usage: names.py ADDRESS PORT NAME=ADDRESS[,ADDRESS...]..."""

import socket
import struct
import sys

NO_ERROR, FORMAT_ERROR, NO_SUCH_NAME = 0, 1, 3
A, IN, LIFETIME = 1, 1, 5  # seconds


def question(query):
    """Name, type, class, and where the question ends; None when it can't be read or is compressed."""
    labels, position = [], 12
    while position < len(query) and query[position]:
        length = query[position]
        if length > 63 or position + 1 + length >= len(query):
            return None
        labels.append(query[position + 1:position + 1 + length].decode("ascii", "replace").lower())
        position += 1 + length
    if position + 5 > len(query):
        return None
    return ".".join(labels), *struct.unpack_from(">HH", query, position + 1), position + 5


def answer(query, zone):
    """The response (RFC 1035, 4.1), or None for what is no question."""
    if len(query) < 12 or query[2] & 0x80:
        return None
    identifier, flags, count = struct.unpack_from(">HHH", query)
    asked = question(query) if count == 1 else None
    if asked is None:
        return struct.pack(">HHHHHH", identifier, 0x8000 | FORMAT_ERROR, 0, 0, 0, 0)
    name, kind, group, end = asked
    addresses = zone.get(name, []) if (kind, group) == (A, IN) else []
    status = NO_ERROR if name in zone else NO_SUCH_NAME
    head = struct.pack(">HHHHHH", identifier, 0x8400 | (flags & 0x0100) | status, 1, len(addresses), 0, 0)
    records = [struct.pack(">HHHIH4s", 0xC00C, A, IN, LIFETIME, 4, socket.inet_aton(address)) for address in addresses]
    return head + query[12:end] + b"".join(records)


def main():
    address, port, *entries = sys.argv[1:]
    zone = {name: addresses.split(",") for name, addresses in (entry.split("=") for entry in entries)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, int(port)))
        while True:
            query, client = server.recvfrom(512)
            response = answer(query, zone)
            if response:
                server.sendto(response, client)


if __name__ == "__main__":
    main()
