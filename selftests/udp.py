# SPDX-License-Identifier: GPL-2.0
"""ESP in UDP: sockets, keepalives, and peers that roam.

Right is played by the test, with all ports and some addresses that it likes.

    udp.py hold FAMILY      hand a socket over, say its id, and wait
    udp.py count            how many sockets there are
    udp.py set NAME=VALUE   change the peer of vpn0
    udp.py listen           tell of sockets that go, and of peers that move
"""

import contextlib
import errno
import os
import select
import socket
import struct
import sys
import time

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614
from adit_nl import Family, NlError, Spec, in_netns

UDP_ENCAP, UDP_ENCAP_ESPINUDP = 100, 2
MARKER = bytes(4)
# Where right can be found as well.
ELSEWHERE = {4: "192.0.2.77", 6: "2001:db8::77"}
ANY = {4: "0.0.0.0", 6: "::"}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}


def udp_socket(version, port=4500, local=None, dual=False):
    sock = socket.socket(FAMILY[version], socket.SOCK_DGRAM)
    if version == 6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual)
    if port is not None:
        sock.bind((local or ANY[version], port))
    sock.setblocking(False)
    return sock


def datagram(outer, payload, sport=4500, dport=4500, source=None,
             checksums=True):
    """From right to left."""
    left, right = OUTER[outer]
    source = source or right
    octets = udp_to(source, left, sport, dport, payload)
    if not checksums:
        octets = octets[:6] + bytes(2) + octets[8:]
    return ip(source, left, 17, octets)


def heard(sock):
    """All that can be read, with where it came from."""
    out = []
    with contextlib.suppress(BlockingIOError):
        while True:
            data, address = sock.recvfrom(65536)
            out.append((data, address[0].replace("::ffff:", ""), address[1]))
    return out


class Tunnel:
    """A peer in UDP with a child, of one address far away, and its SAs."""

    count = 0

    def __init__(self, bench, outer=4, ifindex=None, esn=False, **more):
        self.bench, self.outer = bench, outer
        self.ifindex = ifindex or bench.ifindex
        left, right = OUTER[outer]
        values = dict({"encap": "udp", "local": left, "remote": right}, **more)
        self.peer = self.do("peer-new", values)["id"]
        Tunnel.count = Tunnel.count % 200 + 1
        self.far = f"10.9.2.{Tunnel.count}"
        self.child = self.do("child-new", {
            "peer": self.peer, "remote-ts": [{"start": self.far}]})["id"]
        self.sas = {"in": EspSa(bench.new_spi(), "aes-gcm-16", esn=esn),
                    "out": EspSa(bench.new_spi(), "aes-gcm-16", esn=esn)}
        self.sport, self.dport = 4500, 4500
        for direction, sa in self.sas.items():
            self.do("sa-new", dict(sa.config(), child=self.child,
                                   dir=direction,
                                   active=int(direction == "out") or None))

    def do(self, op, values=None, **more):
        return self.bench.nl.do(op, {"ifindex": self.ifindex,
                                     **(values or {}),
                                     **{k.replace("_", "-"): v
                                        for k, v in more.items()}})

    def set(self, **more):
        self.do("peer-set", {"id": self.peer}, **more)

    def get(self):
        return self.do("peer-get", {"id": self.peer})

    def end(self):
        self.do("peer-del", {"id": self.peer})

    # -- packets

    def inside(self):
        return ip(self.far, INNER[4][1], 17, udp(7, 9, os.urandom(32)))

    def put(self):
        packet = ip(INNER[4][0], self.far, 17, udp(7, 9, os.urandom(20)))
        self.bench.sink.sendto(packet, (self.name(), 0x0800))
        return packet

    def seal(self, seq=None):
        packet = self.inside()
        return packet, self.sas["in"].seal(packet, seq=seq)

    def arrives(self, **where):
        """An ESP packet in UDP from right comes out of the tunnel."""
        outer = where.pop("outer", self.outer)
        packet, esp = self.seal()
        self.bench.delivered()
        self.bench.send(datagram(outer, esp, **dict(
            {"sport": self.sport, "dport": self.dport}, **where)))
        got = collect(self.bench.delivered, 1)
        expect(got == [packet], lambda: f"{len(got)} packets came out")

    def answers(self, send, count=3, proto=17):
        """Echo requests that send() sends at once: all are answered.

        Those that waited until the peer has moved may be overtaken.
        """
        bench, before = self.bench, self.drops()
        bench.esp_seen()
        for i in range(count):
            send(self.sas["in"].seal(echo(self.far, INNER[4][0], seq=i)))
        spi = struct.pack("!I", self.sas["out"].spi)
        at = 8 if proto == 17 else 0
        got = collect(lambda: [
            (head, octets) for head, octets in bench.esp_seen(proto)
            if octets[at:at + 4] == spi], count)
        counts = difference(self.drops(), before)
        expect(len(got) == count and counts == {"rx": count, "tx": count},
               lambda: f"{len(got)} answers of {count}: {counts}")
        replies = [echo_reply(self.sas["out"].open(octets[at:])[1])
                   for _, octets in got]
        expect(sorted(replies) == [(1, i) for i in range(count)],
               lambda: f"answers {replies}")
        return got

    def leaves(self, outer=None, remote=None, dport=None, sport=None):
        """A packet into the tunnel goes to where the peer should be."""
        outer = outer or self.outer
        dport, sport = dport or self.sport, sport or self.dport
        bench, seen = self.bench, []
        bench.esp_seen()
        packet = self.put()
        spi = struct.pack("!I", self.sas["out"].spi)

        def came():
            seen.extend(one for one in bench.udp_seen()
                        if one.payload[:4] == spi)
            return seen
        expect(wait_for(came), lambda: f"nothing left, the device counts "
               f"{bench.dev_stats()}, the peer is {self.get()}")
        one = seen[0]
        expect((one.destination, one.dport, one.sport) ==
               (remote or OUTER[outer][1], dport, sport),
               lambda: f"it went from port {one.sport} to {one.destination} "
               f"port {one.dport}")
        one.check_sum()
        _, inner, _, _ = self.sas["out"].open(one.payload)
        expect(inner == packet, "another packet is inside")

    def name(self):
        return self.bench.names[self.ifindex]

    def expect_at(self, remote, port, sock=None):
        """Wait until that is where the peer is."""
        def there():
            got = self.get()
            return (got["remote"], got["remote-port"]) == (aton(remote), port)\
                and (sock is None or got.get("socket") == sock)
        expect(wait_for(there), lambda: f"should be at {remote} port {port}, "
               f"socket {sock}: {self.get()}")

    def drops(self):
        return self.bench.vector(self.do("dev-get")["stats"])


class Datagram:
    """One that left has sent."""

    def __init__(self, head, octets):
        self.head, self.octets = head, octets
        self.version = head[0] >> 4
        self.sport, self.dport, self.length, self.checksum = \
            struct.unpack("!HHHH", octets[:8])
        self.payload = octets[8:]
        at = head[12:20] if self.version == 4 else head[8:40]
        half = len(at) // 2
        self.source, self.destination = (
            socket.inet_ntop(FAMILY[self.version], part)
            for part in (at[:half], at[half:]))
        self.time = time.monotonic()

    def check_sum(self):
        """RFC 3948, 2.1: 0 over IPv4; over IPv6 it has to be right."""
        expect(self.length == len(self.octets), f"UDP says {self.length} "
               f"octets, has {len(self.octets)}")
        if self.version == 4:
            expect(self.checksum == 0, f"checksum {self.checksum:#x} in IPv4")
            return
        pseudo = self.head[8:40] + struct.pack("!II", self.length, 17)
        expect(self.checksum and checksum(pseudo + self.octets) == 0,
               f"checksum {self.checksum:#x} in IPv6 is wrong")


class Sockets(Bench):
    """One bench for all cases; each leaves neither peers nor sockets."""

    def __init__(self):
        super().__init__()
        # A device may not offload checksums to the packet socket's reader.
        in_netns(self.left, os.system,
                 "ethtool -K veth0 tx off >/dev/null 2>&1")
        self.listener = in_netns(self.left, Family, self.spec)
        self.listener.join("config")
        self.second = in_netns(self.left, socket.if_nametoindex, "vpn1")
        self.names = {self.ifindex: self.device, self.second: "vpn1"}

    def udp_seen(self):
        return [Datagram(*one) for one in self.esp_seen(17)]

    @contextlib.contextmanager
    def opened(self, version=4, port=4500, **more):
        sock = in_netns(self.left, lambda: udp_socket(version, port, **more))
        try:
            yield sock
        finally:
            sock.close()

    def hand_over(self, sock, **more):
        return self.nl.do("socket-new", dict({"fd": sock.fileno()},
                                             **more))["id"]

    def sockets(self):
        return {one["id"]: one for one in self.nl.dump("socket-get")}

    def get(self, number):
        return self.nl.do("socket-get", id=number)

    def expect_gone(self, number):
        expect(wait_for(lambda: number not in self.sockets()),
               f"socket {number} is still there")

    @contextlib.contextmanager
    def tunnel(self, *arguments, **more):
        tunnel = Tunnel(self, *arguments, **more)
        try:
            yield tunnel
        finally:
            tunnel.end()

    def refuse(self, number, text, op, values=None, **more):
        try:
            answer = self.nl.do(op, {**(values or {}), **more})
        except NlError as error:
            expect(error.errno == number and text in (error.text or ""),
                   f"{op} {values} {more} was refused with {error}")
            return
        raise Failed(f"{op} {values} {more} was not refused: {answer}")

    def wait_events(self, name, count=1):
        """All events of a name that have come, at least so many."""
        got = []

        def came():
            got.extend(values for op, values in self.listener.events(0.05)
                       if op == name)
            return len(got) >= count
        expect(wait_for(came), lambda: f"{len(got)} events {name}")
        return got

    def forget_events(self):
        """What nobody has asked for may be more than there was room for."""
        try:
            self.listener.events(0.01)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self.listener.events(0.01)

    def put_nothing(self, tunnel, reason="tx-no-socket"):
        """What is sent into the tunnel is dropped for this reason."""
        before = tunnel.drops().get(reason, 0)
        tunnel.put()
        expect(wait_for(lambda: tunnel.drops().get(reason, 0) == before + 1),
               lambda: f"{reason} is not counted: {tunnel.drops()}")


def nothing_left(test):
    """What a case has opened is gone with its end."""
    def run(bench, *arguments):
        test(bench, *arguments)
        expect(wait_for(lambda: not bench.sockets()),
               lambda: f"sockets that are left: {bench.sockets()}")
    return run


def clean_case(name, *arguments):
    return lambda test: case(name, *arguments)(nothing_left(test))


# ------------------------------------------------------------------ hand-over

def talk_ike(sock, bench, outer, number):
    """Octets behind the marker get to the fd, and from it to right."""
    before = bench.get(number)["ike"]
    for message in b"", b"IKE", bytes(28), os.urandom(1200):
        octets = MARKER + message.ljust(4, b"-")
        bench.send(datagram(outer, octets))
        got = collect(lambda: heard(sock), 1)
        expect(got == [(octets, OUTER[outer][1], 4500)],
               lambda: f"IKE came as {got}")
    expect(bench.get(number)["ike"] == before + 4, "IKE is not counted")
    bench.udp_seen()
    to = OUTER[outer][1]
    if sock.family == socket.AF_INET6 and outer == 4:
        to = "::ffff:" + to
    sock.sendto(MARKER + b"answer", (to, 4500))
    got = collect(lambda: [one for one in bench.udp_seen()
                           if one.payload[:4] == MARKER], 1)
    expect([one.payload for one in got] == [MARKER + b"answer"] and
           got[0].sport == 4500, "the answer did not leave")


def swallow(bench, outer, number):
    """Keepalives, what is neither, and ESP of no SA."""
    before = bench.get(number)
    neither = [b"", b"\0", b"\xfe", b"\xff\xff", bytes(7), b"\xff" * 7]
    unknown = struct.pack("!II", 0xdead, 1) + bytes(60)
    for payload in [b"\xff"] * 3 + neither + [unknown, unknown[:8]]:
        bench.send(datagram(outer, payload))

    def counted():
        now = bench.get(number)
        return (now["keepalives"] - before["keepalives"],
                now["dropped"] - before["dropped"],
                now["ike"] - before["ike"]) == (3, len(neither) + 2, 0)
    expect(wait_for(counted), lambda: f"counted: {bench.get(number)}")


@clean_case("handed over, IPv4", 4, 4, False)
@clean_case("handed over, IPv6", 6, 6, False)
@clean_case("handed over, IPv4 through a socket of both families", 6, 4, True)
@clean_case("handed over, IPv6 through a socket of both families", 6, 6, True)
def handed_over(bench, version, outer, dual):
    with bench.opened(version, dual=dual) as sock:
        number = bench.hand_over(sock)
        told = bench.get(number)
        expect((told["own"], told["marker"], told["local-port"]) ==
               (0, 1, 4500), f"a socket is told as {told}")
        with bench.tunnel(outer, socket=number) as tunnel:
            expect(bench.get(number)["peers"] == 1, "it has no peer")
            tunnel.arrives()
            tunnel.arrives(checksums=outer == 6)
            tunnel.leaves()
            talk_ike(sock, bench, outer, number)
            swallow(bench, outer, number)
            expect(not heard(sock), "something else came to the process")
            # A wrong checksum is nobody's.
            packet = bytearray(datagram(outer, tunnel.seal()[1]))
            packet[-1] ^= 1
            before = tunnel.drops()
            bench.send(bytes(packet))
            tunnel.arrives()
            after = difference(tunnel.drops(), before)
            expect(after == {"rx": 1}, f"a wrong checksum: {after}")
        bench.nl.do("socket-del", id=number)


@clean_case("one socket for two devices and several peers")
def shared(bench):
    with bench.opened(6, dual=True) as sock, \
            contextlib.ExitStack() as stack:
        number = bench.hand_over(sock)
        # The first peer's socket is found by its port, the others' named.
        tunnels = [stack.enter_context(bench.tunnel(
            outer, ifindex, **({"socket": number} if outer == 6 else {}),
            remote_port=port, roam=0)) for outer, ifindex, port in
            ((4, bench.ifindex, 4500), (4, bench.second, 4501),
             (6, bench.ifindex, 4502), (6, bench.second, 4503))]
        expect(list(bench.sockets()) == [number] and
               bench.get(number)["peers"] == 4, f"{bench.sockets()}")
        for tunnel, port in zip(tunnels, range(4500, 4504)):
            tunnel.sport = port
            if tunnel.ifindex == bench.ifindex:
                tunnel.arrives()
                tunnel.leaves()
            else:
                before = tunnel.drops().get("rx", 0)
                bench.send(datagram(tunnel.outer, tunnel.seal()[1], port))
                expect(wait_for(lambda t=tunnel, b=before:
                                t.drops().get("rx", 0) == b + 1),
                       "vpn1 receives nothing")
        expect(not heard(sock), "ESP came to the process")
        bench.nl.do("socket-del", id=number)


@clean_case("no marker on port 500, or where it is said")
def without_marker(bench):
    for port, more in (500, {}), (4500, {"marker": 0}):
        with bench.opened(4, port) as sock:
            number = bench.hand_over(sock, **more)
            everything = [b"\xff", b"x", MARKER + b"IKE", os.urandom(40),
                          struct.pack("!II", 0x1001, 1) + bytes(40)]
            for payload in everything:
                bench.send(datagram(4, payload, 500, port))
            got = collect(lambda s=sock: heard(s), len(everything))
            expect([data for data, *_ in got] == everything,
                   lambda: f"{len(got)} messages came")
            told = bench.get(number)
            expect((told["marker"], told["ike"]) == (0, len(everything)),
                   f"it is told as {told}")
            bench.refuse(errno.EINVAL, "without markers", "peer-new",
                         ifindex=bench.ifindex, encap="udp", socket=number,
                         remote="192.0.2.2")
    with bench.opened(4, 500) as sock:
        number = bench.hand_over(sock, marker=1)
        with bench.tunnel(socket=number) as tunnel:
            tunnel.dport = 500
            tunnel.arrives()
            tunnel.leaves()
            expect(not heard(sock), "ESP came to the process")


@clean_case("sockets that are refused")
def refused(bench):
    def opened(make, netns=None):
        return in_netns(netns or bench.left, make)

    with contextlib.ExitStack() as stack:
        def refuse(number, text, make, netns=None, **more):
            sock = stack.enter_context(opened(make, netns))
            bench.refuse(number, text, "socket-new",
                         dict({"fd": sock.fileno()}, **more))
            return sock

        refuse(errno.EINVAL, "not bound", lambda: udp_socket(4, None))
        refuse(errno.EINVAL, "not bound", lambda: udp_socket(6, None))
        refuse(errno.EINVAL, "another namespace",
               lambda: udp_socket(4, 4500), bench.right)
        refuse(errno.EINVAL, "no UDP socket",
               lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        refuse(errno.EINVAL, "no UDP socket", lambda: socket.socket(
            socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP))
        refuse(errno.ENOTCONN, "not connected", lambda: socket.socket(
            socket.AF_INET6, socket.SOCK_STREAM))
        with contextlib.suppress(OSError):
            refuse(errno.EINVAL, "no UDP socket", lambda: socket.socket(
                socket.AF_INET, socket.SOCK_DGRAM, 136))
        good = stack.enter_context(opened(lambda: udp_socket(4, 4500)))
        for name, value in (("local", "192.0.2.1"), ("local-port", 4500),
                            ("remote", "192.0.2.2"), ("remote-port", 4500),
                            ("listen", 1)):
            bench.refuse(errno.EINVAL, f"{name}: does not go with fd",
                         "socket-new", {"fd": good.fileno(), name: value})
        with open("/dev/null", encoding="ascii") as file:
            bench.refuse(errno.ENOTSOCK, "no socket of the process",
                         "socket-new", fd=file.fileno())
        bench.refuse(errno.EBADF, "no socket of the process", "socket-new",
                     fd=98765)
        bench.refuse(errno.EBADF, "no socket of the process", "socket-new",
                     fd=0xffffffff)
        number = bench.hand_over(good, id=77)
        expect(number == 77, f"the id is {number}")
        bench.refuse(errno.EBUSY, "already", "socket-new",
                     fd=good.fileno())
        other = stack.enter_context(opened(lambda: udp_socket(4, 4501)))
        bench.refuse(errno.EEXIST, "a socket 77 already", "socket-new",
                     fd=other.fileno(), id=77)
        bench.refuse(errno.ENOENT, "no socket 78", "socket-del", id=78)
        bench.refuse(errno.ENOENT, "no socket 78", "peer-new",
                     ifindex=bench.ifindex, encap="udp", socket=78,
                     remote="192.0.2.2")
        bench.refuse(errno.EINVAL, "IPv4", "peer-new",
                     ifindex=bench.ifindex, encap="udp", socket=77,
                     remote="2001:db8::2")
        bench.refuse(errno.EINVAL, "the socket's", "peer-new",
                     {"ifindex": bench.ifindex, "encap": "udp", "socket": 77,
                      "remote": "192.0.2.2", "local-port": 4501})
        bound = stack.enter_context(opened(
            lambda: udp_socket(4, 4502, "192.0.2.11")))
        bench.refuse(errno.EINVAL, "bound to", "peer-new", {
            "ifindex": bench.ifindex, "encap": "udp", "local": "192.0.2.1",
            "remote": "192.0.2.2", "socket": bench.hand_over(bound, id=79)})
        # What was refused can still be handed over: nothing was changed.
        expect(bench.hand_over(other) == 1, "another id than the lowest")


@clean_case("a socket of the kernel's own IPsec is refused")
def refused_encap(bench):
    with bench.opened() as sock:
        try:
            sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
        except OSError:
            raise Skip("this kernel has no UDP_ENCAP") from None
        bench.refuse(errno.EBUSY, "UDP_ENCAP", "socket-new", fd=sock.fileno())
        expect(not bench.sockets(), "it was taken")


@clean_case("given back, and handed over once more")
def given_back(bench):
    with bench.opened() as sock:
        number = bench.hand_over(sock)
        with bench.tunnel(socket=number) as tunnel:
            tunnel.arrives()
            for _ in range(2):
                bench.forget_events()
                bench.nl.do("socket-del", id=number)
                event, = bench.wait_events("socket-del-ntf")
                expect(event["id"] == number, f"told as {event}")
                expect("socket" not in tunnel.get(), "the peer still has it")
                bench.put_nothing(tunnel)
                # A plain socket: all comes, and can be sent.
                octets = [b"\xff", tunnel.seal()[1], b"x", MARKER + b"IKE"]
                for payload in octets:
                    bench.send(datagram(4, payload))
                got = collect(lambda: heard(sock), len(octets))
                expect([one[0] for one in got] == octets,
                       lambda: f"{len(got)} datagrams came")
                bench.udp_seen()
                sock.sendto(b"plain", ("192.0.2.2", 9))
                got = collect(bench.udp_seen, 1)
                expect([one.payload for one in got] == [b"plain"],
                       "it does not send")
                number = bench.hand_over(sock)
                tunnel.set(socket=number)
                tunnel.arrives()
                tunnel.leaves()
                expect(not heard(sock), "ESP came to the process")


@clean_case("closed by its owner")
def closed(bench):
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(bench.opened())
        number = bench.hand_over(sock)
        tunnel = stack.enter_context(bench.tunnel(socket=number, roam=0))
        tunnel.arrives()
        bench.forget_events()
        # Not as long as another process, or fd, has it.
        copy = socket.socket(fileno=os.dup(sock.fileno()))
        sock.close()
        tunnel.arrives()
        copy.close()
        event, = bench.wait_events("socket-del-ntf")
        expect((event["id"], event["error"]) == (number, 0), f"{event}")
        bench.expect_gone(number)
        before = len(bench.nl.dump("sa-get", ifindex=bench.ifindex))
        expect(before == 2, f"{before} SAs are left")
        bench.put_nothing(tunnel)
        again = stack.enter_context(bench.opened())
        number = bench.hand_over(again)
        bench.put_nothing(tunnel)
        tunnel.set(socket=number)
        tunnel.arrives()
        tunnel.leaves()
        # A peer that roams finds the new one by itself.
        tunnel.set(roam=1)
        again.close()
        bench.expect_gone(number)
        third = stack.enter_context(bench.opened())
        number = bench.hand_over(third)
        bench.put_nothing(tunnel)
        tunnel.arrives()
        tunnel.expect_at(OUTER[4][1], 4500, number)
        tunnel.leaves()
        bench.nl.do("socket-del", id=number)


@clean_case("closed, one after the other, and at once")
def closed_often(bench):
    for i in range(60):
        with contextlib.ExitStack() as stack:
            for port in range(5000, 5008):
                sock = stack.enter_context(bench.opened(4 if i % 2 else 6,
                                                        port))
                number = bench.hand_over(sock)
                if port % 2 and i % 3:
                    bench.nl.do("socket-del", id=number)


# --------------------------------------------------------- the module's own

@clean_case("opened for a peer, shared, and closed with the last")
def automatic(bench):
    with bench.tunnel() as first:
        (number, told), = bench.sockets().items()
        expect((told["own"], told["peers"], told["local-port"]) ==
               (1, 1, 4500), f"told as {told}")
        first.arrives()
        first.leaves()
        with bench.tunnel(remote_port=4501, roam=0) as second:
            expect(list(bench.sockets()) == [number] and
                   bench.get(number)["peers"] == 2, f"{bench.sockets()}")
            second.sport = 4501
            second.arrives()
            second.leaves()
        with bench.tunnel(6) as third:
            expect(len(bench.sockets()) == 2, f"{bench.sockets()}")
            third.arrives()
            third.leaves()
        expect(list(bench.sockets()) == [number], f"{bench.sockets()}")
        # IKE is for nobody.
        bench.send(datagram(4, MARKER + b"nobody reads this"))
        expect(wait_for(lambda: bench.get(number)["ike-dropped"] == 1),
               lambda: f"{bench.get(number)}")
        # To another port and back, to no UDP and back.
        first.set(local_port=4600)
        expect([one["local-port"] for one in bench.sockets().values()] ==
               [4600], f"{bench.sockets()}")
        first.set(encap="none")
        expect(not bench.sockets(), f"{bench.sockets()}")
        first.set(encap="udp")
        first.arrives()
        first.leaves()
    expect(not bench.sockets(), f"{bench.sockets()}")


@clean_case("peers with and without a local address share a socket")
def automatic_local(bench):
    for locals_ in ("192.0.2.1", "0.0.0.0"), ("0.0.0.0", "192.0.2.1"), \
            ("192.0.2.1", "192.0.2.11"):
        with bench.tunnel(local=locals_[0]) as one, \
                bench.tunnel(local=locals_[1], remote_port=4501) as two:
            two.sport = 4501
            for tunnel in one, two:
                tunnel.arrives()
                tunnel.leaves()


@clean_case("what opening a socket leaves when the request fails")
def automatic_failed(bench):
    with bench.tunnel() as tunnel:
        before = bench.sockets()
        bench.refuse(errno.EEXIST, "already", "peer-new", {
            "ifindex": bench.ifindex, "id": tunnel.peer, "encap": "udp",
            "local-port": 4700, "remote": "192.0.2.2"})
        expect(bench.sockets() == before, f"{bench.sockets()}")
    bench.refuse(errno.EINVAL, "local: is missing", "peer-new",
                 ifindex=bench.ifindex, encap="udp")


@clean_case("a port that another program has")
def port_taken(bench):
    with bench.opened(4) as sock:
        values = {"ifindex": bench.ifindex, "encap": "udp",
                  "remote": "192.0.2.2"}
        bench.refuse(errno.EADDRINUSE, "another", "peer-new", values)
        bench.refuse(errno.EADDRINUSE, "another", "socket-new",
                     encap="udp", local="0.0.0.0")
        # The other family's port is free, and so is another one.
        with bench.tunnel(6), bench.tunnel(local_port=4501):
            pass
        bench.hand_over(sock)
        with bench.tunnel() as tunnel:
            tunnel.arrives()
    with bench.tunnel():
        try:
            in_netns(bench.left, udp_socket, 4).close()
            raise Failed("the module's port can be bound to")
        except OSError as error:
            expect(error.errno == errno.EADDRINUSE, str(error))


@clean_case("opened by request")
def by_request(bench):
    answer = bench.nl.do("socket-new", {"encap": "udp", "local": "0.0.0.0",
                                        "local-port": 0})
    expect(answer["local-port"], f"no port is told: {answer}")
    with bench.tunnel(socket=answer["id"]) as tunnel:
        tunnel.dport = answer["local-port"]
        tunnel.arrives()
        tunnel.leaves()
    expect(bench.get(answer["id"])["own"] == 1, "it has gone with the peer")
    with bench.tunnel(socket=answer["id"]) as tunnel:
        bench.nl.do("socket-del", id=answer["id"])
        bench.put_nothing(tunnel)
        # Any request brings it back; now it is the peer's own.
        tunnel.set(local_port=4500)
        tunnel.arrives()
        tunnel.leaves()


# ------------------------------------------------------------------ keepalives

@clean_case("keepalives")
def keepalives(bench):
    """All at once, told apart by their ports; an interval of one second."""
    with bench.opened(6, 4700, dual=True) as sock, \
            contextlib.ExitStack() as stack:
        number = bench.hand_over(sock)

        def peer(port, outer=4, **more):
            tunnel = stack.enter_context(bench.tunnel(
                outer, remote_port=port, roam=0, **dict({"keepalive": 1},
                                                        **more)))
            tunnel.sport = port
            return tunnel
        peer(7001)
        peer(7002, 6)
        peer(7003, socket=number)
        peer(7004, 6, socket=number)
        peer(7005, keepalive=0)
        busy = peer(7006)
        peer(7007, ifindex=bench.second)
        peer(7008, keepalive=3600)
        moved = peer(7010)
        bench.udp_seen()
        bench.link.set_up(bench.second, False)
        seen = []
        # Keepalive off, and another port: each is heard of at once.
        moved.set(remote_port=7009)
        begin = time.monotonic()
        while time.monotonic() < begin + 4.5:
            busy.leaves()
            # leaves() throws away what else was seen: so only look here.
            deadline = time.monotonic() + 0.3
            while time.monotonic() < deadline:
                seen += bench.udp_seen()
                time.sleep(0.01)
        bench.link.set_up(bench.second)
        for port in 7001, 7002, 7003, 7004, 7009:
            mine = [one for one in seen if one.dport == port]
            expect(all(one.payload == b"\xff" for one in mine),
                   f"port {port}: {[one.payload for one in mine]}")
            expect(2 <= len(mine) <= 5, f"port {port}: {len(mine)} keepalives "
                   f"in 4.5 s")
            gaps = [b.time - a.time for a, b in zip(mine, mine[1:])]
            expect(min(gaps) > 0.6, f"port {port}: {gaps} s between them")
            sport = 4700 if port in (7003, 7004) else 4500
            expect(all(one.sport == sport for one in mine),
                   f"port {port}: from {[one.sport for one in mine]}")
            for one in mine:
                one.check_sum()
        others = [one.dport for one in seen if one.payload == b"\xff" and
                  one.dport not in (7001, 7002, 7003, 7004, 7009)]
        expect(not others, f"keepalives to {others}")
    for value in 3601, 1 << 31:
        bench.refuse(errno.ERANGE, "", "peer-new", ifindex=bench.ifindex,
                     encap="udp", remote="192.0.2.2", keepalive=value)
    bench.refuse(errno.EINVAL, "keepalive", "peer-new",
                 ifindex=bench.ifindex, remote="192.0.2.2", keepalive=1)


# --------------------------------------------------------------------- roaming

def expect_still(bench, tunnel, remote, port):
    """It has not moved: nor will it, when what is right has come as well."""
    tunnel.arrives(source=remote, sport=port)
    got = tunnel.get()
    expect((got["remote"], got["remote-port"]) == (aton(remote), port),
           lambda: f"it has moved: {got}")
    moved = [values for op, values in bench.listener.events(0.2)
             if op == "peer-move-ntf"]
    expect(not moved, f"events tell of moves: {moved}")


@clean_case("the peer's address and port change, IPv4", 4)
@clean_case("the peer's address and port change, IPv6", 6)
def roams(bench, outer):
    right, elsewhere = OUTER[outer][1], ELSEWHERE[outer]
    with bench.tunnel(outer) as tunnel:
        tunnel.arrives()
        for source, port in ((right, 20001), (elsewhere, 20001),
                             (elsewhere, 65535), (right, 4500)):
            bench.forget_events()
            tunnel.arrives(source=source, sport=port)
            event, = bench.wait_events("peer-move-ntf")
            expect((event["id"], event["remote"], event["remote-port"]) ==
                   (tunnel.peer, aton(source), port), f"told as {event}")
            tunnel.leaves(remote=source, dport=port)
        # Dummy packets are as good as any other.
        bench.send(datagram(outer, tunnel.sas["in"].seal(
            bytes(20), next_header=59), 20007))
        tunnel.expect_at(right, 20007)
        tunnel.set(remote_port=4500)
        bench.forget_events()
        expect_still(bench, tunnel, right, 4500)


@clean_case("what does not move a peer")
def stays(bench):
    right, elsewhere = OUTER[4][1], ELSEWHERE[4]
    with bench.tunnel() as tunnel:
        _, first = tunnel.seal()
        overtaken = [tunnel.seal()[1] for _ in range(4)]
        bench.send(datagram(4, first))
        tunnel.arrives()
        bench.forget_events()
        before = tunnel.drops()
        away = {"sport": 20001, "source": elsewhere}
        # A replayed packet, a broken one, one of no SA, and old ones.
        bench.send(datagram(4, first, **away))
        broken = bytearray(tunnel.seal()[1])
        broken[-1] ^= 1
        bench.send(datagram(4, bytes(broken), **away))
        newest = tunnel.sas["in"].seq + 1000
        broken = bytearray(tunnel.seal(newest)[1])
        broken[-1] ^= 0x80
        bench.send(datagram(4, bytes(broken), **away))
        bench.send(datagram(4, struct.pack("!II", 0xdead, newest) + bytes(40),
                            **away))
        for esp in overtaken:
            bench.send(datagram(4, esp, **away))
        bench.send(datagram(4, b"\xff", **away))
        bench.send(datagram(4, MARKER + b"IKE", **away))
        # A new one that says that it wants no answer: it is received.
        bench.send(datagram(4, tunnel.seal()[1], 0, source=elsewhere))
        # Without UDP.
        bench.send(ip(elsewhere, OUTER[4][0], 50, tunnel.seal()[1]))
        expect_still(bench, tunnel, right, 4500)
        counts = difference(tunnel.drops(), before)
        expect(counts == {"rx": 7, "rx-replay-duplicate": 1, "rx-icv": 2},
               f"counted {counts}")
        tunnel.leaves()


@clean_case("roaming forbidden")
def forbidden(bench):
    with bench.tunnel(roam=0) as tunnel:
        bench.forget_events()
        tunnel.arrives(sport=20001)
        tunnel.arrives(source=ELSEWHERE[4])
        expect_still(bench, tunnel, OUTER[4][1], 4500)
        tunnel.leaves()
        tunnel.set(roam=1)
        tunnel.arrives(sport=20001)
        tunnel.expect_at(OUTER[4][1], 20001)
        tunnel.set(roam=0)
        tunnel.arrives()
        tunnel.leaves(dport=20001)


@clean_case("raw ESP roams where that is allowed")
def roams_raw(bench):
    for roam in 0, 1:
        with bench.tunnel(encap="none", roam=roam) as tunnel:
            expect(tunnel.get()["roam"] == roam, "roam is not told")
            bench.forget_events()
            packet, esp = tunnel.seal()
            bench.delivered()
            bench.send(ip(ELSEWHERE[4], OUTER[4][0], 50, esp))
            expect(collect(bench.delivered, 1) == [packet], "does not arrive")
            if roam:
                event, = bench.wait_events("peer-move-ntf")
                expect(event["remote"] == aton(ELSEWHERE[4]), f"{event}")
            expect(tunnel.get()["remote"] ==
                   aton(ELSEWHERE[4] if roam else OUTER[4][1]),
                   f"roam {roam}: {tunnel.get()}")
            # ESP in UDP is of another kind: there is no socket for answers.
            with bench.tunnel(remote_port=4501):
                tunnel.arrives(sport=20001)
            expect(tunnel.get()["remote"] ==
                   aton(ELSEWHERE[4] if roam else OUTER[4][1]),
                   "it has moved to UDP")


@clean_case("a peer that is not known yet")
def unknown(bench):
    for outer in 4, 6:
        with bench.tunnel(outer, local=ANY[outer],
                          remote=ANY[outer]) as tunnel:
            bench.put_nothing(tunnel, "tx-no-endpoint")
            bench.forget_events()
            # It is told where the answers go after it was asked for them.
            got = tunnel.answers(lambda esp, outer=outer: bench.send(
                datagram(outer, esp, sport=20001)))
            expect([struct.unpack("!H", octets[2:4])[0] for _, octets in got]
                   == [20001] * 3, "the answers went elsewhere")
            bench.wait_events("peer-move-ntf")
            tunnel.leaves(dport=20001)
    with bench.tunnel(encap="none", roam=1, local=None, remote=None) as tunnel:
        bench.put_nothing(tunnel, "tx-no-endpoint")
        tunnel.answers(lambda esp: bench.send(
            ip(OUTER[4][1], OUTER[4][0], 50, esp)), proto=50)


@clean_case("a peer that is forgotten again and again")
def forgotten(bench):
    with bench.tunnel(local=ANY[4], remote=ANY[4]) as tunnel:
        before = tunnel.drops()
        for i in range(200):
            tunnel.set(remote=ANY[4])
            bench.send(datagram(4, tunnel.sas["in"].seal(
                echo(tunnel.far, INNER[4][0], seq=i)), sport=20000 + i))

        def all_told():
            """Each answer has left, or was dropped."""
            counts = difference(tunnel.drops(), before)
            return counts.pop("rx") == 200 and sum(counts.values()) == 200 \
                and set(counts) <= {"tx", "tx-no-endpoint"}
        expect(wait_for(all_told), lambda: difference(tunnel.drops(), before))


@clean_case("from one socket to another")
def other_socket(bench):
    with bench.opened(4, 4501) as sock, \
            bench.opened(4, 4502, local="192.0.2.11") as narrow, \
            bench.tunnel() as tunnel:
        number, bound = bench.hand_over(sock), bench.hand_over(narrow)
        own, = set(bench.sockets()) - {number, bound}
        tunnel.arrives()
        tunnel.dport = 4501
        tunnel.arrives()
        tunnel.expect_at(OUTER[4][1], 4500, number)
        # That was the last peer of the module's own.
        bench.expect_gone(own)
        tunnel.leaves()
        tunnel.dport = 4502
        packet, esp = tunnel.seal()
        head = datagram(4, esp, 4500, 4502, checksums=False)
        bench.delivered()
        bench.send(ip(OUTER[4][1], "192.0.2.11", 17, head[20:]))
        expect(collect(bench.delivered, 1) == [packet], "does not arrive")
        tunnel.expect_at(OUTER[4][1], 4500, bound)
        expect(tunnel.get()["local"] == aton("192.0.2.11"),
               f"sends from elsewhere: {tunnel.get()}")
        tunnel.leaves()
        # The closed one's id is another socket's: a move cannot confuse them.
        narrow.close()
        bench.expect_gone(bound)
        bench.put_nothing(tunnel)
        tunnel.dport = 4501
        tunnel.arrives()
        tunnel.expect_at(OUTER[4][1], 4500, number)
        tunnel.set(local="192.0.2.1", socket=number)
        tunnel.leaves()


@clean_case("from IPv4 to IPv6 and back")
def other_family(bench):
    with bench.opened(6, dual=True) as sock:
        number = bench.hand_over(sock)
        with bench.tunnel(4, socket=number) as tunnel:
            for outer in 6, 4, 6:
                tunnel.arrives(outer=outer)
                tunnel.expect_at(OUTER[outer][1], 4500, number)
                tunnel.leaves(outer)
        bench.nl.do("socket-del", id=number)
    with bench.tunnel(4) as tunnel, bench.tunnel(6):
        tunnel.arrives(outer=6)
        tunnel.expect_at(OUTER[6][1], 4500)
        tunnel.leaves(6)
        expect(len(bench.sockets()) == 1, f"{bench.sockets()}")


@clean_case("moved again and again while it is changed and removed")
def moves_often(bench):
    for i in range(15):
        with bench.tunnel() as tunnel:
            for j in range(20):
                request = echo(tunnel.far, INNER[4][0], seq=j)
                bench.send(datagram(4, tunnel.sas["in"].seal(request),
                                    20000 + j,
                                    source=(OUTER[4][1], ELSEWHERE[4])[j % 2]))
                if j % 5 == i % 5:
                    tunnel.set(remote=("192.0.2.2", ANY[4])[j % 3 == 0],
                               roam=int(j % 2))
        bench.delivered()
    with bench.tunnel() as tunnel:
        tunnel.arrives()
        tunnel.leaves()


# ---------------------------------------------------- beside the kernel's own

@clean_case("the kernel's own ESP in UDP on another port")
def coexists(bench):
    with bench.opened(4, 4600) as sock, bench.tunnel() as tunnel:
        try:
            sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
        except OSError:
            raise Skip("this kernel has no UDP_ENCAP") from None
        sa = EspSa(tunnel.sas["in"].spi, "aes-gcm-16")
        command = (f"ip -n {bench.left} xfrm state add src 192.0.2.2 dst "
                   f"192.0.2.1 proto esp spi {sa.spi} mode tunnel "
                   f"encap espinudp 4600 4600 0.0.0.0 aead "
                   f"'rfc4106(gcm(aes))' 0x{(sa.key + sa.salt).hex()} 128")
        expect(not os.system(command), "ip xfrm state fails")
        try:
            # With the SPI of an SA of ours.
            for _ in range(3):
                bench.send(datagram(4, sa.seal(tunnel.inside()), 4600, 4600))
                tunnel.arrives()

            def packets():
                text = os.popen(f"ip -n {bench.left} -s xfrm state").read()
                return "3(packets)" in text
            expect(wait_for(packets), "XFRM does not receive")
            bench.send(datagram(4, MARKER + b"IKE", 4600, 4600))
            got = collect(lambda: heard(sock), 1)
            expect([one[0] for one in got] == [MARKER + b"IKE"],
                   f"its IKE came as {got}")
        finally:
            os.system(f"ip -n {bench.left} xfrm state flush")


# ------------------------------------------------------------------ by itself

def hold(version):
    """Hand a socket over, tell its id, and read IKE until the end."""
    sock = udp_socket(version)
    number = Family(Spec()).do("socket-new", fd=sock.fileno())["id"]
    print(f"socket {number}", flush=True)
    while select.select([sock], [], []):
        heard(sock)


def change(words):
    """Of the peer of vpn0."""
    values = dict(word.split("=") for word in words)
    Family(Spec()).do("peer-set", dict(
        {name: int(value) if value.isdigit() else value
         for name, value in values.items()},
        ifindex=socket.if_nametoindex("vpn0"), id=0))


def listen():
    family = Family(Spec())
    family.join("config")
    print("listening", flush=True)
    while True:
        for name, values in family.events(1):
            print(name, values["id"], values.get("remote-port", ""),
                  flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["hold"]:
        hold(int(sys.argv[2]))
    elif sys.argv[1:2] == ["count"]:
        print(len(Family(Spec()).dump("socket-get")))
    elif sys.argv[1:2] == ["set"]:
        change(sys.argv[2:])
    elif sys.argv[1:2] == ["listen"]:
        listen()
    else:
        main(Sockets)
