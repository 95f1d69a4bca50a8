# SPDX-License-Identifier: GPL-2.0
"""Streams of ESP in TCP (RFC 9329) made at random, on connections that are handed
over, taken and made.

What is checked: each record is counted exactly once, as it is and in its order;
nothing that was damaged is delivered; a stream that contradicts the framing ends
its connection; then one that is as it should be is served, and nothing stays of
the others. The rest is for the kernel's checkers to see.
"""

import errno
import select
from collections import Counter

from tcp_lab import *

COUNTERS = ("keepalives", "ike", "ike-dropped", "dropped")
FAMILIES = (4, 6)
STREAMS = 5
# Not one of these is right, whatever comes behind.
LENGTHS = (0, 1, 2, 3, 6, 255, 256, 65535)


class End(Exception):
    """The connection has ended."""


class Gun(Bench):
    """A peer of connections that come, and the SAs that it is known by."""

    def __init__(self):
        super().__init__()
        self.watch = in_netns(self.left, Family, self.spec)
        self.watch.join("config")
        self.gone, self.begun = Counter(), 0
        # Packets that were sent; each may be delivered once, or not.
        self.due = set()

    @contextlib.contextmanager
    def roams(self):
        """A peer that is found by what comes from it."""
        with Connection(self) as link:
            peer = self.nl.do("peer-new", ifindex=self.ifindex, encap="tcp",
                              socket=link.hand_over().id)["id"]
        self.roamer = Sas(self, peer)
        try:
            yield
        finally:
            self.nl.do("peer-del", ifindex=self.ifindex, id=peer)

    def sockstat(self):
        """Of TCP, on the left: sockets, and pages of memory of all hosts."""
        def read():
            with open("/proc/thread-self/net/sockstat",
                      encoding="ascii") as file:
                words = next(x for x in file if x.startswith("TCP:")).split()
            return dict(zip(words[1::2], map(int, words[2::2])))
        return in_netns(self.left, read)

    def sockets(self):
        return [s for s in self.nl.dump("socket-get") if not s["listen"]]

    def from_sockets(self):
        """The sum of what sockets count, of those that are gone as well."""
        while True:
            live = self.nl.dump("socket-get")
            events = self.watch.events(0)
            self.begun += [op for op, _ in events].count("socket-ntf")
            gone = [values for op, values in events
                    if op == "socket-del-ntf"]
            for row in gone:
                self.gone.update({k: row[k] for k in COUNTERS})
            if not gone:
                total = Counter(self.gone)
                for row in live:
                    total.update({k: row[k] for k in COUNTERS})
                return dict(total)

    def ours(self):
        """What has come out, but for pings and what the host says."""
        return [packet for packet in self.delivered()
                if struct.pack("!HH", 7, 9) in (packet[20:24], packet[40:44])]

    def receive(self):
        """Each comes once, sooner or later, if at all."""
        for packet in self.ours():
            expect(packet in self.due, lambda: f"came out: {packet.hex()}")
            self.due.remove(packet)

    def counts(self):
        """Of sockets and SAs; what has no SA is counted by both."""
        out = self.dev_stats()
        out.pop("unknown-spi")
        out = {k: v for k, v in out.items() if not k.startswith("tx")}
        return {**out, **self.from_sockets()}


class Sas:
    """What a peer has, and what was sealed for it."""

    def __init__(self, bench, peer):
        self.bench, self.peer = bench, peer
        child = bench.add_child(peer)
        esn = bool(random.getrandbits(1))
        self.inbound = bench.add_sa(child, "in", esn=esn)
        self.out = bench.add_sa(child, "out", active=1)
        self.sealed = {}

    def good(self):
        """A sealed packet, to be delivered once."""
        family = random.choice(FAMILIES)
        _, near, far = INNER[family]
        size = random.choice((8, 9, 30, random.randrange(8, 1300)))
        packet = ip(far, near, 17, udp(7, 9, random.randbytes(size)))
        octets = self.inbound.seal(packet)
        self.sealed[octets] = packet
        self.bench.due.add(packet)
        return octets


# --------------------------------------------------------------------- streams

def body(sas):
    """What a record may hold."""
    kind = random.randrange(10)
    if kind < 4:
        return sas.good()
    if kind < 7:
        return IKE + random.randbytes(random.choice((0, 9, 1200, 5000)))
    if kind == 7:
        return b"\xff"
    if kind == 8:
        # Of no SA.
        return struct.pack("!I", random.choice((1, 0x100, 0xffffffff))) + \
            random.randbytes(random.randrange(60))
    return random.randbytes(random.randrange(12))


def lie(length):
    return random.choice(LENGTHS + (length - 1, length + 1, length + 2)) & \
        0xffff


def mutate(records):
    """Mistakes with whole records: pairs of a length and a body."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 5))):
        at = random.randrange(len(records))
        other = random.randrange(len(records))
        length, octets = records[at]
        kind = random.randrange(7)
        if kind == 0:
            records.insert(other, records[at])
        elif kind == 1:
            records[at], records[other] = records[other], records[at]
        elif kind == 2:
            records[at] = lie(length), octets
        elif kind == 3:
            records[at] = length, octets[:random.randrange(len(octets) + 1)]
        elif kind == 4:
            more = records[other][1]
            records[at] = (length + len(more)) & 0xffff, octets + more
        elif kind == 5:
            cut = random.randrange(len(octets) + 1)
            records[at:at + 1] = [(cut + 2, octets[:cut]),
                                  (len(octets) - cut + 2, octets[cut:])]
        elif len(records) > 1:
            del records[at]
    return records


def make_stream(sas, prefix):
    """Octets that a peer sends."""
    records = []
    for _ in range(random.choice((1, 3, 10, 40))):
        octets = body(sas)
        records.append((len(octets) + 2, octets))
    stream = prefix + b"".join(struct.pack("!H", length) + octets
                               for length, octets in mutate(records))
    pick = random.random()
    if pick < 0.2:
        return damage(stream, len(stream) + 400)
    if pick < 0.25:
        return random.randbytes(random.randrange(1, 9)) + stream
    if pick < 0.35:
        return stream[:random.randrange(len(stream) + 1)]
    return stream


def read_stream(stream, prefix):
    """(whole records, whether the framing is broken behind them)."""
    start = stream[:len(prefix)]
    if start != prefix[:len(start)]:
        return [], True
    at, out = len(prefix), []
    while at + 2 <= len(stream):
        length = struct.unpack_from("!H", stream, at)[0]
        if length < 2:
            return out, True
        if at + length > len(stream):
            break
        out.append(stream[at + 2:at + length])
        at += length
    return out, False


def expected(records, sas):
    """What these are counted as; of an SA's errors only the sum is told."""
    want = Counter()
    seen = set()
    for octets in records:
        if octets == b"\xff":
            want["keepalives"] += 1
        elif len(octets) >= 4 and not any(octets[:4]):
            want["all-ike"] += 1
        elif len(octets) < 8 or \
                octets[:4] != struct.pack("!I", sas.inbound.spi):
            want["dropped"] += 1
        elif octets in sas.sealed and octets not in seen:
            want["rx"] += 1
            seen.add(octets)
        else:
            want["errors"] += 1
    return dict(want), [sas.sealed[x] for x in seen]


def told(counts):
    """Counters in the words of expected()."""
    out = Counter()
    for name, number in counts.items():
        if name in ("keepalives", "dropped", "rx"):
            out[name] = number
        elif name in ("ike", "ike-dropped"):
            out["all-ike"] += number
        else:
            out["errors"] += number
    return dict(out)


# ---------------------------------------------------------------------- roles

def send_some(sock, octets, *flags):
    try:
        sock.sendall(octets, *flags)
    except (ConnectionResetError, BrokenPipeError) as error:
        raise End from error


def abort(sock):
    """Reset the connection, if that was not done."""
    if sock.fileno() >= 0:
        reset(sock)


def half_close(sock):
    """Say that nothing follows, if the other end has not ended it all."""
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise


def is_answer(packet, key):
    return packet[9] == 1 and packet[20] == 0 and packet[24:28] == key


def ping(sock, sas):
    """From behind the right host to the left one, and back."""
    left, _, right = INNER[4]
    key = random.randbytes(4)
    echo = b"\x08\0" + struct.pack("!H", checksum(b"\x08\0\0\0" + key)) + key
    for _ in range(300):
        # The first one tells where the peer is, and may have no answer.
        sock.sendall(record(sas.inbound.seal(ip(right, left, 1, echo))))
        while select.select([sock], [], [], 0.03)[0]:
            octets = read_record(sock)
            if octets[:4] != bytes(4) and \
                    is_answer(sas.out.open(octets)[1], key):
                return
    bench = sas.bench
    raise Failed(f"no answer to a ping: {bench.nl.dump('socket-get')}, "
                 f"{bench.dev_stats()}")


class HandedOver(Connection):
    """With somebody who reads IKE messages, or does not, or does worse."""

    prefix = b""

    def __init__(self, bench, tls=False):
        super().__init__(bench, random.choice(FAMILIES),
                         random.choice(("left", "right")))
        self.sas, self.tls, self.log = bench.roamer, tls, []
        if tls:
            use_tls(self.left, b"l", b"r")
            use_tls(self.right, b"r", b"l")
        self.hand_over()
        self.left.setblocking(False)
        self.reads = random.random() < 0.7

    def use_fd(self, kind):
        """What a process may do with it at any time."""
        if kind < 20 and self.reads:
            flags = random.choice((0, 0, 0, socket.MSG_PEEK, socket.MSG_TRUNC,
                                   socket.MSG_OOB))
            self.left.recv(random.choice((0, 1, 100, 70000)), flags)
        elif kind < 30:
            size = random.choice((0, 1, 500, 65529, 66000))
            self.left.send(bytes(random.choice((0, 4, 4, 4))) +
                           random.randbytes(size))
        else:
            udp_out(self.bench, random.randbytes(1000), random.randrange(20))

    def upset(self, kind):
        """What is not for the stream: an end, or plain octets in between."""
        if kind == 38:
            self.left.shutdown(random.choice((
                socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR)))
            return
        self.delete()
        with contextlib.suppress(OSError):
            self.left.send(b"plain")
            self.left.recv(random.randrange(100))
        with contextlib.suppress(NlError):
            self.hand_over()

    def disturb(self):
        """Something on the left. Returns whether all is counted as before."""
        kind = random.randrange(40)
        self.log.append(f"on the left {kind}")
        with contextlib.suppress(OSError):
            if kind < 38:
                self.use_fd(kind)
            else:
                self.upset(kind)
        return kind < 38

    def has_ended(self):
        """Behind the last words."""
        def read():
            try:
                return not self.left.recv(100)
            except BlockingIOError:
                return False
            except OSError as error:
                return error.errno in (errno.EPROTO, errno.ECONNRESET,
                                       errno.ENOTCONN)
        return wait_for(read) and wait_for(lambda: not self.bench.sockets())

    def check(self):
        self.right.sendall(record(IKE))
        ping(self.right, self.sas)
        expect(self.left.recv(100) == IKE, "no IKE message")

    def end(self):
        """One of the ends; the other side finds out."""
        random.choice((self.left.close, self.right.close,
                       lambda: abort(self.right), lambda: abort(self.left),
                       self.delete))()
        self.right.close()
        self.left.close()

    def delete(self):
        with contextlib.suppress(NlError):
            self.bench.nl.do("socket-del", id=self.id)


class Taken:
    """A connection to a socket of the module that listens."""

    prefix = PREFIX
    tls = False

    def __init__(self, bench):
        self.bench, self.sas, self.log = bench, bench.roamer, []
        bench.from_sockets()
        self.begun = bench.begun
        self.right = bench.listener.connect(b"")
        if random.random() < 0.5:
            self.is_taken()

    def is_taken(self):
        """It was told of."""
        expect(wait_for(lambda: self.bench.from_sockets() and
                        self.bench.begun > self.begun), "is not taken")

    def disturb(self):
        if random.random() < 0.2:
            udp_out(self.bench, bytes(1000), random.randrange(20))
        return True

    def has_ended(self):
        return wait_for(lambda: not self.bench.sockets())

    def check(self):
        self.right.sendall(PREFIX + record(IKE))
        ping(self.right, self.sas)

    def end(self):
        random.choice((self.right.close, lambda: abort(self.right)))()
        self.is_taken()


class Made:
    """A connection of the module to a server that is not what it should be."""

    prefix = b""
    tls = False

    def __init__(self, bench, polite=False):
        self.bench, self.log = bench, []
        self.sas = Sas(bench, bench.add_peer(encap="tcp"))
        self.accept(polite)

    def accept(self, polite=False):
        self.right, _ = self.bench.server.accept()
        self.right.settimeout(8)
        self.right.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A server may speak first.
        if polite or random.random() < 0.5:
            expect(read_exactly(self.right, 6) == PREFIX, "no prefix")

    def disturb(self):
        if random.random() < 0.2:
            udp_out(self.bench, bytes(1000), random.randrange(20))
        return True

    def has_ended(self):
        """It waits, to come again."""
        state = self.bench.spec.enums["socket-state"]["open"]
        return wait_for(lambda: self.bench.sockets()[0]["state"] != state)

    def check(self):
        self.right.sendall(record(IKE))
        ping(self.right, self.sas)

    def end(self):
        if random.random() < 0.15:
            # It comes again, and knows nothing of what was before.
            random.choice((self.right.close, lambda: abort(self.right)))()
            self.accept(polite=True)
            ping(self.right, self.sas)
        self.bench.nl.do("peer-del", ifindex=self.bench.ifindex,
                         id=self.sas.peer)
        self.right.close()


def pieces(octets):
    """Cut anywhere."""
    most = random.choice((1, 7, 100, 1460, len(octets) + 1))
    most = max(most, len(octets) // 300)
    while octets:
        size = random.randrange(1, most + 1)
        yield octets[:size]
        octets = octets[size:]


def play(link, stream):
    """Send a stream; link.whole says whether all of it must have been taken."""
    abrupt = random.random() < 0.15
    parts = list(pieces(stream))
    last = random.randrange(len(parts) + 1) if abrupt else len(parts)
    link.whole = not abrupt
    for part in parts[:last]:
        urgent = not link.tls and random.random() < 0.03
        link.log.append(f"{len(part)}{' urgent' if urgent else ''}")
        send_some(link.right, part, *([socket.MSG_OOB] if urgent else []))
        if random.random() < 0.2:
            link.whole &= link.disturb()
    if abrupt:
        random.choice((abort, half_close))(link.right)


def shoot(bench, link):
    """One stream, and what has become of it."""
    stream = make_stream(link.sas, link.prefix)
    records, broken = read_stream(stream, link.prefix)
    want, packets = expected(records, link.sas)
    before = bench.counts()

    def seen():
        return told(difference(bench.counts(), before))

    def story(text):
        return lambda: f"{text}: {', '.join(link.log)}; {stream.hex()}"
    try:
        play(link, stream)
    except End:
        expect(broken or not link.whole, story("it has ended"))
    if link.whole:
        wait_for(lambda: seen() == want)
        expect(seen() == want, story(f"counted {seen()}, expected {want}"))
        expect(wait_for(lambda: bench.receive() or
                        bench.due.isdisjoint(packets)),
               story("counted, but not delivered"))
        expect(not broken or link.has_ended(), story("it goes on"))
    link.end()
    expect(wait_for(lambda: not bench.sockets()), bench.sockets)


def rounds_of(bench, share, make, make_sane=None):
    """Some streams, each on a connection of its own, and then a right one."""
    before, dice = bench.sockstat(), None
    for _ in fuzz_rounds(share):
        # How far a stream gets before it is refused is nothing to the next.
        dice = dice or random.Random(random.getrandbits(64))
        for _ in range(STREAMS):
            random.seed(dice.getrandbits(64))
            shoot(bench, make())
        sane = (make_sane or make)()
        sane.check()
        sane.end()
        expect(wait_for(lambda: not bench.sockets()), bench.sockets)
        bench.receive()
    after = {}

    def is_at_base():
        after.update(bench.sockstat())
        # What a processor keeps in reserve is in "mem" (SK_MEMORY_PCPU_RESERVE).
        return after["inuse"] <= before["inuse"] and not after["orphan"] and \
            after["mem"] <= before["mem"] + 256 * os.cpu_count()
    expect(wait_for(is_at_base), lambda: f"{after}, before {before}")
    note(f"{after['mem'] - before['mem']} pages of TCP more than before")


@case("handed over")
def handed_over(bench):
    with bench.roams():
        rounds_of(bench, 0.15, lambda: HandedOver(bench))


@case("handed over, with the kernel's TLS")
def with_tls(bench):
    with bench.roams():
        rounds_of(bench, 0.1, lambda: HandedOver(bench, tls=True))


@case("taken")
def taken(bench):
    with bench.roams(), Listener(bench) as bench.listener:
        rounds_of(bench, 0.15, lambda: Taken(bench))


@case("made")
def made(bench):
    bench.server = tcp_socket(bench.right, 4)
    bench.server.bind((OUTER[4][1], PORT))
    bench.server.listen()
    rounds_of(bench, 0.1, lambda: Made(bench),
              lambda: Made(bench, polite=True))
    bench.server.close()


if __name__ == "__main__":
    main(Gun)
