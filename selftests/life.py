# SPDX-License-Identifier: GPL-2.0
"""Limits of SAs: the soft ones are told, the hard ones are kept."""

import itertools

from adit_lab import (Bench, INNER, NlError, case, collect, expect, ip, main,
                      note, udp, wait_for)
from adit_nl import Family, in_netns

PROTO_IPV4 = 0x0800
OCTETS = 100
SOFT, HARD = 0, 1


class Life(Bench):
    """One peer; each case has children of its own, and hears the events."""

    def __init__(self):
        super().__init__()
        self.peer = self.add_peer()
        self.ear = in_netns(self.left, Family, self.spec)
        self.ear.join("expire")
        self.ear.join("config")
        self.limits = {v: k for k, v in self.spec.enums["limit"].items()}
        self.states = {v: k for k, v in self.spec.enums["sa-state"].items()}
        self.far = itertools.count(1)
        self.heard = []

    def new(self, direction, limits=None, **more):
        """An SA in a child of its own, which one address leads to."""
        far = f"10.9.2.{next(self.far)}"
        child = self.add_child(self.peer, remote_ts=[{"start": far}])
        if direction == "out":
            more["active"] = 1
        sa = self.add_sa(child, direction, limits=limits, **more)
        sa.far, sa.direction = far, direction
        return sa

    def inner(self, sa):
        ends = ((INNER[4][0], sa.far) if sa.direction == "out" else
                (sa.far, INNER[4][1]))
        return ip(*ends, 17, udp(7, 9, bytes(OCTETS - 28)))

    def carry(self, sa, count):
        """Let an SA see packets; those that come out at the other end."""
        get = self.esp_seen if sa.direction == "out" else self.delivered
        get()
        for _ in range(count):
            if sa.direction == "out":
                self.sink.sendto(self.inner(sa), (self.device, PROTO_IPV4))
            else:
                self.send_esp(sa.seal(self.inner(sa)))
        return get

    def carry_all(self, sa, count):
        got = collect(self.carry(sa, count), count)
        expect(len(got) == count, f"{len(got)} of {count} came through")

    def get(self, sa):
        return self.nl.do("sa-get", ifindex=self.ifindex, child=sa.child,
                          dir=sa.direction, spi=sa.spi)

    def state(self, sa):
        return self.states[self.get(sa)["state"]]

    def gone(self, sa):
        try:
            self.get(sa)
        except NlError as error:
            expect(error.name == "ENOENT", str(error))
            return True
        return False

    def set(self, sa, **limits):
        self.nl.do("sa-set", ifindex=self.ifindex, child=sa.child,
                   dir=sa.direction, spi=sa.spi,
                   limits={k.replace("_", "-"): v for k, v in limits.items()})

    def expired(self, sa):
        """Events of an SA so far: [(SOFT or HARD, limit)]."""
        self.heard += self.ear.events(0.01)
        return [(e["hard"], self.limits[e["limit"]])
                for name, e in self.heard
                if name == "expire-ntf" and e["spi"] == sa.spi]

    def expect_expired(self, sa, *want):
        wait_for(lambda: len(self.expired(sa)) >= len(want))
        got = self.expired(sa)
        expect(got == list(want), f"events {got}, expected {list(want)}")

    def expect_deleted(self, sa):
        expect(wait_for(lambda: self.gone(sa)), "the SA is still there")
        self.expired(sa)
        expect(any(name == "sa-del-ntf" and e["spi"] == sa.spi
                   for name, e in self.heard), "nobody told that it is gone")

    def child_stats(self, sa):
        child = self.nl.do("child-get", ifindex=self.ifindex, id=sa.child)
        return self.vector(child["stats"]), child["held"]


def times(limit, packets):
    """How a limit of so many packets is written."""
    return packets * OCTETS if limit == "bytes" else packets


def test_amount(bench, direction, limit):
    """Told once at the soft limit, ended at the hard one, never before."""
    sa = bench.new(direction, {f"soft-{limit}": times(limit, 3),
                               f"hard-{limit}": times(limit, 8)})
    bench.carry_all(sa, 2)
    expect(bench.state(sa) == "valid" and not bench.expired(sa),
           "it expires too early")
    bench.carry_all(sa, 1)
    bench.expect_expired(sa, (SOFT, limit))
    expect(bench.state(sa) == "dying", f"it is {bench.state(sa)}")
    bench.carry_all(sa, 4)
    bench.expect_expired(sa, (SOFT, limit))
    bench.carry_all(sa, 1)
    bench.expect_expired(sa, (SOFT, limit), (HARD, limit))
    bench.expect_deleted(sa)
    # The child keeps what its SAs have counted.
    way = "tx" if direction == "out" else "rx"
    expect(wait_for(lambda: bench.child_stats(sa)[0] == {way: 8}),
           f"the child counts {bench.child_stats(sa)[0]}")


def test_burst(bench, direction, limit):
    """What comes between the limit and the end of the SA is dropped.

    What comes later is held for the next SA, or is for an SPI of nobody. How
    many are dropped is a matter of luck, although the delay of both devices
    lets them come all at once: try until there are some.
    """
    reason = "tx-expired" if direction == "out" else "rx-expired"
    way = reason[:2]

    def try_once():
        before = bench.nl.do("net-get")["unknown-spi"]
        sa = bench.new(direction, {f"hard-{limit}": times(limit, 5)})
        bench.carry(sa, 40)
        bench.expect_expired(sa, (HARD, limit))
        bench.expect_deleted(sa)

        def counts():
            stats, held = bench.child_stats(sa)
            later = (held if direction == "out" else
                     bench.nl.do("net-get")["unknown-spi"] - before)
            return stats.get(way, 0), stats.get(reason, 0), later
        wait_for(lambda: sum(counts()) == 40)
        got = counts()
        expect(got[0] == 5 and sum(got) == 40,
               f"(through, dropped, later): {got} of 40")
        bench.nl.do("child-del", ifindex=bench.ifindex, id=sa.child)
        return got[1]
    dropped = next((n for n in (try_once() for _ in range(20)) if n), 0)
    expect(dropped, "none was dropped as expired")
    note(f"{dropped} packets came too late")


def test_seconds(bench):
    """In both directions, and an SPI that nobody gave keys to, at once."""
    sas = [bench.new(direction, {"soft-seconds": 1, "hard-seconds": 2})
           for direction in ("in", "out")]
    soft = bench.new("out", {"soft-seconds": 1})
    child = bench.add_child(bench.peer, remote_ts=[{"start": "10.9.3.1"}])
    larval = bench.new("in")
    larval.child = child
    larval.spi = bench.nl.do("spi-alloc", ifindex=bench.ifindex, child=child,
                             **{"larval-seconds": 1})["spi"]
    expect(bench.state(larval) == "larval", bench.state(larval))
    bench.send_esp(larval.seal(bench.inner(larval)))
    expect(wait_for(lambda: bench.sa_stats(larval).get("rx-larval") == 1),
           f"counters of the larval SA: {bench.sa_stats(larval)}")
    bench.expect_expired(larval, (HARD, "seconds"))
    bench.expect_deleted(larval)
    for sa in sas:
        bench.expect_expired(sa, (SOFT, "seconds"), (HARD, "seconds"))
        bench.expect_deleted(sa)
    expect(bench.state(soft) == "dying", f"it is {bench.state(soft)}")
    bench.expect_expired(soft, (SOFT, "seconds"))
    bench.carry_all(soft, 1)


def test_set(bench, direction):
    """Limits can be changed; what was told of the old ones is told anew."""
    sa = bench.new(direction, {"soft-packets": 2, "hard-packets": 4})
    bench.carry_all(sa, 2)
    bench.expect_expired(sa, (SOFT, "packets"))
    bench.set(sa, soft_packets=4, hard_packets=0)
    limits = bench.get(sa)["limits"]
    expect(limits.get("soft-packets") == 4 and not limits.get("hard-packets"),
           f"limits: {limits}")
    bench.carry_all(sa, 3)
    bench.expect_expired(sa, (SOFT, "packets"), (SOFT, "packets"))
    # A limit that lies behind us ends the SA at once.
    bench.set(sa, hard_bytes=OCTETS)
    bench.expect_expired(sa, (SOFT, "packets"), (SOFT, "packets"),
                         (HARD, "bytes"))
    bench.expect_deleted(sa)


def test_sequence_end(bench):
    """32 bits: behind the last number comes none (RFC 4303, 3.3.3)."""
    sa = bench.new("in")
    for seq in 0x7fffffff, 0xffffffff:
        packet = bench.inner(sa)
        bench.send_esp(sa.seal(packet, seq=seq))
        expect(collect(bench.delivered, 1) == [packet], f"{seq:#x} is lost")
    for seq in 0x100000000, 0x100000001:
        bench.send_esp(sa.seal(bench.inner(sa), seq=seq))
    expect(wait_for(lambda: bench.sa_stats(sa) ==
                    {"rx": 2, "rx-replay-old": 2}),
           f"counters: {bench.sa_stats(sa)}")


def test_sequence_esn(bench):
    """64 bits: the upper half, which is not sent, goes on (RFC 4303, A2)."""
    sa = bench.new("in", esn=True)
    for seq in (0x7fffffff, 0xffffffff, 0x100000000, 0x1fffff000,
                0x200000001, 0x1ffffffff):
        packet = bench.inner(sa)
        bench.send_esp(sa.seal(packet, seq=seq))
        expect(collect(bench.delivered, 1) == [packet], f"{seq:#x} is lost")
    expect(bench.get(sa)["sequence"] == 0x200000001, "sequence number")
    # The same 32 bits of a half that is long gone do not verify.
    bench.send_esp(sa.seal(bench.inner(sa), seq=0x7ffffffe))
    expect(wait_for(lambda: bench.sa_stats(sa) == {"rx": 6, "rx-icv": 1}),
           f"counters: {bench.sa_stats(sa)}")


for way in "out", "in":
    for what in "packets", "bytes":
        case(f"{what}, {way}bound", way, what)(test_amount)
        case(f"a burst beyond the limit, {what}, {way}bound", way,
             what)(test_burst)
    case(f"changed limits, {way}bound", way)(test_set)
case("seconds")(test_seconds)
case("the end of 32-bit sequence numbers")(test_sequence_end)
case("64-bit sequence numbers pass the end of 32 bits")(test_sequence_esn)

if __name__ == "__main__":
    main(Life)
