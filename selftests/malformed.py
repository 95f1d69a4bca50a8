# SPDX-License-Identifier: GPL-2.0
"""ESP packets that no honest peer sends, and that scapy agrees on honest ones.

Each packet is counted exactly once, with the reason that it was made for, at
the device and at its SA. What has been refused must leave no trace: the right
packet with the same sequence number gets through afterwards.
"""

import random
import struct
import warnings

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

FAMILIES = (4, 6)
GCM, CHACHA, CBC, NULL = "aes-gcm-16", "chacha20-poly1305", "aes-cbc", "null"
SHA1, SHA256, SHA384, SHA512 = ("hmac-sha1-96", "hmac-sha2-256-128",
                                "hmac-sha2-384-192", "hmac-sha2-512-256")
# One of each shape: IV, block and ICV differ.
SHAPES = ((GCM, None), (CHACHA, None), (CBC, SHA512), (NULL, SHA1))
SUITES = [(GCM, None, 16), (GCM, None, 24), (GCM, None, 32),
          (CHACHA, None, 32),
          (CBC, SHA1, 16), (CBC, SHA256, 16), (CBC, SHA384, 24),
          (CBC, SHA512, 32),
          (NULL, SHA1, 0), (NULL, SHA256, 0), (NULL, SHA384, 0),
          (NULL, SHA512, 0)]
SCAPY_NAMES = {GCM: "AES-GCM", CHACHA: "CHACHA20-POLY1305", CBC: "AES-CBC",
               NULL: "NULL", None: "NULL", SHA1: "HMAC-SHA1-96",
               SHA256: "SHA2-256-128", SHA384: "SHA2-384-192",
               SHA512: "SHA2-512-256"}


def suite_name(encr, integ, key_len=None):
    bits = f"-{8 * key_len}" if key_len else ""
    return encr + bits + (f"+{integ}" if integ else "")


def each(rows):
    """Decorator: a case for each row, named after the function and the row."""
    def add(function):
        for row in rows:
            name = function.__name__.replace("_", " ")
            case(f"{name}: {suite_name(*row)}", *row)(function)
        return function
    return add


def inner(family, length=64):
    """A UDP packet from the far network to an address that no host has."""
    _, near, far = INNER[family]
    head = 28 if family == 4 else 48
    data = bytes(random.getrandbits(8) for _ in range(length - head))
    return ip(far, near, 17, udp(7, 9, data))


def outer_of(esp, family=4, **more):
    left, right = OUTER[family]
    return ip(right, left, 50, esp, **more)


def expect_sa(bench, sa, want):
    want = {k.replace("_", "-"): v for k, v in want.items() if v}
    counts = bench.sa_stats(sa)
    expect(counts == want, lambda: f"SA counted {counts}, expected {want}")


def expect_alive(bench, sa, family=4):
    """The SA still receives, and its window has not moved."""
    packet = inner(4)
    out = bench.expect_counts([outer_of(sa.seal(packet), family)], rx=1)
    expect(out == [packet], "the right packet came out changed")


def one_fate(bench, esps, sa, family=4, **want):
    """All have the one fate: at the device, at the SA, and the SA lives."""
    before = bench.sa_stats(sa)
    bench.expect_counts([outer_of(esp, family) for esp in esps], **want)
    counts = difference(bench.sa_stats(sa), before)
    want = {k.replace("_", "-"): v for k, v in want.items() if v}
    expect(counts == want, lambda: f"SA counted {counts}, expected {want}")
    expect_alive(bench, sa, family)


# ------------------------------------------------------------ honest packets

class ScapySa:
    """scapy's idea of an SA that is also an EspSa."""

    def __init__(self, sa, family, source, destination):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from scapy.layers import inet, inet6, ipsec
        self.header = {4: inet.IP, 6: inet6.IPv6}
        self.inet = inet
        self.sa = ipsec.SecurityAssociation(
            ipsec.ESP, spi=sa.spi, crypt_algo=SCAPY_NAMES[sa.encr],
            crypt_key=sa.key + sa.salt or None,
            auth_algo=SCAPY_NAMES[sa.integ], auth_key=sa.integ_key or None,
            tunnel_header=self.header[family](src=source, dst=destination),
            esn_en=sa.esn)

    def seal(self, packet):
        """The whole outer packet."""
        return bytes(self.sa.encrypt(self.header[packet[0] >> 4](packet)))

    def open(self, outer):
        """The inner packet."""
        return bytes(self.sa.decrypt(self.header[outer[0] >> 4](outer)))


def send_inside(bench, family, data):
    """A UDP packet from left into the tunnel."""
    def send():
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        with socket.socket(kind, socket.SOCK_DGRAM) as sock:
            sock.sendto(data, (INNER[family][2], 9))
    bench.esp_seen()
    in_netns(bench.left, send)


def one_esp(bench):
    """The one ESP packet that left has sent: (outer header, ESP)."""
    out = []

    def seen():
        out.extend(bench.esp_seen())
        return out
    expect(wait_for(seen), "no ESP packet was sent")
    expect(len(out) == 1, f"{len(out)} ESP packets were sent")
    return out[0]


def round_trip(bench, outer, esn, encr, integ, key_len):
    left, right = OUTER[outer]
    with bench.child(outer) as child:
        sa_in = bench.add_sa(child, "in", encr, integ, esn, key_len=key_len)
        sa_out = bench.add_sa(child, "out", encr, integ, esn,
                              key_len=key_len, active=1)
        from_scapy = ScapySa(sa_in, outer, right, left)
        to_scapy = ScapySa(sa_out, outer, left, right)
        for number, family in enumerate(FAMILIES):
            # In all, every remainder of a block: every length of padding.
            least = 64 + 8 * (outer == 6) + 4 * number
            packets = [inner(family, least + n) for n in range(4)]
            out = bench.expect_counts([from_scapy.seal(p) for p in packets],
                                      rx=len(packets))
            expect(out == packets, "scapy's packets came out changed")

            data = bytes(random.getrandbits(8) for _ in range(200))
            send_inside(bench, family, data)
            head, esp = one_esp(bench)
            seq, mine, _, _ = sa_out.open(esp)
            expect(seq == number + 1, f"sequence number {seq}")
            expect(mine.endswith(data), "the inner packet was sent changed")
            theirs = to_scapy.open(head + esp)
            expect(theirs == mine, "scapy opens it to something else")


@each(SUITES)
def round_trip_with_scapy(bench, *suite):
    # scapy knows ESN with an AEAD only.
    for esn in (False, True) if suite[1] is None else (False,):
        for outer in FAMILIES:
            round_trip(bench, outer, esn, *suite)


@case("inner options and extension headers stay as they are")
def inner_headers(bench):
    own, near, far = INNER[4]
    record = b"\x07\x0b\x08" + aton(far) + bytes(4) + b"\0"
    four = [ip4(far, near, 17, udp(7, 9), options=options)
            for options in (record, b"\x94\x04\0\0", b"\x44\x04\x05\0")]
    own6, near6, far6 = INNER[6]
    chains = [(0, b"\x3c\0\x3e\x04abcd" + b"\x11\0\x1e\x04efgh"),
              (60, b"\x11\0\x1e\x04efgh"),
              (43, b"\x11\2\0\0" + bytes(4) + aton(far6))]
    six = [ip6(far6, near6, proto, chain + udp(7, 9))
           for proto, chain in chains]
    sock = packet_socket(bench.left, bench.device, socket.SOCK_DGRAM,
                         receive=False)
    for family in FAMILIES:
        with bench.child(family) as child:
            sa_in = bench.add_sa(child, "in")
            sa_out = bench.add_sa(child, "out", active=1)
            for packet in four + six:
                out = bench.expect_counts(
                    [outer_of(sa_in.seal(packet), family)], rx=1)
                expect(out == [packet], "the packet came in changed")
            bench.esp_seen()
            for packet in four + six:
                kind = ETH_P_IPV6 if packet[0] >> 4 == 6 else ETH_P_IP
                sock.sendto(packet, (bench.device, kind))
                _, sent, _, _ = sa_out.open(one_esp(bench)[1])
                expect(sent == packet, "the packet went out changed")


@each(SUITES)
def esn_across_the_32_bits(bench, encr, integ, key_len):
    edge = 1 << 32
    # Of a new SA the upper half is 0: it takes a step to reach the edge.
    numbers = [edge >> 1, edge - 2, edge - 1, edge, edge + 1, edge - 3,
               edge + 4000]
    with bench.child() as child:
        sa = bench.add_sa(child, "in", encr, integ, esn=True, key_len=key_len)
        packets = [inner(4) for _ in numbers]
        out = []
        for number, packet in zip(numbers, packets):
            out += bench.expect_counts(
                [outer_of(sa.seal(packet, seq=number))], rx=1)
        expect(out == packets, "packets came out changed")
        # The same lower half in the wrong subspace cannot verify.
        bench.expect_counts([outer_of(sa.seal(packets[0], seq=9))], rx_icv=1)


# --------------------------------------------------------------- the envelope

@each(SHAPES)
def truncated_at_every_length(bench, encr, integ):
    for family in FAMILIES:
        with bench.child(family) as child:
            sa = bench.add_sa(child, "in", encr, integ)
            # Every length has its turn, also the block's multiples.
            whole = sa.seal(inner(4, 64))
            cuts = [whole[:n] for n in range(len(whole))]
            could = sum(sa.could_be(len(cut)) for cut in cuts)
            expect(could > 2, "the cuts test nothing")
            bench.expect_counts([outer_of(cut, family) for cut in cuts],
                                truncated=8, rx_icv=could,
                                rx_truncated=len(cuts) - 8 - could)
            expect_sa(bench, sa, {"rx_icv": could,
                                  "rx_truncated": len(cuts) - 8 - could})
            sa.seq -= 1
            expect_alive(bench, sa, family)


@each(SHAPES)
def extended_at_the_end(bench, encr, integ):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", encr, integ)
        whole = sa.seal(inner(4))
        longer = [whole + bytes(n) for n in range(1, 40)]
        could = sum(sa.could_be(len(esp)) for esp in longer)
        sa.seq -= 1
        one_fate(bench, longer, sa, rx_icv=could,
                 rx_truncated=len(longer) - could)


@each(SHAPES)
def a_bit_wrong_in_every_octet(bench, encr, integ):
    for esn in (False, True):
        with bench.child() as child:
            sa = bench.add_sa(child, "in", encr, integ, esn)
            sa.seq = 0x40
            whole = sa.seal(inner(4))
            wrong = []
            # All behind the SPI: sequence number, IV, ciphertext, ICV.
            for at in range(4, len(whole)):
                damaged = bytearray(whole)
                damaged[at] ^= 1 << random.randrange(6)
                wrong.append(bytes(damaged))
            sa.seq -= 1
            one_fate(bench, wrong, sa, rx_icv=len(wrong))


@each(SHAPES)
def the_wrong_key(bench, encr, integ):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", encr, integ)
        other = EspSa(sa.spi, encr, integ)
        esps = [other.seal(inner(family)) for family in FAMILIES]
        one_fate(bench, esps, sa, rx_icv=len(esps))


@case("an ESN packet for an SA without, and the other way round")
def esn_mixed_up(bench):
    with bench.child() as child:
        for encr, integ in SHAPES:
            for esn in (False, True):
                sa = bench.add_sa(child, "in", encr, integ, esn)
                sa.esn = not esn
                esp = sa.seal(inner(4))
                sa.esn = esn
                one_fate(bench, [esp], sa, rx_icv=1)


# ----------------------------------------------------------------- SPI, state

@case("SPI 0 to 255: not ours, given on")
def reserved_spi(bench):
    packet = EspSa(0, GCM).seal(inner(4))
    for family in FAMILIES:
        bench.expect_counts(
            [outer_of(struct.pack("!I", spi) + packet[4:], family)
             for spi in range(256)], unknown_spi=256)


@case("SPI that nobody has, or that is outbound")
def unknown_spi(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        out = bench.add_sa(child, "out", active=1)
        spis = [out.spi, sa.spi ^ 0x80000000, sa.spi + 0x1000, 0xffffffff,
                struct.unpack("<I", struct.pack(">I", sa.spi))[0], 0x100]
        esp = sa.seal(inner(4))
        bench.expect_counts(
            [outer_of(struct.pack("!I", spi) + esp[4:], family)
             for spi in spis for family in FAMILIES],
            unknown_spi=2 * len(spis))
        expect_alive(bench, sa)


@case("an SPI without keys yet, and one that is gone")
def larval_and_gone(bench):
    with bench.child() as child:
        spi = bench.nl.do("spi-alloc", ifindex=bench.ifindex,
                          child=child)["spi"]
        bench.expect_counts([outer_of(EspSa(spi, GCM).seal(inner(4)))],
                            rx_larval=1)
        sa = bench.add_sa(child, "in", spi=spi)
        expect_alive(bench, sa)
        bench.nl.do("sa-del", ifindex=bench.ifindex, child=child, dir="in",
                    spi=spi)
        bench.expect_counts([outer_of(sa.seal(inner(4)))], unknown_spi=1)


# --------------------------------------------------------------------- replay

def window_case(bench, window, esn):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", esn=esn, replay_window=window)
        top = 3 * window + 100
        once = sorted({top, top - window // 2, top - window + 1},
                      reverse=True)
        bench.expect_counts([outer_of(sa.seal(inner(4), seq=n))
                             for n in once], rx=len(once))
        bench.expect_counts([outer_of(sa.seal(inner(4), seq=n))
                             for n in once], rx_replay_duplicate=len(once))
        # Far enough left of an ESN window lies the next subspace.
        old = [top - window, top - window - 1, 1]
        fate = {"rx_icv" if esn else "rx_replay_old": len(old)}
        bench.expect_counts([outer_of(sa.seal(inner(4), seq=n))
                             for n in old], **fate)
        sa.seq = top
        expect_alive(bench, sa)


@case("replayed, and left of the window")
def replayed(bench):
    for window in (1, 32, 64, 4096, 65536):
        for esn in (False, True):
            window_case(bench, window, esn)


@case("sequence number 0")
def sequence_zero(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        one_fate(bench, [sa.seal(inner(4), seq=0)], sa, rx_replay_old=1)


@case("without a window replays are let through")
def no_window(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", replay_window=0)
        esps = [sa.seal(inner(4), seq=n) for n in (9, 9, 1, 1, 0xffffffff, 2)]
        one_fate(bench, esps, sa, rx=len(esps))


@case("a forged number does not move the window")
def window_stays(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        forged = bytearray(sa.seal(inner(4), seq=1))
        forged[4:8] = b"\xff\xff\xff\xf0"
        one_fate(bench, [bytes(forged)], sa, rx_icv=1)


# -------------------------------------------------------------------- trailer

@each(SHAPES)
def padding_wrong(bench, encr, integ):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", encr, integ)
        length = 62 + 16 - 15
        right = bytes(range(1, 16))
        wrong = []
        for at in range(len(right)):
            pad = bytearray(right)
            pad[at] ^= 1 << random.randrange(8)
            wrong.append(sa.seal(inner(4, length), pad=bytes(pad)))
        wrong.append(sa.seal(inner(4, length), pad=bytes(15)))
        wrong.append(sa.seal(inner(4, length), pad=bytes(range(15))))
        one_fate(bench, wrong, sa, rx_padding=len(wrong))


@each(SHAPES)
def pad_length_too_large(bench, encr, integ):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", encr, integ)
        # One block of AES, all of it padding and the trailer.
        wrong = [sa.seal_plain(bytes(range(1, 15)) + bytes([length, 4]),
                               sa.next())
                 for length in (15, 16, 17, 128, 255)]
        one_fate(bench, wrong, sa, rx_padding=len(wrong))


@case("the longest padding, and TFC padding behind the packet")
def long_padding(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        packets, esps = [], []
        for family in FAMILIES:
            packet = inner(family, 65)
            packets += [packet, packet]
            esps.append(sa.seal(packet, pad_len=255 - (65 + 255 + 2) % 4))
            esps.append(sa.seal(packet + bytes(1000)))
        out = bench.expect_counts([outer_of(esp) for esp in esps],
                                  rx=len(esps))
        expect(out == packets, "padding was not taken off")


@case("next header 59, a dummy packet")
def dummy(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        esps = [sa.seal(body, next_header=59)
                for body in (b"", b"\0" * 7, bytes(1000), inner(4))]
        one_fate(bench, esps, sa, rx_dummy=len(esps))


@case("every next header but 4, 41 and 59")
def next_header(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        esps = [sa.seal(inner(4), next_header=number)
                for number in range(256) if number not in (4, 41, 59)]
        one_fate(bench, esps, sa, rx_next_header=len(esps))


# --------------------------------------------------------------- inner packet

def bad_inners():
    """(what, next header, octets)"""
    near4, near6 = INNER[4][1], INNER[6][1]
    far4, far6 = INNER[4][2], INNER[6][2]
    body = udp(7, 9)
    four, six = ip(far4, near4, 17, body), ip(far6, near6, 17, body)
    yield from ((f"IPv4 cut to {n}", 4, four[:n]) for n in range(len(four)))
    yield from ((f"IPv6 cut to {n}", 41, six[:n]) for n in range(len(six)))
    yield "IPv6 in next header 4", 4, six
    yield "IPv4 in next header 41", 41, four
    for version in set(range(16)) - {4}:
        yield (f"version {version} in next header 4", 4,
               ip4(far4, near4, 17, body, version=version))
    for version in set(range(16)) - {6}:
        yield (f"version {version} in next header 41", 41,
               ip6(far6, near6, 17, body, version=version))
    for ihl in range(5):
        yield f"ihl {ihl}", 4, ip4(far4, near4, 17, body, ihl=ihl)
    yield "ihl 15 in a short packet", 4, ip4(far4, near4, 17, body, ihl=15)
    for length in (0, 19, len(four) + 1, 65535):
        yield (f"total length {length}", 4,
               ip4(far4, near4, 17, body, tot_len=length))
    for length in (len(body) + 1, 65535):
        yield (f"payload length {length}", 41,
               ip6(far6, near6, 17, body, length=length))


@case("an inner packet that contradicts its header")
def inner_malformed(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        for what, number, packet in bad_inners():
            try:
                bench.expect_counts(
                    [outer_of(sa.seal(packet, next_header=number))],
                    rx_malformed=1)
            except Failed as failed:
                raise Failed(f"{what}: {failed}") from None
        expect_alive(bench, sa)


@case("an inner packet that only its receiver finds wrong")
def inner_strange(bench):
    near4, near6 = INNER[4][1], INNER[6][1]
    far4, far6 = INNER[4][2], INNER[6][2]
    packets = [
        ip4(far4, near4, 17, b""),
        ip4(far4, near4, 6, b"\0" * 3),
        ip4(far4, near4, 17, udp(7, 9), frag=0x1fff),
        ip4(far4, near4, 17, udp(7, 9), frag=0x2000),
        ip4(far4, near4, 17, udp(7, 9), options=b"\x07\xff\0\0" * 10),
        ip4(far4, near4, 17, udp(7, 9))[:10] + b"\0\0" +
        ip4(far4, near4, 17, udp(7, 9))[12:],
        ip6(far6, near6, 0, b"\x3a\xff\xc2\x04\xff\xff\xff\xff"),
        ip6(far6, near6, 43, b"\x11\x00\x00\x01" + b"\0" * 4),
        ip6(far6, near6, 44, b"\x11\0\xff\xf9\0\0\0\1" + udp(7, 9)),
        ip6(far6, near6, 60, b"\x3c\0" * 64),
        ip6(far6, near6, 59, b""),
        ip4(near4, near4, 50, b"\0" * 8),
        ip6(near6, near6, 50, b"\0" * 8),
    ]
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        out = bench.expect_counts([outer_of(sa.seal(p)) for p in packets],
                                  rx=len(packets))
        expect(out == packets, "packets came out changed")


@case("an inner packet outside the selectors")
def outside(bench):
    net4 = {"start": "10.9.2.0", "end": "10.9.2.255"}
    net6 = {"start": "fd09:2::", "end": "fd09:2::ffff"}
    local = [{"start": INNER[4][1], "proto": 17, "port-start": 9},
             {"start": INNER[6][1], "proto": 17, "port-start": 9,
              "port-end": 20}]
    near4, near6 = INNER[4][1], INNER[6][1]
    far4, far6 = INNER[4][2], INNER[6][2]
    good = [ip4(far4, near4, 17, udp(7, 9)), ip6(far6, near6, 17, udp(7, 20))]
    bad = [
        ip4("10.9.3.0", near4, 17, udp(7, 9)),
        ip4("10.9.1.255", near4, 17, udp(7, 9)),
        ip4(far4, "10.9.1.98", 17, udp(7, 9)),
        ip4(near4, far4, 17, udp(9, 7)),
        ip4(far4, near4, 17, udp(9, 8)),
        ip4(far4, near4, 6, udp(7, 9)),
        ip4(far4, near4, 1, udp(7, 9)),
        # No ports: a later fragment, and one cut before them.
        ip4(far4, near4, 17, udp(7, 9), frag=2),
        ip4(far4, near4, 17, b"\0\7\0"),
        ip6("fd09:2::1:0", near6, 17, udp(7, 9)),
        ip6(far6, "fd09:1::98", 17, udp(7, 9)),
        ip6(far6, near6, 17, udp(7, 21)),
        ip6(far6, near6, 17, udp(7, 8)),
        ip6(far6, near6, 58, udp(7, 9)),
        ip6(far6, near6, 44, b"\x11\0\0\x08\0\0\0\1" + udp(7, 9)),
        ip6(far6, near6, 60, b"\x11\xff" + b"\0" * 6 + udp(7, 9)),
    ]
    with bench.child(local_ts=local, remote_ts=[net4, net6]) as child:
        sa = bench.add_sa(child, "in")
        bench.expect_counts([outer_of(sa.seal(p)) for p in good],
                            rx=len(good))
        for number, packet in enumerate(bad):
            try:
                bench.expect_counts([outer_of(sa.seal(packet))],
                                    rx_selector=1)
            except Failed as failed:
                raise Failed(f"packet {number}: {failed}") from None


@case("of two SAs each has its own selectors")
def own_selectors(bench):
    with bench.child(remote_ts=[{"start": "10.9.2.5"}]) as one, \
            bench.child(remote_ts=[{"start": "10.9.2.6"}]) as two:
        sas = bench.add_sa(one, "in"), bench.add_sa(two, "in")
        for sa, right, wrong in zip(sas, (5, 6), (6, 5)):
            packets = [ip4(f"10.9.2.{n}", INNER[4][1], 17, udp(7, 9))
                       for n in (right, wrong)]
            bench.expect_counts([outer_of(sa.seal(p)) for p in packets],
                                rx=1, rx_selector=1)


# --------------------------------------------------------------- the outside

@case("ECN: congestion experienced outside, not capable inside")
def ecn(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        for outer in FAMILIES:
            for family in FAMILIES:
                esp = sa.seal(inner(family))
                bench.expect_counts([outer_of(esp, outer, tos=3)], rx_ecn=1)
                marked = ip(INNER[family][2], INNER[family][1], 17,
                            udp(7, 9), tos=2)
                out = bench.expect_counts(
                    [outer_of(sa.seal(marked), outer, tos=3)], rx=1)
                tos = out[0][1] if family == 4 else out[0][1] >> 4
                expect(tos & 3 == 3, f"the mark was lost, tos {tos:#x}")


@case("ESP in fragments, in and out of order")
def in_fragments(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        for family in FAMILIES:
            for order in (list, lambda f: f[::-1], lambda f: f[1:] + f[:1]):
                packet = inner(4, 1300)
                pieces = fragments(outer_of(sa.seal(packet), family), 256)
                before = bench.dev_stats()
                bench.delivered()
                for piece in order(pieces):
                    bench.send(piece)
                wait_for(lambda: bench.counted(before))
                out = bench.delivered()
                expect(bench.inbound(before) == {"rx": 1},
                       lambda: f"counted {bench.inbound(before)}")
                expect(out == [packet], "it came out changed")


def overlapping(piece):
    """A fragment with 64 octets more than it says in its offsets."""
    longer = bytearray(piece + bytes(64))
    at = 2 if piece[0] >> 4 == 4 else 4
    length = struct.unpack_from("!H", longer, at)[0]
    struct.pack_into("!H", longer, at, length + 64)
    if piece[0] >> 4 == 4:
        struct.pack_into("!H", longer, 10, 0)
        struct.pack_into("!H", longer, 10, checksum(bytes(longer[:20])))
    return bytes(longer)


@case("fragments that are missing, double or overlapping")
def bad_fragments(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        for family in FAMILIES:
            pieces = fragments(outer_of(sa.seal(inner(4, 1300)), family), 256)
            tiny = fragments(outer_of(sa.seal(inner(4)), family), 8)
            for piece in pieces[1:] + pieces[2:3] + tiny[:3] + tiny[4:]:
                bench.send(piece)
            # The first one anew, and larger: it overlaps the second.
            bench.send(overlapping(pieces[0]))
        # What has not become a packet is nobody's to count.
        expect_alive(bench, sa)


# Last: addresses and routes are gone afterwards.
@case("while the interface is down")
def device_down(bench):
    with bench.child() as child:
        sa = bench.add_sa(child, "in")
        bench.link.set_up(bench.ifindex, False)
        try:
            bench.expect_counts([outer_of(sa.seal(inner(4)))],
                                rx_device_down=1)
        finally:
            bench.link.set_up(bench.ifindex)
        expect_alive(bench, sa)


def set_up():
    return Bench()


if __name__ == "__main__":
    main(set_up)
