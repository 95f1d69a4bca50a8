# SPDX-License-Identifier: GPL-2.0
"""Traffic flow confidentiality, outbound: padding and dummy packets.

What the right host gets is opened here, so that every octet of it is seen.
"""

import errno
import subprocess

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

FAMILIES = (4, 6)
MIXES = [(outer, inner) for outer in FAMILIES for inner in FAMILIES]
PROTO = {4: 0x0800, 6: 0x86dd}
TO_MTU = 0xffffffff
SUITES = (("aes-gcm-16", None), ("aes-cbc", "hmac-sha2-512-256"),
          ("null", "hmac-sha1-96"))


def inner_packet(family, length):
    near, _, far = INNER[family]
    head = 28 if family == 4 else 48
    return ip(near, far, 17, udp(7, 9, os.urandom(length - head)))


def refused(ask, number, told):
    try:
        ask()
        raise Failed("it was accepted")
    except NlError as error:
        expect(error.errno == number and told in error.text, str(error))


class Tfc(Bench):
    @contextlib.contextmanager
    def sender(self, outer=4, encr="aes-gcm-16", integ=None, child=None,
               **more):
        """A child with an outbound SA of that kind."""
        with self.child(outer, **(child or {})) as number:
            yield self.add_sa(number, "out", encr, integ, active=1, **more)

    def sa_get(self, sa):
        return self.nl.do("sa-get", ifindex=self.ifindex, child=sa.child,
                          dir="out", spi=sa.spi)

    def sa_set(self, sa, **values):
        values = {k.replace("_", "-"): v for k, v in values.items()}
        self.nl.do("sa-set", {"ifindex": self.ifindex, "child": sa.child,
                              "dir": "out", "spi": sa.spi, **values})

    def one(self):
        """The one packet that has left: (outer length, ESP)."""
        got = collect(self.esp_seen, 1)
        expect(len(got) == 1, f"{len(got)} packets were sent")
        head, esp = got[0]
        return len(head) + len(esp), esp

    def protected(self, sa, packet):
        """(outer length, what is protected) of an inner packet."""
        self.esp_seen()
        self.sink.sendto(packet, (self.device, PROTO[packet[0] >> 4]))
        length, esp = self.one()
        return length, sa.open(esp)[1]

    def expect_padded(self, sa, packet, to):
        length, plain = self.protected(sa, packet)
        want = packet + bytes(max(to - len(packet), 0))
        expect(plain == want,
               f"of {len(packet)} octets {len(plain)} are protected, and not "
               f"{len(want)}")
        return length


@case("padding to a length")
def to_a_length(bench):
    for outer, family in MIXES:
        for encr, integ in SUITES:
            with bench.sender(outer, encr, integ, tfc_padding=300) as sa:
                expect(bench.sa_get(sa)["tfc-padding"] == 300, "not shown")
                lengths = (60, 61, 298, 299, 300, 301, 700)
                for length in lengths:
                    bench.expect_padded(sa, inner_packet(family, length), 300)
                # Nobody counts what is no inner packet's.
                stats = bench.sa_get(sa)["stats"]
                expect((stats["tx-packets"], stats["tx-bytes"]) ==
                       (len(lengths), sum(lengths)), f"counted {stats}")


@case("padding to the path's size")
def to_mtu(bench):
    for outer, family in MIXES:
        for encr, integ in SUITES:
            with bench.sender(outer, encr, integ) as sa:
                mtu = bench.sa_get(sa)["mtu"]
                for octets in TO_MTU, 65535, mtu + 1, mtu:
                    bench.sa_set(sa, tfc_padding=octets)
                    sizes = {bench.expect_padded(
                        sa, inner_packet(family, length), mtu)
                        for length in (60, 777, mtu - 1, mtu)}
                    expect(len(sizes) == 1 and max(sizes) <= 1500 and
                           max(sizes) + sa.block > 1500,
                           f"outer packets of {sizes} octets")


@case("the path becomes narrower, and wide again")
def narrower(bench):
    route = ["ip", "-n", bench.left, "route"]
    for outer in FAMILIES:
        far = OUTER[outer][1]
        with bench.sender(outer, tfc_padding=TO_MTU) as sa:
            wide = bench.expect_padded(sa, inner_packet(4, 60),
                                       bench.sa_get(sa)["mtu"])
            subprocess.run([*route, "add", far, "dev", "veth0", "mtu", "1300"],
                           check=True)
            try:
                mtu = bench.sa_get(sa)["mtu"]
                length = bench.expect_padded(sa, inner_packet(4, 60), mtu)
                expect(1300 - 4 < length <= 1300 < wide,
                       f"{length} octets, then {wide}")
            finally:
                subprocess.run([*route, "del", far, "dev", "veth0"],
                               check=True)


@case("larger than the path: nothing is added")
def too_large(bench):
    bench.link.change(bench.ifindex, {"df": "unset"})
    try:
        with bench.sender(tfc_padding=TO_MTU) as sa:
            mtu = bench.sa_get(sa)["mtu"]
            bench.esp_seen()
            bench.sink.sendto(inner_packet(4, mtu + 20),
                              (bench.device, PROTO[4]))
            got = collect(bench.esp_seen, 2)
            lengths = [len(head) + len(body) for head, body in got]
            # ESP with what is the least for a block, in two fragments.
            least = 20 + sa.overhead() + -(-(mtu + 20 + 2) // 4) * 4
            expect(len(got) == 2 and sum(lengths) - 20 == least,
                   f"fragments of {lengths} octets, {least} in all")
    finally:
        bench.link.change(bench.ifindex, {"df": "copy"})


@case("sa-set changes it, and nothing else does")
def changes(bench):
    with bench.sender() as sa:
        packet = inner_packet(4, 60)
        expect(bench.sa_get(sa)["tfc-padding"] == 0, "it is not off")
        for octets in 0, 200, TO_MTU, 1, 100, 0:
            bench.sa_set(sa, tfc_padding=octets)
            bench.sa_set(sa, limits={"soft-packets": 1 << 40})
            expect(bench.sa_get(sa)["tfc-padding"] == octets, "not shown")
            bench.expect_padded(sa, packet, bench.sa_get(sa)["mtu"]
                                if octets == TO_MTU else octets)


@case("a checksum that was left to hardware")
def checksums(bench):
    """It is of the packet, without what is behind."""
    data = os.urandom(33)
    for family in FAMILIES:
        with bench.sender(tfc_padding=500) as sa:
            def send(kind=socket.AF_INET if family == 4 else socket.AF_INET6,
                     to=INNER[family][2]):
                with socket.socket(kind, socket.SOCK_DGRAM) as sock:
                    sock.sendto(data, (to, 9))
            bench.esp_seen()
            in_netns(bench.left, send)
            plain = sa.open(bench.one()[1])[1]
            head = 20 if family == 4 else 40
            body = plain[head:head + 8 + len(data)]
            expect(len(plain) == 500 and body[8:] == data and
                   not any(plain[head + len(body):]), "the packet is damaged")
            addresses = plain[12:20] if family == 4 else plain[8:40]
            pseudo = addresses + struct.pack("!IHBB", len(body), 0, 0, 17)
            expect(checksum(pseudo + body) == 0, "the checksum is wrong")


@case("in transport mode nothing would tell the end")
def transport(bench):
    with bench.sender(child={"mode": "transport"}) as sa:
        for ask in (lambda: bench.sa_set(sa, tfc_padding=100),
                    lambda: bench.add_sa(sa.child, "out", tfc_padding=100)):
            refused(ask, errno.EINVAL, "tunnel mode, where the inner header "
                                       "tells its end (RFC 4303, 2.7)")


# ------------------------------------------------------------- dummy packets

def send_dummy(bench, sa, length=None):
    """(outer header, payload) of one; its sequence number is checked."""
    sequence = bench.sa_get(sa)["sequence"] + 1
    bench.esp_seen()
    values = {"ifindex": bench.ifindex, "id": sa.child}
    if length is not None:
        values["dummy-length"] = length
    bench.nl.do("dummy-send", values)
    got = collect(bench.esp_seen, 1)
    expect(len(got) == 1, f"{len(got)} packets were sent")
    head, esp = got[0]
    seq, plain, next_header, _ = sa.open(esp)
    expect(next_header == 59, f"next header is {next_header}")
    expect(seq == sequence == bench.sa_get(sa)["sequence"],
           f"sequence number is {seq}, not {sequence}")
    return head, plain


MODES = ("tunnel", "transport")


@case("dummy packets of every length")
def dummy(bench):
    for outer, mode in ((o, m) for o in FAMILIES for m in MODES):
        for encr, integ in SUITES:
            with bench.sender(outer, encr, integ, {"mode": mode}) as sa:
                room = bench.sa_get(sa)["mtu"]
                if mode == "transport":
                    room -= 20 if outer == 4 else 40
                before = bench.dev_stats()
                _, plain = send_dummy(bench, sa)
                expect(plain == bytes(64), f"64 octets are {plain}")
                for length in (0, 1, 2, 3, 15, 16, 17, 1000, room):
                    head, plain = send_dummy(bench, sa, length)
                    expect(plain == bytes(length),
                           f"{length} octets are {plain}")
                    addresses = head[12:20] if outer == 4 else head[8:40]
                    expect(addresses == b"".join(map(aton, OUTER[outer])),
                           f"the outer header is {head}")
                too_long(bench, sa, room + 1)
                # They are no inner packets.
                expect(bench.dev_stats() == before and
                       not bench.sa_stats(sa, "out"), "they were counted")


def too_long(bench, sa, length):
    refused(lambda: bench.nl.do("dummy-send", {
        "ifindex": bench.ifindex, "id": sa.child, "dummy-length": length}),
            errno.EMSGSIZE, "does not fit")


@case("dummy packets are padded as others are")
def dummy_padded(bench):
    for octets in 300, TO_MTU:
        with bench.sender(tfc_padding=octets) as sa:
            to = 300 if octets == 300 else bench.sa_get(sa)["mtu"]
            for length in (0, 64, 299, 300, 301):
                _, plain = send_dummy(bench, sa, length)
                expect(plain == bytes(max(length, to)),
                       f"{length} octets are {len(plain)}, not {to}")
            # And those that are none are of the same size.
            bench.expect_padded(sa, inner_packet(4, 60), to)


@case("outer headers of dummy packets follow the settings")
def dummy_header(bench):
    settings = {"ttl": 9, "dsfield": 0xb8, "flowlabel": 0x12345}
    bench.link.change(bench.ifindex, settings)
    try:
        for outer in FAMILIES:
            with bench.sender(outer) as sa:
                head, _ = send_dummy(bench, sa)
                want = (0xb8, 9) if outer == 4 else (0x6b812345, 9)
                got = (head[1], head[8]) if outer == 4 else \
                    (struct.unpack("!I", head[:4])[0], head[7])
                expect(got == want, f"the outer header is {head}")
    finally:
        bench.link.change(bench.ifindex, {
            "ttl": 0, "dsfield": 0, "dsfield-inherit": 1, "flowlabel": 0})


@case("dummy packets and the limits of an SA")
def dummy_limits(bench):
    """They pass no limit, but after a hard one nothing does."""
    packet = inner_packet(4, 60)
    with bench.sender(limits={"hard-packets": 2}) as sa:
        for _ in range(5):
            send_dummy(bench, sa)
        for _ in range(2):
            bench.protected(sa, packet)
        index = {"ifindex": bench.ifindex, "id": sa.child}

        def ended():
            return "spi-out" not in bench.nl.do("child-get", index)
        bench.sink.sendto(packet, (bench.device, PROTO[4]))
        expect(wait_for(ended), "the SA has not ended")
        refused(lambda: bench.nl.do("dummy-send", index), errno.ENOENT,
                "no outbound SA")


@case("dummy packets that nothing can carry")
def dummy_refused(bench):
    for address in ("192.0.2.2", None):
        more = {"remote": address} if address else {}
        peer = bench.nl.do("peer-new", ifindex=bench.ifindex, **more)["id"]
        index = {"ifindex": bench.ifindex,
                 "id": bench.add_child(peer)}
        try:
            refused(lambda: bench.nl.do("dummy-send", index), errno.ENOENT,
                    "no outbound SA")
            sa = bench.add_sa(index["id"], "out")
            refused(lambda: bench.nl.do("dummy-send", index), errno.ENOENT,
                    "no outbound SA")
            bench.nl.do("sa-activate", ifindex=bench.ifindex,
                        child=sa.child, spi=sa.spi)
            if address:
                send_dummy(bench, sa)
            else:
                refused(lambda: bench.nl.do("dummy-send", index),
                        errno.ENETUNREACH, "no route")
        finally:
            bench.nl.do("peer-del", ifindex=bench.ifindex, id=peer)


# Last: addresses and routes are gone afterwards.
@case("no dummy packets while the interface is down")
def dummy_down(bench):
    with bench.sender() as sa:
        bench.link.set_up(bench.ifindex, False)
        refused(lambda: send_dummy(bench, sa), errno.ENETDOWN, "is down")
        bench.link.set_up(bench.ifindex)
        send_dummy(bench, sa)


if __name__ == "__main__":
    main(Tfc)
