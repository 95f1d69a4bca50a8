# SPDX-License-Identifier: GPL-2.0
"""A packet without an outbound SA: held, told of, sent in the end, or not."""

import socket
import time

from adit_lab import (Bench, INNER, case, collect, expect, ip, main, udp,
                      wait_for)
from adit_nl import Family, in_netns

PROTO_IPV4, PROTO_IPV6 = 0x0800, 0x86dd
SO_SNDBUFFORCE = 32
# What proto.h says.
HELD_PER_CHILD, HELD_PER_DEV = 64, 4096


class Acquire(Bench):
    """One peer; each case has children of its own, and hears the events."""

    def __init__(self):
        super().__init__()
        self.peer = self.add_peer()
        self.ear = in_netns(self.left, Family, self.spec)
        self.ear.join("acquire")
        self.heard = []
        # What is held counts against the sender's buffer.
        self.sink.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 26)

    def new(self, number, **more):
        """A child that two addresses lead to."""
        return self.add_child(self.peer, remote_ts=[
            {"start": self.far(number, inner)} for inner in (4, 6)], **more)

    @staticmethod
    def far(number, inner=4):
        if inner == 6:
            return f"fd09:2::{number:x}"
        return f"10.9.{2 + number // 256}.{number % 256}"

    def put(self, number, text=b"", inner=4):
        packet = ip(INNER[inner][0], self.far(number, inner), 17,
                    udp(7, 9, text))
        self.sink.sendto(packet, (self.device, PROTO_IPV6 if inner == 6 else
                                  PROTO_IPV4))
        return packet

    def narrow(self, child):
        """It is for another source from now on."""
        self.nl.do("child-set", {"ifindex": self.ifindex, "id": child,
                                 "local-ts": [{"start": "10.9.250.1"},
                                              {"start": "fd09:250::1"}]})

    def state(self, child):
        return self.nl.do("child-get", ifindex=self.ifindex, id=child)

    def drops(self, child):
        return self.vector(self.state(child)["stats"])

    def acquired(self, child):
        self.heard += self.ear.events(0.01)
        return [e for _, e in self.heard if e["child"] == child]

    def expect_sent(self, sa, packets):
        got = collect(self.esp_seen, len(packets))
        expect([sa.open(esp)[1] for _, esp in got] == packets,
               f"{len(got)} packets left, expected {len(packets)} in order")


def test_told(bench, inner):
    """The event says what an IKE daemon needs for its first selectors."""
    child = bench.new(inner)
    packet = bench.put(inner, inner=inner)
    expect(wait_for(lambda: bench.acquired(child)), "nobody is told")
    event, = bench.acquired(child)
    family = socket.AF_INET6 if inner == 6 else socket.AF_INET
    want = {"ifindex": bench.ifindex, "ifname": bench.device,
            "peer": bench.peer, "child": child, "proto": 17,
            "source": socket.inet_pton(family, INNER[inner][0]),
            "destination": socket.inet_pton(family, bench.far(inner, inner)),
            "source-port": 7, "destination-port": 9}
    expect(event == want, f"{event}, expected {want}")
    expect(bench.state(child)["held"] == 1, "the packet is not held")
    sa = bench.add_sa(child, "out", active=1)
    bench.expect_sent(sa, [packet])
    expect(bench.state(child)["held"] == 0 and bench.drops(child) ==
           {"tx": 1}, f"counters: {bench.drops(child)}")


def test_standby(bench):
    """An SA that is not active yet releases nothing."""
    child = bench.new(10)
    packet = bench.put(10)
    sa = bench.add_sa(child, "out")
    expect(bench.state(child)["held"] == 1, "the packet is not held")
    bench.nl.do("sa-activate", ifindex=bench.ifindex, child=child, spi=sa.spi)
    bench.expect_sent(sa, [packet])


def test_limit(bench):
    """The oldest are kept, and leave in order."""
    child = bench.new(11)
    packets = [bench.put(11, b"%d" % i) for i in range(HELD_PER_CHILD + 6)]
    expect(bench.state(child)["held"] == HELD_PER_CHILD,
           f"{bench.state(child)['held']} are held")
    expect(bench.drops(child) == {"tx-no-sa": 6}, f"{bench.drops(child)}")
    bench.esp_seen()
    sa = bench.add_sa(child, "out", active=1)
    bench.expect_sent(sa, packets[:HELD_PER_CHILD])
    expect(bench.drops(child) == {"tx": HELD_PER_CHILD, "tx-no-sa": 6},
           f"{bench.drops(child)}")


def test_device_limit(bench):
    """All children together hold so many, whoever comes first."""
    count = HELD_PER_DEV // HELD_PER_CHILD + 1
    children = [bench.new(256 + i) for i in range(count)]
    for i in range(count):
        for _ in range(HELD_PER_CHILD):
            bench.put(256 + i)
    held = [bench.state(child)["held"] for child in children]
    expect(held == [HELD_PER_CHILD] * (count - 1) + [0], f"held: {held}")
    drops = bench.drops(children[-1])
    expect(drops == {"tx-no-sa": HELD_PER_CHILD}, f"{drops}")
    # What goes makes room.
    bench.nl.do("child-del", ifindex=bench.ifindex, id=children[0])
    bench.put(256 + count - 1)
    expect(bench.state(children[-1])["held"] == 1, "there is no room")
    for child in children[1:]:
        bench.nl.do("child-del", ifindex=bench.ifindex, id=child)


def test_rate(bench):
    """Not more than one event a second, however many packets there are.

    One more is allowed here: a machine that has been kept waiting may count
    two seconds as one.
    """
    child = bench.new(12)
    # A child before it may have had its number.
    before = len(bench.acquired(child))
    began = time.monotonic()
    packets = 0

    def again():
        nonlocal packets
        packets += 1
        bench.put(12)
        return len(bench.acquired(child)) > before + 1
    expect(wait_for(again), "nobody is told again")
    events = len(bench.acquired(child)) - before
    took = time.monotonic() - began
    expect(events <= 2 + took < packets,
           f"{events} events of {packets} packets in {took:.2f} seconds")


def test_narrowed(bench):
    """What the SA is not for, once there is one, is refused; or another's."""
    child = bench.new(17)
    before = bench.dev_stats().get("tx-no-selector", 0)
    packets = bench.put(17), bench.put(17, b"another")
    expect(bench.state(child)["held"] == 2, "they are not held")
    bench.narrow(child)
    bench.esp_seen()
    bench.add_sa(child, "out", active=1)
    count = bench.dev_stats().get("tx-no-selector", 0) - before
    expect(count == 2, f"tx-no-selector counts {count} of {len(packets)}")
    expect(bench.state(child)["held"] == 0 and not bench.drops(child) and
           not bench.esp_seen(), "it is sent, or held")
    # A child that fits takes it.
    first, second = bench.new(18), bench.new(18, priority=1 << 20)
    sa = bench.add_sa(second, "out", active=1)
    packet = bench.put(18)
    expect(bench.state(first)["held"] == 1, "the packet is not held")
    bench.narrow(first)
    bench.add_sa(first, "out", active=1)
    bench.expect_sent(sa, [packet])


def test_late(bench):
    """What has waited too long is dropped."""
    child = bench.new(13, hold_seconds=1)
    for _ in range(3):
        bench.put(13)
    expect(bench.state(child)["held"] == 3, "they are not held")
    expect(wait_for(lambda: bench.drops(child) == {"tx-no-sa": 3}),
           f"counters: {bench.drops(child)}")
    expect(bench.state(child)["held"] == 0, "they are still held")
    # The child works on.
    packet = bench.put(13)
    bench.esp_seen()
    bench.expect_sent(bench.add_sa(child, "out", active=1), [packet])


def test_removed(bench):
    """A child that goes drops what it held."""
    child = bench.new(14)
    before = bench.dev_stats().get("tx-no-sa", 0)
    for _ in range(3):
        bench.put(14)
    bench.nl.do("child-del", ifindex=bench.ifindex, id=child)
    count = bench.dev_stats()["tx-no-sa"] - before
    expect(count == 3, f"tx-no-sa counts {count} of 3")


def test_lost_sa(bench):
    """Without its only SA a child holds again."""
    child = bench.new(15)
    sa = bench.add_sa(child, "out", active=1)
    bench.esp_seen()
    bench.expect_sent(sa, [bench.put(15)])
    bench.nl.do("sa-del", ifindex=bench.ifindex, child=child, dir="out",
                spi=sa.spi)
    packet = bench.put(15)
    expect(wait_for(lambda: bench.acquired(child)), "nobody is told")
    bench.expect_sent(bench.add_sa(child, "out", active=1), [packet])


def test_held_at_end(bench):
    """The namespace goes with packets held: nothing may leak."""
    child = bench.new(16)
    bench.put(16)
    expect(bench.state(child)["held"] == 1, "the packet is not held")


for version in 4, 6:
    case(f"an event for an IPv{version} packet, which is held and sent",
         version)(test_told)
case("an SA on standby")(test_standby)
case("a child holds 64 packets, the oldest")(test_limit)
case("a device holds 4096 packets")(test_device_limit)
case("one event a second")(test_rate)
case("held for an SA that is for less")(test_narrowed)
case("held for too long")(test_late)
case("held by a child that goes")(test_removed)
case("held again when the SA goes")(test_lost_sa)
case("held when all ends")(test_held_at_end)

if __name__ == "__main__":
    main(Acquire)
