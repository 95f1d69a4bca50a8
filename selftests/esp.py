# SPDX-License-Identifier: GPL-2.0
"""ESP and AH: every algorithm, in every mix of mode, families and of ESN.

What the module says that it knows is what is tested: a new row of its table
makes new cases. The far end is the kernel's own IPsec where it has the
algorithm, else another adit.
"""

import os
import socket
import struct
import subprocess

from adit_lab import Skip, case, expect, main, note
from adit_nl import Family, Spec, in_netns
from echo import Echo, wait

NS = {host: os.environ.get(f"NS_{host.upper()}", "") for host in "ab"}
OUTER = {4: {"a": "192.0.2.1", "b": "198.51.100.1"},
         6: {"a": "2001:db8:1::1", "b": "2001:db8:2::1"}}
INNER_A = {4: "10.1.0.1", 6: "fd00:1::1"}
NET_A = {4: "10.1.0.0/16", 6: "fd00:1::/64"}
# Each length of padding, and a packet that nearly fills the path. Padding does
# not know what it is behind: of IPv6 a few will do.
LENGTHS = {4: [*range(28, 45), 1280], 6: [48, 49, 1280]}
PACKETS = {inner: 2 * len(lengths) for inner, lengths in LENGTHS.items()}
OCTETS = {inner: 2 * sum(lengths) for inner, lengths in LENGTHS.items()}

UDP_ENCAP, UDP_ENCAP_ESPINUDP = 100, 2
XFRM_POLICY = {socket.AF_INET: (socket.IPPROTO_IP, 17),
               socket.AF_INET6: (socket.IPPROTO_IPV6, 35)}
# What of them is carried in UDP, which does not look inside.
IN_UDP = "aes-gcm-16-128", "aes-cbc-128+hmac-sha2-256-128"

# What XFRM calls them, by IANA's transform id.
XFRM_AEAD = {14: "rfc4309(ccm(aes))", 15: "rfc4309(ccm(aes))",
             16: "rfc4309(ccm(aes))", 18: "rfc4106(gcm(aes))",
             19: "rfc4106(gcm(aes))", 20: "rfc4106(gcm(aes))",
             21: "rfc4543(gcm(aes))", 28: "rfc7539esp(chacha20,poly1305)"}
XFRM_ENC = {3: "cbc(des3_ede)", 11: "ecb(cipher_null)", 12: "cbc(aes)",
            13: "rfc3686(ctr(aes))", 23: "cbc(camellia)"}
XFRM_AUTH = {1: "hmac(md5)", 2: "hmac(sha1)", 5: "xcbc(aes)", 8: "cmac(aes)",
             12: "hmac(sha256)", 13: "hmac(sha384)", 14: "hmac(sha512)",
             1026: "hmac(sha256)"}


class Suite:
    """An encryption algorithm with a key length, and perhaps an integrity."""

    proto, protocols = "esp", 1
    ipcomp = False

    def __init__(self, encr, bits, integ=None):
        self.encr, self.integ = encr, integ
        self.algs = [alg for alg in (encr, integ) if alg]
        self.legacy = any(alg["legacy"] for alg in self.algs)
        self.key_len = bits // 8 + encr["salt-len"]
        self.integ_len = integ["key-bits"][0] // 8 if integ else 0
        self.name = encr["name"]
        if len(encr.get("key-bits", [])) > 1:
            self.name += f"-{bits}"
        if integ:
            self.name += "+" + integ["name"]

    def new_key(self):
        return os.urandom(self.key_len), os.urandom(self.integ_len)

    def requests(self, key, values, _cpi=None):
        """What sa-new is told of the SAs of one direction, in this order."""
        yield {**values, **self.config(key)}

    def config(self, key):
        """Attributes of sa-new."""
        values = {"encr": self.encr["id"]}
        if self.legacy:
            values["legacy"] = 1
        if self.key_len:
            values["encr-key"] = key[0]
        if self.integ:
            values.update({"integ": self.integ["id"], "integ-key": key[1]})
        return values

    def xfrm(self, key):
        """Words of ip xfrm state; None if it has no name for the suite."""
        encr, icv = self.encr["id"], 8 * self.encr["icv-len"]
        if self.encr["aead"]:
            name = XFRM_AEAD.get(encr)
            return name and f"aead {name} 0x{key[0].hex()} {icv}"
        name, auth = XFRM_ENC.get(encr), XFRM_AUTH.get(self.integ["id"])
        if not name or not auth:
            return None
        icv = 8 * self.integ["icv-len"]
        secret = f"0x{key[0].hex()}" if key[0] else '""'
        return (f"auth-trunc {auth} 0x{key[1].hex()} {icv} "
                f"enc {name} {secret}")


class AhSuite(Suite):
    """An integrity algorithm alone, for AH (RFC 4302)."""

    proto, protocols = "ah", 2

    def __init__(self, integ):
        self.integ, self.algs, self.legacy = integ, [integ], integ["legacy"]
        self.key_len = 0
        self.integ_len = integ["key-bits"][0] // 8 + integ["salt-len"]
        self.name = "ah " + integ["name"]

    def config(self, key):
        return {"integ": self.integ["id"], "integ-key": key[1],
                "legacy": int(self.legacy)}

    def xfrm(self, key):
        """XFRM has no AES-GMAC for AH."""
        auth = XFRM_AUTH.get(self.integ["id"])
        icv = 8 * self.integ["icv-len"]
        return auth and f"auth-trunc {auth} 0x{key[1].hex()} {icv}"


class Nested(Suite):
    """ESP, with IPComp inside of it, or AH around it, or both."""

    def __init__(self, encr, bits, integ, ipcomp):
        super().__init__(encr, bits)
        self.ah, self.ipcomp = integ and AhSuite(integ), ipcomp
        self.integ_len = self.ah.integ_len if self.ah else 0
        self.protocols = 3 if integ else 1
        if ipcomp:
            self.name = "ipcomp in " + self.name
        if integ:
            self.name += " in " + self.ah.name

    def requests(self, key, values, cpi=None):
        if self.ah:
            yield {**values, **self.ah.config(key), "proto": 51}
            if values["dir"] == "out":
                values = {**values, "ah-spi": values["spi"]}
        if self.ipcomp:
            values = {**values, "ipcomp": 2, "cpi": cpi}
        yield from super().requests(key, values)


def all_suites(brief=False):
    """Each algorithm, and of the pairs those that have something new.

    What encrypts and what authenticates are independent: each cipher with one
    integrity algorithm, and each of those with two ciphers, show it. In brief,
    ciphers have one length of keys, and one cipher does for all integrity.
    """
    algs = Family(Spec()).dump("alg-get")
    integs = [alg for alg in algs
              if alg["transform"] == 3 and not alg["aead"]]
    with_all = {("null", 0)} if brief else {("null", 0), ("aes-cbc", 128)}
    for alg in algs:
        if alg["transform"] != 1:
            continue
        for bits in alg.get("key-bits", [0])[:1 if brief else None]:
            some = integs if (alg["name"], bits) in with_all else integs[1:2]
            for integ in [None] if alg["aead"] else some:
                yield Suite(alg, bits, integ)
    for alg in algs:
        if alg["transform"] == 3:
            yield AhSuite(alg)
    gcm = next(alg for alg in algs if alg["name"] == "aes-gcm-16")
    for integ, ipcomp in (integs[1], False), (None, True), (integs[0], True):
        yield Nested(gcm, 128, integ, ipcomp)


class AditEnd:
    """vpn0 of a host, which carries everything between two addresses."""

    def __init__(self, host):
        self.host = host
        self.nl = in_netns(NS[host], Family)
        self.ifindex = self.nl.dump("dev-get")[0]["ifindex"]
        self.peers = {}

    def peer(self, link):
        other = "ab".replace(self.host, "")
        ends = {"remote": link.ends[other], "local": link.ends[self.host]}
        if link.ports:
            ends.update({"encap": "udp", "remote-port": link.ports[other],
                         "local-port": link.ports[self.host]})
        key = tuple(ends.values())
        if key not in self.peers:
            self.peers[key] = self.nl.do(
                "peer-new", dict(ends, ifindex=self.ifindex))["id"]
        return self.peers[key]

    def add(self, link):
        side = "local-ts" if self.host == "b" else "remote-ts"
        link.children[self.host] = child = self.nl.do(
            "child-new", ifindex=self.ifindex, peer=self.peer(link),
            mode=link.mode, protocols=link.suite.protocols,
            **{side: link.ranges()})["id"]
        for to in "ab":
            values = dict(ifindex=self.ifindex, child=child, esn=link.esn,
                          spi=link.spi(to),
                          dir="in" if to == self.host else "out")
            if to == self.host:
                values["replay-window"] = link.window
            else:
                values["active"] = 1
            for request in link.suite.requests(link.keys[to], values,
                                               link.cpi(to)):
                self.nl.do("sa-new", request)

    def add_all(self, links):
        for link in links:
            self.add(link)

    def remove_all(self, links):
        for link in links:
            self.nl.do("child-del", ifindex=self.ifindex,
                       id=link.children[self.host])

    def sas(self, link):
        for to in "ab":
            yield to, self.nl.do(
                "sa-get", ifindex=self.ifindex, child=link.children[self.host],
                dir="in" if to == self.host else "out", spi=link.spi(to))

    def check(self, links):
        for link in links:
            for to, sa in self.sas(link):
                way = "rx" if to == self.host else "tx"
                stats = sa["stats"]
                got = (stats[f"{way}-packets"], stats[f"{way}-bytes"],
                       stats.get("drop"))
                want = (link.sum(PACKETS), link.sum(OCTETS), None)
                expect(got == want,
                       f"{link} to {to}, counted on {self.host}: (packets, "
                       f"octets, drops) {got}, expected {want}")


class XfrmEnd:
    """The kernel's own IPsec on a host."""

    def __init__(self, host):
        self.host = host

    def ip(self, *arguments, batch=None):
        done = subprocess.run(
            ["ip", "-n", NS[self.host], *arguments], text=True, input=batch,
            capture_output=True, check=False)
        expect(not done.returncode, done.stderr + (batch or ""))
        return done.stdout

    @staticmethod
    def layers(link, to):
        """(protocol, words of its state), from the inside outwards."""
        suite, key = link.suite, link.keys[to]
        if suite.ipcomp:
            yield "comp", f"spi {link.cpi(to)} comp deflate"
        number = (f"spi {link.spi(to)} replay-window "
                  f"{128 if link.esn else 32}{' flag esn' * link.esn}")
        start = f" {link.start}" if to == "a" and link.start else ""
        yield suite.proto, f"{number} {suite.xfrm(key)}{start}"
        if suite.protocols == 3:
            yield "ah", f"{number} {suite.ah.xfrm(key)}"

    def lines(self, link):
        mode = link.mode
        for to in "ab":
            inside = mode
            for proto, words in self.layers(link, to):
                if link.ports:
                    words += link.encap(to)
                # Flag align4 is RFC 4302, 2.6.
                flags = (" flag af-unspec" * (mode == "tunnel") +
                         " flag align4" * (proto == "ah" and link.outer == 4))
                yield (f"xfrm state add {link.way(to)} proto {proto} {words} "
                       f"reqid {link.number} mode {inside}{flags}")
                inside = "transport"
        for inner in link.inners:
            near, far = link.net(inner), NET_A[inner]
            for dir_, src, dst, to in (("out", near, far, "a"),
                                       ("in", far, near, "b")):
                inside, templates = mode, ""
                for proto, _ in self.layers(link, to):
                    # What does not get smaller is not compressed.
                    level = "use" if proto == "comp" and dir_ == "in" else \
                        "required"
                    templates += (f" tmpl {link.way(to)} proto {proto} reqid "
                                  f"{link.number} mode {inside} level {level}")
                    inside = "transport"
                yield (f"xfrm policy add src {src} dst {dst} dir {dir_}"
                       f"{templates}")

    def add_all(self, links):
        self.ip("-batch", "-", batch="\n".join(
            line for link in links for line in self.lines(link)))

    def remove_all(self, _links):
        self.ip("xfrm", "state", "flush")
        self.ip("xfrm", "policy", "flush")

    def check(self, links):
        """Of the counters only "84(bytes), 1(packets)" has no space."""
        packets, spi = {}, None
        for line in self.ip("-s", "xfrm", "state").splitlines():
            words = line.split()
            if words[:1] == ["proto"] and words[1] in ("esp", "ah"):
                spi = int(words[3].split("(")[0], 16)
            elif len(words) == 2 and words[1].endswith("(packets)"):
                packets.setdefault(spi, int(words[1].split("(")[0]))
        for link in links:
            for to in "ab":
                got = packets.get(link.spi(to))
                want = link.sum(PACKETS)
                expect(got == want, f"{link} to {to}, counted by XFRM: "
                                    f"{got} packets, not {want}")


class Tunnel:
    """One child, and what is behind it on b: a network that no other has."""

    count = 0
    mode = "tunnel"
    inners = 4, 6
    # Of UDP by host; None without.
    ports = None

    def __init__(self, suite, outer, esn, window=4096, start=None):
        Tunnel.count += 1
        self.number = Tunnel.count
        self.suite, self.outer, self.esn = suite, outer, esn
        self.window, self.start = window, start
        self.ends = OUTER[outer]
        self.keys = {"a": suite.new_key(), "b": suite.new_key()}
        self.children = {}

    def __str__(self):
        udp = f" and UDP {self.ports}" if self.ports else ""
        return (f"{self.mode} mode, outer IPv{self.outer}{udp}, "
                f"{'ESN' if self.esn else '32-bit sequence numbers'}")

    def spi(self, to):
        return {"a": 0xa0000, "b": 0xb0000}[to] + self.number

    def cpi(self, to):
        return {"a": 0x1000, "b": 0x2000}[to] + self.number

    def encap(self, to):
        """Words of ip xfrm state."""
        source, destination = (self.ports[host] for host in
                               ("ab".replace(to, ""), to))
        return (f" encap espinudp {source} {destination} "
                f"{'0.0.0.0' if self.outer == 4 else '::'}")

    def way(self, to):
        return f"src {self.ends['ab'.replace(to, '')]} dst {self.ends[to]}"

    def sum(self, counts):
        """Of what there is of each inner family."""
        return sum(counts[inner] for inner in self.inners)

    def base(self, inner, last):
        high, low = divmod(16 * self.number, 256)
        return (f"10.2.{high}.{low + last}" if inner == 4 else
                f"fd00:2::{self.number:x}:{last:x}")

    def net(self, inner):
        return self.base(inner, 0) + {4: "/28", 6: "/112"}[inner]

    def ranges(self):
        return [{"start": self.base(inner, 0), "end": self.base(inner, last)}
                for inner, last in ((4, 15), (6, 0xffff))
                if inner in self.inners]


class Transport(Tunnel):
    """One child between the addresses that are inside of the tunnels."""

    mode = "transport"

    def __init__(self, suite, outer, *more):
        super().__init__(suite, outer, *more)
        self.inners = (outer,)
        self.ends = {"a": INNER_A[outer], "b": self.base(outer, 1)}


def in_udp(kind, a, b):
    """The same kind of link in UDP, with these ports."""
    return type(kind.__name__, (kind,), {"ports": {"a": a, "b": b}})


class Hosts:
    """a has adit; b has both, each with its part of the addresses."""

    def __init__(self):
        self.has_xfrm = bool(os.environ["HAS_XFRM"])
        self.a, self.b_adit = AditEnd("a"), AditEnd("b")
        self.b_xfrm = XfrmEnd("b")

    def far_end(self, suite):
        return (self.b_xfrm if self.has_xfrm and suite.xfrm((b"", b"")) else
                self.b_adit)

    def connect(self, tunnels):
        far = self.far_end(tunnels[0].suite)
        if far is self.b_adit:
            note("adit on both ends")
        address = "\n".join(
            f"addr add {tunnel.base(inner, 1)} dev lo" +
            (" nodad" if inner == 6 else "")
            for tunnel in tunnels for inner in (4, 6))
        routes = "\n".join(
            f"route replace {NET_A[inner]} src {tunnels[0].base(inner, 1)} " +
            ("dev vpn0" if far is self.b_adit else f"via {gateway}")
            for inner, gateway in ((4, "198.51.100.254"),
                                   (6, "2001:db8:2::254")))
        self.b_xfrm.ip("-batch", "-", batch=f"{address}\n{routes}")
        self.a.add_all(tunnels)
        far.add_all(tunnels)
        return far

    def disconnect(self, tunnels, far):
        """What one suite leaves makes the next ones slow, and no better."""
        for end in self.a, far:
            end.remove_all(tunnels)
        self.b_xfrm.ip("addr", "flush", "dev", "lo", "scope", "global")

    @staticmethod
    def echoes(tunnels):
        """From a to b and from b to a, over both inner families."""
        out = []
        for tunnel in tunnels:
            for inner in tunnel.inners:
                near, far = INNER_A[inner], tunnel.base(inner, 1)
                out.append((in_netns(NS["a"], Echo, near, far), inner))
                out.append((in_netns(NS["b"], Echo, far, near), inner))
        return out

    def talk(self, tunnels):
        echoes = self.echoes(tunnels)
        for echo, inner in echoes:
            for length in LENGTHS[inner]:
                echo.ask(length)
        silent = wait([echo for echo, _ in echoes])
        expect(not silent, "\n".join(silent[:20]))


def xfrm_socket(family, port):
    """Where XFRM receives ESP in UDP."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(("", port))
    sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
    # What is in transport mode may not ask for IPsec around UDP as well.
    for direction in range(2):
        # struct xfrm_userpolicy_info: family, direction, and "allow".
        sock.setsockopt(*XFRM_POLICY[family], struct.pack(
            "=40xH14x4Q64xIIBBBB4x", family, *[(1 << 64) - 1] * 4, 0, 0,
            direction, 0, 0, 0))
    return sock


def test_udp(hosts, suite):
    """The usual port, and another one on each end."""
    far = hosts.far_end(suite)
    ports = (4500, 4500), (4501, 61000)
    sockets = [in_netns(NS["b"], xfrm_socket, family, port)
               for family in (socket.AF_INET, socket.AF_INET6)
               for _, port in ports] if far is hosts.b_xfrm else []
    test_suite(hosts, suite, [in_udp(mode, *pair)
                              for mode in (Tunnel, Transport)
                              for pair in ports])
    for sock in sockets:
        sock.close()


def test_suite(hosts, suite, kinds=(Tunnel, Transport)):
    if not all(alg["usable"] for alg in suite.algs):
        raise Skip("this kernel lacks the algorithm")
    tunnels = [kind(suite, outer, esn) for kind in kinds
               for outer in (4, 6) for esn in (1, 0)]
    far = hosts.connect(tunnels)
    hosts.talk(tunnels)
    hosts.a.check(tunnels)
    far.check(tunnels)
    hosts.disconnect(tunnels, far)


def test_high_half(hosts, suite):
    """A sender whose 32 bits that are on the wire begin anew (RFC 4303, A2).

    With a window of 64 the receiver takes the first number for what it is.
    """
    if hosts.far_end(suite) is hosts.b_adit:
        note("adit cannot be told where to begin")
        return
    tunnel = Tunnel(suite, 4, 1, 64, "replay-oseq 0xffffff80")
    hosts.connect([tunnel])
    for _ in range(4):
        hosts.talk([tunnel])
    last = 0xffffff80 + 4 * tunnel.sum(PACKETS)
    for to, sa in hosts.a.sas(tunnel):
        expect(to != "a" or sa["sequence"] == last > 1 << 32,
               f"sequence number {sa['sequence']:#x}, expected {last:#x}")


if __name__ == "__main__":
    SUITES = list(all_suites(bool(os.environ.get("ADIT_BRIEF"))))
    for each in SUITES:
        case(each.name, each)(test_suite)
    for each in SUITES:
        if each.name in IN_UDP:
            case(f"{each.name} in UDP", each)(test_udp)
    # The high half is authenticated in one way by AEADs, in another by HMACs,
    # and at the end of all by AH.
    for proto, aead in ("esp", 1), ("esp", 0), ("ah", 0):
        first = next(s for s in SUITES if s.proto == proto and
                     s.algs[0]["aead"] == aead)
        case(f"{first.name}, sequence numbers beyond 32 bits",
             first)(test_high_half)
    main(Hosts)
