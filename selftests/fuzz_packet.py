# SPDX-License-Identifier: GPL-2.0
"""Packets made at random, outside and inside.

What is checked: nothing that was damaged on its way is ever delivered, every
packet is counted exactly once, and the SAs receive what is right afterwards.
The rest is for the kernel's checkers to see.
"""

import os
import random
import struct
import zlib

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

SUITES = (("aes-gcm-16", None), ("chacha20-poly1305", None),
          ("aes-cbc", "hmac-sha2-256-128"), ("null", "hmac-sha1-96"))
BATCH = 50
# RFC 7296, 3.3.3, IPComp; an SA that has it takes what is not compressed, too.
IPCOMP = {"ipcomp": 2}


class Both:
    """The SAs of a child with AH around ESP."""

    def __init__(self, bench, child):
        self.ah = bench.add_ah(child, "in")
        self.esp = bench.add_sa(child, "in", **IPCOMP)


class Gun(Bench):
    """A child with an inbound SA of each kind, and one outbound."""

    def __init__(self):
        super().__init__()
        child = self.add_child(self.add_peer())
        self.sas = [self.add_sa(child, "in", *suite, esn)
                    for suite in SUITES for esn in (False, True)]
        self.sas.append(self.add_sa(child, "in", **IPCOMP))
        self.add_sa(child, "out", active=1)
        ah = self.add_child(self.add_peer(), protocols=2)
        self.sas += [self.add_ah(ah, "in", esn=esn, **IPCOMP)
                     for esn in (False, True)]
        self.sas.append(Both(self, self.add_child(self.add_peer(),
                                                  protocols=3)))
        # Its own selectors are no wider than the packets that are right.
        narrow = self.add_child(self.add_peer(6), remote_ts=[
            {"start": INNER[4][2], "proto": 17, "port-start": 7},
            {"start": INNER[6][2]}])
        self.sas.append(self.add_sa(narrow, "in"))
        # The same SAs through UDP: to whom the socket belongs is no matter.
        self.socks = [self.nl.do("socket-new", {"encap": "udp",
                                                "local": any_})["id"]
                      for any_ in ("0.0.0.0", "::")]
        roams = self.add_child(self.add_peer(encap="udp"))
        self.roamer = self.add_sa(roams, "in")
        self.sas.append(self.roamer)

    def from_sockets(self):
        """Counts that are of the sockets alone."""
        out = {}
        for number in self.socks:
            told = self.nl.do("socket-get", id=number)
            for name in "keepalives", "ike-dropped", "dropped":
                out[name] = out.get(name, 0) + told[name]
        return out

    def received(self, before):
        """Of the SAs; what is inside may be ESP again, of no SA."""
        return sum(n for name, n in self.inbound(before).items()
                   if name.startswith("rx"))

    def good(self, family=4):
        _, near, far = INNER[family]
        return ip(far, near, 17, udp(7, 9, os.urandom(random.randrange(90))))

    def check_alive(self):
        """What is right gets through, whatever else is still under way."""
        packets = {self.good() for _ in self.sas}
        for sa, packet in zip(self.sas, packets):
            self.send(shot(sa, packet))

        def arrived():
            packets.difference_update(self.delivered())
            return not packets
        expect(wait_for(arrived), lambda: f"{len(packets)} did not come out")


def outer(octets, proto=50, family=None, **more):
    family = family or random.choice((4, 6))
    left, right = OUTER[family]
    return ip(right, left, proto, octets, **more)


def deflate(packet, number):
    """As IPComp, whose CPI is DEFLATE's own."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -random.choice((9, 15)))
    octets = squeeze.compress(packet) + squeeze.flush()
    pick = random.random()
    if pick < 0.3:
        octets = damage(octets)
    elif pick < 0.4:
        # A bomb, as large as it can be.
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        octets = (squeeze.compress(bytes(600_000)) + squeeze.flush())[:1300]
    return struct.pack("!BBH", number, 0, random.choice((2, 2, 2, 256))) + \
        octets


def armour(sa, packet, family, number=None, seal=None):
    """(protocol, octets behind the outer header) of a right packet."""
    seal = seal or (lambda esp, *more: esp.seal(packet, *more))
    if isinstance(sa, EspSa):
        return 50, seal(sa, *([] if number is None else [number]))
    if isinstance(sa, Both):
        wire = ah_packet(sa.ah, armour(sa.esp, packet, family, number,
                                       seal)[1], family, next_header=50)
    else:
        wire = ah_packet(sa, packet, family, next_header=number)
    return 51, wire[{4: 20, 6: 40}[family]:]


def shot(sa, packet, **more):
    """A right packet."""
    family = random.choice((4, 6))
    proto, octets = armour(sa, packet, family)
    return outer(octets, proto, family, **more)


@case("damaged on the way")
def damaged(bench):
    for rounds in fuzz_rounds(0.25):
        packets = []
        for _ in range(BATCH):
            sa = random.choice(bench.sas)
            family = random.choice((4, 6))
            proto, octets = armour(sa, bench.good(random.choice((4, 6))),
                                   family)
            if random.random() < 0.05:
                # Nothing behind the SPI is right.
                octets = octets[:{50: 4, 51: 8}[proto]] + \
                    os.urandom(random.randrange(200))
            packets.append(outer(damage(octets), proto, family,
                                 tos=random.getrandbits(8)))
        counts, out = bench.outcome(packets)
        expect(not out, lambda: f"was delivered: {[p.hex() for p in out]}")
        expect("rx" not in counts, lambda: f"was accepted: {counts}")
        if rounds % 20 == 19:
            bench.check_alive()
    bench.check_alive()


def transport(family, near, far):
    """(protocol, octets) of something that the host has to answer or parse."""
    kind = random.randrange(6)
    body = os.urandom(random.randrange(64))
    if kind == 0:
        return 17, udp(7, random.choice((9, 53, 500)), body)
    if kind == 1:
        flags = random.getrandbits(8)
        return 6, struct.pack("!HHIIBBHHH", 7, random.choice((9, 22)), 1, 2,
                              random.getrandbits(8), flags, 512, 0, 0) + body
    if kind == 2:
        number = random.choice((0, 3, 8, 11) if family == 4 else
                               (1, 2, 3, 128, 135, 136))
        inner = ip(near, far, 50, struct.pack("!II", 0x1001, 1) + body)
        icmp = struct.pack("!BBHI", number, random.randrange(6), 0,
                           random.choice((0, 68, 1280, 70000)) & 0xffffffff)
        return (1 if family == 4 else 58), icmp + inner
    if kind == 3:
        return random.choice((0, 43, 44, 60, 135)), \
            bytes([random.choice((6, 17, 59, 60)), random.randrange(4)]) + \
            os.urandom(6) + body
    if kind == 4:
        return random.choice((4, 41, 47, 50, 51)), body
    return random.getrandbits(8), body


def garbage():
    """(next header, plaintext) that only the module and the host can judge."""
    family = random.choice((4, 6))
    own, near, far = INNER[family]
    proto, body = transport(family, own, far)
    near = random.choice((own, own, near))
    far = random.choice((far, far, far, own, "127.0.0.1" if family == 4 else
                         "::1"))
    more = {"tos": random.getrandbits(8)}
    if family == 4:
        more.update(frag=random.choice((0, 0, 0, 0x2000, 0x1fff, 3)),
                    ttl=random.choice((0, 1, 64)),
                    options=random.choice((b"", b"", os.urandom(8),
                                           b"\x83\x07\x04" + bytes(5))))
    packet = ip(far, near, proto, body, **more)
    pick = random.random()
    if pick < 0.4:
        packet = damage(packet)
    elif pick < 0.5:
        packet = os.urandom(random.randrange(100))
    number = 4 if family == 4 else 41
    if random.random() < 0.1:
        number = random.choice((4, 41, 59, random.getrandbits(8)))
    return number, packet


def sealed(sa, *_):
    """ESP with garbage inside, or around it."""
    number, packet = garbage()
    if random.random() < 0.2:
        number, packet = 108, deflate(packet, number)
    pick = random.random()
    if pick < 0.1:
        least = -(len(packet) + 2) % sa.block
        return sa.seal(packet, next_header=number,
                       pad_len=random.randrange(least, 256, sa.block))
    if pick < 0.2:
        plain = packet + os.urandom(32)
        return sa.seal_plain(plain[:len(plain) // 16 * 16], sa.next())
    if pick < 0.3:
        return sa.seal(packet, next_header=number,
                       seq=max(sa.seq - random.randrange(5000), 0))
    return sa.seal(packet, next_header=number)


@case("authenticated garbage")
def authenticated(bench):
    for rounds in fuzz_rounds(0.3):
        before = bench.dev_stats()
        for _ in range(BATCH):
            sa = random.choice(bench.sas)
            family = random.choice((4, 6))
            number, packet = garbage()
            if random.random() < 0.2:
                number, packet = 108, deflate(packet, number)
            proto, octets = armour(sa, packet[:1300], family, number, sealed)
            bench.send(outer(octets, proto, family,
                             tos=random.getrandbits(8) if proto == 50 else 0))
        wait_for(lambda: bench.received(before) >= BATCH)
        expect(bench.received(before) == BATCH,
               lambda: f"counted {bench.inbound(before)}")
        bench.delivered()
        if rounds % 20 == 19:
            bench.check_alive()
    bench.check_alive()


def icmp_error(bench):
    """About an ESP packet that left may have sent, or never has."""
    family = random.choice((4, 6))
    left, right = OUTER[family]
    spi = random.choice((bench.next_spi - 1, bench.next_spi, 0, 0x100))
    quoted = ip(left, right, *random.choice((
        (50, struct.pack("!II", spi, 1) + bytes(8)),
        (51, struct.pack("!III", 0x04040000, spi, 1) + bytes(12)))))
    quoted = quoted[:random.choice((len(quoted), random.randrange(70)))]
    if random.random() < 0.3:
        quoted = damage(quoted)
    return error_about(family, quoted)


def error_about(family, quoted):
    left, right = OUTER[family]
    size = random.choice((0, 67, 68, 576, 1280, 1400, 0xffff))
    if family == 4:
        icmp = struct.pack("!BBHHH", random.choice((3, 5, 11, 12)), 4, 0, 0,
                           size) + quoted
        icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
        return ip(right, left, 1, icmp)
    icmp = struct.pack("!BBHI", random.choice((1, 2, 3, 4, 137)), 0, 0,
                       size) + quoted
    pseudo = aton(right) + aton(left) + struct.pack("!II", len(icmp), 58)
    icmp = icmp[:2] + struct.pack("!H", checksum(pseudo + icmp)) + icmp[4:]
    return ip(right, left, 58, icmp)


def in_a_chain(bench):
    """Behind extension headers or options, as AH has to go through them."""
    family = random.choice((4, 6))
    left, right = OUTER[family]
    proto, octets = armour(random.choice(bench.sas), bench.good(), family)
    if family == 4:
        options = random.choice((b"\x07\x07\x04", b"\x83\x07\x08",
                                 b"\x94\x04", b"\x44\x08\x05")) + \
            os.urandom(9)
        return ip4(right, left, proto, octets, options=options[:8])
    for _ in range(random.randrange(1, 6)):
        kind = random.choice((0, 43, 44, 60))
        words = 0 if kind == 44 else random.randrange(4)
        body = random.choice((os.urandom(6 + 8 * words),
                              bytes(6 + 8 * words),
                              b"\x3e\x04" + bytes(4 + 8 * words)))
        octets = bytes([proto, words]) + body + octets
        proto = kind
    return ip6(right, left, proto, octets)


def broken_outside(bench):
    """Whole outer packets that are damaged, in fragments, or ICMP errors."""
    pick = random.random()
    if pick < 0.2:
        return [in_a_chain(bench)]
    if pick < 0.4:
        return [icmp_error(bench)]
    packet = shot(random.choice(bench.sas), bench.good())
    if pick < 0.7:
        return [damage(packet)]
    pieces = fragments(packet, random.choice((8, 16, 48)))
    random.shuffle(pieces)
    return [damage(p) if random.random() < 0.1 else p for p in pieces]


@case("damaged, in fragments, and reported by ICMP")
def outside(bench):
    for rounds in fuzz_rounds(0.1):
        for packet in broken_outside(bench):
            bench.send(packet)
        if rounds % 50 == 49:
            bench.check_alive()
    bench.check_alive()


def in_udp(family, octets, length=None, sport=4500):
    left, right = OUTER[family]
    return ip(right, left, 17, udp_to(right, left, sport, 4500, octets,
                                      length))


def framed(bench):
    """Payloads of UDP that look like something."""
    pick = random.random()
    if pick < 0.2:
        return random.choice((b"\0", b"\xff", b"\x01", os.urandom(1))) * \
            random.randrange(21)
    if pick < 0.3:
        return os.urandom(random.randrange(21))
    if pick < 0.5:
        return bytes(random.choice((3, 4, 4, 5))) + \
            os.urandom(random.randrange(200))
    esp = random.choice([sa for sa in bench.sas if isinstance(sa, EspSa)])
    octets = esp.seal(bench.good())
    if pick < 0.6:
        return octets[:random.randrange(21)]
    return damage(octets)


@case("in UDP: keepalives, markers, and damaged ESP")
def udp_framing(bench):
    """Of each datagram there is one count, of the socket or of the device."""
    for rounds in fuzz_rounds(0.15):
        payloads = [framed(bench) for _ in range(BATCH)]
        before, socks = bench.dev_stats(), bench.from_sockets()
        for payload in payloads:
            bench.send(in_udp(random.choice((4, 6)), payload))

        def counted(before=before, socks=socks):
            # What has no SA is counted by both.
            here = bench.inbound(before)
            there = difference(bench.from_sockets(), socks)
            return (sum(here.values()) - here.get("unknown-spi", 0) +
                    sum(there.values()))
        wait_for(lambda counted=counted: counted() >= BATCH)
        expect(counted() == BATCH, lambda: f"{counted()} of {BATCH} counted: "
               f"{bench.inbound(before)}, "
               f"{difference(bench.from_sockets(), socks)}")
        expect("rx" not in bench.inbound(before) and not bench.delivered(),
               "what was damaged is accepted")
        if rounds % 20 == 19:
            bench.check_alive()
    bench.check_alive()


def udp_error(bench):
    """An ICMP error about ESP in UDP, or about what looks like it."""
    family = random.choice((4, 6))
    left, right = OUTER[family]
    spi = random.choice((bench.next_spi, bench.roamer.spi, 0, 0x100))
    inside = struct.pack("!II", spi, 1) + bytes(8)
    quoted = ip(left, right, 17, struct.pack("!HHHH", 4500, 4500, 24, 0) +
                inside[:random.randrange(17)])
    if random.random() < 0.3:
        quoted = damage(quoted)
    return error_about(family, quoted)


@case("in UDP: lengths that lie, fragments, checksums, errors")
def udp_outside(bench):
    for rounds in fuzz_rounds(0.15):
        family = random.choice((4, 6))
        octets = random.choice((framed(bench), bench.roamer.seal(
            bench.good())))
        pick = random.random()
        if pick < 0.2:
            packets = [udp_error(bench)]
        elif pick < 0.5:
            packets = [in_udp(family, octets, random.choice(
                (0, 7, 8, 9, 12, len(octets) + 7, len(octets) + 9, 65535)))]
        elif pick < 0.6:
            packets = [damage(in_udp(family, octets))]
        elif pick < 0.7:
            # It goes where its packets come from, or its ICMP errors say.
            packets = [in_udp(family, bench.roamer.seal(bench.good()),
                              sport=random.getrandbits(16))]
        else:
            packets = fragments(in_udp(family, octets),
                                random.choice((8, 16, 48)))
            random.shuffle(packets)
            packets = [damage(one) if random.random() < 0.1 else one
                       for one in packets]
        for packet in packets:
            bench.send(packet)
        if rounds % 50 == 49:
            bench.check_alive()
    bench.check_alive()


@case("into the interface")
def into(bench):
    """What a packet socket can write to it, and no route would bring."""
    sock = packet_socket(bench.left, bench.device, socket.SOCK_DGRAM,
                         receive=False)
    for rounds in fuzz_rounds(0.05):
        family = random.choice((4, 6))
        own, _, far = INNER[family]
        proto, body = transport(family, far, own)
        packet = ip(own, far, proto, body)
        if random.random() < 0.6:
            packet = damage(packet)
        kind = random.choice((ETH_P_IP, ETH_P_IPV6, 0x0806, 0, 0xffff))
        try:
            sock.sendto(packet, (bench.device, kind))
        except OSError:
            # The socket has its own opinion of an empty packet, or is full.
            pass
        if rounds % 50 == 49:
            bench.esp_seen()
            bench.check_alive()
    bench.check_alive()


if __name__ == "__main__":
    main(Gun)
