# SPDX-License-Identifier: GPL-2.0
"""Requests that must be refused, each with one mistake.

A refusal names the attribute and what is allowed: in its own text, or in the
attribute's offset and policy where the netlink core refuses. It changes
nothing, and is no event.
"""

import errno
import os
import struct

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614
from adit_nl import CLONE_NEWNET, LIBC, setns, tlv

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
IFLA_NET_NS_PID = 19

KEY = bytes(range(0x80, 0x94))
GCM = {"encr": "aes-gcm-16", "encr-key": KEY}
SA_IN, SA_OUT, LARVAL = 0x1001, 0x2001, 0x3001
# Sockets: of each family, and one that has no ESP; the port of the first two,
# and one that another program has.
SOCK_4, SOCK_6, SOCK_IKE = 4, 6, 9
PORT, TAKEN = 7000, 7001


class Refusals(Bench):
    """A device with a bit of everything; ids and SPIs are known."""

    def __init__(self):
        super().__init__()
        index = self.ifindex
        self.events = in_netns(self.left, Family, self.spec)
        self.lo = in_netns(self.left, socket.if_nametoindex, "lo")
        self.veth = in_netns(self.left, socket.if_nametoindex, "veth0")
        self.nl.do("peer-new", ifindex=index, id=1, local=OUTER[4][0],
                   remote=OUTER[4][1])
        self.nl.do("child-new", {
            "ifindex": index, "id": 1, "peer": 1,
            "local-ts": [{"start": "10.0.0.0", "end": "10.0.0.255"}],
            "remote-ts": [{"start": "10.1.0.0", "end": "10.1.0.255"}]})
        self.nl.do("sa-new", ifindex=index, child=1, dir="in", spi=SA_IN,
                   **GCM)
        self.nl.do("sa-new", ifindex=index, child=1, dir="out", spi=SA_OUT,
                   active=1, **GCM)
        self.nl.do("spi-alloc", {"ifindex": index, "child": 1,
                                 "spi-min": LARVAL, "spi-max": LARVAL,
                                 "larval-seconds": 3600})
        for number, any_address in ((SOCK_4, "0.0.0.0"), (SOCK_6, "::")):
            self.nl.do("socket-new", {"id": number, "encap": "udp",
                                      "local": any_address,
                                      "local-port": PORT})
        self.ike = self.udp()
        self.nl.do("socket-new", id=SOCK_IKE, fd=self.ike.fileno(), marker=0)
        self.taken = self.udp(TAKEN)
        self.events.join("config")

    def udp(self, port=0, netns=None):
        """A UDP socket of a program, bound unless the port is None."""
        sock = in_netns(netns or self.left, socket.socket, socket.AF_INET,
                        socket.SOCK_DGRAM)
        if port is not None:
            sock.bind(("0.0.0.0", port))
        return sock

    def state(self):
        """All that there is, but what time changes."""
        out = {"net": self.nl.do("net-get"), "dev": self.nl.dump("dev-get"),
               "links": self.link.links(),
               "socket": self.nl.dump("socket-get")}
        for kind in ("peer", "child", "sa"):
            rows = self.nl.dump(kind + "-get", ifindex=self.ifindex)
            for row in rows:
                row.pop("age-seconds", None)
                row.pop("idle-seconds", None)
            out[kind] = rows
        return out

    @contextlib.contextmanager
    def more_children(self, *protocols):
        """A child for each, until the end of the with statement."""
        ids = [self.nl.do("child-new", ifindex=self.ifindex, peer=1,
                          protocols=number)["id"] for number in protocols]
        self.events.events(0)
        yield ids
        for number in ids:
            self.nl.do("child-del", ifindex=self.ifindex, id=number)
        self.events.events(0)

    def check_refusals(self, attempts):
        """Each attempt must be refused in its own way, and change nothing."""
        before = self.state()
        wrong = []
        for what, attempt, number, attr, told in attempts:
            try:
                answer = attempt()
                wrong.append(f"{what}: was accepted: {answer}")
            except NlError as error:
                why = unlike(error, number, attr, told)
                if why:
                    wrong.append(f"{what}: {why}; it was: {error}")
        after = self.state()
        for kind, value in before.items():
            if value != after[kind]:
                wrong.append(f"{kind} changed from {value} to {after[kind]}")
        events = self.events.events(0)
        if events:
            wrong.append(f"there were events: {events}")
        expect(not wrong, lambda: "\n".join(wrong))

    def check_requests(self, op, base, rows, dump=False):
        ask = self.nl.dump if dump else self.nl.do

        def attempts():
            for change, number, attr, told in rows:
                values = {k: v for k, v in {**base, **change}.items()
                          if v is not None}
                yield (f"{op} {change}",
                       lambda values=values: ask(op, values), number, attr,
                       told)
        self.check_refusals(attempts())


def unlike(error, number, attr, told):
    """How a refusal differs from what it should be, or None."""
    if error.errno != number:
        return f"should be {errno.errorcode[number]}"
    text = error.text or ""
    named = text.split(": ")[0].split(" ")
    if attr not in named and attr not in (error.attr or "").split("/"):
        return f"does not name {attr}"
    if not re.search(told, text) and not re.search(told, str(error.policy)):
        return f"does not tell '{told}'"
    return None


def policy(low=None, high=None):
    """What the netlink core tells of a range."""
    return ".*".join(f"'{name}': {value}\\b" for name, value in
                     (("min", low), ("max", high)) if value is not None)


INVALID, RANGE, MISSING, NODEV, EXISTS, UNSUPPORTED = (
    errno.EINVAL, errno.ERANGE, errno.ENOENT, errno.ENODEV, errno.EEXIST,
    errno.EOPNOTSUPP)


def no_device(bench):
    """Rows that every request about a device has."""
    yield {"ifindex": None}, INVALID, "ifindex", "is missing"
    for index in (0, bench.lo, bench.veth, 0x7fffffff, 0xffffffff):
        yield {"ifindex": index}, NODEV, "ifindex", "of kind adit"
    for length in (2, 5):
        yield {"ifindex": Raw(bytes(length))}, INVALID, "ifindex", "'type': "


def no_object(name, what):
    """Rows of requests about an object that there is not."""
    yield {name: None}, INVALID, name, "is missing"
    for number in (2, 0x7fffffff, 0xffffffff):
        yield {name: number}, MISSING, name, f"has no {what} {number}"


def bad_id():
    for number in (0x7fffffff, 0xffffffff):
        yield {"id": number}, RANGE, "id", "not below 2147483647"
    yield {"id": 1}, EXISTS, "id", "already"


def bad_ends():
    """Rows of what has the ends of a path, with netlink or rtnetlink."""
    for name in ("local", "remote"):
        for length in (0, 1, 3, 5, 15, 17, 200):
            yield ({name: Raw(bytes(length))}, INVALID, name,
                   r"4 \(IPv4\) or 16 \(IPv6\)")
        for address in ("224.0.0.1", "255.255.255.255", "ff02::1"):
            yield {name: address}, INVALID, name, "unicast"
    yield ({"local": "192.0.2.1", "remote": "2001:db8::2"}, INVALID, "remote",
           "both")
    yield {"encap": 3}, RANGE, "encap", policy(high=2)
    for name in ("local-port", "remote-port"):
        yield {name: 4500}, INVALID, name, "udp or tcp"
        yield {"encap": "udp", name: 0}, INVALID, name, "0 is no port"
    udp = {"encap": "udp", "local-port": TAKEN}
    yield ({**udp, "local": "0.0.0.0"}, errno.EADDRINUSE, "local-port",
           f"another socket has UDP port {TAKEN}")


def bad_peer():
    """Rows of what netlink alone knows of a peer that is IPv4."""
    yield from bad_ends()
    udp = {"encap": "udp"}
    yield {"roam": 2}, RANGE, "roam", policy(high=1)
    for seconds in (3601, 0xffffffff):
        yield ({**udp, "keepalive": seconds}, RANGE, "keepalive",
               policy(high=3600))
    for encap in ("none", "tcp"):
        yield ({"encap": encap, "keepalive": 1}, INVALID, "keepalive",
               "encap udp only")
    yield {"socket": SOCK_4}, INVALID, "socket", "udp or tcp only"
    for number in (0, 5, 0xffffffff):
        yield ({**udp, "socket": number}, MISSING, "socket",
               f"no socket {number} here")
    yield {**udp, "socket": SOCK_6}, INVALID, "socket", "IPv6 only"
    yield {**udp, "socket": SOCK_IKE}, INVALID, "socket", "no ESP"
    yield ({"encap": "tcp", "socket": SOCK_4}, INVALID, "socket",
           "for encap udp")
    yield ({**udp, "socket": SOCK_4, "local-port": 4500}, INVALID,
           "local-port", f"4500, and the socket's is {PORT}")


@case("peer-new")
def peer_new(bench):
    base = {"ifindex": bench.ifindex, "remote": "192.0.2.2"}
    bench.check_requests("peer-new", base,
                         [*no_device(bench), *bad_id(), *bad_peer()])
    bench.check_requests("peer-new", {"ifindex": bench.ifindex}, [
        ({"encap": "udp"}, INVALID, "local", "is missing"),
        ({"encap": "udp", "local": "::", "socket": SOCK_4}, INVALID, "socket",
         "IPv4 only")])


@case("peer-set, peer-del and peer-get")
def peer_rest(bench):
    base = {"ifindex": bench.ifindex, "id": 1}
    rows = [*no_device(bench), *no_object("id", "peer")]
    bench.check_requests("peer-set", base, [
        *rows, *bad_peer(),
        ({"remote": "2001:db8::2"}, INVALID, "remote", "both"),
        ({"local": "2001:db8::1"}, INVALID, "local", "both")])
    bench.check_requests("peer-del", base, rows)
    # Without an id it is peer 0 that is asked for.
    rows = [row for row in rows if row[0] != {"id": None}]
    bench.check_requests("peer-get", base, [
        *rows, ({"id": None}, MISSING, "id", "no peer 0")])
    bench.check_requests("peer-get", {"ifindex": bench.ifindex},
                         no_device(bench), dump=True)


@case("socket-new, for one that the module opens")
def socket_new(bench):
    base = {"encap": "udp", "local": "0.0.0.0", "local-port": 7100}
    rows = [({"id": 0}, RANGE, "id", "stands for no socket"),
            ({"id": SOCK_4}, EXISTS, "id", f"a socket {SOCK_4} already"),
            ({"encap": None}, INVALID, "encap", "is missing"),
            ({"encap": 0}, UNSUPPORTED, "encap", "for udp or tcp"),
            ({"encap": 3}, RANGE, "encap", policy(high=2)),
            ({"local": None}, INVALID, "local", "is missing"),
            ({"local": "192.0.2.99"}, errno.EADDRNOTAVAIL, "local",
             "not an address of this host"),
            ({"remote": "192.0.2.2"}, INVALID, "encap", "remote.*tcp only"),
            ({"remote-port": 9}, INVALID, "encap", "remote-port.*tcp only"),
            ({"listen": 1}, INVALID, "encap", "listen.*tcp only"),
            ({"marker": 0}, INVALID, "marker", "handed over"),
            ({"state": 0}, INVALID, "state", "")]
    rows += [({"id": n}, RANGE, "id", "not below 2147483647")
             for n in (0x7fffffff, 0xffffffff)]
    rows += [({"local": Raw(bytes(n))}, INVALID, "local", "4 .* or 16")
             for n in (0, 3, 5, 15, 17)]
    rows += [({"local": address}, INVALID, "local", "unicast")
             for address in ("224.0.0.1", "255.255.255.255", "ff02::1")]
    rows += [({"local-port": n}, errno.EADDRINUSE, "local-port",
              f"UDP port {n} already") for n in (PORT, TAKEN)]
    rows += [({name: n}, RANGE, name, policy(high=1))
             for name in ("listen", "marker") for n in (2, 255)]
    bench.check_requests("socket-new", base, rows)


@case("socket-new, for one that is handed over")
def socket_new_fd(bench):
    unix = in_netns(bench.left, socket.socket, socket.AF_UNIX)
    tcp = in_netns(bench.left, socket.socket)
    with (bench.udp() as good, bench.udp(None) as unbound,
          bench.udp(0, bench.right) as foreign, unix, tcp,
          open("/dev/null", "rb") as file):
        bench.check_requests("socket-new", {"fd": good.fileno()}, [
            ({"fd": file.fileno()}, errno.ENOTSOCK, "fd", "no socket"),
            ({"fd": 1000}, errno.EBADF, "fd", "no socket"),
            ({"fd": 0xffffffff}, errno.EBADF, "fd", "no socket"),
            ({"fd": unix.fileno()}, INVALID, "fd", "no .*UDP"),
            ({"fd": foreign.fileno()}, INVALID, "fd", "another namespace"),
            ({"fd": unbound.fileno()}, errno.EINVAL, "fd", "not bound"),
            ({"fd": bench.ike.fileno()}, errno.EBUSY, "fd",
             "handed over already"),
            ({"encap": "tcp"}, INVALID, "encap", "speaks udp"),
            ({"encap": "none"}, INVALID, "encap", "speaks udp"),
            ({"fd": tcp.fileno(), "encap": "udp"}, INVALID, "encap",
             "speaks tcp"),
            ({"id": SOCK_4}, EXISTS, "id", "already"),
            ({"marker": 2}, RANGE, "marker", policy(high=1)),
            *[({name: value}, INVALID, name, "does not go with fd")
              for name, value in (("local", "0.0.0.0"), ("local-port", 9),
                                  ("remote", "192.0.2.2"),
                                  ("remote-port", 9), ("listen", 0))]])


@case("socket-del and socket-get")
def socket_rest(bench):
    rows = [({"id": None}, INVALID, "id", "is missing")]
    rows += [({"id": n}, MISSING, "id", f"no socket {n} here")
             for n in (0, 5, 0xffffffff)]
    for op in ("socket-del", "socket-get"):
        bench.check_requests(op, {"id": SOCK_4}, rows)


def bad_selectors():
    """(mistaken selector, attribute, what is told)"""
    start = {"start": "10.0.0.9"}
    yield {}, "start", "is missing"
    yield {"end": "10.0.0.9"}, "start", "is missing"
    for length in (0, 3, 5, 15, 17, 200):
        yield {"start": Raw(bytes(length))}, "start", "4 .* or 16"
        yield {**start, "end": Raw(bytes(length))}, "end", "4 .* or 16"
    yield {**start, "end": "fd00::1"}, "end", "family of start"
    yield {**start, "end": "10.0.0.8"}, "end", "below start"
    yield ({"start": "fd00::2", "end": "fd00::1"}, "end", "below start")
    yield {**start, "proto": 17, "port-end": 9}, "port-end", "port-start"
    yield ({**start, "proto": 6, "port-start": 9, "port-end": 8}, "port-end",
           "8 is below port-start 9")
    # Next to OPAQUE, which is 65535 to 0.
    yield ({**start, "proto": 6, "port-start": 65535, "port-end": 1},
           "port-end", "1 is below port-start 65535")
    yield ({**start, "proto": 6, "port-start": 65534, "port-end": 0},
           "port-end", "0 is below port-start 65534")
    yield {**start, "port-start": 65535}, "port-start", "needs proto"
    yield {**start, "port-start": 9}, "port-start", "needs proto"
    yield {**start, "proto": 0, "port-start": 9}, "port-start", "needs proto"
    yield ({**start, "port-start": 0, "port-end": 65534}, "port-start",
           "needs proto")


def bad_child():
    for side in ("local-ts", "remote-ts"):
        for selector, attr, told in bad_selectors():
            yield {side: [selector]}, INVALID, attr, told
            # The last of many, too.
            yield ({side: [{"start": "10.0.0.1"}] * 63 + [selector]}, INVALID,
                   attr, told)
        yield ({side: [{"start": "10.0.0.1"}] * 65}, errno.E2BIG, side,
               "more than 64")
        yield ({side: [[("start", "10.0.0.1"), (99, b"")]]}, INVALID, side,
               "nknown attribute")
    yield ({"local-ts": [{"start": "10.0.0.1"}],
            "remote-ts": [{"start": "fd00::1"}]}, INVALID, "local-ts",
           "same famil")
    yield ({"local-ts": [{"start": "10.0.0.1"}, {"start": "fd00::1"}],
            "remote-ts": [{"start": "fd00::1"}]}, INVALID, "remote-ts",
           "same famil")
    for seconds in (0, 0xffffffff):
        yield ({"hold-seconds": seconds}, RANGE, "hold-seconds",
               "between 1 and [1-9]")
    for value in (2, 255):
        yield {"icmp-errors": value}, RANGE, "icmp-errors", policy(high=1)


@case("child-new")
def child_new(bench):
    base = {"ifindex": bench.ifindex, "peer": 1}
    rows = [({"peer": n}, MISSING, "peer", f"no peer {n}")
            for n in (2, 0xffffffff)]
    rows += [({"mode": n}, RANGE, "mode", policy(1, 2)) for n in (0, 3, 255)]
    rows += [({"protocols": n}, RANGE, "protocols", policy(1, 3))
             for n in (0, 4, 255)]
    rows += [({"held": 1}, INVALID, "held", "")]
    bench.check_requests("child-new", base, [
        *no_device(bench), *bad_id(), *bad_child(), *rows])
    bench.check_requests("child-new", {"ifindex": bench.ifindex},
                         [({}, MISSING, "peer", "no peer 0")])


@case("AH, and a peer that is reached through UDP")
def ah_in_udp(bench):
    index = bench.ifindex
    peer = bench.nl.do("peer-new", ifindex=index, remote="192.0.2.2",
                       encap="udp", socket=SOCK_4)["id"]
    bench.events.events(0)
    bench.check_requests("child-new", {"ifindex": index, "peer": peer}, [
        ({"protocols": n}, INVALID, "protocols",
         "RFC 3948, 1.*udp or tcp") for n in (2, 3)])
    bench.nl.do("peer-del", ifindex=index, id=peer)
    for protocols in (2, 3):
        with bench.more_children(protocols):
            bench.check_requests("peer-set", {"ifindex": index, "id": 1}, [
                ({"encap": "udp"}, INVALID, "encap",
                 "child with AH.*RFC 3948, 1"),
                ({"encap": "udp", "socket": SOCK_4}, INVALID, "encap",
                 "child with AH")])


@case("child-set, child-del and child-get")
def child_rest(bench):
    base = {"ifindex": bench.ifindex, "id": 1}
    rows = [*no_device(bench), *no_object("id", "child")]
    bench.check_requests("child-set", base, [
        *rows, *bad_child(),
        ({"local-ts": [{"start": "fd00::1"}]}, INVALID, "local-ts", "famil")])
    bench.check_requests("child-del", base, rows)
    bench.check_requests("child-get", base, rows)
    bench.check_requests("dummy-send", base, [
        *rows, ({"mode": 1}, INVALID, "mode", ""),
        *[({"dummy-length": n}, errno.EMSGSIZE, "dummy-length",
           f"{n} does not fit") for n in (1500, 65536, 0xffffffff)]])
    bench.check_requests("child-get", {"ifindex": bench.ifindex},
                         no_device(bench), dump=True)


def bad_sa_id(bench, spi=True):
    """Rows that all requests about an SA have."""
    yield from no_device(bench)
    yield from no_object("child", "child")
    for proto in (0, 4, 51, 108, 255):
        yield {"proto": proto}, INVALID, "proto", r"50 \(ESP\)"
    if not spi:
        return
    yield {"spi": None}, INVALID, "spi", "is missing"
    for number in (0, 1, 255):
        yield {"spi": number}, INVALID, "spi", "0x100 is the lowest"


def bad_dir():
    yield {"dir": None}, INVALID, "dir", "in 1, out 2"
    for number in (0, 3, 255):
        yield {"dir": number}, RANGE, "dir", policy(1, 2)


def bad_algorithms():
    mac = {"integ": "hmac-sha2-256-128", "integ-key": bytes(32)}
    cbc = {"encr": "aes-cbc", "encr-key": bytes(16)}
    yield {"encr": None}, INVALID, "encr", "is missing.*18-21"
    for number in (0, 4, 5, 10, 17, 22, 32, 65535):
        yield {"encr": number}, UNSUPPORTED, "encr", "not known.*18-21"
    for number, why in ((1, "des"), (2, "des"), (7, "blowfish"), (9, "des")):
        yield {"encr": number}, UNSUPPORTED, "encr", f"{why} is not secure"
    for no in ({}, {"legacy": 0}):
        yield ({"encr": "3des", "encr-key": bytes(24), **mac, **no},
               UNSUPPORTED, "encr", "3des is weak.*needs legacy")
        yield ({**cbc, "integ": "hmac-md5-96", "integ-key": bytes(16), **no},
               UNSUPPORTED, "integ", "hmac-md5-96 is weak.*needs legacy")
    for more in (mac, {"integ": "hmac-sha1-96"}, {"integ-key": bytes(32)},
                 {"integ": "none", "integ-key": bytes(32)}):
        yield more, INVALID, "integ", "none"
    for encr in (cbc, {"encr": "null", "encr-key": None}):
        for none in ({}, {"integ": "none"}):
            yield ({**encr, **none}, INVALID, "integ",
                   "is missing.*8-14")
        for number in (3, 4, 6, 15, 65535):
            yield ({**encr, **mac, "integ": number}, UNSUPPORTED, "integ",
                   "not known.*8-14")
        for number in (9, 10, 11):
            yield ({**encr, **mac, "integ": number}, INVALID, "integ",
                   "is for ah .RFC 4543, 4., with esp it is encr 21")


def bad_keys():
    mac = {"integ": "hmac-sha1-96", "integ-key": bytes(20)}
    for encr, told, lengths, more in (
            ("aes-gcm-16", "20, 28 or 36", (20, 28, 36), {}),
            ("chacha20-poly1305", "36", (36,), {}),
            ("aes-ccm-12", "19, 27 or 35", (19, 27, 35), {}),
            ("aes-ctr", "20, 28 or 36", (20, 28, 36), mac),
            ("3des", "24", (24,), {**mac, "legacy": 1}),
            ("aes-cbc", "16, 24 or 32", (16, 24, 32), mac),
            ("null", "0", (0,), mac)):
        for length in {*range(130), 1000} - set(lengths):
            yield ({"encr": encr, "encr-key": bytes(length), **more}, INVALID,
                   "encr-key", f"{length} octets, {encr} takes {told}$")
    for integ, right in (("hmac-sha1-96", 20), ("hmac-sha2-256-128", 32),
                         ("hmac-sha2-384-192", 48),
                         ("hmac-sha2-512-256", 64), ("aes-xcbc-96", 16)):
        for length in {*range(130), 1000} - {right}:
            yield ({"encr": "aes-cbc", "encr-key": bytes(16), "integ": integ,
                    "integ-key": bytes(length)}, INVALID, "integ-key",
                   f"{length} octets, {integ} takes {right}$")


@case("sa-new")
def sa_new(bench):
    base = {"ifindex": bench.ifindex, "child": 1, "dir": "in", "spi": 0x4001,
            **GCM}
    rows = [({"replay-window": n}, RANGE, "replay-window", "65536")
            for n in (65537, 0xffffffff)]
    rows += [({name: n, "dir": "out"}, RANGE, name, policy(high=1))
             for name in ("esn", "active", "legacy") for n in (2, 255)]
    rows += [({"ipcomp": n}, UNSUPPORTED, "ipcomp", "2 .deflate. is")
             for n in (0, 1, 3, 4, 255)]
    rows += [({"ipcomp": 2, "cpi": n}, INVALID, "cpi", "RFC 3173, 3.3")
             for n in (0, 1, 3, 255)]
    rows += [
        ({"cpi": 300}, INVALID, "cpi", "needs ipcomp"),
        ({"ipcomp": 2, "dir": "out", "tfc-padding": 100}, INVALID,
         "tfc-padding", "without ipcomp"),
        ({"replay-window": 0, "esn": 1}, INVALID, "replay-window", "esn"),
        ({"replay-window": 64, "dir": "out"}, INVALID, "replay-window", "in"),
        ({"active": 1}, INVALID, "active", "dir out"),
        ({"spi": SA_IN}, EXISTS, "spi", "has an SA already"),
        ({"spi": SA_OUT, "dir": "out"}, EXISTS, "spi", "has an SA already"),
        ({"spi": LARVAL, "encr": 999}, UNSUPPORTED, "encr", "18-21"),
        ({"limits": [(99, b"")]}, INVALID, "limits", "nknown attribute"),
        ({"limits": {"hard-bytes": Raw(bytes(4))}}, INVALID, "hard-bytes", ""),
        ({"sequence": 1 << 32}, RANGE, "sequence", "more than 4294967295"),
        ({"sequence": (1 << 64) - 1, "esn": 1}, RANGE, "sequence",
         "more than 18446744069414584320"),
        ({"replay-seen": b"1"}, INVALID, "replay-seen", "with sequence"),
        ({"replay-seen": b"1", "sequence": 7, "dir": "out"}, INVALID,
         "replay-seen", "dir in"),
        ({"replay-seen": bytes(8193), "sequence": 7}, RANGE, "replay-seen",
         "out of range|'max-len': 8192"),
        ({"tfc-padding": 100}, INVALID, "tfc-padding", "RFC 4303, 2.7"),
        ({"spi-min": 7}, INVALID, "spi-min", "")]
    rows += [({"tfc-padding": n, "dir": "out"}, RANGE, "tfc-padding",
              "65535.*0xffffffff") for n in (65536, 0xfffffffe)]
    bench.check_requests("sa-new", base, [
        *bad_sa_id(bench), *bad_dir(), *bad_algorithms(), *rows])


@case("sa-new: every wrong length of every key")
def sa_new_keys(bench):
    base = {"ifindex": bench.ifindex, "child": 1, "dir": "in", "spi": 0x4001,
            **GCM}
    bench.check_requests("sa-new", base, bad_keys())


@case("sa-new: AH, and AH around ESP")
def sa_new_ah(bench):
    mac = {"integ": "hmac-sha2-256-128", "integ-key": bytes(32)}
    with bench.more_children(2, 3) as (ah, bundle):
        base = {"ifindex": bench.ifindex, "child": ah, "dir": "in",
                "spi": 0x4001, **mac}
        rows = [({"proto": n}, INVALID, "proto", r"51 \(AH\)")
                for n in (0, 50, 108)]
        rows += [
            ({"encr": "null"}, INVALID, "encr", "RFC 4302"),
            ({"encr-key": bytes(4)}, INVALID, "encr-key", "RFC 4302"),
            ({"integ": None}, INVALID, "integ", "is missing, ah needs"),
            ({"integ": "none"}, INVALID, "integ", "is missing, ah needs"),
            ({"integ": "hmac-md5-96", "integ-key": bytes(16)}, UNSUPPORTED,
             "integ", "weak.*needs legacy"),
            ({"integ": "aes-256-gmac"}, INVALID, "integ-key",
             "32 octets, aes-256-gmac takes 36$"),
            ({"ah-spi": 0x4002}, INVALID, "ah-spi", "ah-esp only"),
            ({"tfc-padding": 100, "dir": "out"}, INVALID, "tfc-padding",
             "of esp.*RFC 4303, 2.7"),
            ({"replay-window": 0, "esn": 1}, INVALID, "replay-window", "esn")]
        bench.check_requests("sa-new", base, rows)
        bench.check_requests("dummy-send", {"ifindex": bench.ifindex}, [
            ({"id": ah}, UNSUPPORTED, "id", "dummy packets are of esp")])

        base = {"ifindex": bench.ifindex, "child": bundle, "dir": "out",
                "spi": 0x4001, **GCM}
        bench.check_requests("sa-new", base, [
            ({"proto": 108}, INVALID, "proto", r"50 \(ESP\) and 51 \(AH\)"),
            ({}, INVALID, "ah-spi", "is missing.*has AH around ESP"),
            ({"ah-spi": 0x4002}, MISSING, "ah-spi", "no AH SA 0x0*4002 out"),
            ({"ah-spi": 0x4002, "dir": "in"}, INVALID, "ah-spi",
             "outbound ESP"),
            ({"proto": 51, "encr": None, "encr-key": None, **mac,
              "ah-spi": 0x4002}, INVALID, "ah-spi", "outbound ESP")])


@case("sa-activate: of a bundle only as a whole")
def activate_bundle(bench):
    mac = {"integ": "hmac-sha2-256-128", "integ-key": bytes(32)}
    with bench.more_children(3) as (bundle,):
        base = {"ifindex": bench.ifindex, "child": bundle}
        out = {**base, "dir": "out"}
        bench.nl.do("sa-new", {**out, "proto": 51, "spi": 0x4002, **mac})
        bench.nl.do("sa-new", {**out, "spi": 0x4001, **GCM, "ah-spi": 0x4002})
        bench.events.events(0)
        bench.check_requests("sa-activate", {**base, "spi": 0x4002}, [
            ({"proto": 51}, INVALID, "spi", "activate that"),
            ({}, MISSING, "spi", "no SA 0x0*4002")])
        bench.nl.do("sa-del", {**out, "proto": 51, "spi": 0x4002})
        bench.events.events(0)
        bench.check_requests("sa-activate", {**base, "spi": 0x4001}, [
            ({}, MISSING, "spi", "AH SA 0x0*4002 around it is gone")])


@case("sa-set, sa-activate, sa-del and sa-get")
def sa_rest(bench):
    base = {"ifindex": bench.ifindex, "child": 1, "dir": "in", "spi": SA_IN}
    absent = [({"spi": n}, MISSING, "spi", "no SA 0x")
              for n in (SA_OUT, 0x4001, 0xffffffff)]
    rows = [*bad_sa_id(bench), *bad_dir(), *absent,
            ({"dir": "out"}, MISSING, "spi", "no SA 0x0*1001 out")]
    bench.check_requests("sa-set", base, [
        *rows, ({"spi": LARVAL}, INVALID, "spi", "larval"),
        ({"limits": [(99, b"")]}, INVALID, "limits", "nknown attribute"),
        ({"tfc-padding": 0}, INVALID, "tfc-padding", "RFC 4303, 2.7"),
        ({"tfc-padding": 65536, "dir": "out", "spi": SA_OUT}, RANGE,
         "tfc-padding", "65535.*0xffffffff")])
    bench.check_requests("sa-del", base, rows)
    bench.check_requests("sa-get", base, rows)
    del base["dir"]
    bench.check_requests("sa-activate", {**base, "spi": SA_OUT}, [
        *bad_sa_id(bench),
        *[({"spi": n}, MISSING, "spi", "no SA 0x")
          for n in (SA_IN, LARVAL, 0x4001)]])
    bench.check_requests("sa-get", {"ifindex": bench.ifindex},
                         no_device(bench), dump=True)


@case("spi-alloc")
def spi_alloc(bench):
    base = {"ifindex": bench.ifindex, "child": 1}
    rows = [({"spi-min": low, "spi-max": high}, RANGE, "spi-min",
             "0x100 up")
            for low, high in ((0, None), (255, 300), (0x200, 0x1ff),
                              (0xffffffff, 0x100))]
    rows += [({"spi-max": 255}, RANGE, "spi-max", "0x100 up"),
             ({"spi-min": SA_IN, "spi-max": SA_IN}, errno.ENOSPC, "spi-min",
              "none free"),
             ({"encr": 20}, INVALID, "encr", "")]
    rows += [({"larval-seconds": n}, RANGE, "larval-seconds",
              "between 1 and [1-9]") for n in (0, 0xffffffff)]
    bench.check_requests("spi-alloc", base,
                         [*bad_sa_id(bench, spi=False), *rows])


@case("alg-get, dev-get and net-get")
def the_rest(bench):
    bench.check_requests("alg-get", {"transform": "encr", "id": 20}, [
        ({"transform": None}, INVALID, "transform", "is missing"),
        ({"transform": 2}, INVALID, "transform", "enum"),
        ({"transform": 255}, INVALID, "transform", "enum"),
        ({"transform": "integ"}, MISSING, "id", "20"),
        ({"id": None}, INVALID, "id", "is missing"),
        ({"id": 65535}, MISSING, "id", "65535")])
    rows = list(no_device(bench))
    bench.check_requests("dev-get", {"ifindex": bench.ifindex}, rows)
    # Without an interface it is the caller's own namespace.
    bench.check_requests("net-get", {"ifindex": bench.ifindex}, rows[1:])


def bad_link():
    yield from bad_ends()
    yield {"encap": "udp"}, INVALID, "local", "is missing"
    yield {"underlay": 0x7fffffff}, NODEV, "underlay", "no other interface"
    for name in ("ttl-inherit", "dsfield-inherit", "flowlabel-inherit",
                 "decap-dscp"):
        yield {name: 2}, RANGE, name, policy(high=1)
    for value in (1, 2, 3, 0xff):
        yield {"dsfield": value}, INVALID, "dsfield", "RFC 6040"
    yield {"df": 3}, RANGE, "df", policy(high=2)
    for value in (0x100000, 0xffffffff):
        yield {"flowlabel": value}, RANGE, "flowlabel", "more than 0xfffff"
    # The right half of a wrong request counts for nothing.
    yield ({"fwmark": 5, "remote": "224.0.0.1"}, INVALID, "remote", "unicast")
    yield ({"fwmark": 5, "remote": "192.0.2.9", "dsfield": 1}, INVALID,
           "dsfield", "RFC 6040")


@case("ip link add")
def link_add(bench):
    bench.check_refusals(
        (f"add {data}", lambda data=data: bench.link.add("vpn1", data), *rest)
        for data, *rest in bad_link())


@case("ip link set")
def link_set(bench):
    itself = ({"underlay": bench.ifindex}, NODEV, "underlay",
              "no other interface")
    bench.check_refusals(
        (f"set {data}",
         lambda data=data: bench.link.change(bench.ifindex, data), *rest)
        for data, *rest in [*bad_link(), itself])


@case("the same requests without their mistakes")
def no_mistake(bench):
    """Or the cases above would pass for the wrong reason."""
    index = bench.ifindex
    many = [{"start": f"10.0.1.{n}", "proto": 17, "port-start": 1,
             "port-end": 1} for n in range(64)]
    peer = bench.nl.do("peer-new", ifindex=index, remote="192.0.2.2")["id"]
    child = bench.nl.do("child-new", {"ifindex": index, "peer": peer,
                                      "local-ts": many, "remote-ts": many,
                                      "hold-seconds": 1})["id"]
    bench.nl.do("sa-new", ifindex=index, child=child, dir="in", spi=0x4001,
                **GCM)
    bench.nl.do("sa-new", {"ifindex": index, "child": child, "dir": "in",
                           "spi": 0x100, "replay-window": 65536, **GCM})
    # Two peers may well choose the same SPI.
    bench.nl.do("sa-new", ifindex=index, child=child, dir="out", spi=SA_OUT,
                **GCM)
    bench.nl.do("dummy-send", {"ifindex": index, "id": 1,
                               "dummy-length": 1400})
    bench.nl.do("peer-del", ifindex=index, id=peer)
    for more in ({"remote": "192.0.2.2"}, {"remote": "192.0.2.2",
                                           "local-port": 7100}, {}):
        peer = bench.nl.do("peer-new", ifindex=index, encap="udp",
                           keepalive=3600, roam=0,
                           **more or {"socket": SOCK_4})["id"]
        bench.nl.do("peer-del", ifindex=index, id=peer)
    opened = bench.nl.do("socket-new", {"encap": "udp", "local": "::",
                                        "local-port": 7100})["id"]
    with bench.udp() as sock:
        given = bench.nl.do("socket-new", fd=sock.fileno())["id"]
        for number in (opened, given):
            bench.nl.do("socket-del", id=number)
    expect(len(bench.nl.dump("socket-get")) == 3, "sockets are left")
    bench.link.add("vpn1", {"remote": "192.0.2.9", "dsfield": 4, "df": 2})
    bench.link.delete(in_netns(bench.left, socket.if_nametoindex, "vpn1"))
    bench.events.events(0)


# ------------------------------------------------------------------ secrets

@case("keys come back neither in a refusal nor in a dump")
def keys_stay(bench):
    secret = os.urandom(20)
    seen = bench.nl.record = []
    try:
        base = {"ifindex": bench.ifindex, "child": 1, "dir": "in",
                "encr": "aes-gcm-16", "encr-key": secret}
        for change in ({"spi": SA_IN}, {"spi": 1}, {"spi": 7, "child": 9},
                       {"spi": 0x5001, "integ-key": secret},
                       {"spi": 0x5001, "ifindex": bench.lo}):
            try:
                bench.nl.do("sa-new", {**base, **change})
            except NlError:
                continue
            raise Failed(f"{change} was accepted")
        bench.nl.do("sa-new", {**base, "spi": 0x5001})
        bench.nl.dump("sa-get", ifindex=bench.ifindex)
        bench.nl.do("sa-get", ifindex=bench.ifindex, child=1, dir="in",
                    spi=0x5001)
        bench.nl.do("sa-del", ifindex=bench.ifindex, child=1, dir="in",
                    spi=0x5001)
    finally:
        bench.nl.record = None
    expect(secret not in b"".join(seen), "the kernel sent a key back")
    bench.events.events(0)


# -------------------------------------------------------------- who may ask

def in_child(function, meanwhile=None):
    """What function(socket) returns in a process of its own.

    meanwhile(pid, socket) runs here, to talk to it.
    """
    here, there = socket.socketpair()
    pid = os.fork()
    if not pid:
        here.close()
        try:
            text = str(function(there))
        except BaseException as error:  # pylint: disable=W0718
            text = f"{type(error).__name__}: {error}"
        there.sendall(text.encode())
        os._exit(0)
    there.close()
    with here:
        if meanwhile:
            meanwhile(pid, here)
        text = here.makefile().read()
    os.waitpid(pid, 0)
    if text.startswith("Skip: "):
        raise Skip(text[6:])
    return text


def may(nl, index):
    """Names of the requests that are not refused for want of a right."""
    out = []
    values = {"ifindex": index}
    for op in nl.spec.ops.values():
        for ask, can in ((nl.do, op.does), (nl.dump, op.dumps)):
            if not can:
                continue
            try:
                ask(op.name, values if "ifindex" in nl.spec.sets[op.set]
                    else {})
                out.append(op.name)
            except NlError as error:
                if error.errno != errno.EPERM:
                    out.append(op.name)
    return " ".join(out)


def be_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def unshare(flags):
    if LIBC.unshare(flags):
        raise Skip("this kernel has no user namespaces")


def become_root_of_userns(more=0):
    # Without a map of ids the process has all capabilities all the same.
    unshare(CLONE_NEWUSER | more)


def asks(bench, step, opener=None):
    """Nothing may be allowed to a process that has taken this step."""
    def run(_):
        setns(bench.left)
        step()
        return may(opener or Family(bench.spec), bench.ifindex)
    before = bench.state()
    allowed = in_child(run)
    expect(allowed == "", f"was allowed: {allowed}")
    expect(bench.state() == before, "something changed")


@case("nobody may ask for anything")
def nobody(bench):
    asks(bench, be_nobody)


@case("nor listen to events")
def nobody_listens(bench):
    def run(_):
        setns(bench.left)
        be_nobody()
        out = []
        for group in bench.spec.groups:
            try:
                Family(bench.spec).join(group)
                out.append(group)
            except PermissionError:
                continue
        return " ".join(out)
    allowed = in_child(run)
    expect(allowed == "", f"could join: {allowed}")


@case("nor with a socket that root has opened")
def opened_by_root(bench):
    asks(bench, be_nobody, bench.nl)


@case("nor root of a user namespace that the network is not of")
def other_userns(bench):
    asks(bench, become_root_of_userns)


@case("a user namespace rules its own network")
def own_netns(bench):
    def run(_):
        become_root_of_userns(CLONE_NEWNET)
        Link(bench.spec).add("mine", {"remote": "192.0.2.2"})
        nl = Family(bench.spec)
        index = socket.if_nametoindex("mine")
        nl.do("peer-new", ifindex=index, remote="192.0.2.3")
        return len(nl.dump("peer-get", ifindex=index))
    said = in_child(run)
    expect(said == "2", said)


@case("but not an interface that was moved there")
def moved_to_userns(bench):
    def run(parent):
        become_root_of_userns(CLONE_NEWNET)
        nl = Family(bench.spec)
        parent.send(b"x")
        parent.recv(1)
        index = socket.if_nametoindex("guest")
        try:
            nl.do("peer-new", ifindex=index, remote="192.0.2.3")
        except NlError as error:
            return f"{error.name} {error.text}"
        return "was accepted"

    def move(pid, child):
        child.recv(1)
        bench.link.talk(bench.link.message(
            bench.link.NEWLINK, 0, index,
            tlv(IFLA_NET_NS_PID, struct.pack("=I", pid))))
        child.send(b"x")

    bench.link.add("guest")
    index = in_netns(bench.left, socket.if_nametoindex, "guest")
    said = in_child(run, move)
    expect(said.startswith("EPERM ifindex: born in"), said)


if __name__ == "__main__":
    main(Refusals)
