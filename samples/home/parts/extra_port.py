"""A forgotten debug listener: one TCP port that no target file declares. Usage: extra_port.py ADDRESS PORT"""

import socketserver
import sys


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.request.sendall(b"debug console\r\n")
        except OSError:
            pass  # a sweep that has closed already


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    server.serve_forever()
