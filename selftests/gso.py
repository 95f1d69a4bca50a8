# SPDX-License-Identifier: GPL-2.0
"""Bulk data, octet by octet, with each of the device's features on and off.

Superpackets are seen on the tunnel, where they are whole: those that go in
are cut by adit, those that come out GRO has put together.
"""

import ctypes
import fcntl
import hashlib
import os
import socket
import struct
import tempfile
import threading

from adit_lab import (case, expect, main, note, packet_socket, wait_for)
from adit_nl import Family, Spec, in_netns

NS = {host: os.environ.get(f"NS_{host.upper()}", "") for host in "ab"}
FAR = {"a": "b", "b": "a"}
INNER = {4: {"a": "10.1.0.1", "b": "10.2.0.1"},
         6: {"a": "fd00:1::1", "b": "fd00:2::1"}}
HEADER = {4: 20, 6: 40}
OCTETS = 1 << 19
UDP_SEGMENT, UDP_GRO = 103, 104

SIOCETHTOOL = 0x8946
# Commands of ethtool_value that set a feature.
FEATURES = {"rx-checksum": 0x15, "tx-checksum": 0x17, "sg": 0x19, "tso": 0x1f,
            "gso": 0x24, "gro": 0x2c}


def set_feature(host, name, value):
    """ETHTOOL_STSO and its like, on vpn0."""
    command = ctypes.create_string_buffer(
        struct.pack("=II", FEATURES[name], value))
    request = struct.pack("16sP", b"vpn0", ctypes.addressof(command))
    with in_netns(NS[host], socket.socket, socket.AF_INET,
                  socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCETHTOOL, request)


class Hosts:
    """Both ends of a tunnel, and a tap on each."""

    def __init__(self):
        spec = Spec()
        self.nl = {host: in_netns(NS[host], Family, spec) for host in "ab"}
        self.dev = {host: nl.dump("dev-get")[0] for host, nl in
                    self.nl.items()}
        # What cannot be compressed, nor mistaken for its neighbour.
        self.data = os.urandom(OCTETS)
        self.digest = hashlib.sha256(self.data).digest()
        self.file = tempfile.TemporaryFile()
        self.file.write(self.data)
        self.file.flush()

    def stats(self, host):
        return self.nl[host].do("dev-get", ifindex=self.dev[host]["ifindex"])[
            "stats"]

    def no_losses(self):
        """What one has sent the other has received."""
        def same():
            stats = {host: self.stats(host) for host in "ab"}
            return all(
                (stats[host]["tx-packets"], stats[host]["tx-bytes"]) ==
                (stats[far]["rx-packets"], stats[far]["rx-bytes"])
                for host, far in FAR.items())
        expect(wait_for(same), f"counted: {[self.stats(h) for h in 'ab']}")
        for host in "ab":
            expect("drop" not in self.stats(host),
                   f"drops on {host}: {self.stats(host).get('drop')}")


class Tap:
    """Counts the packets on a host's vpn0 that are larger than its MTU."""

    def __init__(self, hosts, host):
        self.sock = packet_socket(NS[host], "vpn0", socket.SOCK_DGRAM)
        self.mtu = hosts.dev[host]["mtu"]

    def super_packets(self, outgoing):
        count = 0
        try:
            while True:
                length, addr = self.sock.recvfrom_into(
                    bytearray(1), 1, socket.MSG_TRUNC)
                if (addr[2] == socket.PACKET_OUTGOING) == outgoing:
                    count += length > self.mtu
        except BlockingIOError:
            return count


def connect(inner, sender):
    """A TCP connection through the tunnel: (sender's end, receiver's end)."""
    family = socket.AF_INET6 if inner == 6 else socket.AF_INET
    receiver = FAR[sender]
    address = (INNER[inner][receiver], 5001)
    with in_netns(NS[receiver], socket.socket, family) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen()
        client = in_netns(NS[sender], socket.socket, family)
        client.settimeout(60)
        client.connect(address)
        other, _ = server.accept()
        other.settimeout(60)
        return client, other


def send_all(hosts, sock, from_file):
    with sock:
        if from_file:
            hosts.file.seek(0)
            sock.sendfile(hosts.file)
        else:
            sock.sendall(hosts.data)


def transfer(hosts, inner, sender, from_file=False):
    """All data in one direction; it must be the same at the other end."""
    source, sink = connect(inner, sender)
    thread = threading.Thread(target=send_all, args=(hosts, source, from_file))
    thread.start()
    digest, count = hashlib.sha256(), 0
    with sink:
        while chunk := sink.recv(1 << 16):
            digest.update(chunk)
            count += len(chunk)
    thread.join()
    expect(count == OCTETS, f"{count} of {OCTETS} octets came")
    expect(digest.digest() == hosts.digest, "the data is damaged")


def test_both_ways(hosts, off):
    """Both families and directions, with some features off on both hosts."""
    taps = {host: Tap(hosts, host) for host in "ab"}
    for host in "ab":
        for feature in off:
            set_feature(host, feature, 0)
    for inner in 4, 6:
        for sender in "ab":
            transfer(hosts, inner, sender)
    hosts.no_losses()
    sent = sum(tap.super_packets(True) for tap in taps.values())
    note(f"{sent} superpackets sent")
    if "tso" in off and "gso" in off:
        expect(not sent, f"{sent} superpackets were sent")
    elif not off:
        expect(sent, "no superpacket was sent")
    for host in "ab":
        for feature in reversed(off):
            set_feature(host, feature, 1)


def test_gro(hosts):
    """Packets that come out of the tunnel in a row become one again."""
    tap = Tap(hosts, "b")

    def merged():
        transfer(hosts, 4, "a")
        return tap.super_packets(False)
    expect(wait_for(merged, 30), "GRO never put packets together")


def test_file(hosts):
    """Pages of a file are encrypted elsewhere, never where they are."""
    for inner in 4, 6:
        transfer(hosts, inner, "a", True)
    hosts.file.seek(0)
    expect(hashlib.sha256(hosts.file.read()).digest() == hosts.digest,
           "the file that was sent has changed")
    hosts.no_losses()


def test_udp(hosts, inner):
    """A superpacket of UDP: so many datagrams, each as it was."""
    family = socket.AF_INET6 if inner == 6 else socket.AF_INET
    size = hosts.dev["a"]["mtu"] - HEADER[inner] - 8
    with in_netns(NS["b"], socket.socket, family, socket.SOCK_DGRAM) as sink, \
            in_netns(NS["a"], socket.socket, family,
                     socket.SOCK_DGRAM) as source:
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        sink.bind((INNER[inner]["b"], 5002))
        sink.settimeout(20)
        source.connect((INNER[inner]["b"], 5002))
        for segment, count in ((size, 40), (1000, 60), (500, 64), (1, 64)):
            source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
            data = hosts.data[:segment * (count - 1) + (segment + 1) // 2]
            source.send(data)
            got = [sink.recv(65536) for _ in range(count)]
            expect(b"".join(got) == data and
                   [len(one) for one in got[:-1]] == [segment] * (count - 1),
                   f"{count} datagrams of {segment} octets came as "
                   f"{[len(one) for one in got]}")
    hosts.no_losses()


for features in ((), ("tso",), ("tso", "gso"), ("tx-checksum",), ("sg",),
                 ("gro",), ("rx-checksum",), tuple(reversed(FEATURES))):
    case("TCP both ways, off: " + (" ".join(features) or "nothing"),
         features)(test_both_ways)
case("GRO")(test_gro)
case("TCP out of a file")(test_file)
for version in 4, 6:
    case(f"UDP superpackets, IPv{version}", version)(test_udp)

if __name__ == "__main__":
    main(Hosts)
