#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The processes of tcp_peers.sh.

    tcp_peers.py hold KIND accept LOCAL PORT
    tcp_peers.py hold KIND connect LOCAL ADDRESS PORT [PROXY PORT]
        Accept or make a connection, through a proxy if there is one, exchange
        the prefix (RFC 9329, 4), and hand the connection over to KIND:

        adit
        espintcp    the kernel's own
        tls         adit, over TLS: after the handshake of OpenSSL the kernel
                    has the keys (RFC 9329, A)
        an ending   nobody: OpenSSL's TLS, until SIGUSR2 ends it in this way:
                    close-notify, fatal-alert, hello-request, no-content-type

        Tell of "open LOCAL-PORT REMOTE-PORT", with adit also of its id, and of
        every IKE message; SIGUSR1 sends one. In the folder that TLS_KEYS names
        are key.pem and cert.pem of who accepts.
    tcp_peers.py has espintcp|tls
        Has the kernel this? Else say why not.
"""

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys

PREFIX = b"IKETCP"
MARKER = bytes(4)
TCP_ULP = 31
SOL_TLS, TLS_TX, TLS_RX, TLS_SET_RECORD_TYPE = 282, 1, 2, 1
# Python has no name for it.
SSL_OP_ENABLE_KTLS = 1 << 3
# Records that are no data: content type and octets (RFC 5246, 6.2.1, 7.2, 7.4.1).
ENDINGS = {"close-notify": (21, b"\1\0"), "fatal-alert": (21, b"\2\50"),
           "hello-request": (22, bytes(4)), "no-content-type": (99, b"?")}
# That in which OpenSSL keeps the keys.
KEYS_STAY = "close-notify"


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def read_exactly(sock, count):
    out = b""
    while len(out) < count:
        more = sock.recv(count - len(out))
        if not more:
            sys.exit(f"the connection ended after {out}")
        out += more
    return out


# ------------------------------------------------------------------------- TLS

def tls_context(accepts):
    """Of TLS 1.2: OpenSSL 3.0 keeps what the other end has for TLS 1.3."""
    # It takes its time, too.
    import ssl
    cert, key = (os.path.join(os.environ["TLS_KEYS"], name)
                 for name in ("cert.pem", "key.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if accepts else
                             ssl.PROTOCOL_TLS_CLIENT)
    if accepts:
        context.load_cert_chain(cert, key)
    else:
        context.load_verify_locations(cert)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM")
    return context


def shake_hands(kind, sock, accepts):
    """A socket in which there is TLS, done by the kernel unless OpenSSL has to."""
    context = tls_context(accepts)
    if kind != KEYS_STAY:
        context.options |= SSL_OP_ENABLE_KTLS
    sock = context.wrap_socket(sock, accepts,
                               server_hostname=None if accepts else "peer.test")
    if kind == KEYS_STAY:
        return sock
    try:
        for way in TLS_TX, TLS_RX:
            version, cipher = struct.unpack("=HH", sock.getsockopt(
                SOL_TLS, way, 4))
            print("keys", "TX" if way == TLS_TX else "RX", hex(version), cipher)
    except OSError as error:
        sys.exit(f"OpenSSL has not given the kernel its keys: {error}")
    return socket.socket(fileno=sock.detach())


def send_record(sock, content_type, octets):
    """A record of TLS that the kernel does."""
    sock.sendmsg([octets], [(SOL_TLS, TLS_SET_RECORD_TYPE,
                             bytes([content_type]))])


class TlsEnd:
    """An end that nobody has taken over: the lengths are ours (RFC 9329, 3)."""

    def __init__(self, kind, sock):
        self.kind, self.sock = kind, sock

    def fileno(self):
        return self.sock.fileno()

    def send(self, message):
        self.sock.sendall(struct.pack("!H", 2 + len(message)) + message)

    def recv(self, _):
        """An IKE message; nothing else comes."""
        length, = struct.unpack("!H", read_exactly(self.sock, 2))
        return read_exactly(self.sock, length - 2)

    def end(self):
        if self.kind != KEYS_STAY:
            send_record(self.sock, *ENDINGS[self.kind])
            return
        self.sock.setblocking(False)
        with contextlib.suppress(OSError):
            # It is sent, and there is no answer.
            self.sock.unwrap()


# ------------------------------------------------------------------ connections

def accept(kind, local, port):
    listener = socket.create_server((local, int(port)),
                                    family=family_of(local))
    print("listening", flush=True)
    sock, _ = listener.accept()
    listener.close()
    if kind not in ("adit", "espintcp"):
        sock = shake_hands(kind, sock, True)
    prefix = read_exactly(sock, len(PREFIX))
    if prefix != PREFIX:
        sys.exit(f"the prefix is {prefix}")
    return sock


def through_proxy(sock, address, port):
    """RFC 9110, 9.3.6: behind the empty line it is a connection to there."""
    if ":" in address:
        address = f"[{address}]"
    sock.sendall(f"CONNECT {address}:{port} HTTP/1.1\r\n"
                 f"Host: {address}:{port}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += read_exactly(sock, 1)
    if answer.split()[1] != b"200":
        sys.exit(f"the proxy said {answer}")


def connect(kind, local, address, port, *proxy):
    far = proxy or (address, port)
    sock = socket.create_connection((far[0], int(far[1])), 10, (local, 0))
    sock.settimeout(None)
    if proxy:
        through_proxy(sock, address, port)
    if kind not in ("adit", "espintcp"):
        sock = shake_hands(kind, sock, False)
    sock.sendall(PREFIX)
    return sock


def hand_over(kind, sock):
    """Return what is known of it, as words."""
    words = ["open", sock.getsockname()[1], sock.getpeername()[1]]
    if kind in ENDINGS:
        return words
    if kind == "espintcp":
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"espintcp")
    else:
        words += subprocess.check_output(
            ["adit", "socket", "add", "fd", str(sock.fileno())],
            pass_fds=[sock.fileno()], text=True).split()
    return words


def hold(kind, role, *where):
    sock = {"accept": accept, "connect": connect}[role](kind, *where)
    words = hand_over(kind, sock)
    if kind in ENDINGS:
        sock = TlsEnd(kind, sock)
        signal.signal(signal.SIGUSR2, lambda *_: sock.end())
    woken, wake = socket.socketpair()
    signal.signal(signal.SIGUSR1, lambda *_: wake.send(b"."))
    print(*words, flush=True)
    while True:
        ready, _, _ = select.select([sock, woken], [], [])
        if woken in ready:
            woken.recv(1)
            sock.send(MARKER + f"of {kind}".encode())
        if sock in ready:
            message = sock.recv(65536)
            if not message:
                print("the end", flush=True)
                return
            if not message.startswith(MARKER):
                sys.exit(f"no IKE message: {message.hex()}")
            print("IKE", message[len(MARKER):].decode(), flush=True)


def has_ulp(name):
    """Is there this ULP? A connection of our own tells."""
    listener = socket.create_server(("127.0.0.1", 0))
    sock = socket.create_connection(listener.getsockname())
    try:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, name.encode())
    except OSError as error:
        sys.exit(str(error))


{"hold": hold, "has": has_ulp}[sys.argv[1]](*sys.argv[2:])
