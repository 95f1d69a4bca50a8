# SPDX-License-Identifier: GPL-2.0
"""An SA goes on where it was elsewhere (RFC 6311): no number is used twice, and
what was seen there is seen here."""

import os
import random
import socket
import struct
import subprocess

from adit_lab import (Bench, INNER, NlError, OUTER, case, collect, expect, ip,
                      main, mac_of, packet_socket, udp)
from adit_nl import Family, in_netns

PROTO_IPV4 = 0x0800
LAST = {False: 0xffffffff, True: 0xffffffff_00000000}


class Failover(Bench):
    """Each case has a child of its own."""

    def state(self, sa, direction):
        """What the other host needs to know."""
        got = self.nl.do("sa-get", ifindex=self.ifindex, child=sa.child,
                         dir=direction, spi=sa.spi)
        return {key: got[key] for key in ("sequence", "replay-seen")
                if key in got}

    def delete(self, sa, direction):
        self.nl.do("sa-del", ifindex=self.ifindex, child=sa.child,
                   dir=direction, spi=sa.spi)

    def again(self, sa, direction, **more):
        """The same SA, with its keys, as a new one."""
        self.nl.do("sa-new", dict(sa.config(), ifindex=self.ifindex,
                                  child=sa.child, dir=direction, **more))

    def set(self, sa, direction, **more):
        self.nl.do("sa-set", dict(more, ifindex=self.ifindex, spi=sa.spi,
                                  child=sa.child, dir=direction))

    def refused(self, sa, direction, text, **more):
        before = self.state(sa, direction)
        try:
            self.set(sa, direction, **more)
        except NlError as error:
            expect(text in (error.text or ""), f"says '{error.text}'")
        else:
            expect(False, f"{more} is not refused")
        expect(self.state(sa, direction) == before, "something has changed")

    def emit(self, count):
        """Sequence numbers of so many packets that are sent."""
        self.esp_seen()
        for _ in range(count):
            self.sink.sendto(inner(outbound=True), (self.device, PROTO_IPV4))
        return [struct.unpack("!I", esp[4:8])[0]
                for _, esp in collect(self.esp_seen, count)]


def inner(outbound=False):
    near, far = INNER[4][0], INNER[4][2]
    return ip(*((near, far) if outbound else (far, near)), 17,
              udp(7, 9, b"failover"))


def numbers_in(state, window):
    """The numbers that a state says were seen."""
    seen = state["replay-seen"]
    expect(len(seen) == (window + 7) // 8, f"{len(seen)} octets")
    return {state["sequence"] - i for i in range(8 * len(seen))
            if seen[i // 8] >> (i % 8) & 1}


def some_numbers(window, top):
    """Numbers up to a top one, with gaps."""
    low = max(1, top - window + 1)
    return sorted(set(random.sample(range(low, top + 1),
                                    min(60, top + 1 - low))) | {top})


def frames(sa, numbers):
    left, right = OUTER[4]
    return [ip(right, left, 50, sa.seal(inner(), seq=seq)) for seq in numbers]


def test_in(bench, esn, window, top):
    with bench.child() as child:
        sa = bench.add_sa(child, "in", esn=esn, replay_window=window,
                          sequence=max(0, top - window - 5))
        numbers = some_numbers(window, top)
        recorded = frames(sa, numbers)
        bench.expect_counts(recorded, rx=len(numbers))
        state = bench.state(sa, "in")
        known = numbers_in(state, window)
        expect(state["sequence"] == top and known == set(numbers),
               f"seen {sorted(known)}, sent {numbers}, "
               f"top {state['sequence']}")
        bench.delete(sa, "in")
        bench.again(sa, "in", **state, **{"replay-window": window})
        expect(bench.state(sa, "in") == state, "the state is another")
        bench.expect_counts(recorded, rx_replay_duplicate=len(numbers))
        low = max(1, top - window + 1)
        missing = [seq for seq in range(max(low, top - 40), top)
                   if seq not in numbers]
        bench.expect_counts(frames(sa, missing), rx=len(missing))
        bench.expect_counts(frames(sa, [top + 1, top + 7]), rx=2)
        # What is left of a window of ESN is taken for the next 2^32.
        if low > 8:
            bench.expect_counts(frames(sa, [low - 1]),
                                **{"rx_icv" if esn else "rx_replay_old": 1})


def test_without_map(bench):
    """Who knows the number alone takes nothing that is not above it."""
    with bench.child() as child:
        sa = bench.add_sa(child, "in", replay_window=64, sequence=100)
        bench.expect_counts(frames(sa, [100, 99, 40]), rx_replay_duplicate=3)
        bench.expect_counts(frames(sa, [36]), rx_replay_old=1)
        bench.expect_counts(frames(sa, [101]), rx=1)


def test_larger(bench):
    """What a smaller window did not know counts as seen."""
    with bench.child() as child:
        sa = bench.add_sa(child, "in", replay_window=64)
        bench.expect_counts(frames(sa, [200]), rx=1)
        state = bench.state(sa, "in")
        bench.delete(sa, "in")
        bench.again(sa, "in", **state, **{"replay-window": 4096})
        bench.expect_counts(frames(sa, [136, 1]), rx_replay_duplicate=2)
        bench.expect_counts(frames(sa, [137, 199]), rx=2)


def test_largest(bench):
    """The largest window, which is most of a message."""
    with bench.child() as child:
        sa = bench.add_sa(child, "in", esn=True, replay_window=65536)
        bench.expect_counts(frames(sa, [1, 65536]), rx=2)
        state = bench.state(sa, "in")
        expect(numbers_in(state, 65536) == {1, 65536}, "other numbers")
        bench.set(sa, "in", **state)
        bench.expect_counts(frames(sa, [1, 65536]), rx_replay_duplicate=2)


def test_live(bench):
    """An SA in use: it can be raised, and nothing that was seen is new."""
    with bench.child() as child:
        sa = bench.add_sa(child, "in", replay_window=64)
        bench.expect_counts(frames(sa, [3, 5, 9]), rx=3)
        bench.refused(sa, "in", "was passed already", sequence=8)
        bench.set(sa, "in", sequence=20, **{"replay-seen": bytes(8)})
        bench.expect_counts(frames(sa, [3, 5, 9]), rx_replay_duplicate=3)
        bench.expect_counts(frames(sa, [4, 20]), rx=2)


def test_out(bench, esn):
    with bench.child() as child:
        sa = bench.add_sa(child, "out", esn=esn, active=1)
        expect(bench.emit(5) == [1, 2, 3, 4, 5], "numbers do not begin at 1")
        state = bench.state(sa, "out")
        expect(state == {"sequence": 5}, f"state is {state}")
        bench.delete(sa, "out")
        bench.again(sa, "out", active=1, **state)
        got = bench.emit(2)
        expect(got == [6, 7], f"goes on with {got}")
        bench.set(sa, "out", sequence=1000)
        got = bench.emit(1)
        expect(got == [1001], f"raised to 1000, goes on with {got}")
        bench.refused(sa, "out", "was passed already", sequence=1000)
        bench.refused(sa, "out", f"more than {LAST[esn]}",
                      sequence=LAST[esn] + 1)
        bench.refused(sa, "out", "dir in", sequence=2000,
                      **{"replay-seen": bytes(8)})


class Spare(Failover):
    """The host that takes over."""

    def __init__(self, bench):
        self.__dict__.update(bench.__dict__)
        self.left = os.environ["NS_SPARE"]
        self.nl = in_netns(self.left, Family, self.spec)
        self.ifindex = in_netns(self.left, socket.if_nametoindex, self.device)
        self.sink = packet_socket(self.left, self.device, socket.SOCK_DGRAM)

    def take_wire(self, host):
        """The interface comes with its address, as a floating one does."""
        for command in (
                ["-n", host, "link", "set", "veth0", "netns", self.left],
                ["-n", self.left, "link", "set", "veth0", "up"],
                ["-n", self.left, "addr", "add", "192.0.2.1/24", "dev",
                 "veth0"]):
            subprocess.run(["ip", *command], check=True)
        self.head = mac_of(self.left, "veth0") + self.head[6:]


def test_move(bench):
    with bench.child() as child:
        incoming = bench.add_sa(child, "in", replay_window=64)
        outgoing = bench.add_sa(child, "out", active=1)
        numbers = [seq for seq in range(1, 80) if seq % 7]
        recorded = frames(incoming, numbers)
        bench.expect_counts(recorded, rx=len(numbers))
        expect(bench.emit(20) != [], "nothing is sent")
        seen, sent = bench.state(incoming, "in"), bench.state(outgoing, "out")
        spare = Spare(bench)
        incoming.child = outgoing.child = spare.add_child(spare.add_peer())
        spare.again(incoming, "in", **seen, **{"replay-window": 64})
        spare.again(outgoing, "out", active=1, **sent)
        spare.take_wire(bench.left)
        # 1 to 15 are left of the window.
        old = sum(1 for seq in numbers if seq <= 79 - 64)
        spare.expect_counts(recorded, rx_replay_old=old,
                            rx_replay_duplicate=len(numbers) - old)
        spare.expect_counts(frames(incoming, [21, 77, 80, 81]), rx=4)
        used = spare.emit(20)
        after = sent["sequence"] + 1
        expect(used == list(range(after, after + 20)),
               f"after {sent['sequence']} come {used}")


if __name__ == "__main__":
    for long, size, highest in ((False, 64, 40), (False, 64, 1000),
                                (True, 128, (1 << 32) + 30),
                                (True, 4096, 1 << 40)):
        case(f"inbound, {'ESN' if long else '32 bits'}, a window of {size}, "
             f"number {highest}", long, size, highest)(test_in)
    case("inbound, the number alone")(test_without_map)
    case("inbound, into a larger window")(test_larger)
    case("inbound, the largest window")(test_largest)
    case("inbound, an SA in use")(test_live)
    for long in False, True:
        case(f"outbound, {'ESN' if long else '32 bits'}", long)(test_out)
    case("an SA moves to another namespace")(test_move)
    main(Failover)
