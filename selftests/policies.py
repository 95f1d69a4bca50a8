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
                 **more):
        self.local, self.remote, self.proto = local, remote, proto
        self.ports, self.payload, self.more = ports, payload, more

    def packet(self, outbound=True):
        ends = (self.local, self.remote)[::1 if outbound else -1]
        payload = self.payload
        if payload is None:
            payload = udp(*self.ports[::1 if outbound else -1])
            if self.proto == TCP:
                payload = payload[:4] + bytes(8) + b"\x50\x10" + bytes(6)
        return ip(*ends, self.proto, payload, **self.more)

    def __str__(self):
        return f"{self.local} to {self.remote}, {self.proto}, {self.ports}" \
            f"{self.more or ''}"


class Policies(Bench):
    """A peer, and for each case children with an SA each way."""

    def __init__(self):
        super().__init__()
        self.peer = self.add_peer()
        self.sas = {}

    @contextlib.contextmanager
    def children(self, *configs):
        """Ids of children of these settings, until the end of the with."""
        ids = []
        try:
            for config in configs:
                ids.append(self.add_child(self.peer, **config))
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
        try:
            self.expect_counts([ip4(OUTER[4][1], OUTER[4][0], 50, esp)],
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


# --------------------------------------------------------------------- order

@case("the order of policies: priority, longest prefix, id (IPv6)", 6)
@case("the order of policies: priority, longest prefix, id", 4)
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


if __name__ == "__main__":
    main(Policies)
