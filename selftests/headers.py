# SPDX-License-Identifier: GPL-2.0
"""Outer headers as the inner ones and the settings want them, and back.

What left sends is put on the tunnel as it is, header and all; what the right
host receives is looked at octet by octet.
"""

import struct

from adit_lab import (Bench, OUTER, INNER, case, collect, expect,
                      fragments, ip, main, udp)

DF, MF = 0x4000, 0x2000
NOT_ECT, ECT1, ECT0, CE = range(4)
ECN_NAME = ("Not-ECT", "ECT(1)", "ECT(0)", "CE")
# RFC 6040, 4.2: what comes out, by inner and outer; None: dropped.
ECN_OUT = {
    NOT_ECT: {NOT_ECT: NOT_ECT, ECT0: NOT_ECT, ECT1: NOT_ECT, CE: None},
    ECT0: {NOT_ECT: ECT0, ECT0: ECT0, ECT1: ECT1, CE: CE},
    ECT1: {NOT_ECT: ECT1, ECT0: ECT1, ECT1: ECT1, CE: CE},
    CE: {NOT_ECT: CE, ECT0: CE, ECT1: CE, CE: CE},
}
MIXES = [(outer, inner) for outer in (4, 6) for inner in (4, 6)]
PROTO = {4: 0x0800, 6: 0x86dd}


def tos_of(packet):
    if packet[0] >> 4 == 4:
        return packet[1]
    return struct.unpack("!H", packet[:2])[0] >> 4 & 0xff


def ttl_of(packet):
    return packet[8] if packet[0] >> 4 == 4 else packet[7]


def label_of(packet):
    return struct.unpack("!I", packet[:4])[0] & 0xfffff


def frag_of(packet):
    return struct.unpack("!H", packet[6:8])[0]


class Headers(Bench):
    """A peer and a child for each outer family."""

    def __init__(self):
        super().__init__()
        self.children, self.out_sa, self.in_sa = {}, {}, {}
        for outer in 4, 6:
            peer = self.add_peer(outer)
            # By the destination's last octet the packet picks the peer.
            self.children[outer] = child = self.add_child(peer, remote_ts=[
                {"start": self.far(outer, inner)} for inner in (4, 6)])
            self.out_sa[outer] = self.add_sa(child, "out", active=1)
            self.in_sa[outer] = self.add_sa(child, "in")

    @staticmethod
    def far(outer, inner):
        return f"{INNER[inner][2]}{outer}"

    def inner(self, outer, inner, size=8, back=False, **header):
        """What comes back is for no host, so that nobody answers it."""
        source, destination = INNER[inner][0], self.far(outer, inner)
        if back:
            source, destination = destination, INNER[inner][1]
        return ip(source, destination, 17, udp(7, 9, bytes(size)), **header)

    def put(self, packet):
        self.sink.sendto(packet, (self.device, PROTO[packet[0] >> 4]))

    def seen(self, count):
        got = collect(self.esp_seen, count)
        expect(len(got) == count, f"{len(got)} packets came, not {count}")
        return got

    def outer_of(self, packet):
        """The outer header that an inner packet gets."""
        self.put(packet)
        (head, _), = self.seen(1)
        return head

    def send_in(self, outer, packet, tos=0):
        self.send_esp(self.in_sa[outer].seal(packet), outer, tos)

    def received(self, count):
        got = collect(self.delivered, count)
        expect(len(got) == count, f"{len(got)} packets came, not {count}")
        return got

    def expect_drops(self, **want):
        want = {name.replace("_", "-"): n for name, n in want.items()}
        drops = {k: n for k, n in self.dev_stats().items()
                 if k not in ("rx", "tx", "unknown-spi", "truncated")}
        expect(drops == want, f"drops: {drops}, expected {want}")


def change(bench, **settings):
    bench.link.change(bench.ifindex, settings)


def outer_tos(bench, outer, inner, want):
    for tos in (dscp << 2 | ecn for dscp in (0, 1, 10, 46, 63)
                for ecn in range(4)):
        got = tos_of(bench.outer_of(bench.inner(outer, inner, tos=tos)))
        expect(got == want(tos), f"inner traffic class {tos:#04x}: outer is "
                                 f"{got:#04x}, should be {want(tos):#04x}")


def test_tos_copied(bench, outer, inner):
    """RFC 6040, 4.1: ECN is copied; DSCP too unless told otherwise."""
    outer_tos(bench, outer, inner, lambda tos: tos)


def test_tos_set(bench, outer, inner):
    change(bench, dsfield=0xb8, dsfield_inherit=0)
    outer_tos(bench, outer, inner, lambda tos: 0xb8 | tos & 3)
    change(bench, dsfield_inherit=1)


def test_ttl(bench, outer, inner):
    for settings, of in (({"ttl": 0}, lambda ttl: 64),
                         ({"ttl": 7}, lambda ttl: 7),
                         ({"ttl-inherit": 1}, lambda ttl: ttl),
                         ({"ttl": 0, "ttl-inherit": 0}, lambda ttl: 64)):
        bench.link.change(bench.ifindex, settings)
        for ttl in 1, 2, 64, 255:
            got = ttl_of(bench.outer_of(bench.inner(outer, inner, ttl=ttl)))
            expect(got == of(ttl),
                   f"{settings}, inner {ttl}: outer is {got}")


def test_flow_label(bench, inner):
    """RFC 4301, 5.1.2.2; it is no part of the traffic class."""
    for settings, of in (({}, lambda label: 0),
                         ({"flowlabel": 0xfffff}, lambda label: 0xfffff),
                         ({"flowlabel-inherit": 1}, lambda label: label),
                         ({"flowlabel": 0x12345}, lambda label: 0x12345),
                         ({"flowlabel": 0}, lambda label: 0)):
        bench.link.change(bench.ifindex, settings)
        for label in 0, 1, 0xabcde, 0xfffff:
            more = {"label": label} if inner == 6 else {}
            head = bench.outer_of(bench.inner(6, inner, tos=0xb9, **more))
            want = of(more.get("label", 0))
            expect(label_of(head) == want and tos_of(head) == 0xb9,
                   f"{settings}, inner {label:#x}: outer is "
                   f"{label_of(head):#x}, traffic class {tos_of(head):#x}")


def test_df(bench):
    for setting, of in (("copy", lambda df: df), ("set", lambda df: DF),
                        ("unset", lambda df: 0), ("copy", lambda df: df)):
        change(bench, df=setting)
        for df in 0, DF:
            head = bench.outer_of(bench.inner(4, 4, frag=df))
            expect(frag_of(head) == of(df),
                   f"df {setting}, inner {df:#x}: outer {frag_of(head):#x}")
        # An inner IPv6 packet is never to be fragmented on its way.
        head = bench.outer_of(bench.inner(4, 6))
        expect(frag_of(head) == of(DF),
               f"df {setting}, inner IPv6: outer {frag_of(head):#x}")


def test_id(bench):
    """RFC 6864: what may be fragmented has an ID of its own."""
    heads = [bench.outer_of(bench.inner(4, 4)) for _ in range(8)]
    ids = {struct.unpack("!H", head[4:6])[0] for head in heads}
    expect(len(ids) == 8, f"the IDs of 8 packets: {sorted(ids)}")


def test_ecn_in(bench, outer, inner):
    """RFC 6040, 4.2, and a DSCP of the underlay stays outside."""
    before = bench.sa_stats(bench.in_sa[outer]).get("rx-ecn", 0)
    drops = 0
    for ecn, row in ECN_OUT.items():
        for outer_ecn, want in row.items():
            bench.send_in(outer, bench.inner(outer, inner, tos=0x28 | ecn,
                                             back=True), 0xb8 | outer_ecn)
            if want is None:
                drops += 1
                continue
            packet, = bench.received(1)
            expect(tos_of(packet) == 0x28 | want,
                   f"inner {ECN_NAME[ecn]}, outer {ECN_NAME[outer_ecn]}: "
                   f"{tos_of(packet):#04x} comes out")
            expect(ttl_of(packet) == 64, f"TTL is {ttl_of(packet)}")
            # The header's checksum follows its ECN bits.
            expect(packet == bench.inner(outer, inner, tos=0x28 | want,
                                         back=True), "the header is damaged")
    stats = bench.sa_stats(bench.in_sa[outer])
    expect(stats.get("rx-ecn", 0) - before == drops == 1,
           f"rx-ecn counts {stats.get('rx-ecn', 0) - before}")


def test_dscp_in(bench, outer, inner):
    """RFC 2983: the outer DSCP comes in if it shall; ECN is another matter."""
    change(bench, decap_dscp=1)
    for tos, outer_tos in ((0x28, 0xb8), (0xfe, 0x02), (0x02, 0xb9)):
        bench.send_in(outer, bench.inner(outer, inner, tos=tos, back=True),
                      outer_tos)
        packet, = bench.received(1)
        want = outer_tos & 0xfc | ECN_OUT[tos & 3][outer_tos & 3]
        expect(packet == bench.inner(outer, inner, tos=want, back=True),
               f"inner {tos:#04x}, outer {outer_tos:#04x}: "
               f"{tos_of(packet):#04x} comes out, should be {want:#04x}")
    change(bench, decap_dscp=0)


def test_inner_fragments(bench, outer, inner):
    """They are packets like others, both ways."""
    whole = bench.inner(outer, inner, 2000)
    pieces = fragments(whole, 800)
    for piece in pieces:
        bench.put(piece)
    sa = bench.out_sa[outer]
    got = [sa.open(esp)[1] for _, esp in bench.seen(len(pieces))]
    expect(got == pieces, "fragments have changed on their way out")
    pieces = fragments(bench.inner(outer, inner, 2000, back=True), 800)
    for piece in pieces:
        bench.send_in(outer, piece)
    got = bench.received(len(pieces))
    expect(got == pieces, "fragments have changed on their way in")


def test_outer_fragments_in(bench, outer, inner):
    """Put together before they are looked at (RFC 4303, 3.4.1)."""
    packet = bench.inner(outer, inner, 1200, back=True)
    left, right = OUTER[outer]
    esp = ip(right, left, 50, bench.in_sa[outer].seal(packet))
    pieces = fragments(esp, 400)
    for piece in pieces[1:] + pieces[:1]:
        bench.send(piece)
    got = bench.received(1)
    expect(got == [packet], "the packet is not what it was")


def rebuild(pieces, outer):
    """The payload of outer fragments, in the order in which they came."""
    head = 20 if outer == 4 else 48
    body = {}
    for piece in pieces:
        at = (frag_of(piece) & 0x1fff) * 8 if outer == 4 else \
            struct.unpack("!H", piece[42:44])[0] & ~7
        body[at] = piece[head:]
    return b"".join(body[at] for at in sorted(body))


def pieces_seen(bench, outer):
    """IP packets with ESP in them, fragments too."""
    out = []
    for frame in bench.drain(bench.wire):
        packet = frame[14:]
        if frame[12:14] == b"\x08\x00" and packet[9] == 50 and outer == 4:
            out.append(packet[:struct.unpack("!H", packet[2:4])[0]])
        elif frame[12:14] == b"\x86\xdd" and packet[6] in (44, 50) and \
                outer == 6:
            out.append(packet[:40 + struct.unpack("!H", packet[4:6])[0]])
    return out


def test_outer_fragments_out(bench, outer, inner):
    """With df unset what does not fit is cut outside."""
    change(bench, df="unset")
    packet = bench.inner(outer, inner, 1460)
    bench.put(packet)
    pieces = collect(lambda: pieces_seen(bench, outer), 2)
    change(bench, df="copy")
    expect(len(pieces) == 2 and max(map(len, pieces)) <= 1500,
           f"fragments of {[len(piece) for piece in pieces]} octets")
    esp = rebuild(pieces, outer)
    expect(bench.out_sa[outer].open(esp)[1] == packet,
           "the packet is not what it was")


def test_no_drops(bench):
    bench.expect_drops(rx_ecn=len(MIXES))


for mix in MIXES:
    where = "IPv{1} in IPv{0}".format(*mix)
    case(f"{where}: traffic class is copied", *mix)(test_tos_copied)
    case(f"{where}: DSCP is set, ECN copied", *mix)(test_tos_set)
    case(f"{where}: TTL", *mix)(test_ttl)
    case(f"{where}: ECN inbound", *mix)(test_ecn_in)
    case(f"{where}: DSCP inbound", *mix)(test_dscp_in)
    case(f"{where}: inner fragments", *mix)(test_inner_fragments)
    case(f"{where}: outer fragments inbound", *mix)(test_outer_fragments_in)
    case(f"{where}: outer fragments outbound", *mix)(test_outer_fragments_out)
for family in 4, 6:
    case(f"IPv{family} in IPv6: flow label", family)(test_flow_label)
case("DF is copied, set, unset")(test_df)
case("IP IDs")(test_id)
case("no packet is dropped but those of ECN")(test_no_drops)

if __name__ == "__main__":
    main(Headers)
