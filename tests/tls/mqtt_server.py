#!/usr/bin/python3
"""A broker that asks for a client certificate without insisting, and answers each CONNECT with one code. Usage: mqtt_server.py PORT PEM CA CODE"""
import socket
import ssl
import sys

port, pem, ca, code = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(pem)
context.load_verify_locations(ca)
context.verify_mode = ssl.CERT_OPTIONAL
with socket.create_server(("127.0.0.1", port), backlog=64) as door:
    while True:
        plain, _ = door.accept()
        plain.settimeout(5)
        try:
            with context.wrap_socket(plain, server_side=True) as stream:
                if stream.recv(512)[:1] == b"\x10":
                    stream.sendall(bytes([0x20, 2, 0, code]))
                    stream.recv(512)
        except OSError:
            plain.close()
