# SPDX-License-Identifier: GPL-2.0
"""Pages that belong to somebody else must not be encrypted or decrypted in.

A file that is spliced into a socket lends its pages of the page cache to the
packets; user memory does with MSG_ZEROCOPY, TCP's retransmit queue to the
copies that are under way. Whatever the tunnel does to a packet, the file and
the memory are the same afterwards.
"""

import contextlib
import ctypes
import mmap
import os
import subprocess
import tempfile
import threading

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614
from adit_nl import LIBC

SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
FAMILIES = (4, 6)
PORT, FOU_PORT = 9, 5555


class Ends(Bench):
    """A tunnel with adit at both ends."""

    def __init__(self):
        super().__init__()
        self.far_nl = in_netns(self.right, Family, self.spec)
        self.far_index = in_netns(self.right, socket.if_nametoindex, "vpn0")
        left, right = OUTER[4]
        self.nl.do("peer-new", ifindex=self.ifindex, id=1, local=left,
                   remote=right)
        self.far_nl.do("peer-new", ifindex=self.far_index, id=1, local=right,
                       remote=left)
        for nl, index in self.both():
            nl.do("child-new", ifindex=index, id=1, peer=1)
        self.to_right = self.connect(self.nl, self.ifindex, self.far_nl,
                                     self.far_index)
        self.to_left = self.connect(self.far_nl, self.far_index, self.nl,
                                    self.ifindex)

    def both(self):
        return (self.nl, self.ifindex), (self.far_nl, self.far_index)

    def connect(self, nl, index, far_nl, far_index):
        """An SA from one end to the other."""
        sa = EspSa(self.new_spi(), "aes-gcm-16")
        for end, number, more in ((far_nl, far_index, {"dir": "in"}),
                                  (nl, index, {"dir": "out", "active": 1})):
            end.do("sa-new", {**sa.config(), **more, "ifindex": number,
                              "child": 1})
        return sa


class Pages:
    """A file in the page cache, and what must stay in it."""

    def __init__(self, content):
        # Memory of its own: no other file system has a say.
        self.file = tempfile.TemporaryFile(dir="/dev/shm")
        self.file.write(content)
        self.file.flush()
        self.content = content

    def check(self):
        now = os.pread(self.file.fileno(), len(self.content) + 1, 0)
        at = next((n for n, (a, b) in enumerate(zip(now, self.content))
                   if a != b), None)
        expect(now == self.content,
               lambda: f"the file has changed, first at octet {at}")


def endpoint(bench, host, family, kind):
    """A socket on a host, bound to its address in the tunnel."""
    def make():
        sock = socket.socket(socket.AF_INET if family == 4 else
                             socket.AF_INET6, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        near, _, far = INNER[family]
        sock.bind((near if host == bench.left else far,
                   0 if host == bench.left else PORT))
        sock.settimeout(60)
        return sock
    return in_netns(host, make)


def udp_pair(bench, family):
    """Connected from left to right, and the other end."""
    sender = endpoint(bench, bench.left, family, socket.SOCK_DGRAM)
    receiver = endpoint(bench, bench.right, family, socket.SOCK_DGRAM)
    sender.connect((INNER[family][2], PORT))
    return sender, receiver


def by_sendfile(sock, pages, length):
    done = 0
    while done < length:
        done += os.sendfile(sock.fileno(), pages.file.fileno(), done,
                            length - done)


def pour(out, sock, length):
    """All of a pipe into a socket."""
    while length:
        length -= os.splice(out, sock.fileno(), length)


def by_splice(sock, pages, length):
    out, into = os.pipe()
    put = os.splice(pages.file.fileno(), into, length, offset_src=0)
    expect(put == length, f"the pipe took {put} octets")
    pour(out, sock, length)
    os.close(out)
    os.close(into)


class Iovec(ctypes.Structure):
    """struct iovec"""

    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


def by_vmsplice(sock, pages, length):
    memory = mmap.mmap(pages.file.fileno(), len(pages.content))
    view = (ctypes.c_char * length).from_buffer(memory)
    iovec = Iovec(ctypes.addressof(view), length)
    out, into = os.pipe()
    sent = LIBC.vmsplice(into, ctypes.byref(iovec), 1, 0)
    expect(sent == length, f"vmsplice took {sent} octets")
    pour(out, sock, length)
    os.close(out)
    os.close(into)


METHODS = {"sendfile": by_sendfile, "splice": by_splice,
           "vmsplice": by_vmsplice}


@case("UDP out of a file")
def udp_out(bench):
    for family in FAMILIES:
        sender, receiver = udp_pair(bench, family)
        for name, send in METHODS.items():
            for length in (1, 100, 1200):
                pages = Pages(os.urandom(8192))
                send(sender, pages, length)
                got = receiver.recv(65536)
                expect(got == pages.content[:length],
                       f"{name}: {len(got)} octets came, or others")
                pages.check()
        sender.close()
        receiver.close()


@case("such packets are made of the file's own pages")
def udp_shares(bench):
    """Or the case above would pass for another reason.

    A packet that waits for its SA carries what the file has when it leaves.
    """
    bench.nl.do("sa-del", ifindex=bench.ifindex, child=1, dir="out",
                spi=bench.to_right.spi)
    sender, receiver = udp_pair(bench, 4)
    pages = Pages(bytes(1000))
    by_sendfile(sender, pages, 1000)
    wait_for(lambda: bench.nl.do("child-get", ifindex=bench.ifindex,
                                 id=1).get("held"))
    os.pwrite(pages.file.fileno(), b"\xff" * 1000, 0)
    bench.to_right = bench.connect(bench.nl, bench.ifindex, bench.far_nl,
                                   bench.far_index)
    got = receiver.recv(65536)
    sender.close()
    receiver.close()
    expect(set(got) == {255}, "the packet had a copy of the file")
    pages.content = b"\xff" * 1000
    pages.check()


def accept_all(server, out):
    """Take one connection to its end."""
    with server, server.accept()[0] as sock:
        sock.settimeout(60)
        while True:
            data = sock.recv(1 << 16)
            if not data:
                return
            out.extend(data)


def tcp_transfer(bench, family, send):
    """What arrives on the right when send(sock) has run on the left."""
    server = endpoint(bench, bench.right, family, socket.SOCK_STREAM)
    server.listen()
    got = bytearray()
    thread = threading.Thread(target=accept_all, args=(server, got))
    thread.start()
    try:
        with endpoint(bench, bench.left, family, socket.SOCK_STREAM) as sock:
            sock.connect((INNER[family][2], PORT))
            send(sock)
    finally:
        thread.join()
    return bytes(got)


@case("TCP out of a file")
def tcp_out(bench):
    for family in FAMILIES:
        for name, method in METHODS.items():
            pages = Pages(os.urandom(1 << 16))
            got = tcp_transfer(bench, family,
                               lambda sock: method(sock, pages, 1 << 16))
            expect(got == pages.content, f"{name}: {len(got)} octets came")
            pages.check()


@contextlib.contextmanager
def netem(host, *words):
    """Disturb what a host sends, until the end of the with statement."""
    qdisc = ["ip", "netns", "exec", host, "tc", "qdisc"]
    dev = ["dev", "veth0", "root"]
    if subprocess.run(qdisc + ["add"] + dev + ["netem", *words], check=False,
                      capture_output=True).returncode:
        raise Skip("this kernel has no netem")
    try:
        yield
    finally:
        subprocess.run(qdisc + ["del"] + dev, check=True)


@case("TCP out of a file, when packets are lost and sent again")
def tcp_lossy(bench):
    with netem(bench.left, "loss", "10%"), netem(bench.right, "loss", "10%"):
        pages = Pages(os.urandom(1 << 16))
        got = tcp_transfer(bench, 4,
                           lambda sock: by_sendfile(sock, pages, 1 << 16))
        expect(got == pages.content, f"{len(got)} octets came")
        pages.check()


@case("MSG_ZEROCOPY out of user memory")
def zerocopy(bench):
    def send_all(sock, view):
        sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
        while view:
            view = view[sock.send(view, MSG_ZEROCOPY):]

    for family in FAMILIES:
        content = os.urandom(1 << 16)
        memory = mmap.mmap(-1, len(content))
        memory[:] = content
        view = memoryview(memory)
        got = tcp_transfer(bench, family, lambda sock: send_all(sock, view))
        expect(got == content, f"TCP: {len(got)} octets came")
        expect(memory[:] == content, "TCP: the sender's memory has changed")
        sender, receiver = udp_pair(bench, family)
        send_all(sender, view[:1200])
        got = receiver.recv(65536)
        expect(got == content[:1200], f"UDP: {len(got)} octets came")
        expect(memory[:] == content, "UDP: the sender's memory has changed")
        sender.close()
        receiver.close()


# ------------------------------------------------------------- the way in

@contextlib.contextmanager
def fou_socket(bench):
    """Its datagrams are ESP once the left host has taken UDP off (FOU).

    A raw socket would copy what is spliced into it, one of UDP does not. IPv6
    lets no ESP out of FOU.
    """
    fou = ["ip", "netns", "exec", bench.left, "ip", "fou"]
    port = ["port", str(FOU_PORT)]
    if subprocess.run(fou + ["add", *port, "ipproto", "50"], check=False,
                      capture_output=True).returncode:
        raise Skip("this kernel has no FOU")

    def make():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.connect((OUTER[4][0], FOU_PORT))
        return sock
    try:
        with in_netns(bench.right, make) as sock:
            yield sock
    finally:
        subprocess.run(fou + ["del", *port], check=True)


def ready_esp(bench, family, length):
    """An ESP packet for left, made by hand, and what is in it."""
    _, near, far = INNER[family]
    packet = ip(far, near, 17, udp(7, PORT, os.urandom(length)))
    sa = bench.to_left
    sa.seq += 1000
    return packet, sa.seal(packet)


@case("ESP out of a file, decrypted where it arrives")
def esp_in(bench):
    with fou_socket(bench) as sock:
        for family in FAMILIES:
            for name, send in METHODS.items():
                for length in (10, 900, 1300):
                    packet, esp = ready_esp(bench, family, length)
                    pages = Pages(esp)
                    send(sock, pages, len(esp))
                    expect(wait_for(lambda p=packet: p in bench.delivered()),
                           f"{name}, {length} octets: did not come out")
                    pages.check()


@case("such ESP is made of the file's own pages")
def esp_shares(bench):
    """A packet that is delayed on the wire carries what the file has then."""
    with netem(bench.right, "delay", "1s"), fou_socket(bench) as sock:
        _, esp = ready_esp(bench, 4, 900)
        pages = Pages(bytes(len(esp)))
        before = bench.dev_stats()
        by_sendfile(sock, pages, len(esp))
        os.pwrite(pages.file.fileno(), esp, 0)
        wait_for(lambda: bench.counted(before))
        counts = bench.inbound(before)
    expect(counts == {"rx": 1},
           f"counted {counts}: the packet had a copy of the file")
    pages.content = esp
    pages.check()


if __name__ == "__main__":
    main(Ends)
