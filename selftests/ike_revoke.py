#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A web server that has CRLs, and all that a bad one can do.

    ike_revoke.py FOLDER
"""

import http.server
import os
import socket
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    """A file of the folder, or one of the names below."""

    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        """Of a path, which is a method here or a file."""
        name = self.path.lstrip('/')
        special = getattr(self, 'get_' + name, None)
        if special:
            special()
            return
        try:
            with open(os.path.join(sys.argv[1], os.path.basename(name)), 'rb') as file:
                self.answer(file.read())
        except OSError:
            self.send_error(404)

    def answer(self, data):
        """All of it, with its length."""
        self.send_response(200)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def get_chunked(self):
        """The CRL in chunks, and a trailer."""
        with open(os.path.join(sys.argv[1], 'ca.crl'), 'rb') as file:
            data = file.read()
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        for i in range(0, len(data), 100):
            part = data[i:i + 100]
            self.wfile.write(b'%x;a=b\r\n%s\r\n' % (len(part), part))
        self.wfile.write(b'0\r\nA: b\r\n\r\n')

    def get_moved(self):
        """The CRL is at another place."""
        self.send_response(302)
        self.send_header('Location', '/ca.crl')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def get_inside(self):
        self.send_response(302)
        self.send_header('Location', 'http://127.0.0.1/ca.crl')
        self.end_headers()

    def get_loop(self):
        """It is always somewhere else."""
        self.send_response(301)
        self.send_header('Location', '/loop')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def get_drip(self):
        """An octet a second, for ever."""
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b'0')
            self.wfile.flush()
            time.sleep(1)

    def get_endless(self):
        """As many as it takes."""
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b'0' * 65536)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """What was asked for, in a file that the test reads."""
        with open(os.path.join(sys.argv[1], 'asked'), 'a', encoding='ascii') as file:
            file.write(format % args + '\n')


class Server(http.server.ThreadingHTTPServer):
    """Both families at one port."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def handle_error(self, request, client_address):
        """Clients that have had enough."""


if __name__ == '__main__':
    Server(('::', 80), Handler).serve_forever()
