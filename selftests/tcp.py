# SPDX-License-Identifier: GPL-2.0
"""ESP in TCP (RFC 9329): what userspace sees of connections, streams that are not
as they should be, and peers that mean harm; see tcp_lab.py.
"""

import select

from tcp_lab import *

ROLES = [(family, connects) for family in (4, 6)
         for connects in ("left", "right")]


def with_roles(name):
    def add(function):
        for family, connects in ROLES:
            case(f"{name}, IPv{family}, {connects} connects", family,
                 connects)(function)
        return function
    return add


# ------------------------------------------------------------- what userspace does

@with_roles("handed over: IKE and ESP both ways")
def both_ways(bench, family, connects):
    with Connection(bench, family, connects).with_peer() as c:
        c.right.sendall(record(IKE + b"1") + record(b"\xff") +
                        record(c.inbound.seal(inner_packet())) +
                        record(IKE + b"22"))
        expect(c.left.recv(1000) == IKE + b"1", "the first message")
        expect(c.left.recv(1000) == IKE + b"22", "the second message")
        expect_delivered(bench, 1, c)
        c.left.sendall(IKE + b"back")
        expect(read_ike(c.right) == IKE + b"back", "the message back")
        udp_out(bench)
        read_esp(c.right, c.out, b"out")
        state = c.state()
        expect(state["ike"] == 2 and state["keepalives"] == 1 and
               not state["dropped"] and not state["ike-dropped"], state)
        if family == 4:
            local = socket.inet_aton(OUTER[4][0])
            expect(state["local"] == local, state)


@case("reads: whole messages, cut, looked at, none")
def reads(bench):
    with Connection(bench).hand_over() as c:
        c.left.setblocking(False)
        try:
            c.left.recv(10)
            raise Failed("something to read")
        except BlockingIOError:
            pass
        poller = select.epoll()
        poller.register(c.left, select.EPOLLIN | select.EPOLLOUT)
        expect(poller.poll(0) == [(c.left.fileno(), select.EPOLLOUT)],
               "it is writable only")
        poller.modify(c.left, select.EPOLLIN)
        c.right.sendall(record(IKE)[:5])
        expect(not poller.poll(0.2), "half a message is readable")
        c.right.sendall(record(IKE)[5:] + record(IKE + b"2") +
                        record(IKE + b"3"))
        expect(poller.poll(5) == [(c.left.fileno(), select.EPOLLIN)],
               "not readable")
        expect(c.left.recv(100, socket.MSG_PEEK) == IKE, "peek")
        data, _, flags, _ = c.left.recvmsg(6)
        expect(data == IKE[:6] and flags & socket.MSG_TRUNC, "cut")
        wait_for(lambda: c.state()["ike"] == 3)
        expect(c.left.recv_into(bytearray(4), 4, socket.MSG_TRUNC) ==
               len(IKE) + 1, "trunc")
        expect(c.left.recv(100) == IKE + b"3", "the third")
        expect(not poller.poll(0), "still readable")
        # A reader that waits.
        c.left.settimeout(10)
        c.right.sendall(record(IKE))
        expect(c.left.recv(100) == IKE, "not woken")
        poller.close()


@case("writes: what is no IKE message is refused")
def writes(bench):
    with Connection(bench).hand_over() as c:
        for octets, number in ((b"\0\0\0\1esp", errno.EINVAL),
                               (b"\0\0\0\0", errno.EINVAL),
                               (bytes(65534), errno.EMSGSIZE)):
            try:
                c.left.send(octets)
                raise Failed(f"{len(octets)} octets were taken")
            except OSError as error:
                expect(error.errno == number, error)
        expect(c.left.send(bytes(65533)) == 65533, "the largest")
        expect(read_record(c.right) == bytes(65533), "the largest, received")


@case("given back: the stream is userspace's again")
def given_back(bench):
    with Connection(bench).hand_over() as c:
        c.right.sendall(record(IKE))
        expect(c.left.recv(100) == IKE, "a message")
        bench.nl.do("socket-del", id=c.id)
        c.right.sendall(b"plain")
        expect(c.left.recv(100) == b"plain", "not plain")
        c.left.sendall(b"too")
        expect(c.right.recv(100) == b"too", "not plain")
        # And once more.
        c.hand_over()
        c.right.sendall(record(IKE))
        expect(c.left.recv(100) == IKE, "a message")


@case("refused: what is no connection, and twice")
def refused(bench):
    sock = tcp_socket(bench.left, 4)

    def attempt(sock):
        try:
            bench.nl.do("socket-new", encap="tcp", fd=sock.fileno())
            raise Failed("it was taken")
        except NlError as error:
            return error
    error = attempt(sock)
    expect("not connected" in error.text, error)
    sock.close()
    with Connection(bench).hand_over() as c:
        error = attempt(c.left)
        expect(error.errno == errno.EBUSY, error)
        try:
            c.left.setsockopt(socket.IPPROTO_TCP, 31, b"tls")
            raise Failed("a ULP was taken")
        except OSError as error:
            expect(error.errno == errno.EBUSY, error)


@case("TLS by the kernel: IKE and ESP both ways, a stalled reader, the end")
def tls(bench):
    with Connection(bench) as c:
        use_tls(c.left, b"l", b"r")
        use_tls(c.right, b"r", b"l")
        c.with_peer()
        for _ in range(20):
            c.right.sendall(record(IKE) + record(c.inbound.seal(
                inner_packet(bytes(1000)))))
            expect(c.left.recv(1000) == IKE, "a message")
        expect_delivered(bench, 20, c)
        expect(c.left.send(IKE + b"back") == len(IKE) + 4, "not taken")
        expect(read_ike(c.right) == IKE + b"back", "the message back")
        before = bench.dev_stats()

        def full():
            udp_out(bench, bytes(1200), 200)
            return difference(bench.dev_stats(), before).get("tx-queue-full")
        expect(wait_for(full, 60), bench.dev_stats())
        c.left.send(IKE)
        expect(read_ike(c.right) == IKE, "the message behind")
        c.right.close()
        c.expect_gone("it is still there")


ALERT, HANDSHAKE, DATA = 21, 22, 23


class TlsWriter:
    """RFC 8446, 5.2 by hand, with the keys of use_tls()."""

    def __init__(self, sock, key):
        self.sock, self.aead, self.seq = sock, AESGCM(key * 16), 0

    def send(self, kind, octets, padding=0):
        plain = octets + bytes([kind]) + bytes(padding)
        nonce = int.from_bytes(b"SSSSIIIIIIII", "big") ^ self.seq
        head = struct.pack("!BHH", DATA, 0x303, len(plain) + 16)
        self.sock.sendall(head + self.aead.encrypt(nonce.to_bytes(12, "big"),
                                                   plain, head))
        self.seq += 1


# RFC 8446, 4 and 6
@case("TLS by the kernel: tickets are nothing, what else is no data ends it")
def tls_control(bench):
    ticket = bytes((4, 0, 0, 20)) + bytes(20)
    for kind, octets in ((HANDSHAKE, bytes((24, 0, 0, 1, 0))),
                         (HANDSHAKE, b""), (ALERT, bytes((1, 0))),
                         (ALERT, bytes((2, 40))), (ALERT, b""), (99, ticket)):
        with Connection(bench) as c:
            use_tls(c.left, b"l", b"r")
            tls = TlsWriter(c.right, b"r")
            c.hand_over()
            for _ in range(3):
                tls.send(HANDSHAKE, ticket)
                tls.send(DATA, b"")
                tls.send(DATA, record(IKE), 200)
                expect(c.left.recv(100) == IKE, "a message")
            tls.send(kind, octets)
            c.expect_gone(f"it survived type {kind}: {octets.hex()}")


@case("TLS by the kernel: what is not authentic ends it")
def tls_forged(bench):
    for octets in (b"\x17\3\3\0\x20" + bytes(32), b"\x17\3\3\0\1.",
                   b"\x17\3\3\xff\xff" + bytes(65535), b"GET / HTTP/1.1\r\n"):
        with Connection(bench) as c:
            use_tls(c.left, b"l", b"r")
            c.hand_over()
            c.right.sendall(octets)
            c.expect_gone(f"it survived {octets[:20].hex()}")


@case("refused: TLS of which the kernel does one direction, or none")
def tls_refused(bench):
    for keys in ({}, {"send": b"l"}, {"receive": b"r"}):
        with Connection(bench) as c:
            use_tls(c.left, **keys)
            try:
                c.hand_over()
                raise Failed(f"it was taken with {keys}")
            except NlError as error:
                expect("TLS in both directions" in error.text, error)


# --------------------------------------------------------------------- the stream

@case("records are cut everywhere")
def cut(bench):
    with Connection(bench).with_peer() as c:
        for size in (1, 2, 3, 7, 20, 1000):
            stream = b"".join(record(x) for _ in range(10) for x in
                              (c.inbound.seal(inner_packet()), IKE, b"\xff"))
            for at in range(0, len(stream), size):
                c.right.sendall(stream[at:at + size])
            for _ in range(10):
                expect(c.left.recv(100) == IKE, "another message")
            expect_delivered(bench, 10, c)
        state = c.state()
        expect(state["keepalives"] == 60 and not state["dropped"], state)


@case("many at once are all received")
def many(bench):
    with Connection(bench).with_peer() as c:
        for _ in range(5):
            c.right.sendall(b"".join(record(c.inbound.seal(inner_packet(
                bytes(400)))) for _ in range(100)))
            expect_delivered(bench, 100, c)


@case("urgent octets are as all others")
def urgent(bench):
    with Connection(bench).with_peer() as c:
        for _ in range(3):
            c.right.send(record(IKE), socket.MSG_OOB)
            c.right.send(record(c.inbound.seal(inner_packet())),
                         socket.MSG_OOB)
            c.right.sendall(record(IKE + b"2"))
        for _ in range(3):
            expect(c.left.recv(100) == IKE, "a message")
            expect(c.left.recv(100) == IKE + b"2", "the message behind")
        expect_delivered(bench, 3, c)


def seconds_for(sock, octets, size):
    begin = time.perf_counter()
    for at in range(0, len(octets), size):
        sock.sendall(octets[at:at + size])
    return time.perf_counter() - begin


@case("segments of one octet: memory has a bound")
def tiny(bench):
    """The host that sends and the one that receives share a processor."""
    with Connection(bench) as plain, \
            Connection(bench, port=4434).with_peer() as c:
        stream = b"".join(record(c.inbound.seal(inner_packet(bytes(200))))
                          for _ in range(10))
        base = min(seconds_for(plain.right, stream, 1) for _ in range(3))
        spent, most = [], 0
        for _ in range(3):
            spent.append(seconds_for(c.right, stream, 1))
            most = max(most, memory_of(c.left)[0])
            expect(wait_for(lambda: not memory_of(c.left)[0]), "is not read")
        spent = min(spent)
        expect_delivered(bench, 10, c)
        note(f"{spent / len(stream) * 1e6:.0f} us for an octet, without adit "
             f"{base / len(stream) * 1e6:.0f} us ({spent / base:.2f} times); "
             f"{most} octets of memory in TCP")
        expect(most < 256 << 10, most)


@case("records that are nothing are counted")
def nothing(bench):
    with Connection(bench).with_peer() as c:
        c.right.sendall(record(b"") + record(b"x") + record(b"xy") +
                        record(bytes(3)) + record(b"\0\0\1\0") +
                        record(b"\x77\0\0\0\0\0\0\1" + bytes(40)) +
                        record(os.urandom(7)) +
                        record(b"\x77" + bytes(65532)) +
                        record(c.inbound.seal(inner_packet())))
        expect_delivered(bench, 1, c)
        expect(c.state()["dropped"] == 8, c.state())


for bad in (0, 1):
    @case(f"a length of {bad} ends the connection", bad)
    def bad_length(bench, length):
        with Connection(bench).with_peer() as c:
            c.right.sendall(record(c.inbound.seal(inner_packet())) +
                            record(b"", length) + b"more")
            expect_delivered(bench, 1, c)
            c.expect_gone("it is still there")
            try:
                expect(not c.right.recv(10), "octets")
            except ConnectionResetError:
                pass
            peer = bench.nl.do("peer-get", ifindex=bench.ifindex, id=c.peer)
            expect("socket" not in peer and peer["children"] == 1, peer)
            before = bench.dev_stats()
            udp_out(bench)
            expect(difference(bench.dev_stats(), before) ==
                   {"tx-no-socket": 1}, bench.dev_stats())


@case("endless IKE that nobody reads: memory has a bound")
def endless(bench):
    with Connection(bench).with_peer() as c:
        for _ in range(20):
            c.right.sendall(record(bytes(1000)) * 100)
        expect(wait_for(lambda: c.state()["ike"] +
                        c.state()["ike-dropped"] == 2000), c.state())
        expect(c.state()["ike"] <= 256, c.state())
        expect(wait_for(lambda: not memory_of(c.left)[0]), "is not read")
        note(f"{c.state()['ike']} messages of 1000 octets are kept, "
             f"{c.state()['ike-dropped']} are dropped")
        # ESP is not behind them.
        c.right.sendall(record(c.inbound.seal(inner_packet())))
        expect_delivered(bench, 1, c)
        got = c.state()["ike"]
        for _ in range(got):
            expect(len(c.left.recv(2000)) == 1000, "a message")
        c.right.sendall(record(IKE))
        expect(c.left.recv(100) == IKE, "read on")


# ------------------------------------------------------------------------- the end

ENDS = {
    "the other end closes": lambda c: c.right.close(),
    "the other end resets": lambda c: reset(c.right),
    "the other end half closes": lambda c: c.right.shutdown(socket.SHUT_WR),
    "the fd is closed": lambda c: c.left.close(),
    "the fd is shut down": lambda c: c.left.shutdown(socket.SHUT_RDWR),
    "socket-del": lambda c: c.bench.nl.do("socket-del", id=c.id),
}


def another(bench, name):
    with Connection(bench).with_peer() as c:
        c.right.sendall(record(c.inbound.seal(inner_packet())))
        expect_delivered(bench, 1, c)
        ENDS[name](c)
        c.expect_gone("it is still there")
        with Connection(bench, port=4434) as two:
            two.hand_over()
            # A verified packet is enough, and is answered.
            two.right.sendall(record(c.inbound.seal(
                echo(INNER[4][2], INNER[4][0]))))
            _, answer, _, _ = c.out.open(read_record(two.right))
            expect(echo_reply(answer) == (1, 0), answer.hex())
            expect(wait_for(lambda: bench.nl.do(
                "peer-get", ifindex=bench.ifindex,
                id=c.peer).get("socket") == two.id), "the peer did not move")
            udp_out(bench)
            c.out.open(read_record(two.right))


for end in ENDS:
    case(f"{end}: the peer waits, and takes another", end)(another)


@case("last words before the end are read")
def last_words(bench):
    with Connection(bench).hand_over() as c:
        c.right.sendall(record(IKE) + record(IKE + b"2"))
        c.right.close()
        wait_for(lambda: c.state() and c.state()["ike"] == 2)
        time.sleep(0.1)
        expect(c.left.recv(100) == IKE, "the first")
        expect(c.left.recv(100) == IKE + b"2", "the second")
        expect(c.left.recv(100) == b"", "no end")
        c.expect_gone("it is still there")


@case("a reader that waits is woken by the end")
def reader_woken(bench):
    with Connection(bench).hand_over() as c:
        pid = os.fork()
        if not pid:
            c.right.close()
            c.left.settimeout(None)
            try:
                os._exit(len(c.left.recv(100)))
            except OSError:
                os._exit(100)
        time.sleep(0.2)
        c.right.close()
        _, status = os.waitpid(pid, 0)
        expect(os.waitstatus_to_exitcode(status) == 0, status)


@case("nobody reads at the other end: the queue has a bound")
def stalled(bench):
    with Connection(bench).with_peer() as c:
        before = bench.dev_stats()

        def full():
            udp_out(bench, bytes(1200), 200)
            return difference(bench.dev_stats(), before).get("tx-queue-full")
        expect(wait_for(full, 60), bench.dev_stats())
        queued, unsent = c.state()["queued"], memory_of(c.left)[1]
        note(f"{queued >> 10} KiB wait in the module, {unsent >> 10} KiB in "
             "TCP")
        expect(queued <= 512 << 10, queued)
        expect(unsent <= 512 << 10, unsent)
        # IKE still has its place, in the end.
        c.left.setblocking(False)
        expect(c.left.send(IKE) == len(IKE), "IKE was not taken")
        c.left.settimeout(10)
        tx = bench.dev_stats()["tx"] - before.get("tx", 0)
        for _ in range(tx):
            c.out.open(read_record(c.right))
        expect(read_record(c.right) == IKE, "IKE")
        expect(wait_for(lambda: not c.state()["queued"]), c.state())
        udp_out(bench)
        c.out.open(read_record(c.right))


MANY = 6000


@case("nobody reads at the other end: a device with a queue waits")
def backpressure(bench):
    with Connection(bench).with_peer() as c:
        os.system(f"ip -n {bench.left} link set vpn0 txqueuelen 10000; tc -n "
                  f"{bench.left} qdisc replace dev vpn0 root pfifo limit 9000")
        try:
            before = bench.dev_stats()
            udp_out(bench, bytes(1200), MANY)
            counts = difference(bench.dev_stats(), before)
            expect(set(counts) == {"tx"}, counts)
            expect(counts["tx"] < MANY, "nothing waited")
            for _ in range(MANY):
                c.out.open(read_record(c.right))
            counts = difference(bench.dev_stats(), before)
            expect(counts == {"tx": MANY}, counts)
            # Stop it again; the end of the connection starts it.
            udp_out(bench, bytes(1200), MANY)
            c.right.close()
            c.expect_gone("it is still there")
            expect(wait_for(lambda: difference(bench.dev_stats(), before).get(
                "tx-no-socket", 0) > 100), bench.dev_stats())
        finally:
            os.system(f"tc -n {bench.left} qdisc del dev vpn0 root")


# ----------------------------------------------------------------- the module's own

@case("taken: who does not begin with the prefix is closed")
def prefix(bench):
    with Listener(bench) as listener:
        for octets in (b"GET / HTTP/1.1\r\n\r\n", b"IKETCX", b"\0\0\0\0",
                       b"IKETC\0"):
            sock = listener.connect(octets)
            try:
                expect(not sock.recv(10), "octets")
            except ConnectionResetError:
                pass
            sock.close()
        expect(wait_for(lambda: not listener.others()), listener.others())
        sock = listener.connect(b"")
        for octet in PREFIX:
            sock.sendall(bytes([octet]))
        expect(wait_for(lambda: [s["state"] for s in listener.others()] ==
                        [bench.spec.enums["socket-state"]["open"]]),
               listener.others)
        sock.sendall(record(IKE))
        expect(wait_for(lambda: listener.others()[0]["ike-dropped"] == 1),
               listener.others)
        sock.close()
        expect(wait_for(lambda: not listener.others()), listener.others)
        # Who says nothing, or only a part, has ten seconds.
        quiet, half = listener.connect(b""), listener.connect(b"IKE")
        expect(wait_for(lambda: len(listener.others()) == 2), "two")
        expect(wait_for(lambda: not listener.others(), 20), "still there")
        quiet.close()
        half.close()


def available():
    """KiB of the machine's memory."""
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file
                    if line.startswith("MemAvailable"))


def drip(socks, octets):
    """One octet at a time, on all of them."""
    for octet in octets:
        for sock in socks:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                sock.sendall(bytes([octet]))


@case("taken: many that drip and prove nothing have a bound, others pass")
def unproven(bench):
    with Connection(bench).with_peer() as c, Listener(bench) as listener:
        def others():
            return [s for s in listener.others() if s["id"] != c.id]
        socks = [listener.connect(b"") for _ in range(150)]
        expect(wait_for(lambda: len(others()) == 128, 20),
               lambda: len(others()))
        before = available()
        # Each has room made for the largest record, of which little comes.
        drip(socks, PREFIX + b"\xff\xff" + b"ESP")
        expect(wait_for(lambda: all(not s["dropped"] for s in others())),
               others)
        each = (before - available()) / 128
        note(f"{each:.0f} KiB of memory for each connection, {each / 8:.0f} "
             "MiB for all of a socket that listens")
        expect(each < 256, each)
        # One that proves what it is stays, whatever comes behind.
        with listener.connect() as good:
            good.sendall(record(c.inbound.seal(inner_packet())))
            expect_delivered(bench, 1, c)
            expect(wait_for(lambda: [s for s in others() if s["peers"]]),
                   others)
            socks += [listener.connect() for _ in range(130)]
            expect(wait_for(lambda: len(others()) == 129, 20),
                   lambda: len(others()))
            udp_out(bench)
            read_esp(good, c.out, b"out")
        for sock in socks:
            sock.close()
        expect(wait_for(lambda: not others(), 20), "still there")


@case("made: a server that speaks first is heard")
def speaks_first(bench):
    with tcp_socket(bench.right, 4) as listener:
        listener.bind((OUTER[4][1], PORT))
        listener.listen()
        for _ in range(20):
            peer = bench.add_peer(encap="tcp")
            inbound = bench.add_sa(bench.add_child(peer), "in")
            with listener.accept()[0] as sock:
                sock.sendall(record(inbound.seal(inner_packet())))
                got = collect(bench.delivered, 1)
                bench.nl.do("peer-del", ifindex=bench.ifindex, id=peer)
                expect(got == [inner_packet()], "was not delivered")


@case("made: tries again, and goes with its peer")
def reconnect(bench):
    def mine():
        return bench.nl.dump("socket-get")
    states = bench.spec.enums["socket-state"]
    peer = bench.nl.do("peer-new", ifindex=bench.ifindex, encap="tcp",
                       remote=OUTER[4][1], local=OUTER[4][0])["id"]
    child = bench.add_child(peer)
    out = bench.add_sa(child, "out", active=1)
    try:
        expect(wait_for(lambda: mine()[0]["state"] == states["waiting"]),
               mine)
        expect(mine()[0]["error"] == errno.ECONNREFUSED, mine())
        number = mine()[0]["id"]
        listener = tcp_socket(bench.right, 4)
        listener.bind((OUTER[4][1], PORT))
        listener.listen()
        for _ in range(3):
            sock, _ = listener.accept()
            sock.settimeout(10)
            expect(read_exactly(sock, 6) == PREFIX, "no prefix")
            expect(wait_for(lambda: mine()[0]["state"] == states["open"]),
                   mine)
            udp_out(bench)
            out.open(read_record(sock))
            sock.close()
            expect(wait_for(lambda: mine()[0]["state"] != states["open"]),
                   mine)
        expect([s["id"] for s in mine()] == [number], mine())
        listener.close()
    finally:
        bench.nl.do("peer-del", ifindex=bench.ifindex, id=peer)
    expect(wait_for(lambda: not mine()), mine)


main(Bench)
