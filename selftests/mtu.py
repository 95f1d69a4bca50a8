# SPDX-License-Identifier: GPL-2.0
"""MTUs: of the device, of what is told to senders, of the path.

That a number is right is observed: a packet of that size leaves whole and
fits the underlay; with one octet more its outer packet would not, which df
unset shows by cutting it.
"""

import contextlib
import os
import socket
import struct
import subprocess
import time
from itertools import product

from adit_lab import (Bench, INNER, OUTER, aton, case, checksum, collect,
                      expect, ip, main, udp, wait_for)
from adit_nl import Link, in_netns, tlv
from esp import all_suites

DF = 0x4000
IFLA_MTU = 4
# net.ipv4.route.min_pmtu: less a Linux host does not believe.
MIN_PMTU = 552
IP_MTU, IPV6_MTU = 14, 24
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER = 10, 23
PMTUDISC_DO, PMTUDISC_INTERFACE = 2, 4
PROTO = {4: 0x0800, 6: 0x86dd}
HEADER = {4: 20, 6: 40}
UNDERLAY = (576, 577, 578, 579, 1000, 1279, 1280, 1281, 1282, 1283, 1499, 1500,
            4000, 9000)


class Mtu(Bench):
    """One tunnel at a time, over one peer of each family."""

    def __init__(self):
        super().__init__()
        self.peers = {(outer, encap): self.add_peer(outer, encap)
                      for outer in (4, 6) for encap in ("none", "udp")}
        self.encap = "none"
        self.behind = os.environ["NS_BEHIND"]
        self.spi = 0x4000
        self.underlay_mtu = 1500
        self.underlay = [
            (link, in_netns(netns, socket.if_nametoindex, "veth0"))
            for netns, link in ((self.left, self.link),
                                (self.right, in_netns(self.right, Link,
                                                      self.spec)))]

    def tunnel(self, suite, outer):
        self.tunnel_to(self.peers[outer, self.encap], suite)

    def tunnel_to(self, peer, suite):
        """A child that carries everything; the one before is gone."""
        for child in self.nl.dump("child-get", ifindex=self.ifindex):
            self.nl.do("child-del", ifindex=self.ifindex, id=child["id"])
        self.child = self.add_child(peer, protocols=suite.protocols)
        self.add_out(suite, active=1)

    def add_out(self, suite, active):
        self.spi += 1
        self.sa_id = {"ifindex": self.ifindex, "spi": self.spi,
                      "child": self.child}
        for request in suite.requests(suite.new_key(), dict(
                self.sa_id, dir="out", active=active)):
            self.nl.do("sa-new", request)

    def standby(self, suite):
        """One more SA of the child, which is not used yet."""
        self.add_out(suite, active=0)

    def large_tunnel(self, suite, outer):
        """The device takes more than the path: what is too big is seen."""
        set_mtu(self.link, self.ifindex, 9500)
        self.tunnel(suite, outer)

    def default_tunnel(self, outer):
        self.large_tunnel(DEFAULT, outer)

    def activate(self):
        self.nl.do("sa-activate", self.sa_id)

    def sa_mtu(self):
        return self.nl.do("sa-get", dict(self.sa_id, dir="out"))["mtu"]

    def dev(self):
        return self.nl.do("dev-get", ifindex=self.ifindex)

    def path_mtu(self, outer):
        return self.nl.do("peer-get", ifindex=self.ifindex,
                          id=self.peers[outer, self.encap])["path-mtu"]

    def set_underlay(self, mtu):
        """Below 1280 Linux takes IPv6 from a device: give it back above."""
        for link, index in self.underlay:
            set_mtu(link, index, mtu)
        if mtu >= 1280 > self.underlay_mtu:
            for netns, end in (self.left, 1), (self.right, 2):
                subprocess.run(
                    ["ip", "-n", netns, "addr", "replace",
                     f"2001:db8::{end}/64", "dev", "veth0", "nodad"],
                    check=True)
        self.underlay_mtu = mtu

    def set_df(self, df):
        self.link.change(self.ifindex, {"df": df})

    def put(self, inner, octets, df=True):
        packet = ip(INNER[inner][0], INNER[inner][2], 17,
                    udp(7, 9, bytes(octets - HEADER[inner] - 8)),
                    **({"frag": DF * df} if inner == 4 else {}))
        assert len(packet) == octets
        self.sink.sendto(packet, (self.device, PROTO[inner]))
        return packet

    def esp_seen(self, proto=50):
        """UDP in front of ESP is part of the outer header."""
        if self.encap == "none":
            return super().esp_seen(proto)
        return [(head + packet[:8], packet[8:])
                for head, packet in super().esp_seen(17)]

    def pieces(self):
        """Lengths of the IP packets with ESP or AH that have been seen."""
        out = []
        for frame in self.drain(self.wire):
            kind, packet = frame[12:14], frame[14:]
            if kind == b"\x08\x00" and packet[9] in (17, 50, 51):
                out.append(struct.unpack("!H", packet[2:4])[0])
            elif kind == b"\x86\xdd" and packet[6] in (17, 44, 50, 51):
                out.append(40 + struct.unpack("!H", packet[4:6])[0])
        return out

    def expect_pieces(self, count, limit, what):
        got = collect(self.pieces, count)
        expect(len(got) == count and max(got) <= limit,
               f"{what}: {got} octets left, not {count} of up to {limit}")

    def too_big(self):
        return self.dev_stats().get("tx-too-big", 0)

    def expect_exact(self, underlay, inner):
        mtu = self.sa_mtu()
        self.put(inner, mtu)
        self.expect_pieces(1, underlay, f"a packet of {mtu} octets")
        before = self.too_big()
        self.put(inner, mtu + 1)
        expect(self.too_big() == before + 1,
               f"a packet of {mtu + 1} octets is not too big")
        self.set_df("unset")
        self.put(inner, mtu + 1)
        self.expect_pieces(2, underlay, f"fragments of {mtu + 1} octets")
        self.set_df("copy")

    def socket(self, inner, netns=None, source=None):
        """A UDP socket that does not fragment, and has learnt nothing yet."""
        # Nor has the gateway: else it tells before the tunnel can.
        for host in {netns or self.left, self.left}:
            for version in "-4", "-6":
                subprocess.run(["ip", "-n", host, version, "route", "flush",
                                "cache"], check=True)
        family, level, option = (
            (socket.AF_INET6, socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER)
            if inner == 6 else
            (socket.AF_INET, socket.IPPROTO_IP, IP_MTU_DISCOVER))

        def make():
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.setsockopt(level, option, PMTUDISC_DO)
            sock.bind((source or INNER[inner][0], 0))
            sock.connect((INNER[inner][2], 9))
            sock.setblocking(False)
            return sock
        return in_netns(netns or self.left, make)


def device_mtu(sa_mtu):
    """What the device's MTU should be, by what its SA leaves."""
    return max(sa_mtu, 1280)


def set_mtu(link, index, mtu):
    link.talk(link.message(link.NEWLINK, 0, index,
                           tlv(IFLA_MTU, struct.pack("=I", mtu))))


def told_mtu(sock):
    level, option = ((socket.IPPROTO_IPV6, IPV6_MTU)
                     if sock.family == socket.AF_INET6 else
                     (socket.IPPROTO_IP, IP_MTU))
    return sock.getsockopt(level, option)


def learns(sock, inner, want, size):
    """Send datagrams of this size until the socket has learnt what fits."""
    data = bytes(size - HEADER[inner] - 8)

    def told():
        try:
            sock.send(data)
        except OSError:
            pass
        return told_mtu(sock) == want
    expect(wait_for(told), f"the sender of {size} octets in IPv{inner} knows "
                           f"a MTU of {told_mtu(sock)}, not {want}")


def test_automatic(bench):
    """The device's MTU is what the SA leaves of the underlay's."""
    for suite in SUITES:
        bench.tunnel(suite, 6)
        dev = bench.dev()
        expect(dev["mtu"] == bench.sa_mtu() and dev["mtu-auto"],
               f"{suite.name}: device {dev['mtu']}, SA {bench.sa_mtu()}")


def test_standby(bench):
    """A rekey to more overhead: senders know of it before it is used."""
    small, large = ({suite.name: suite for suite in SUITES}[name] for name in
                    ("aes-gcm-16-128", "aes-cbc-256+hmac-sha2-256-128"))
    for now, then in (small, large), (large, small):
        bench.tunnel(now, 4)
        before = bench.dev()["mtu"]
        expect(before == bench.sa_mtu(), f"{now.name}: device {before}")
        bench.standby(then)
        after = bench.dev()["mtu"]
        expect(after == min(before, bench.sa_mtu()),
               f"{now.name}: device {before}, with {then.name} on standby "
               f"{after}, its SA {bench.sa_mtu()}")
        bench.nl.do("sa-del", dict(bench.sa_id, dir="out"))
        expect(bench.dev()["mtu"] == before, f"{then.name} is not used, "
               f"device {bench.dev()['mtu']}, before {before}")
        bench.standby(then)
        bench.activate()
        expect(bench.dev()["mtu"] == bench.sa_mtu(),
               f"{then.name}: device {bench.dev()['mtu']}")


def test_follows(bench, outer):
    """From the smallest to a jumbo underlay."""
    bench.tunnel(DEFAULT, outer)
    for underlay in UNDERLAY:
        if outer == 6 and underlay < 1280:
            continue
        bench.set_underlay(underlay)
        mtu = bench.dev()["mtu"]
        expect(mtu == device_mtu(bench.sa_mtu()),
               f"underlay {underlay}: device {mtu}, SA {bench.sa_mtu()}")
        expect(bench.path_mtu(outer) == underlay,
               f"underlay {underlay}: path MTU {bench.path_mtu(outer)}")
    bench.set_underlay(1500)


def reach_by_link(bench, outer, encap):
    """The interface's own peer, in the words of ip link."""
    local, remote = OUTER[outer]
    bench.link.change(bench.ifindex, {"local": local, "remote": remote,
                                      "encap": encap})


def reach_by_peer(bench, outer, encap):
    local, remote = OUTER[outer]
    bench.nl.do("peer-set", ifindex=bench.ifindex, id=0, local=local,
                remote=remote, encap=encap)


@contextlib.contextmanager
def own_peer(bench):
    reach_by_link(bench, 4, "none")
    try:
        bench.tunnel_to(0, DEFAULT)
        yield
    finally:
        bench.nl.do("peer-del", ifindex=bench.ifindex, id=0)


def test_reached(bench, reach):
    """What is in front of ESP changes, and the device's MTU with it."""
    with own_peer(bench):
        seen = {bench.dev()["mtu"]}
        for outer, encap in product((6, 4, 6), ("udp", "tcp", "none")):
            reach(bench, outer, encap)
            mtu = bench.dev()["mtu"]
            expect(mtu == bench.sa_mtu(), f"IPv{outer}, {encap}: device "
                   f"{mtu}, SA {bench.sa_mtu()}")
            seen.add(mtu)
        expect(len(seen) > 3, f"they are all the same: {seen}")


@contextlib.contextmanager
def roaming_peer(bench):
    """In IPv4; its children and a function that moves it."""
    peer = bench.add_peer(4, roam=1)
    try:
        bench.tunnel_to(peer, DEFAULT)
        inbound = bench.add_sa(bench.child, "in")

        def move(outer):
            bench.send_esp(inbound.seal(b"", next_header=59), outer)
            expect(wait_for(lambda: bench.nl.do(
                "peer-get", ifindex=bench.ifindex, id=peer)["remote"] ==
                            aton(OUTER[outer][1])), "it did not move")
        yield move
    finally:
        bench.nl.do("peer-del", ifindex=bench.ifindex, id=peer)


def test_moved(bench):
    """A peer that roams to the other family takes the MTU with it."""
    with roaming_peer(bench) as move:
        before = bench.dev()["mtu"]
        for outer in 6, 4, 6:
            move(outer)
            want = bench.sa_mtu()
            expect((want == before) == (outer == 4), f"{want}, it was {before}")
            expect(wait_for(lambda w=want: bench.dev()["mtu"] == w),
                   lambda w=want: f"device {bench.dev()['mtu']}, SA {w}")


def test_fixed(bench):
    """A MTU that an admin has set stays, whatever comes."""
    bench.default_tunnel(4)
    dev = bench.dev()
    expect(dev["mtu"] == 9500 and not dev["mtu-auto"], f"device: {dev}")
    with own_peer(bench):
        for reach in reach_by_link, reach_by_peer:
            reach(bench, 6, "udp")
            reach(bench, 4, "none")
            expect(bench.dev()["mtu"] == 9500, f"device: {bench.dev()}")
    with roaming_peer(bench) as move:
        for outer in 6, 4, 6:
            move(outer)
        time.sleep(0.2)
        expect(bench.dev()["mtu"] == 9500, f"device: {bench.dev()}")


def test_exact(bench, suite):
    """No octet more would fit."""
    bench.large_tunnel(suite, 4)
    bench.expect_exact(1500, 4)


def test_underlay(bench, outer):
    bench.default_tunnel(outer)
    for underlay in UNDERLAY:
        if outer == 6 and underlay < 1280:
            continue
        bench.set_underlay(underlay)
        bench.expect_exact(underlay, 4)
        if bench.sa_mtu() > 1280:
            bench.expect_exact(underlay, 6)
    bench.set_underlay(1500)


def test_floor(bench, outer):
    """RFC 8200, 5: each IPv6 link takes 1280 octets, this one in pieces."""
    bench.default_tunnel(outer)
    underlay = 576 if outer == 4 else 1280
    bench.set_underlay(underlay)
    count = 3 if outer == 4 else 2
    bench.put(6, 1280)
    bench.expect_pieces(count, underlay, "a packet of 1280 octets")
    before = bench.too_big()
    bench.put(6, 1281)
    expect(bench.too_big() == before + 1, "1281 octets are not too big")
    with bench.socket(6) as sock:
        learns(sock, 6, 1280, 1400)
    bench.set_underlay(1500)


def test_told(bench, outer, inner):
    """Sockets here and on the host behind learn what fits, and it does."""
    bench.default_tunnel(outer)
    for netns, source in ((bench.left, None),
                          (bench.behind, BEHIND[inner])):
        with bench.socket(inner, netns, source) as sock:
            before = bench.too_big()
            learns(sock, inner, bench.sa_mtu(), 1500)
            expect(bench.too_big() > before,
                   f"nothing was too big, from {netns}")
            bench.pieces()
            # What the ICMP left for the next call to be told.
            sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            sock.send(bytes(bench.sa_mtu() - HEADER[inner] - 8))
            bench.expect_pieces(1, 1500, "what fits")


def test_fragmented(bench, outer):
    """IPv4 without DF is cut before it is protected (RFC 4301, 8.1)."""
    bench.default_tunnel(outer)
    with bench.socket(4) as sock:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_INTERFACE)
        sock.send(bytes(2000))
    got = collect(bench.esp_seen, 2)
    expect(len(got) == 2 and max(len(head + esp) for head, esp in got) <=
           1500, f"{[len(esp) for _, esp in got]} octets")
    heads = [struct.unpack("!H", head[6:8])[0] for head, _ in got]
    expect(outer == 6 or not any(head & 0x3fff for head in heads),
           "the outer packets are fragments")


def icmp_too_big(outer, mtu, quoted):
    """What a router on the way says of one of our packets."""
    left, right = OUTER[outer]
    if outer == 4:
        body = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + quoted
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        return ip(right, left, 1, body)
    body = struct.pack("!BBHI", 2, 0, 0, mtu) + quoted
    pseudo = (socket.inet_pton(socket.AF_INET6, right) +
              socket.inet_pton(socket.AF_INET6, left) +
              struct.pack("!II", len(body), 58))
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return ip(right, left, 58, body)


def test_forged(bench, outer):
    """An ICMP error about an SPI that we do not send to changes nothing."""
    bench.default_tunnel(outer)
    bench.put(4, 100)
    (head, esp), = collect(bench.esp_seen, 1)
    other = struct.pack("!I", bench.spi ^ 1) + esp[4:]
    bench.send(icmp_too_big(outer, 1300, head + other[:64]))
    # Behind it one about ours: when that is done, so is the other.
    bench.send(icmp_too_big(outer, 1400, head + esp[:64]))
    expect(wait_for(lambda: bench.path_mtu(outer) != 1500),
           "the path MTU is not learnt")
    expect(bench.path_mtu(outer) == 1400,
           f"the path MTU is {bench.path_mtu(outer)}")


def test_learnt(bench, outer):
    """From a router on the path (RFC 4301, 8.2.1); IPv6: from 1280 up."""
    bench.default_tunnel(outer)
    for mtu in (1399, 1300, 1281, 1280) + ((576,) if outer == 4 else ()):
        # First the socket: all that has been learnt is forgotten for it.
        with bench.socket(4) as sock:
            bench.put(4, 100)
            (head, esp), = collect(bench.esp_seen, 1)
            bench.send(icmp_too_big(outer, mtu, head + esp[:64]))
            expect(wait_for(lambda mtu=mtu: bench.path_mtu(outer) == mtu),
                   f"path MTU is {bench.path_mtu(outer)}, should be {mtu}")
            bench.expect_exact(mtu, 4)
            learns(sock, 4, max(bench.sa_mtu(), MIN_PMTU), mtu + 1)
        bench.pieces()


def through(test):
    """The test, with a peer that is reached in this encapsulation."""
    def run(bench, encap, *more):
        bench.encap = encap
        try:
            test(bench, *more)
        finally:
            bench.encap = "none"
    return run


BEHIND = {4: "10.9.4.2", 6: "fd09:4::2"}

if __name__ == "__main__":
    # How small IPComp makes a packet nobody knows before.
    SUITES = [suite for suite in all_suites() if not suite.ipcomp]
    DEFAULT = SUITES[0]
    case("the device's MTU with every algorithm")(test_automatic)
    case("the device's MTU during a rekey")(test_standby)
    WAYS = [(f"IPv{version}" + " and UDP" * (encap == "udp"), encap, version)
            for version, encap in product((4, 6), ("none", "udp"))]
    for way in WAYS:
        case(f"the device's MTU over any underlay, {way[0]}",
             *way[1:])(through(test_follows))
    case("the device's MTU follows ip link set")(
        lambda bench: test_reached(bench, reach_by_link))
    case("the device's MTU follows peer-set")(
        lambda bench: test_reached(bench, reach_by_peer))
    case("the device's MTU follows a peer that roams")(test_moved)
    case("a MTU that was set stays")(test_fixed)
    for each in SUITES:
        case(f"{each.name} adds what it says", each)(test_exact)
    for way in WAYS:
        case(f"any underlay, {way[0]}", *way[1:])(through(test_underlay))
        case(f"1280 octets of IPv6 over a small underlay, {way[0]}",
             *way[1:])(through(test_floor))
        for within in 4, 6:
            case(f"senders of IPv{within} over {way[0]} are told", *way[1:],
                 within)(through(test_told))
        case(f"IPv4 without DF over {way[0]}",
             *way[1:])(through(test_fragmented))
    for way in WAYS:
        # Of UDP new kernels learn whatever they are told.
        if way[1] == "none":
            case(f"the path MTU is not learnt from anybody, {way[0]}",
                 *way[1:])(through(test_forged))
        case(f"the path MTU is learnt, {way[0]}",
             *way[1:])(through(test_learnt))
    main(Mtu)
