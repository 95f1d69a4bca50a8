# SPDX-License-Identifier: GPL-2.0
"""Requests made at random from the specification, and requests without memory.

What is checked: answers are what the specification says, refusals carry a
text, all counts and dumps agree with each other, and what fails for want of
memory leaves nothing behind. The rest is for the kernel's checkers to see.
"""

import collections
import errno
import os

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614
from adit_nl import NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLM_F_DUMP, tlv

TCP = 2  # of encap
KEY_LENGTHS = (0, 16, 20, 24, 28, 32, 36, 48, 64)
ADDRESSES = ("192.0.2.1", "192.0.2.2", "2001:db8::1", "10.9.2.5", "fd09:2::5",
             "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255")
PORTS = (4500, 4501, 443, 0, 7000, 7001)
NAMES = ("f0", "f1", "f2")
INT_BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}


class Fuzzer(Bench):
    """Makes messages, and knows what must be true between them."""

    def __init__(self):
        super().__init__()
        self.watcher = in_netns(self.left, Family, self.spec)
        self.watcher.join("config")
        self.count = collections.Counter()
        # What may be handed over, and what may not.
        self.udp = [self.udp_socket() for _ in range(4)]
        self.fds = [sock.fileno() for sock in self.udp]
        self.no_udp = in_netns(self.left, socket.socket, socket.AF_UNIX)
        self.foreign = in_netns(self.right, socket.socket, socket.AF_INET,
                                socket.SOCK_DGRAM)
        self.other_fds = [self.no_udp.fileno(), self.foreign.fileno(), 0,
                          self.nl.sock.fileno(), 1000]

    def udp_socket(self):
        sock = in_netns(self.left, socket.socket, socket.AF_INET,
                        socket.SOCK_DGRAM)
        sock.bind(("0.0.0.0", 0))
        return sock

    # -- values: what could be right is likely, so that much of it is

    def number(self, attr):
        likely = {"ifindex": [self.ifindex] * 30, "spi": range(0xf8, 0x120),
                  "spi-min": range(0xf8, 0x120), "spi-max": range(0x140),
                  "proto": [50] * 20 + [6, 17], "replay-window":
                  [0, 1, 64, 4096, 65536, 65537], "integ": [None, 0, 2, 12],
                  "hold-seconds": [1, 60], "larval-seconds": [1, 60],
                  "fd": self.fds + self.other_fds, "local-port": PORTS,
                  "remote-port": PORTS, "keepalive": [0, 1, 3600, 3601]}
        bits = INT_BITS[attr.type]
        pick = random.random()
        if attr.name in likely and pick < 0.9:
            return random.choice(list(likely[attr.name]))
        if attr.enum and pick < 0.95:
            return random.choice(list(attr.enum.values()))
        if pick < 0.8:
            return random.randrange(6)
        return random.choice([0, (1 << bits) - 1, 1 << bits - 1,
                              (1 << bits - 1) - 1, random.getrandbits(bits)])

    def octets(self, attr):
        if attr.name.endswith("-key"):
            length = random.choice(KEY_LENGTHS + (random.randrange(140),))
            return os.urandom(length)
        if random.random() < 0.9:
            return random.choice(ADDRESSES)
        return os.urandom(random.randrange(20))

    def value(self, attr):
        if attr.nested:
            return self.values(attr.nested, list(self.spec.sets[attr.nested]))
        if attr.format:
            return self.number(attr)
        if attr.type == "binary":
            return self.octets(attr)
        return Raw(os.urandom(random.randrange(20)))

    def values(self, set_name, names):
        """Pairs; some attributes are missing, some come more than once."""
        out = []
        for name in names:
            attr = self.spec.sets[set_name][name]
            often = random.choice((0, 1, 1, 1, 1, 1, 2)) if attr.multi else \
                random.random() < 0.85
            for _ in range(often):
                value = self.value(attr)
                out.append((name, [value] if attr.multi else value))
        return out

    def selector(self):
        """Two sides of any family seldom go together."""
        first, last = sorted(random.choices(range(1, 255), k=2))
        return {"start": f"10.9.2.{first}", "end": f"10.9.2.{last}",
                "proto": random.choice((None, 6, 17))}

    def likely(self, op, pairs):
        """Of what is random, make some right: else nothing is ever made."""
        values = dict(pairs)
        if op.set == "child":
            for side in ("local-ts", "remote-ts"):
                values[side] = [self.selector()
                                for _ in range(random.randrange(4))]
        if op.set == "peer":
            values.update(local=None, remote=random.choice(ADDRESSES[:5]),
                          encap=random.randrange(3), keepalive=None)
            values["local-port"] = values["remote-port"] = None
            values["socket"] = random.choice((None, None, 1, 2)) \
                if values["encap"] else None
        if op.name == "socket-new":
            values = {"id": values.get("id"), "marker": 1}
            values.update(random.choice((
                {"fd": random.choice(self.fds)},
                {"encap": 1, "local": random.choice(("0.0.0.0", "::")),
                 "local-port": random.choice(PORTS)})))
        if op.name == "sa-new":
            encr, integ, bits = random.choice((
                ("aes-gcm-16", None, 20), ("aes-gcm-16", None, 36),
                ("chacha20-poly1305", None, 36), ("aes-cbc", 2, 16),
                ("null", 2, 0)))
            values.update({"encr": encr, "encr-key": os.urandom(bits),
                           "integ": integ,
                           "integ-key": os.urandom(20) if integ else None})
            values.pop("replay-window" if values.get("dir") == 2 else
                       "active", None)
        return values

    # -- messages

    def request(self):
        # Events are no requests: it is enough to try now and then.
        op = random.choice([op for op in self.spec.ops.values() if op.does or
                            random.random() < 0.02])
        names = op.request or list(self.spec.sets[op.set])
        pairs = self.values(op.set, names)
        if random.random() < 0.5:
            pairs = self.likely(op, pairs)
        dump = op.dumps and random.random() < 0.1
        return op, pairs, NLM_F_DUMP if dump else 0

    def ask(self, message, op):
        """A whole answer is decoded; one that is refused has a text."""
        self.nl.send(message)
        try:
            for answer in self.nl.answers(message):
                if op is not None:
                    self.spec.decode(op.set, answer[4:])
            self.count["taken"] += 1
        except NlError as error:
            self.count[error.name] += 1
            # A command that there is not is the netlink core's to refuse.
            known = op is not None and (op.does or op.dumps)
            expect(error.text or not known or
                   error.errno in (errno.EOPNOTSUPP, errno.ENOMEM),
                   lambda: f"{message.hex()} is refused without a text: "
                           f"{error}")

    # -- what must be true

    def audit(self):
        """Counts, dumps and single objects agree."""
        dev = self.nl.do("dev-get", ifindex=self.ifindex)
        peers, children, sas = (
            self.nl.dump(kind + "-get", ifindex=self.ifindex)
            for kind in ("peer", "child", "sa"))
        # A larval SA may have ended by itself in between.
        expect((dev["peers"], dev["children"]) ==
               (len(peers), len(children)) and dev["sas"] >= len(sas),
               lambda: f"{dev} has {len(peers)} peers, {len(children)} "
                       f"children, {len(sas)} SAs")
        for rows, key in ((peers, "id"), (children, "id")):
            ids = [row[key] for row in rows]
            expect(len(set(ids)) == len(ids), f"twice in a dump: {ids}")
        by_child = collections.Counter(sa["child"] for sa in sas)
        for child in children:
            expect(child["sas"] >= by_child[child["id"]],
                   lambda: f"{child} with {by_child[child['id']]} SAs")
            if "spi-out" in child:
                active = [sa for sa in sas if sa["child"] == child["id"] and
                          sa.get("active")]
                expect([sa["spi"] for sa in active] == [child["spi-out"]],
                       lambda: f"{child} sends with {active}")
        inbound = [sa["spi"] for sa in sas if sa["dir"] == 1]
        expect(len(set(inbound)) == len(inbound),
               f"two inbound SAs have the same SPI: {inbound}")
        self.audit_sockets(peers)
        for peer in random.sample(peers, min(len(peers), 3)):
            single = self.nl.do("peer-get", ifindex=self.ifindex,
                                id=peer["id"])
            expect(single == peer, lambda: f"{single} is {peer} in a dump")

    def audit_sockets(self, peers):
        sockets = self.nl.dump("socket-get")
        users = collections.Counter(peer.get("socket") for peer in peers)
        self.count["sockets"] += len(sockets)
        ids = [row["id"] for row in sockets]
        expect(len(set(ids)) == len(ids), f"twice in a dump: {ids}")
        for peer in peers:
            expect(peer.get("socket", ids[:1]) in (*ids, ids[:1]),
                   lambda: f"{peer} has none of the sockets {ids}")
        for row in sockets:
            # Interfaces of random links have peers, too.
            expect(row["peers"] >= users[row["id"]],
                   lambda: f"{row} has {users[row['id']]} peers")
            expect(row["encap"] == TCP or row["state"] == 0,
                   lambda: f"{row} is not open")
        for row in random.sample(sockets, min(len(sockets), 3)):
            single = self.nl.do("socket-get", id=row["id"])
            if row["encap"] == TCP:
                # What a connection is at the moment.
                single, row = ({name: one[name] for name in
                                ("id", "encap", "listen", "own")}
                               for one in (single, row))
            expect(single == row, lambda: f"{single} is {row} in a dump")

    def clear_sockets(self):
        """What the module has opened costs memory; a program closes its own."""
        for row in self.nl.dump("socket-get"):
            self.nl.do("socket-del", id=row["id"])
        for number, sock in enumerate(self.udp):
            sock.close()
            self.udp[number] = self.udp_socket()
        self.fds = [sock.fileno() for sock in self.udp]

    def clear(self):
        for peer in self.nl.dump("peer-get", ifindex=self.ifindex):
            self.nl.do("peer-del", ifindex=self.ifindex, id=peer["id"])
        left = [self.nl.dump(kind + "-get", ifindex=self.ifindex)
                for kind in ("peer", "child", "sa")]
        expect(left == [[], [], []], lambda: f"left without peers: {left}")
        self.clear_sockets()
        left = self.nl.dump("socket-get")
        expect(left == [], lambda: f"sockets that were removed: {left}")

    def housekeeping(self, rounds):
        if rounds % 200 == 199:
            self.audit()
            self.watcher.events(0)
        if rounds % 400 == 399:
            self.clear_sockets()
        if rounds % 2000 == 1999:
            self.clear()


def damage(octets):
    """Make a message's attributes wrong as octets."""
    out = bytearray(octets)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        at = random.randrange(len(out) + 1)
        kind = random.randrange(6)
        if kind == 0 and out:
            out[at - 1] ^= 1 << random.randrange(8)
        elif kind == 1 and out:
            out[at - 1] = random.choice((0, 1, 3, 4, 0x7f, 0x80, 0xff))
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            out[at:at] = os.urandom(random.randrange(1, 9))
        elif kind == 4:
            out += tlv(random.randrange(64) |
                       random.choice((0, NLA_F_NESTED, NLA_F_NET_BYTEORDER)),
                       os.urandom(random.randrange(12)))
        else:
            out += out[at & ~3:]
    return bytes(out[:8192])


@case("random requests")
def random_requests(bench):
    for rounds in fuzz_rounds(0.4):
        op, pairs, flags = bench.request()
        bench.ask(bench.nl.message(op, pairs, flags), op)
        bench.housekeeping(rounds)
    bench.clear()
    note(dict(bench.count))
    expect(bench.count["taken"] > 10, "next to nothing was ever right")
    expect(bench.count["sockets"] or rounds < 1000, "no socket was ever made")


@case("damaged requests")
def damaged_requests(bench):
    for rounds in fuzz_rounds(0.4):
        op, pairs, flags = bench.request()
        octets = damage(bench.spec.encode(op.set, pairs))
        message = bytearray(bench.nl.message(op, octets, flags))
        if random.random() < 0.05:
            # Command, version and the reserved octets.
            message[16 + random.randrange(4)] = random.getrandbits(8)
            op = bench.spec.op_of.get(message[16]) if not any(
                message[17:20]) else None
        try:
            bench.ask(bytes(message), op)
        except ValueError as error:
            raise Failed(f"{op.name}: a wrong answer: {error}") from None
        bench.housekeeping(rounds)
    bench.clear()


@case("random and damaged links")
def random_links(bench):
    names = list(bench.spec.sets["link"])
    for _ in fuzz_rounds(0.2):
        data = bench.spec.encode("link", bench.values("link", names))
        if random.random() < 0.5:
            data = damage(data)
        name = random.choice(NAMES)
        known = bench.link.links()
        try:
            if name not in known:
                bench.link.add(name, data)
            elif random.random() < 0.7:
                bench.link.change(known[name][0], data)
            else:
                bench.link.delete(known[name][0])
        except NlError as error:
            # A nest with no room for an attribute is the core's to refuse.
            expect(error.text or len(data) < 4,
                   f"{data.hex()} is refused without a text: {error}")
    for name, (index, _, _) in bench.link.links().items():
        if name in NAMES:
            bench.link.delete(index)


# ------------------------------------------------------------ without memory

FAIL_NTH = "/proc/thread-self/fail-nth"
FAILSLAB = "/sys/kernel/debug/failslab/"


def arm():
    """Let memory that may wait fail, too, and be silent about it."""
    if not os.path.exists(FAIL_NTH) or not os.path.isdir(FAILSLAB):
        raise Skip("this kernel cannot let allocations fail")
    for name, value in (("ignore-gfp-wait", "N"), ("verbose", "0")):
        with open(FAILSLAB + name, "w", encoding="utf-8") as file:
            file.write(value)


def send_failing(sock, message, number):
    """Send while the number-th allocation fails: (did one, error)."""
    error = None
    with open(FAIL_NTH, "r+b", buffering=0) as file:
        file.write(b"%d" % number)
        try:
            sock.send(message)
        except OSError as failed:
            error = failed
        left = int(file.read(16).strip(b"\0\n") or b"0")
        file.write(b"0")
    return left == 0, error


def attempt_failing(sock, message, number):
    """(an allocation failed, the request was certainly refused)"""
    failed, error = send_failing(sock, message, number)
    if error:
        # It never got to the kernel's other side.
        return failed, True
    try:
        sock.answers(message)
        return failed, False
    except NlError:
        return failed, True
    except OSError as lost:
        # The answer itself found no memory.
        if lost.errno != errno.ENOBUFS:
            raise
        return failed, False


class Step:
    """A request that is tried again and again, and how to undo it."""

    def __init__(self, prepare, message, undo, sock=None):
        self.prepare, self.message = prepare, message
        self.undo, self.sock = undo, sock


def state(bench):
    out = [bench.nl.dump("dev-get"), bench.link.links(),
           bench.nl.dump("socket-get")]
    for kind in ("peer", "child", "sa"):
        for row in bench.nl.dump(kind + "-get", ifindex=bench.ifindex):
            row.pop("age-seconds", None)
            out.append(row)
    return out


def quietly(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except NlError:
        return None


def every_allocation(bench, step):
    """The first allocation fails, then the second, until none is left."""
    sock = step.sock or bench.nl
    for number in range(1, 500):
        step.prepare()
        before = state(bench)
        failed, refused = attempt_failing(sock, step.message(), number)
        if refused:
            after = state(bench)
            expect(before == after,
                   lambda: f"allocation {number} failed and left {after} "
                           f"where there was {before}")
        step.undo()
        if not failed:
            expect(number > 1, "nothing was ever allocated")
            note(f"{number - 1} allocations")
            return
    raise Failed("there is no end of allocations")


ALL_SUITES = (("aes-gcm-16", None, 20), ("chacha20-poly1305", None, 36),
              ("aes-cbc", "hmac-sha2-256-128", 16),
              ("null", "hmac-sha1-96", 0))


def sa_values(bench, direction, suite=ALL_SUITES[0], **more):
    encr, integ, length = suite
    integ_len = {"hmac-sha1-96": 20, "hmac-sha2-256-128": 32}.get(integ)
    return {"ifindex": bench.ifindex, "child": 50, "dir": direction,
            "spi": 0x5000, "encr": encr, "encr-key": bytes(length),
            "integ": integ, "integ-key": integ_len and bytes(integ_len),
            **more}


def failing(name):
    """Decorator: the function makes the Step of a case."""
    def add(function):
        def run(bench, *arguments):
            arm()
            step = function(bench, *arguments)
            quietly(bench.nl.do, "peer-del", ifindex=bench.ifindex, id=50)
            try:
                every_allocation(bench, step)
            finally:
                quietly(bench.nl.do, "peer-del", ifindex=bench.ifindex, id=50)
        case("without memory: " + name)(run)
        return function
    return add


def make_peer(bench):
    quietly(bench.nl.do, "peer-new", ifindex=bench.ifindex, id=50,
            remote="192.0.2.2")


def make_child(bench):
    make_peer(bench)
    quietly(bench.nl.do, "child-new", ifindex=bench.ifindex, id=50, peer=50)


def del_sa(bench, direction):
    quietly(bench.nl.do, "sa-del", ifindex=bench.ifindex, child=50,
            dir=direction, spi=0x5000)


@failing("peer-new")
def new_peer(bench):
    index = bench.ifindex
    return Step(lambda: None,
                lambda: bench.nl.message("peer-new", {
                    "ifindex": index, "id": 50, "remote": "2001:db8::2"}),
                lambda: quietly(bench.nl.do, "peer-del", ifindex=index,
                                id=50))


@failing("peer-new, which opens a socket")
def new_udp_peer(bench):
    index = bench.ifindex
    return Step(lambda: None,
                lambda: bench.nl.message("peer-new", {
                    "ifindex": index, "id": 50, "remote": "192.0.2.2",
                    "encap": "udp", "local-port": 7100}),
                lambda: quietly(bench.nl.do, "peer-del", ifindex=index,
                                id=50))


@failing("peer-set, which opens a socket and closes another")
def set_udp_peer(bench):
    def turn(port):
        return {"ifindex": bench.ifindex, "id": 50, "encap": "udp",
                "local-port": port}

    def prepare():
        make_peer(bench)
        bench.nl.do("peer-set", turn(7100))
    return Step(prepare,
                lambda: bench.nl.message("peer-set", turn(7101)),
                lambda: bench.nl.do("peer-set", turn(7100)))


def new_socket(bench, values):
    return Step(lambda: None,
                lambda: bench.nl.message("socket-new", {"id": 50, **values}),
                lambda: quietly(bench.nl.do, "socket-del", id=50))


for _family, _any in (("IPv4", "0.0.0.0"), ("IPv6", "::")):
    failing(f"socket-new, {_family}")(
        lambda bench, a=_any: new_socket(bench, {
            "encap": "udp", "local": a, "local-port": 7100}))


@failing("socket-new, handed over")
def hand_over(bench):
    return new_socket(bench, {"fd": bench.fds[0]})


@failing("peer-set")
def set_peer(bench):
    def turn(remote):
        return {"ifindex": bench.ifindex, "id": 50, "remote": remote}
    return Step(lambda: make_peer(bench),
                lambda: bench.nl.message("peer-set", turn("192.0.2.9")),
                lambda: bench.nl.do("peer-set", turn("192.0.2.2")))


def selectors(count):
    return ([{"start": f"10.1.{n}.1", "end": f"10.1.{n}.77"}
             for n in range(count)] +
            [{"start": f"fd00:{n}::1", "end": f"fd00:{n}::7777"}
             for n in range(count)])


@failing("child-new")
def new_child(bench):
    values = {"ifindex": bench.ifindex, "id": 50, "peer": 50,
              "local-ts": selectors(1), "remote-ts": selectors(2)}
    return Step(lambda: make_peer(bench),
                lambda: bench.nl.message("child-new", values),
                lambda: quietly(bench.nl.do, "child-del",
                                ifindex=bench.ifindex, id=50))


@failing("child-set")
def set_child(bench):
    def turn(count):
        return {"ifindex": bench.ifindex, "id": 50,
                "remote-ts": selectors(count)}
    return Step(lambda: make_child(bench),
                lambda: bench.nl.message("child-set", turn(2)),
                lambda: bench.nl.do("child-set", turn(1)))


def new_sa(bench, direction, suite, **more):
    return Step(lambda: make_child(bench),
                lambda: bench.nl.message(
                    "sa-new", sa_values(bench, direction, suite, **more)),
                lambda: del_sa(bench, direction))


for _suite in ALL_SUITES:
    for _direction, _more in (("in", {"esn": 1}), ("out", {"active": 1})):
        failing(f"sa-new {_direction}, {_suite[0]}")(
            lambda bench, d=_direction, s=_suite, m=_more:
            new_sa(bench, d, s, **m))


@failing("spi-alloc")
def alloc_spi(bench):
    values = {"ifindex": bench.ifindex, "child": 50, "spi-min": 0x5000,
              "spi-max": 0x5000, "larval-seconds": 3600}
    return Step(lambda: make_child(bench),
                lambda: bench.nl.message("spi-alloc", values),
                lambda: del_sa(bench, "in"))


@failing("sa-new for a larval SA")
def complete(bench):
    values = {"ifindex": bench.ifindex, "child": 50, "spi-min": 0x5000,
              "spi-max": 0x5000, "larval-seconds": 3600}

    def prepare():
        make_child(bench)
        bench.nl.do("spi-alloc", values)
    return Step(prepare,
                lambda: bench.nl.message("sa-new", sa_values(bench, "in")),
                lambda: del_sa(bench, "in"))


@failing("sa-activate")
def activate(bench):
    def prepare():
        make_child(bench)
        bench.nl.do("sa-new", sa_values(bench, "out"))
    values = {"ifindex": bench.ifindex, "child": 50, "spi": 0x5000}
    return Step(prepare,
                lambda: bench.nl.message("sa-activate", values),
                lambda: del_sa(bench, "out"))


@failing("peer-del with a child and its SAs")
def del_peer(bench):
    def prepare():
        make_child(bench)
        bench.nl.do("sa-new", sa_values(bench, "in"))
        bench.nl.do("sa-new", sa_values(bench, "out", active=1))
    values = {"ifindex": bench.ifindex, "id": 50}
    return Step(prepare,
                lambda: bench.nl.message("peer-del", values),
                lambda: quietly(bench.nl.do, "peer-del", values))


@failing("dumps")
def dumps(bench):
    kinds = ["dev", "peer", "child", "sa", "alg", "socket"]

    def message():
        kinds.append(kinds.pop(0))
        values = {} if kinds[0] in ("dev", "alg", "socket") else \
            {"ifindex": bench.ifindex}
        return bench.nl.message(kinds[0] + "-get", values, NLM_F_DUMP)
    return Step(lambda: make_child(bench), message, lambda: None)


def delete_link(bench, name):
    index = bench.link.links().get(name, (None,))[0]
    if index:
        bench.link.delete(index)


@failing("ip link add")
def add_link(bench):
    return Step(lambda: None,
                lambda: bench.link.add_message("f0", {
                    "local": "192.0.2.1", "remote": "192.0.2.2"}),
                lambda: delete_link(bench, "f0"), bench.link)


if __name__ == "__main__":
    main(Fuzzer)
