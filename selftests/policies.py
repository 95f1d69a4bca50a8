# SPDX-License-Identifier: GPL-2.0
"""Which packets a child's traffic selectors let through, both ways.

A flow is told as the left host sends it; inbound it is the answer to it. The
far gateway is played here: it knows which SA a packet left with.
"""

import contextlib

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

PROTO_IPV4, PROTO_IPV6 = 0x0800, 0x86dd
TCP, UDP = 6, 17


class Flow:
    """Addresses, and what is behind the IP header, by the way it goes."""

    def __init__(self, local, remote, proto=UDP, ports=(7, 9), payload=None,
                 piece=None):
        self.local, self.remote, self.proto = local, remote, proto
        self.ports, self.payload, self.piece = ports, payload, piece

    def packet(self, outbound=True):
        ends = (self.local, self.remote)[::1 if outbound else -1]
        payload = self.payload
        if payload is None:
            payload = udp(*self.ports[::1 if outbound else -1])
            if self.proto == TCP:
                payload = payload[:4] + bytes(8) + b"\x50\x10" + bytes(14)
        packet = ip(*ends, self.proto, payload)
        # Of fragments with 8 octets each one.
        return packet if self.piece is None else \
            fragments(packet, 8, 1)[self.piece]

    def __str__(self):
        return f"{self.local} to {self.remote}, {self.proto}, {self.ports}" \
            f", piece {self.piece}"


class Policies(Bench):
    """A peer, and for each case children with an SA each way."""

    def __init__(self):
        super().__init__()
        self.peers = {outer: self.add_peer(outer) for outer in OUTER}
        self.sas, self.outer = {}, {}

    @contextlib.contextmanager
    def children(self, *configs, outer=4):
        """Ids of children of these settings, until the end of the with."""
        ids = []
        try:
            for config in configs:
                ids.append(self.add_child(self.peers[outer], **config))
                self.outer[ids[-1]] = outer
                self.sas[ids[-1]] = self.add_sa(ids[-1], "in"), \
                    self.add_sa(ids[-1], "out", active=1)
            yield ids
        finally:
            for number in ids:
                self.nl.do("child-del", ifindex=self.ifindex, id=number)

    def opened(self):
        """{inner packet: child} of what has left."""
        out = {}
        spis = {sa[1].spi: (child, sa[1]) for child, sa in self.sas.items()}
        for _, esp in self.esp_seen():
            child, sa = spis[struct.unpack("!I", esp[:4])[0]]
            out[sa.open(esp)[1]] = child
        return out

    def child_of(self, packet):
        """The child that a packet leaves through, or None."""
        family = PROTO_IPV6 if packet[0] >> 4 == 6 else PROTO_IPV4
        self.esp_seen()
        seen, before = {}, self.dev_stats().get("tx-no-selector", 0)
        self.sink.sendto(packet, (self.device, family))

        def decided():
            seen.update(self.opened())
            return packet in seen or \
                self.dev_stats().get("tx-no-selector", 0) > before
        expect(wait_for(decided), "it is neither sent nor refused")
        return seen.get(packet)

    def expect_out(self, flow, want):
        got = self.child_of(flow.packet())
        expect(got == want, f"{flow}: through child {got}, not {want}")

    def expect_in(self, flow, child, good):
        esp = self.sas[child][0].seal(flow.packet(outbound=False))
        left, right = OUTER[self.outer[child]]
        try:
            self.expect_counts([ip(right, left, 50, esp)],
                               **{"rx" if good else "rx_selector": 1})
        except Failed as failed:
            raise Failed(f"{flow}, inbound: {failed}") from None

    def expect_child(self, flow, children, want):
        """It leaves through this one of the children, or None. A child that
        does not want it lets no answer in."""
        self.expect_out(flow, want)
        if want is None:
            for child in children:
                self.expect_in(flow, child, False)
        else:
            self.expect_in(flow, want, True)


ALL = {4: ("0.0.0.0", "255.255.255.255"), 6: ("::", "ffff" + ":ffff" * 7)}
NET = {4: ("10.9.2.0", "10.9.2.255"), 6: ("fd09:2::", "fd09:2::ffff")}


def between(first, last=None, **more):
    """A selector of these addresses."""
    more = {key.replace("_", "-"): value for key, value in more.items()}
    return {"start": first, "end": last or first, **more}


def of_both_families(name):
    """Decorator: a case that is given the family of the inner packets."""
    def add(function):
        for family in 4, 6:
            case(f"{name}, IPv{family}", family)(function)
        return function
    return add


# --------------------------------------------------------------------- order

@of_both_families("the order of policies: priority, longest prefix, id")
def order(bench, family):
    far = INNER[family][2]
    flow = Flow(INNER[family][0], far)
    broad, net, host = (between(*ALL[family]), between(*NET[family]),
                        between(far))
    rows = (
        # The settings of children, and which one of them is chosen.
        (((broad, 0), (net, 0), (host, 0)), 2),
        (((host, 0), (broad, 0), (net, 0)), 0),
        (((host, 0), (host, 0), (net, 0)), 0),
        (((broad, 4), (net, 5), (host, 6)), 0),
        (((broad, 5), (net, 4), (host, 6)), 1),
        (((host, 7), (net, 6), (broad, 6)), 1),
        (((host, 1), (host, 0), (broad, 1)), 1),
        (((host, 0xffffffff), (broad, 0xfffffffe)), 1),
    )
    for number, (settings, want) in enumerate(rows):
        configs = [{"remote_ts": [ts], "priority": priority}
                   for ts, priority in settings]
        with bench.children(*configs) as ids:
            try:
                bench.expect_out(flow, ids[want])
            except Failed as failed:
                raise Failed(f"row {number}: {failed}") from None


@case("a child of a better priority that does not match is passed by")
def passed_by(bench):
    flow = Flow(INNER[4][0], INNER[4][2])
    with bench.children(
            {"remote_ts": [between(*NET[4], proto=TCP)], "priority": 1},
            {"remote_ts": [between(INNER[4][2])], "priority": 2},
            {"remote_ts": [between("10.9.3.0", "10.9.3.255")],
             "priority": 0}) as ids:
        bench.expect_out(flow, ids[1])
        bench.expect_out(Flow(INNER[4][0], INNER[4][2], TCP), ids[0])


@case("a priority is changed")
def changed(bench):
    flow = Flow(INNER[4][0], INNER[4][2])
    with bench.children({"remote_ts": [between(*NET[4])], "priority": 5},
                        {"remote_ts": [between(INNER[4][2])],
                         "priority": 5}) as ids:
        for child, priority, want in ((0, 5, 1), (0, 4, 0), (1, 4, 1),
                                      (1, 6, 0), (0, 7, 1)):
            bench.nl.do("child-set", ifindex=bench.ifindex, id=ids[child],
                        priority=priority)
            bench.expect_out(flow, ids[want])


# -------------------------------------------------------------------- bounds

def check_bounds(bench, inside, outside, outer=4, **selectors):
    """What the selectors of a child let through, and what not, both ways."""
    with bench.children(selectors, outer=outer) as ids:
        for flow in inside:
            bench.expect_child(flow, ids, ids[0])
        for flow in outside:
            bench.expect_child(flow, ids, None)


RANGES = {
    # first, last; then one before, one behind, one within
    4: (("10.9.1.99", "10.9.2.1", "10.9.1.98", "10.9.2.2", "10.9.1.255"),
        ("10.9.2.5", "10.9.2.8", "10.9.2.4", "10.9.2.9", "10.9.2.6")),
    6: (("fd09:1::99", "fd09:1::1:0:0:1", "fd09:1::98", "fd09:1::1:0:0:2",
         "fd09:1::ffff:ffff:ffff"),
        ("fd09:2::5", "fd09:2::1:2", "fd09:2::4", "fd09:2::1:3",
         "fd09:2::ffff")),
}


def address_ranges(bench, family, outer):
    local, remote = RANGES[family]
    check_bounds(
        bench,
        [Flow(here, there) for here in (local[0], local[1], local[4])
         for there in (remote[0], remote[1], remote[4])],
        [Flow(here, remote[0]) for here in local[2:4]] +
        [Flow(local[1], there) for there in remote[2:4]],
        outer, local_ts=[between(*local[:2])],
        remote_ts=[between(*remote[:2])])


for inner in 4, 6:
    for around in 4, 6:
        case(f"ranges of addresses, IPv{inner} in IPv{around}", inner,
             around)(address_ranges)


@case("lists of selectors, of both families")
def lists(bench):
    locals4 = "10.9.1.99", "10.9.1.101"
    remotes4 = "10.9.2.5", "10.9.2.7"
    check_bounds(
        bench,
        [Flow(here, there) for here in locals4 for there in remotes4] +
        [Flow("fd09:1::99", "fd09:2::5")],
        [Flow("10.9.1.100", there) for there in remotes4] +
        [Flow(here, "10.9.2.6") for here in locals4] +
        [Flow("fd09:1::98", "fd09:2::5"), Flow("fd09:1::99", "fd09:2::6")],
        local_ts=[*map(between, locals4), between("fd09:1::99")],
        remote_ts=[between("fd09:2::5"), *map(between, remotes4)])


@case("64 selectors a side, the last of each")
def many(bench):
    check_bounds(
        bench,
        [Flow(f"10.9.1.{n}", f"10.9.2.{n}") for n in (2, 128)],
        [Flow("10.9.1.128", "10.9.2.130"), Flow("10.9.1.130", "10.9.2.128"),
         Flow("10.9.1.3", "10.9.2.2")],
        local_ts=[between(f"10.9.1.{2 * n}") for n in range(1, 65)],
        remote_ts=[between(f"10.9.2.{2 * n}") for n in range(1, 65)])


def both(family, *arguments, **more):
    """A flow between the usual ends."""
    return Flow(INNER[family][1], INNER[family][2], *arguments, **more)


def side(family, which, **more):
    """A selector of the usual end."""
    return [between(INNER[family][which], **more)]


@of_both_families("a protocol")
def protocol(bench, family):
    check_bounds(bench, [both(family, 47, payload=bytes(8))],
                 [both(family, number, payload=bytes(8))
                  for number in (46, 48, 17, 6)],
                 remote_ts=side(family, 2, proto=47))


@of_both_families("ranges of ports")
def ports(bench, family):
    for proto in TCP, UDP, 33, 132, 136:
        check_bounds(
            bench,
            [both(family, proto, ports) for ports in
             ((1000, 80), (1999, 80), (1000, 89), (1500, 85))],
            [both(family, proto, ports) for ports in
             ((999, 80), (2000, 80), (1000, 79), (1000, 90), (80, 1000))] +
            [both(family, TCP + UDP - proto if proto in (TCP, UDP) else TCP,
                  (1000, 80))],
            local_ts=side(family, 1, proto=proto, port_start=1000,
                          port_end=1999),
            remote_ts=side(family, 2, proto=proto, port_start=80,
                           port_end=89))


@of_both_families("type and code of ICMP")
def icmp(bench, family):
    """RFC 7296, 3.13.1: one number, in the ports of either side."""
    proto = 58 if family == 6 else 1

    def message(kind, code):
        return both(family, proto, payload=bytes([kind, code]) + bytes(6))
    # A packet to nobody that is no error: the kernel answers to none.
    for which, name in enumerate(("local_ts", "remote_ts"), 1):
        check_bounds(
            bench, [message(13, 1), message(13, 255), message(14, 0)],
            [message(13, 0), message(14, 1), message(12, 255),
             message(1, 13), both(family, UDP, (13 << 8 | 1, 13 << 8 | 1))],
            **{name: side(family, which, proto=proto,
                          port_start=13 << 8 | 1, port_end=14 << 8)})


# ----------------------------------------------------------------- fragments

OPAQUE = {"port_start": 65535, "port_end": 0}


@of_both_families("a range of ports takes no later fragment")
def no_fragment(bench, family):
    for proto in TCP, UDP:
        check_bounds(
            bench, [both(family, proto), both(family, proto, piece=0)],
            [both(family, proto, piece=n) for n in (1, -1)],
            remote_ts=side(family, 2, proto=proto, port_start=0,
                           port_end=65534))


@of_both_families("any port takes fragments")
def any_fragment(bench, family):
    """RFC 4301, 7.1"""
    check_bounds(
        bench, [both(family, UDP, piece=n) for n in (None, 0, 1)],
        [both(family, TCP, piece=1)], remote_ts=side(family, 2, proto=UDP))


@of_both_families("fragments with a child of their own")
def own_child(bench, family):
    """RFC 4301, 7.2"""
    with bench.children(
            {"remote_ts": side(family, 2, proto=UDP, port_start=9)},
            {"remote_ts": side(family, 2, proto=UDP, **OPAQUE)},
            {"remote_ts": side(family, 2), "priority": 1}) as ids:
        for flow, want in ((both(family), 0), (both(family, piece=0), 0),
                           (both(family, piece=1), 1),
                           (both(family, ports=(7, 8)), 2),
                           (both(family, TCP, piece=-1), 2)):
            bench.expect_child(flow, ids, ids[want])
        for flow in both(family), both(family, piece=0):
            bench.expect_in(flow, ids[1], False)
        bench.expect_in(both(family, piece=1), ids[0], False)


@of_both_families("OPAQUE is for what has no ports")
def opaque(bench, family):
    def bare(proto, payload=bytes(24)):
        return both(family, proto, payload=payload)
    ah_udp = b"\x11\4" + bytes(22) + udp(7, 9)
    for name, which in ("local_ts", 1), ("remote_ts", 2):
        check_bounds(
            bench,
            [bare(50), bare(51, ah_udp), bare(47), both(family, piece=1),
             both(family, TCP, piece=2)],
            [both(family), both(family, piece=0), both(family, TCP),
             bare(58 if family == 6 else 1),
             # It would write over TCP's flags (RFC 1858, RFC 4301, 7.2).
             both(family, TCP, piece=1)],
            **{name: side(family, which, **OPAQUE)})


@case("behind the extension headers of IPv6")
def extensions(bench):
    def options(proto, payload, **more):
        return both(6, 60, payload=bytes([proto, 0, 1, 4, 0, 0, 0, 0]) +
                    payload, **more)
    ah_udp = b"\x11\4" + bytes(22) + udp(7, 9)
    check_bounds(bench, [options(UDP, udp(9, 9))],
                 [options(UDP, udp(8, 8)), options(51, ah_udp),
                  options(UDP, udp(9, 9), piece=1)],
                 remote_ts=side(6, 2, proto=UDP, port_start=9),
                 local_ts=side(6, 1, proto=UDP, port_start=9))
    # What follows the options is not known in a later fragment.
    check_bounds(bench, [options(UDP, udp(9, 9), piece=n) for n in (1, 2)],
                 [], remote_ts=side(6, 2, **OPAQUE))
    check_bounds(bench, [both(6, 51, payload=ah_udp), options(51, ah_udp)],
                 [both(6)], remote_ts=side(6, 2, proto=51))


if __name__ == "__main__":
    main(Policies)
