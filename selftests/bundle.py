# SPDX-License-Identifier: GPL-2.0
"""AH, AH around ESP, and IPComp: each packet by hand, right and wrong.

What the other end may do is in esp.py; here is what nobody may do, and what is
rare: options, source routes, extension headers, damaged and halved packets,
compressed data that is none or that grows without end.
"""

import random
import struct
import warnings
import zlib

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

FAMILIES = (4, 6)
SHA1, SHA256, SHA512 = ("hmac-sha1-96", "hmac-sha2-256-128",
                        "hmac-sha2-512-256")
SCAPY_AUTH = {SHA1: "HMAC-SHA1-96", SHA256: "SHA2-256-128",
              "hmac-sha2-384-192": "SHA2-384-192", SHA512: "SHA2-512-256"}
AH, AH_ESP = 2, 3
CPI = 0x1234


def inner(family=4, length=64, data=None):
    """A UDP packet from the far network to an address that no host has."""
    _, near, far = INNER[family]
    head = 28 if family == 4 else 48
    if data is None:
        data = os.urandom(length - head)
    return ip(far, near, 17, udp(7, 9, data))


def text(length):
    """Octets that get smaller."""
    return (b"the quick brown fox jumps over the lazy dog " * 2000)[:length]


def expect_alive(bench, sa, family=4):
    packet = inner()
    out = bench.expect_counts([ah_packet(sa, packet, family)], rx=1)
    expect(out == [packet], "the right packet came out changed")


def send_inside(bench, data, family=4, more=()):
    """A UDP packet from left into the tunnel."""
    def send():
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        with socket.socket(kind, socket.SOCK_DGRAM) as sock:
            for level, option, value in more:
                sock.setsockopt(level, option, value)
            sock.sendto(data, (INNER[family][2], 9))
    bench.drain(bench.wire)
    in_netns(bench.left, send)


def one_sent(bench, proto):
    """The one packet that left has sent: (outer header, the rest)."""
    out = []
    expect(wait_for(lambda: out.extend(bench.esp_seen(proto)) or out),
           f"nothing of protocol {proto} was sent")
    expect(len(out) == 1, f"{len(out)} packets were sent")
    return out[0]


def covered(head):
    """A header without options as AH covers it."""
    if head[0] >> 4 == 4:
        return head[:1] + b"\0" + head[2:6] + bytes(3) + head[9:10] + \
            bytes(2) + head[12:]
    return b"\x60" + bytes(3) + head[4:7] + b"\0" + head[8:]


# ------------------------------------------------------------------------ AH

class ScapySa:
    """scapy's idea of an SA that is also an AhSa."""

    def __init__(self, sa, source, destination):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from scapy.layers import inet, inet6, ipsec
        self.header = {4: inet.IP, 6: inet6.IPv6}
        family = 6 if ":" in source else 4
        self.sa = ipsec.SecurityAssociation(
            ipsec.AH, spi=sa.spi, auth_algo=SCAPY_AUTH[sa.integ],
            auth_key=sa.key, tunnel_header=self.header[family](
                src=source, dst=destination))

    def seal(self, packet):
        return bytes(self.sa.encrypt(self.header[packet[0] >> 4](packet)))

    def open(self, packet):
        return bytes(self.sa.decrypt(self.header[packet[0] >> 4](packet)))


def round_trip(bench, outer, integ):
    left, right = OUTER[outer]
    with bench.child(outer, protocols=AH) as child:
        sa_in = bench.add_ah(child, "in", integ)
        sa_out = bench.add_ah(child, "out", integ, active=1)
        from_scapy = ScapySa(sa_in, right, left)
        to_scapy = ScapySa(sa_out, left, right)
        for number, family in enumerate(FAMILIES):
            packets = [inner(family, 64 + n) for n in range(4)]
            out = bench.expect_counts([from_scapy.seal(p) for p in packets],
                                      rx=len(packets))
            expect(sorted(out) == sorted(packets), "scapy's packets came out changed")

            data = os.urandom(200)
            send_inside(bench, data, family)
            head, ah = one_sent(bench, 51)
            seq, next_header, mine = sa_out.open(head + ah, len(head),
                                                 covered(head))
            expect((seq, next_header) == (number + 1, {4: 4, 6: 41}[family]),
                   f"sequence number {seq}, next header {next_header}")
            expect(mine.endswith(data), "the inner packet was sent changed")
            expect(to_scapy.open(head + ah) == mine,
                   "scapy opens it to something else")


for name in SCAPY_AUTH:
    @case(f"round trip with scapy: ah {name}", name)
    def round_trip_with_scapy(bench, integ):
        for outer in FAMILIES:
            # scapy pads AH for 32 bits, where IPv6 wants 64.
            if outer == 4 or integ == SHA1:
                round_trip(bench, outer, integ)


@case("ah: what routers change")
def mutable(bench):
    for family in FAMILIES:
        with bench.child(family, protocols=AH) as child:
            sa = bench.add_ah(child, "in")
            packets = [inner() for _ in range(8)]
            more = [{"tos": 0xb8}, {"ttl": 3}, {"tos": 0xfc, "ttl": 255}, {}]
            if family == 4:
                more += [{"frag": 0x4000}, {"ident": 7}, {"align": 8}]
            wires = [ah_packet(sa, p, family, **m)
                     for p, m in zip(packets, more)]
            out = bench.expect_counts(wires, rx=len(wires))
            expect([p[-20:] for p in out] ==
                   [p[-20:] for p in packets[:len(wires)]],
                   "packets came out changed")


@case("ah: a bit wrong in every octet")
def bit_wrong(bench):
    for family in FAMILIES:
        head = {4: 20, 6: 40}[family]
        for esn in (False, True):
            with bench.child(family, protocols=AH) as child:
                sa = bench.add_ah(child, "in", esn=esn)
                sa.seq = 0x40
                whole = ah_packet(sa, inner(), family)
                wrong = []
                # Reserved, then all behind the SPI.
                for at in [2, 3, *range(8, len(whole) - head)]:
                    bad = bytearray(whole)
                    bad[head + at] ^= 1 << random.randrange(6)
                    wrong.append(bytes(bad))
                if family == 4:
                    # The identification, which is not to change.
                    bad = bytearray(whole)
                    bad[5] ^= 1
                    bad[10:12] = bytes(2)
                    bad[10:12] = struct.pack("!H", checksum(bytes(bad[:20])))
                    wrong.append(bytes(bad))
                bench.expect_counts(wrong, rx_icv=len(wrong))
                sa.seq -= 1
                expect_alive(bench, sa, family)


@case("ah: every length of it and of the packet")
def lengths(bench):
    for family in FAMILIES:
        left, right = OUTER[family]
        with bench.child(family, protocols=AH) as child:
            sa = bench.add_ah(child, "in")
            whole = ah_packet(sa, inner(), family)[{4: 20, 6: 40}[family]:]
            length = sa.length(family)
            cuts = [whole[:n] for n in range(len(whole))]
            bench.expect_counts(
                [ip(right, left, 51, cut) for cut in cuts], truncated=12,
                rx_truncated=length - 12, rx_icv=len(whole) - length)
            wrong = [whole[:1] + bytes([words]) + whole[2:]
                     for words in range(256)
                     if 4 * (words + 2) not in (sa.length(4), sa.length(6))]
            bench.expect_counts([ip(right, left, 51, ah) for ah in wrong],
                                rx_truncated=len(wrong))
            sa.seq -= 1
            expect_alive(bench, sa, family)


def option_maker(arrived, hidden, destination=None):
    """make() for a header with these options, as they are and as covered."""
    left, right = OUTER[4]

    def make(octets, is_arrived):
        if is_arrived:
            return ip4(right, left, 51, octets, options=arrived)
        packet = ip4(right, destination or left, 51, octets, options=hidden,
                     ttl=0)
        return packet[:10] + bytes(2) + packet[12:]
    return make


@case("ah: IPv4 options")
def options(bench):
    left, right = OUTER[4]
    record = b"\x07\x07\x08" + aton(right)
    route = b"\x83\x07\x08" + aton(right)
    alert = b"\x94\x04\x00\x00"
    stamp = b"\x44\x08\x05\x00" + bytes(4)
    rows = [(record + b"\0", bytes(8)), (route + b"\0", bytes(8)),
            (alert, alert), (b"\x01" + record, b"\x01" + bytes(7)),
            (stamp + alert, bytes(8) + alert),
            (route + record + b"\x01\x01", bytes(14) + b"\x01\x01")]
    with bench.child(protocols=AH) as child:
        sa = bench.add_ah(child, "in")
        packets = [inner() for _ in rows]
        wires = [sa.seal(option_maker(*row), packet)
                 for row, packet in zip(rows, packets)]
        out = bench.expect_counts(wires, rx=len(wires))
        expect(sorted(out) == sorted(packets), "packets came out changed")
        # What may not change has changed.
        wrong = sa.seal(option_maker(b"\x94\x04\x00\x01", alert), inner())
        bench.expect_counts([wrong], rx_icv=1)
        expect_alive(bench, sa)


def hop_by_hop(option, following):
    """A hop-by-hop header with one option of four octets of data."""
    return bytes([following, 0, option, 4]) + os.urandom(4)


@case("ah: IPv6 extension headers")
def extensions(bench):
    left, right = OUTER[6]
    may_change = hop_by_hop(0x3e, 51)
    stays = hop_by_hop(0x1e, 51)
    # A routing header at its end, between the two kinds of options.
    route = bytes([60, 2, 0, 0]) + bytes(4) + aton(right)
    rows = [(0, may_change, may_change[:4] + bytes(4)), (0, stays, stays),
            (60, stays, stays),
            (43, route + stays, route + stays)]
    with bench.child(6, protocols=AH) as child:
        sa = bench.add_ah(child, "in")
        for first, sent, hidden in rows:
            def make(octets, arrived, first=first, sent=sent, hidden=hidden):
                return ip6(right, left, first,
                           (sent if arrived else hidden) + octets,
                           ttl=64 if arrived else 0)
            packet = inner()
            out = bench.expect_counts([sa.seal(make, packet, family=6)], rx=1)
            expect(out == [packet], "the packet came out changed")

            def wrong(octets, arrived, first=first, sent=sent, hidden=hidden):
                sent = sent[:-1] + bytes([sent[-1] ^ 1])
                return ip6(right, left, first,
                           (sent if arrived else hidden) + octets,
                           ttl=64 if arrived else 0)
            fate = {"rx" if sent is may_change else "rx_icv": 1}
            bench.expect_counts([sa.seal(wrong, inner(), family=6)], **fate)


@case("ah: put together from fragments")
def fragmented(bench):
    for family in FAMILIES:
        with bench.child(family, protocols=AH) as child:
            sa = bench.add_ah(child, "in")
            packet = inner(length=1000)
            wire = ah_packet(sa, packet, family, **(
                {"ident": 77} if family == 4 else {}))
            # AH has covered the identification that the fragments carry.
            pieces = fragments(wire, 400, ident=77)
            before = bench.dev_stats()
            bench.delivered()
            for piece in pieces:
                bench.send(piece)
            expect(wait_for(lambda: bench.counted(before)), "nothing came")
            counts = bench.inbound(before)
            expect(counts == {"rx": 1}, f"counted {counts}")
            out = collect(bench.delivered, 1)
            expect(out == [packet], "the packet came out changed")


@case("ah: next headers that it does not carry in tunnel mode")
def next_headers(bench):
    with bench.child(protocols=AH) as child:
        sa = bench.add_ah(child, "in")
        numbers = [n for n in range(256) if n not in (4, 41, 59)]
        bench.expect_counts([ah_packet(sa, inner(), next_header=n)
                             for n in numbers], rx_next_header=len(numbers))
        bench.expect_counts([ah_packet(sa, inner(), next_header=59)], rx_dummy=1)
        expect_alive(bench, sa)


@case("ah: replayed, and across the 32 bits")
def ah_replay(bench):
    with bench.child(protocols=AH) as child:
        sa = bench.add_ah(child, "in", esn=True)
        edge = 1 << 32
        wires = [ah_packet(sa, inner(), seq=n)
                 for n in (edge >> 1, edge - 2, edge - 1, edge, edge + 1)]
        for wire in wires:
            bench.expect_counts([wire], rx=1)
        bench.expect_counts(wires[1:], rx_replay_duplicate=4)
        bench.expect_counts([ah_packet(sa, inner(), seq=9)], rx_icv=1)


@case("ah: its SPI is not ESP's")
def other_protocol(bench):
    left, right = OUTER[4]
    with bench.child(protocols=AH) as child:
        sa = bench.add_ah(child, "in")
        esp = EspSa(sa.spi, "aes-gcm-16")
        bench.expect_counts([ip(right, left, 50, esp.seal(inner()))],
                            unknown_spi=1)
        expect_alive(bench, sa)
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        ah = AhSa(sa.spi)
        bench.expect_counts([ah_packet(ah, inner())], unknown_spi=1)


# ------------------------------------------------------------------- bundles

class Both:
    """The two inbound SAs of a child with AH around ESP."""

    def __init__(self, bench, child, esn=False):
        self.ah = bench.add_ah(child, "in", esn=esn)
        self.esp = bench.add_sa(child, "in", esn=esn)

    def seal(self, packet, family=4):
        return ah_packet(self.ah, self.esp.seal(packet), family, next_header=50)


@case("ah-esp: only both together")
def both_or_none(bench):
    for family in FAMILIES:
        left, right = OUTER[family]
        with bench.child(family, protocols=AH_ESP) as child:
            both = Both(bench, child)
            other = Both(bench, bench.add_child(bench.add_peer(family),
                                                protocols=AH_ESP))
            plain = bench.add_sa(bench.add_child(bench.add_peer(family)),
                                 "in")
            packets = [inner(n) for n in (4, 6)]
            out = bench.expect_counts([both.seal(p, family) for p in packets],
                                      rx=2)
            expect(sorted(out) == sorted(packets), "packets came out changed")
            halves = [
                ip(right, left, 50, both.esp.seal(inner())),
                ah_packet(both.ah, inner(), family),
                ah_packet(both.ah, other.esp.seal(inner()), family,
                      next_header=50),
                ah_packet(both.ah, plain.seal(inner()), family, next_header=50),
                ah_packet(both.ah, EspSa(0x999, "aes-gcm-16").seal(inner()),
                      family, next_header=50),
                ah_packet(both.ah, b"\0\0\0\1\0\0\0", family, next_header=50),
                ah_packet(both.ah, b"", family, next_header=50),
                ah_packet(both.ah, ah_packet(other.ah, inner(), family)[20:], family,
                      next_header=51)]
            bench.expect_counts(halves, rx_bundle=len(halves))
            expect(bench.sa_stats(both.esp) == {"rx": 2, "rx-bundle": 1},
                   f"ESP counted {bench.sa_stats(both.esp)}")
            # AH has verified all that came in it; the rest stays with it.
            counts = bench.sa_stats(both.ah)
            expect(counts == {"rx": 9, "rx-bundle": 7},
                   f"AH counted {counts}")
            bench.expect_counts([both.seal(inner(), family)], rx=1)


@case("ah-esp: each half has its own window and its own key")
def each_half(bench):
    for esn in (False, True):
        with bench.child(protocols=AH_ESP) as child:
            both = Both(bench, child, esn)
            whole = both.seal(inner())
            bench.expect_counts([whole], rx=1)
            bench.expect_counts([whole], rx_replay_duplicate=1)
            # ESP again in new AH, as only one who has AH's key can do it.
            esp = both.esp.seal(inner(), seq=1)
            bench.expect_counts([ah_packet(both.ah, esp, next_header=50)],
                                rx_replay_duplicate=1)
            wrong = EspSa(both.esp.spi, "aes-gcm-16", esn=esn)
            wrong = wrong.seal(inner(), seq=both.esp.seq + 1)
            bench.expect_counts([ah_packet(both.ah, wrong, next_header=50)],
                                rx_icv=1)
            both.esp.seq += 9
            bench.expect_counts([both.seal(inner())], rx=1)


@case("ah-esp: outbound")
def both_outbound(bench):
    for family in FAMILIES:
        with bench.child(family, protocols=AH_ESP) as child:
            ah = bench.add_ah(child, "out")
            esp = bench.add_sa(child, "out", active=1, ah_spi=ah.spi)
            for number in (1, 2):
                data = os.urandom(100)
                send_inside(bench, data)
                head, octets = one_sent(bench, 51)
                seq, next_header, sealed = ah.open(head + octets, len(head),
                                                   covered(head))
                expect((seq, next_header) == (number, 50),
                       f"AH has {seq}, next header {next_header}")
                seq, packet, _, _ = esp.open(sealed)
                expect(seq == number and packet.endswith(data),
                       f"ESP has {seq}")
            child_stats = bench.vector(bench.nl.do(
                "child-get", ifindex=bench.ifindex, id=child)["stats"])
            expect(child_stats == {"tx": 2}, f"child counted {child_stats}")
            for sa in ah, esp:
                counts = bench.sa_stats(sa, "out")
                expect(counts == {"tx": 2}, f"counted {counts}")


@case("ah-esp: dummies and padding")
def both_hide(bench):
    for family in FAMILIES:
        with bench.child(family, protocols=AH_ESP) as child:
            ah = bench.add_ah(child, "out")
            esp = bench.add_sa(child, "out", active=1, ah_spi=ah.spi,
                               tfc_padding=700)

            def opened(ah=ah, esp=esp):
                head, octets = one_sent(bench, 51)
                _, _, sealed = ah.open(head + octets, len(head),
                                       covered(head))
                return esp.open(sealed)
            send_inside(bench, b"short")
            _, packet, next_header, _ = opened()
            expect((len(packet), next_header) == (700, 4),
                   f"{len(packet)} octets of {next_header}")
            bench.drain(bench.wire)
            bench.nl.do("dummy-send", {"ifindex": bench.ifindex, "id": child,
                                       "dummy-length": 100})
            _, packet, next_header, _ = opened()
            expect((len(packet), next_header) == (700, 59),
                   f"{len(packet)} octets of {next_header}")
            for sa in ah, esp:
                counts = bench.sa_stats(sa, "out")
                expect(counts == {"tx": 1}, f"counted {counts}")


@case("ah-esp: the one that ends first ends both")
def both_end(bench):
    ask = {"ifindex": bench.ifindex}
    with bench.child(protocols=AH_ESP) as child:
        ah = bench.add_ah(child, "out", limits={"hard-packets": 1})
        bench.add_sa(child, "out", active=1, ah_spi=ah.spi)
        send_inside(bench, b"first")
        one_sent(bench, 51)
        expect(wait_for(lambda: "spi-out" not in bench.nl.do(
            "child-get", **ask, id=child)), "ESP goes on without AH")
        ah = bench.add_ah(child, "out")
        bench.add_sa(child, "out", active=1, ah_spi=ah.spi)
        bench.nl.do("sa-del", **ask, child=child, dir="out", proto=51,
                    spi=ah.spi)
        expect("spi-out" not in bench.nl.do("child-get", **ask, id=child),
               "ESP goes on without AH")
        send_inside(bench, b"held")
        expect(wait_for(lambda: bench.nl.do("child-get", **ask,
                                            id=child)["held"]),
               "nothing waits for a new bundle")


# -------------------------------------------------------------------- IPComp

def deflate(data, bits=15, level=9):
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -bits)
    return squeeze.compress(data) + squeeze.flush()


def inflate(data):
    return zlib.decompress(data, -15)


def compressed(packet, cpi=CPI, next_header=4, **more):
    return struct.pack("!BBH", next_header, more.pop("flags", 0), cpi) + \
        deflate(packet, **more)


def in_esp(sa, payload, next_header=108, family=4):
    left, right = OUTER[family]
    return ip(right, left, 50, sa.seal(payload, next_header))


@contextlib.contextmanager
def with_ipcomp(bench, family=4, **more):
    with bench.child(family, **more) as child:
        yield child, bench.add_sa(child, "in", ipcomp=2, cpi=CPI)


@case("ipcomp: inflated")
def inflated(bench):
    # As far back as RFC 2394 lets a sender look, and as large as it gets.
    far = os.urandom(30000)
    packets = [inner(data=text(n)) for n in (1, 63, 100, 1400, 9000)] + \
        [inner(6, data=text(1000)), inner(data=far + far),
         inner(data=text(65535 - 28)), inner(data=os.urandom(500))]
    for family in FAMILIES:
        with with_ipcomp(bench, family) as (_, sa):
            for number, packet in enumerate(packets):
                next_header = 41 if packet[0] >> 4 == 6 else 4
                wire = in_esp(sa, compressed(packet, next_header=next_header,
                                             flags=number), family=family)
                # What is larger than the wire comes as fragments.
                before = bench.dev_stats()
                bench.delivered()
                for piece in (fragments(wire, 1400) if len(wire) > 1500 else
                              [wire]):
                    bench.send(piece)
                expect(wait_for(lambda: bench.counted(before)),
                       f"{len(packet)} octets did not arrive")
                counts = bench.inbound(before)
                expect(counts == {"rx": 1},
                       f"{len(packet)} octets: counted {counts}")
                out = collect(bench.delivered, 1)
                expect(out == [packet], f"{len(packet)} octets: came out "
                       f"changed: {[len(p) for p in out]}")
            # What was not compressed is as good.
            bench.expect_counts([in_esp(sa, inner(), 4)], rx=1)


@case("ipcomp: what is none, and what grows without end")
def not_inflated(bench):
    packet = inner(data=text(500))
    good = compressed(packet)
    bomb = compressed(bytes(30_000_000))
    wrong = [good[:n] for n in range(len(good))]
    wrong += [compressed(packet, cpi=n)
              for n in (0, 2, CPI ^ 1, 0x3412, 0xffff)]
    # The same noise each time: one in 200 is a stream of DEFLATE.
    noise = random.Random(1).randbytes(100)
    wrong += [good[:4] + noise, good[:4] + bytes(1000),
              good[:4] + b"\xff" * 1000, compressed(bytes(65536)),
              compressed(b"")]
    with with_ipcomp(bench) as (_, sa):
        bench.expect_counts([in_esp(sa, w) for w in wrong],
                            rx_ipcomp=len(wrong))
        before = bench.dev_stats()
        for piece in fragments(in_esp(sa, bomb), 1400):
            bench.send(piece)
        expect(wait_for(lambda: bench.counted(before)), "no bomb arrived")
        counts = bench.inbound(before)
        expect(counts == {"rx-ipcomp": 1}, f"the bomb counted as {counts}")
        # Inside is again what no tunnel carries, or another lie.
        bench.expect_counts(
            [in_esp(sa, compressed(good, next_header=108)),
             in_esp(sa, compressed(packet, next_header=17))],
            rx_next_header=2)
        bench.expect_counts([in_esp(sa, compressed(packet, next_header=41)),
                             in_esp(sa, compressed(packet[:30]))],
                            rx_malformed=2)
        out = bench.expect_counts([in_esp(sa, good + b"behind the end")],
                                  rx=1)
        expect(out == [packet], "the packet came out changed")


@case("ipcomp: only where it was agreed on")
def not_agreed(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        bench.expect_counts([in_esp(sa, compressed(inner()))],
                            rx_next_header=1)
        bench.expect_counts([in_esp(sa, inner(), 4)], rx=1)


@case("ipcomp: outbound only what gets smaller")
def outbound(bench):
    for family in FAMILIES:
        with bench.child(family) as child:
            sa = bench.add_sa(child, "out", active=1, ipcomp=2, cpi=CPI)
            bench.drain(bench.wire)
            bench.nl.do("dummy-send", {"ifindex": bench.ifindex, "id": child,
                                       "dummy-length": 500})
            _, _, next_header, _ = sa.open(one_sent(bench, 50)[1])
            expect(next_header == 59, f"a dummy has {next_header}")
            for data, is_smaller in (
                    (text(1000), True), (text(100), True), (text(61), False),
                    (os.urandom(1000), False), (bytes(1200), True)):
                send_inside(bench, data)
                head, esp = one_sent(bench, 50)
                _, payload, next_header, _ = sa.open(esp)
                expect(next_header == (108 if is_smaller else 4),
                       f"{len(data)} octets: next header {next_header}")
                if is_smaller:
                    number, flags, cpi = struct.unpack("!BBH", payload[:4])
                    expect((number, flags, cpi) == (4, 0, CPI),
                           f"IPComp header {payload[:4].hex()}")
                    size, payload = len(payload), inflate(payload[4:])
                    expect(size < len(payload),
                           f"{len(payload)} octets became {size}")
                expect(payload.endswith(data), "the packet was sent changed")


@case("ipcomp: the CPI that DEFLATE has itself, in AH and in both")
def in_others(bench):
    packet = inner(data=text(700))
    octets = compressed(packet, cpi=2)
    with bench.child(protocols=AH) as child:
        sa = bench.add_ah(child, "in", ipcomp=2)
        out = bench.expect_counts([ah_packet(sa, octets, next_header=108)], rx=1)
        expect(out == [packet], "the packet came out changed")
    with bench.child(protocols=AH_ESP) as child:
        both = Both(bench, child)
        both.esp = bench.add_sa(child, "in", ipcomp=2)
        wire = ah_packet(both.ah, both.esp.seal(octets, 108), next_header=50)
        out = bench.expect_counts([wire], rx=1)
        expect(out == [packet], "the packet came out changed")


# ------------------------------------------------------------- transport mode

def transport_udp(bench, family, sa, data):
    """What the UDP header becomes: a packet from right to left."""
    left, right = OUTER[family]
    return ip(right, left, 17, udp(7, 9, data))[{4: 20, 6: 40}[family]:]


@case("transport mode: AH, and IPComp in ESP")
def transport(bench):
    for family in FAMILIES:
        left, right = OUTER[family]
        number = {4: 20, 6: 40}[family]
        with bench.child(family, protocols=AH, mode="transport") as child:
            sa = bench.add_ah(child, "in")
            body = transport_udp(bench, family, sa, os.urandom(80))
            wire = sa.seal(ah_maker(family), body, 17, family=family)
            out = bench.expect_counts([wire], rx=1)
            expect(out[0][number:] == body and out[0][:number] == ip(
                right, left, 17, body)[:number], "came out changed")
        with bench.child(family, mode="transport") as child:
            sa = bench.add_sa(child, "in", ipcomp=2, cpi=CPI)
            body = transport_udp(bench, family, sa, text(900))
            out = bench.expect_counts(
                [in_esp(sa, compressed(body, next_header=17),
                        family=family)], rx=1)
            expect(out[0] == ip(right, left, 17, body), "came out changed")
            # As large as it may be, the header does not fit any more.
            huge = compressed(bytes(65535), next_header=17)
            bench.expect_counts([in_esp(sa, huge, family=family)],
                                rx_malformed=1)


if __name__ == "__main__":
    main(Bench)
