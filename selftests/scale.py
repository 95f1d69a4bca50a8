# SPDX-License-Identifier: GPL-2.0
"""10,000 peers with a child and an outbound SA each, on one interface.

Peer n is at REMOTE + n, its child has the four addresses from INSIDE + 4n on.
Then one more peer with as many children, all for the remote network SHARED.
ADIT_SCALE is another number of them.
"""

import ipaddress
import os
import random

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

REMOTE = int(ipaddress.ip_address("198.18.0.0"))
INSIDE = int(ipaddress.ip_address("10.64.0.0"))
SHARED = ("10.120.0.0", "10.120.255.255")
HOSTS = int(ipaddress.ip_address("172.16.0.0"))
SAMPLE = 40
PROTO_IPV4 = 0x0800
PORT = 9


def address(number):
    return str(ipaddress.ip_address(number))


class Crowd(Bench):
    """The interface with all its peers, and what is known of each."""

    def __init__(self):
        super().__init__()
        # Emulated, and with every checker, it would take minutes.
        kernel = os.environ.get("ADIT_KERNEL", "")
        slow = kernel == "debug" or kernel[:1].isdigit()
        self.size = int(os.environ.get("ADIT_SCALE", 1000 if slow else 10000))
        self.numbers = range(1, self.size + 1)
        self.sas = {}
        self.before = kernel_memory()
        self.grown = 0

    def inside(self, number, at):
        return address(INSIDE + 4 * number + at)

    def sample(self, among):
        return random.sample(list(among), SAMPLE)

    def send_inside(self, number):
        """A packet to the first address of a child, and what was sent."""
        data = os.urandom(32)

        def send():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.sendto(data, (self.inside(number, 0), PORT))
        self.esp_seen()
        in_netns(self.left, send)
        return data

    def check_outbound(self, number):
        """It leaves to the right peer, with its SA, with its sequence."""
        data = self.send_inside(number)
        seen = []

        def sent():
            seen.extend(self.esp_seen())
            return seen
        expect(wait_for(sent), f"nothing was sent to peer {number}")
        head, esp = seen[0]
        expect(head[16:20] == aton(address(REMOTE + number)),
               f"sent to {socket.inet_ntoa(head[16:20])}")
        _, packet, _, _ = self.sas[number].open(esp)
        expect(packet.endswith(data), "another packet was sent")

    def check_inbound(self, number):
        """An own address is let in, that of the next peer is not."""
        sa = self.add_sa(number, "in")
        for at, count in ((0, "rx"), (3, "rx"), (4, "rx_selector"),
                          (-1, "rx_selector")):
            packet = ip4(self.inside(number, at), INNER[4][1], 17, udp(7, 9))
            self.expect_counts([ip4(OUTER[4][1], OUTER[4][0], 50,
                                    sa.seal(packet))], **{count: 1})
        self.nl.do("sa-del", ifindex=self.ifindex, child=number, dir="in",
                   spi=sa.spi)


def kernel_memory():
    """Octets of what the kernel cannot reclaim: objects and counters."""
    with open("/proc/meminfo", encoding="utf-8") as file:
        rows = dict(line.split(":") for line in file)
    return sum(int(rows[name].split()[0]) * 1024
               for name in ("SUnreclaim", "Percpu") if name in rows)


@case("set up")
def set_up(bench):
    index = bench.ifindex
    start = time.monotonic()
    bench.nl.do_all("peer-new", [
        {"ifindex": index, "id": n, "remote": address(REMOTE + n)}
        for n in bench.numbers])
    bench.nl.do_all("child-new", [
        {"ifindex": index, "id": n, "peer": n, "remote-ts": [
            {"start": bench.inside(n, 0), "end": bench.inside(n, 3)}]}
        for n in bench.numbers])
    bench.sas = {n: EspSa(0x10000 + n, "aes-gcm-16") for n in bench.numbers}
    bench.nl.do_all("sa-new", [
        {**sa.config(), "ifindex": index, "child": n, "dir": "out",
         "active": 1} for n, sa in bench.sas.items()])
    took = time.monotonic() - start
    bench.grown = kernel_memory() - bench.before
    note(f"{bench.size} peers, children and SAs in {took:.1f} s, "
         f"{bench.grown // bench.size} octets each")


def check_dumps(bench, numbers):
    """All are there, none is twice, and the interface has counted them."""
    numbers = sorted(numbers)
    dev = bench.nl.do("dev-get", ifindex=bench.ifindex)
    for kind, key in (("peer", "id"), ("child", "id"), ("sa", "child")):
        rows = bench.nl.dump(kind + "-get", ifindex=bench.ifindex)
        expect(not bench.nl.interrupted, f"the {kind} dump was interrupted")
        ids = sorted(row[key] for row in rows)
        expect(ids == numbers,
               f"{len(ids)} in the {kind} dump, {len(numbers)} expected")
    counts = dev["peers"], dev["children"], dev["sas"]
    expect(set(counts) == {len(numbers)}, f"counted {counts}")


@case("all are in the dumps")
def in_dumps(bench):
    check_dumps(bench, bench.numbers)


@case("packets leave to the right peer")
def outbound(bench):
    for number in [1, bench.size, *bench.sample(bench.numbers)]:
        bench.check_outbound(number)


@case("packets come in from the right peer only")
def inbound(bench):
    for number in bench.sample(bench.numbers)[:10]:
        bench.check_inbound(number)


@case("half of them are removed, the others work")
def remove_half(bench):
    index = bench.ifindex
    gone = set(random.sample(bench.numbers, bench.size // 2))
    stay = set(bench.numbers) - gone
    bench.nl.do_all("peer-del", [{"ifindex": index, "id": n} for n in gone])
    check_dumps(bench, stay)
    for number in bench.sample(stay):
        bench.check_outbound(number)
    for number in bench.sample(gone):
        before = bench.dev_stats()
        bench.send_inside(number)
        change = difference(bench.dev_stats(), before)
        expect(change == {"tx-no-selector": 1},
               f"a packet to peer {number}, who is gone: {change}")


def by_address(number):
    """Our side's selector, and a packet's local address and ports."""
    local = address(HOSTS + number)
    return {"start": local}, local, (7, 9)


def by_port(number):
    """TCP and UDP take turns, from port 1 on."""
    port = number // 2 + 1
    return ({"start": address(HOSTS), "proto": (17, 6)[number % 2],
             "port-start": port}, address(HOSTS), (port, 9))


def held(bench, child):
    return bench.nl.do("child-get", ifindex=bench.ifindex, id=child)["held"]


@case("children of one remote network, by local address", by_address)
@case("children of one remote network, by protocol and port", by_port)
def one_network(bench, way):
    index = bench.ifindex
    numbers = range(min(bench.size, 131000))
    remote = [dict(zip(("start", "end"), SHARED))]
    peer = bench.nl.do("peer-new", ifindex=index, remote="192.0.2.2")["id"]
    start = time.monotonic()
    ids = [answer["id"] for answer in bench.nl.do_all("child-new", [
        {"ifindex": index, "peer": peer, "local-ts": [way(n)[0]],
         "remote-ts": remote} for n in numbers])]
    added = time.monotonic() - start
    # What has no SA is held, by the right child.
    for number in [0, numbers[-1], *bench.sample(numbers)]:
        selector, local, ports = way(number)
        packet = ip4(local, SHARED[0], selector.get("proto", 17), udp(*ports))
        before = held(bench, ids[number])
        bench.sink.sendto(packet, (bench.device, PROTO_IPV4))
        expect(held(bench, ids[number]) == before + 1,
               f"child {ids[number]} has not got its packet")
    start = time.monotonic()
    bench.nl.do_all("child-del", [{"ifindex": index, "id": n} for n in ids])
    took = time.monotonic() - start
    bench.nl.do("peer-del", ifindex=index, id=peer)
    note(f"{len(ids)} children in {added:.1f} s, removed in {took:.1f} s")


@case("the interface is removed with the rest")
def remove_rest(bench):
    bench.link.delete(bench.ifindex)
    expect(wait_for(lambda: not bench.nl.do("net-get")["sas"], 60),
           "there are still SAs")


@case("memory is given back")
def memory(bench):
    if os.path.exists("/sys/kernel/debug/kmemleak"):
        raise Skip("memory is kept for a while here, kmemleak tells better")
    if bench.grown < 8 << 20:
        raise Skip("too few peers to tell them from the rest of the machine")

    def left():
        return kernel_memory() - bench.before
    # Caches keep some, and the rest of the machine is alive, too.
    expect(wait_for(lambda: left() < bench.grown // 4, 60),
           lambda: f"{left()} octets of {bench.grown} were not given back")


if __name__ == "__main__":
    main(Crowd)
