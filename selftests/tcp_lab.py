# SPDX-License-Identifier: GPL-2.0
"""What tests of ESP in TCP (RFC 9329) share: the left host has adit, the right
one is played here.

The test is also the process that hands connections over, reads IKE messages from
them, and writes some.
"""

from adit_lab import *

PREFIX = b"IKETCP"
PORT = 4500
SO_SNDBUFFORCE, SO_MEMINFO = 32, 55
IKE = bytes(4) + b"an IKE message"
SOL_TLS, TLS_TX, TLS_RX, TCP_ULP = 282, 1, 2, 31


def record(octets, length=None):
    """With the length in front, which counts itself."""
    return struct.pack("!H", len(octets) + 2 if length is None else
                       length) + octets


def read_record(sock):
    head = read_exactly(sock, 2)
    return read_exactly(sock, struct.unpack("!H", head)[0] - 2)


def read_ike(sock):
    """The next IKE message; the host may have had something to answer, too."""
    while True:
        octets = read_record(sock)
        if octets[:4] == bytes(4):
            return octets


def read_esp(sock, sa, end):
    """An ESP packet with this end."""
    while not sa.open(read_record(sock))[1].endswith(end):
        pass


def read_exactly(sock, count):
    out = b""
    while len(out) < count:
        more = sock.recv(count - len(out))
        expect(more, "the connection ended in a record")
        out += more
    return out


def tcp_socket(netns, family):
    def make():
        return socket.socket(socket.AF_INET6 if family == 6 else
                             socket.AF_INET)
    sock = in_netns(netns, make)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(8)
    return sock


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.close()


def memory_of(sock):
    """Octets that TCP has in its queues: (received, to be sent)."""
    words = struct.unpack("=9I", sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO,
                                                 36))
    return words[0], words[5]


def use_tls(sock, send=None, receive=None):
    """Let the kernel do TLS 1.3 with AES-128-GCM, with those keys there are."""
    try:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"tls")
    except OSError as error:
        raise Skip(f"no TLS in the kernel: {error}") from error
    for way, key in ((TLS_TX, send), (TLS_RX, receive)):
        if key:
            sock.setsockopt(SOL_TLS, way, struct.pack(
                "=HH8s16s4s8s", 0x304, 51, b"I" * 8, key * 16, b"S" * 4,
                bytes(8)))


class Connection:
    """A TCP connection of both hosts; who connects is left or right."""

    def __init__(self, bench, family=4, connects="left", port=4433):
        self.bench = bench
        sides = {"left": bench.left, "right": bench.right}
        accepts = "right" if connects == "left" else "left"
        listener = tcp_socket(sides[accepts], family)
        listener.bind((OUTER[family][accepts == "right"], port))
        listener.listen()
        one = tcp_socket(sides[connects], family)
        one.connect((OUTER[family][accepts == "right"], port))
        two, _ = listener.accept()
        two.settimeout(8)
        two.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.close()
        self.left, self.right = (one, two) if connects == "left" else \
            (two, one)
        one.sendall(PREFIX)
        expect(read_exactly(two, len(PREFIX)) == PREFIX, "no prefix")
        self.id = self.peer = None

    def hand_over(self):
        self.id = self.bench.nl.do("socket-new", encap="tcp",
                                   fd=self.left.fileno())["id"]
        return self

    def with_peer(self, **more):
        """With a child and its SAs: in and out."""
        bench = self.bench
        self.hand_over()
        # What another case has sent may have left no room for what comes.
        bench.delivered()
        self.peer = bench.nl.do("peer-new", ifindex=bench.ifindex,
                                encap="tcp", socket=self.id)["id"]
        child = bench.add_child(self.peer)
        self.inbound = bench.add_sa(child, "in", **more)
        self.out = bench.add_sa(child, "out", active=1, **more)
        self.child = child
        return self

    def state(self):
        try:
            return self.bench.nl.do("socket-get", id=self.id)
        except NlError:
            return None

    def close(self):
        if self.peer is not None:
            self.bench.nl.do("peer-del", ifindex=self.bench.ifindex,
                             id=self.peer)
        self.left.close()
        self.right.close()
        if self.id is not None:
            expect(wait_for(lambda: self.state() is None),
                   "the socket is still there after its fd was closed")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def expect_gone(self, why):
        expect(wait_for(lambda: self.state() is None), why)


def inner_packet(data=b"payload"):
    return ip(INNER[4][2], INNER[4][0], 17, udp(1000, 1000, data))


def udp_out(bench, data=b"out", count=1):
    """Packets of the left host into the tunnel."""
    sock = in_netns(bench.left, lambda: socket.socket(socket.AF_INET,
                                                      socket.SOCK_DGRAM))
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 26)
    for _ in range(count):
        sock.sendto(data, (INNER[4][2], 7))
    sock.close()


def expect_delivered(bench, count, connection):
    got = collect(bench.delivered, count)
    expect(len(got) == count, lambda:
           f"{len(got)} of {count} packets came out; {connection.state()}; "
           f"{bench.dev_stats()}")


class Listener:
    """A listening socket of the module on the left."""

    def __init__(self, bench, port=PORT):
        self.bench, self.port = bench, port
        self.id = bench.nl.do("socket-new", encap="tcp", listen=1,
                              local=OUTER[4][0], local_port=port)["id"]

    def connect(self, octets=PREFIX):
        sock = tcp_socket(self.bench.right, 4)
        sock.connect((OUTER[4][0], self.port))
        sock.sendall(octets)
        return sock

    def others(self):
        return [s for s in self.bench.nl.dump("socket-get")
                if s["id"] != self.id]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bench.nl.do("socket-del", id=self.id)
        for row in self.others():
            with contextlib.suppress(NlError):
                self.bench.nl.do("socket-del", id=row["id"])


__all__ = [name for name in dir() if not name.startswith("_")]
