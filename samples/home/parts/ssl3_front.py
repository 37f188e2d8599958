"""A TCP front that makes a TLS server look as if it still spoke SSL 3.0; no library of today can be configured to do so.

A ClientHello with client_version 0x0300 is answered here with an SSL 3.0 ServerHello, Certificate and ServerHelloDone (RFC 6101,
5.2.1 and 5.6); every other connection is relayed byte by byte to the real server, behind a line of
the PROXY protocol. Usage: ssl3_front.py ADDRESS PORT SOCKET CERTIFICATE"""

import os
import selectors
import socket
import socketserver
import ssl
import struct
import sys

SUITES = [0xC00A, 0xC009, 0x0035, 0x002F]  # ours, best first; all are used with SSL 3.0, and its version is all that is wrong with them
HELLO_TIMEOUT, IDLE_TIMEOUT = 5.0, 75.0  # seconds
MOST_HELLO = 16384 + 5  # bytes: one record


def record(kind, content):
    return struct.pack(">BHH", kind, 0x0300, len(content)) + content


def handshake(kind, body):
    return struct.pack(">B", kind) + len(body).to_bytes(3, "big") + body


def is_ssl3_hello(data):
    return len(data) >= 11 and data[0] == 22 and data[1] == 3 and data[5] == 1 and data[9:11] == b"\x03\x00"


def offered_suites(data):
    """Suites of a ClientHello record; empty when it is cut short or its lengths lie."""
    position = 11 + 32
    if len(data) <= position:
        return []
    position += 1 + data[position]
    if len(data) < position + 2:
        return []
    length = int.from_bytes(data[position:position + 2], "big")
    suites = data[position + 2:position + 2 + length]
    if len(suites) != length or length % 2:
        return []
    return list(struct.unpack(f">{length // 2}H", suites))


def answer(data, certificate):
    """The server's first flight, or the alert handshake_failure (40) when there is no suite in common."""
    common = [suite for suite in SUITES if suite in offered_suites(data)]
    if not common:
        return record(21, b"\x02\x28")
    hello = b"\x03\x00" + os.urandom(32) + b"\x20" + os.urandom(32) + struct.pack(">HB", common[0], 0)
    chain = len(certificate).to_bytes(3, "big") + certificate
    return record(22, handshake(2, hello)) + record(22, handshake(11, len(chain).to_bytes(3, "big") + chain)) + record(22, handshake(14, b""))


def read_hello(client):
    """Up to one whole ClientHello record; whatever came when the client stops, stalls, or speaks something else."""
    data = b""
    client.settimeout(HELLO_TIMEOUT)
    try:
        while len(data) < MOST_HELLO:
            wanted = 11 if len(data) < 11 else 5 + int.from_bytes(data[3:5], "big") if is_ssl3_hello(data) else 0
            if len(data) >= wanted:
                break
            piece = client.recv(wanted - len(data))
            if not piece:
                break
            data += piece
            if data[0] != 22:
                break
    except OSError:
        pass
    return data


def relay(client, server):
    """Both directions until both sides have finished, or nothing moves for long."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.settimeout(IDLE_TIMEOUT)
    server.settimeout(IDLE_TIMEOUT)
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while selector.get_map():
            events = selector.select(IDLE_TIMEOUT)
            if not events:
                return
            for key, _ in events:
                data = key.fileobj.recv(65536)
                if data:
                    key.data.sendall(data)
                else:
                    selector.unregister(key.fileobj)
                    key.data.shutdown(socket.SHUT_WR)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            data = read_hello(self.request)
            if is_ssl3_hello(data):
                self.request.sendall(answer(data, self.server.certificate))
                self.request.settimeout(HELLO_TIMEOUT)
                self.request.recv(4096)  # the client's alert, next flight, or end: the act is over either way
                return
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(self.server.backend)
                (here, port), (there, from_port) = self.request.getsockname(), self.client_address
                server.sendall(f"PROXY TCP4 {there} {here} {from_port} {port}\r\n".encode() + data)  # sessions are bound to the client's address
                relay(self.request, server)
        except OSError:
            pass  # a client that went away


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def main():
    address, port, backend, certificate = sys.argv[1:]
    with Server((address, int(port)), Handler) as server:
        server.backend = backend
        with open(certificate, encoding="ascii") as file:
            server.certificate = ssl.PEM_cert_to_DER_cert(file.read())
        server.serve_forever()


if __name__ == "__main__":
    main()
