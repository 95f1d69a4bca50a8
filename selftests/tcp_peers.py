#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The processes of tcp_peers.sh.

    tcp_peers.py hold KIND accept LOCAL PORT
    tcp_peers.py hold KIND connect LOCAL ADDRESS PORT [PROXY PORT]
        Accept or make a connection, through a proxy if there is one, exchange
        the prefix (RFC 9329, 4), and hand the connection over to KIND: adit,
        or espintcp, the kernel's own. Tell of "open LOCAL-PORT REMOTE-PORT",
        with adit also of its id, and of every IKE message; SIGUSR1 sends one.
    tcp_peers.py has-espintcp
"""

import select
import signal
import socket
import sys

PREFIX = b"IKETCP"
MARKER = bytes(4)
TCP_ULP = 31


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


def accept(local, port):
    listener = socket.create_server((local, int(port)),
                                    family=family_of(local))
    print("listening", flush=True)
    sock, _ = listener.accept()
    listener.close()
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


def connect(local, address, port, *proxy):
    far = proxy or (address, port)
    sock = socket.create_connection((far[0], int(far[1])), 10, (local, 0))
    sock.settimeout(None)
    if proxy:
        through_proxy(sock, address, port)
    sock.sendall(PREFIX)
    return sock


def hand_over(kind, sock):
    """Return what is known of it, as words."""
    words = ["open", sock.getsockname()[1], sock.getpeername()[1]]
    if kind == "espintcp":
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"espintcp")
    else:
        # It takes its time, which the other kinds need not.
        from adit_nl import Family, Spec
        words.append(Family(Spec()).do("socket-new", encap="tcp",
                                       fd=sock.fileno())["id"])
    return words


def hold(kind, role, *where):
    sock = {"accept": accept, "connect": connect}[role](*where)
    print(*hand_over(kind, sock), flush=True)
    woken, wake = socket.socketpair()
    signal.signal(signal.SIGUSR1, lambda *_: wake.send(b"."))
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


def has_espintcp():
    """Is there this ULP? A connection of our own tells."""
    listener = socket.create_server(("127.0.0.1", 0))
    sock = socket.create_connection(listener.getsockname())
    try:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"espintcp")
    except OSError as error:
        sys.exit(str(error))


{"hold": hold, "has-espintcp": has_espintcp}[sys.argv[1]](*sys.argv[2:])
