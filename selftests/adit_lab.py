# SPDX-License-Identifier: GPL-2.0
"""What the Python tests share: cases, an ESP peer, and a bench of two hosts.

    left, with adit                          right, played by the test
    vpn0   10.9.1.1/24  fd09:1::1/64
    veth0  192.0.2.1/24 2001:db8::1/64  ---  veth0  192.0.2.2 2001:db8::2

The shell script of the test has made the hosts (lib_python.sh, pair and
tunnel); the names of their namespaces are in NS_LEFT and NS_RIGHT.
"""

import contextlib
import errno
import hashlib
import hmac
import os
import random
import re
import socket
import struct
import sys
import time
import traceback

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import (AESGCM,
                                                         ChaCha20Poly1305)

from adit_nl import Family, Link, NlError, Raw, Spec, in_netns
from packets import (aton, checksum, echo, echo_reply, fragments, ip, ip4, ip6,
                     udp, udp_to)

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x0800, 0x86dd
PACKET_OUTGOING = 4


# --------------------------------------------------------------------- cases

class Skip(Exception):
    """A case that cannot run here, and why."""


class Failed(AssertionError):
    """A case that failed, and why."""


CASES = []
NOTES = []


def case(name, *arguments):
    """Decorator: the function is a case, or with arguments one of many."""
    def add(function):
        CASES.append((name, function, arguments))
        return function
    return add


def note(text):
    """A line that is shown although the case passes."""
    NOTES.append(str(text))


def expect(good, why):
    if not good:
        raise Failed(why() if callable(why) else why)


def run_case(number, function, arguments):
    NOTES.clear()
    try:
        function(*arguments)
        end = "ok"
    except Skip as skip:
        NOTES[:], end = [str(skip)], "skip"
    except Failed as failed:
        NOTES.append(str(failed))
        end = "fail"
    except Exception:
        NOTES.append(traceback.format_exc())
        end = "fail"
    path = os.path.join(os.environ["ADIT_CASES"], f"{number}.{end}")
    prefix = "# " if end == "ok" else ""
    with open(path, "w", encoding="utf-8") as file:
        for line in "\n".join(NOTES).splitlines():
            file.write(f"{prefix}{line}\n")


def main(set_up):
    """List the cases, or run them and leave a file for each."""
    if sys.argv[1:] == ["list"]:
        for number, (name, _, _) in enumerate(CASES):
            print(number, name)
        return
    bench = set_up()
    wanted = re.compile(os.environ.get("ADIT_STAGES", ""))
    for number, (name, function, arguments) in enumerate(CASES):
        if wanted.search(name):
            run_case(number, function, (bench,) + arguments)


def wait_for(ready, seconds=10.0):
    """Poll until ready() is true; False if the time passes before."""
    deadline = time.monotonic() + seconds
    pause = 0.0005
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
    return True


def collect(get, count, seconds=10.0):
    """What get() returns over time, until it is so many or the time is up."""
    got = []
    wait_for(lambda: got.extend(get()) or len(got) >= count, seconds)
    return got


# ----------------------------------------------------------------------- ESP

class Alg:
    """An algorithm by the rows of its RFC."""

    def __init__(self, key=0, salt=0, iv=0, icv=0, block=4, digest=None):
        self.key, self.salt, self.iv = key, salt, iv
        self.icv, self.block, self.digest = icv, block, digest


ENCR = {
    "aes-gcm-16": Alg(key=16, salt=4, iv=8, icv=16),
    "chacha20-poly1305": Alg(key=32, salt=4, iv=8, icv=16),
    "aes-cbc": Alg(key=16, iv=16, block=16),
    "null": Alg(),
}
INTEG = {
    "hmac-sha1-96": Alg(key=20, icv=12, digest=hashlib.sha1),
    "hmac-sha2-256-128": Alg(key=32, icv=16, digest=hashlib.sha256),
    "hmac-sha2-384-192": Alg(key=48, icv=24, digest=hashlib.sha384),
    "hmac-sha2-512-256": Alg(key=64, icv=32, digest=hashlib.sha512),
}


class BadIcv(Exception):
    """What was received is not what was sent."""


class EspSa:
    """One SA of a peer that can make every mistake: RFC 4303 by hand."""

    def __init__(self, spi, encr, integ=None, esn=False, key_len=None):
        self.spi, self.encr, self.integ, self.esn = spi, encr, integ, esn
        alg = ENCR[encr]
        self.key = os.urandom(alg.key if key_len is None else key_len)
        self.salt = os.urandom(alg.salt)
        self.integ_key = os.urandom(INTEG[integ].key) if integ else b""
        self.iv_len, self.block = alg.iv, alg.block
        self.icv_len = INTEG[integ].icv if integ else alg.icv
        self.seq = 0
        self.aead = {"aes-gcm-16": AESGCM,
                     "chacha20-poly1305": ChaCha20Poly1305}.get(encr)
        if self.aead:
            self.aead = self.aead(self.key)

    def config(self):
        """What sa-new is told."""
        return {"spi": self.spi, "encr": self.encr,
                "encr-key": self.key + self.salt,
                "integ": self.integ, "integ-key": self.integ_key or None,
                "esn": int(self.esn)}

    def overhead(self):
        return 8 + self.iv_len + self.icv_len

    def could_be(self, length):
        """Has an ESP packet of this SA ever this length?"""
        sealed = length - self.overhead()
        return sealed >= max(self.block, 2) and sealed % self.block == 0

    def next(self):
        self.seq += 1
        return self.seq

    def trailer(self, length, next_header, pad_len=None, pad=None):
        """Padding, pad length and next header behind length octets."""
        if pad_len is None:
            pad_len = len(pad) if pad is not None else -(length + 2) % \
                self.block
        if pad is None:
            pad = bytes(range(1, pad_len + 1))
        return pad + bytes([pad_len, next_header])

    def seal(self, inner, next_header=None, seq=None, **trailer):
        """A whole, right ESP packet, unless the trailer is told otherwise."""
        if next_header is None:
            next_header = 41 if inner and inner[0] >> 4 == 6 else 4
        plain = inner + self.trailer(len(inner), next_header, **trailer)
        return self.seal_plain(plain, self.next() if seq is None else seq)

    def seal_plain(self, plain, seq, high=None):
        head = struct.pack("!II", self.spi, seq & 0xffffffff)
        high = struct.pack("!I", seq >> 32 if high is None else high)
        iv = os.urandom(self.iv_len)
        if self.aead:
            aad = head[:4] + high + head[4:] if self.esn else head
            return head + iv + self.aead.encrypt(self.salt + iv, plain, aad)
        if self.encr == "aes-cbc":
            cbc = Cipher(algorithms.AES(self.key), modes.CBC(iv)).encryptor()
            plain = cbc.update(plain) + cbc.finalize()
        packet = head + iv + plain
        return packet + self.icv(packet, high)

    def icv(self, packet, high):
        """RFC 4303, 2.2.1: the upper half comes last, and is not sent."""
        covered = packet + high if self.esn else packet
        return hmac.new(self.integ_key, covered,
                        INTEG[self.integ].digest).digest()[:self.icv_len]

    def open(self, packet, high=0):
        """(sequence number, inner packet, next header, pad length)."""
        head, iv = packet[:8], packet[8:8 + self.iv_len]
        spi, seq = struct.unpack("!II", head)
        if spi != self.spi:
            raise BadIcv(f"SPI {spi:#x}, expected {self.spi:#x}")
        sealed = packet[8 + self.iv_len:]
        high = struct.pack("!I", high)
        if self.aead:
            aad = head[:4] + high + head[4:] if self.esn else head
            try:
                plain = self.aead.decrypt(self.salt + iv, sealed, aad)
            except InvalidTag:
                raise BadIcv("ICV") from None
        else:
            body, icv = packet[:-self.icv_len], packet[-self.icv_len:]
            if self.icv(body, high) != icv:
                raise BadIcv("ICV")
            plain = sealed[:-self.icv_len]
            if self.encr == "aes-cbc":
                cbc = Cipher(algorithms.AES(self.key),
                             modes.CBC(iv)).decryptor()
                plain = cbc.update(plain) + cbc.finalize()
        pad_len, next_header = plain[-2], plain[-1]
        end = len(plain) - 2 - pad_len
        if plain[end:-2] != bytes(range(1, pad_len + 1)):
            raise BadIcv("padding")
        return seq, plain[:end], next_header, pad_len


class AhSa:
    """One SA of a peer that speaks AH: RFC 4302 by hand."""

    def __init__(self, spi, integ="hmac-sha2-256-128", esn=False):
        self.spi, self.integ, self.esn = spi, integ, esn
        self.key = os.urandom(INTEG[integ].key)
        self.icv_len = INTEG[integ].icv
        self.seq = 0

    def config(self):
        """What sa-new is told."""
        return {"spi": self.spi, "proto": 51, "integ": self.integ,
                "integ-key": self.key, "esn": int(self.esn)}

    def next(self):
        self.seq += 1
        return self.seq

    def length(self, family, align=None):
        """Octets of the header, padded for 32 bits or with IPv6 for 64."""
        align = align or {4: 4, 6: 8}[family]
        return -(-(12 + self.icv_len) // align) * align

    def header(self, length, next_header, seq):
        return struct.pack("!BBHII", next_header, length // 4 - 2, 0, self.spi,
                           seq & 0xffffffff)

    def icv(self, covered, seq):
        """Of the packet with what may change, and the ICV field, as 0."""
        high = struct.pack("!I", seq >> 32) if self.esn else b""
        return hmac.new(self.key, covered + high,
                        INTEG[self.integ].digest).digest()[:self.icv_len]

    def seal(self, make, payload, next_header=4, seq=None, family=4,
             align=None):
        """The whole packet.

        make(octets, arrived) has the IP header in front of the octets: as it
        arrives, or as it is covered.
        """
        seq = self.next() if seq is None else seq
        length = self.length(family, align)
        head = self.header(length, next_header, seq)
        pad = bytes(length - 12 - self.icv_len)
        zero = bytes(self.icv_len)
        icv = self.icv(make(head + zero + pad + payload, False), seq)
        return make(head + icv + pad + payload, True)

    def open(self, packet, head_len, covered, seq_high=0):
        """(sequence number, next header, payload) behind an IP header.

        covered is the header as AH covers it.
        """
        ah = packet[head_len:]
        length = 4 * (ah[1] + 2)
        spi, seq = struct.unpack("!II", ah[4:12])
        if spi != self.spi:
            raise BadIcv(f"SPI {spi:#x}, expected {self.spi:#x}")
        icv = ah[12:12 + self.icv_len]
        blank = (ah[:12] + bytes(self.icv_len) + ah[12 + self.icv_len:])
        if self.icv(covered + blank, seq_high << 32 | seq) != icv:
            raise BadIcv("ICV")
        return seq, ah[0], ah[length:]


# --------------------------------------------------------------------- bench

OUTER = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}
# The tunnel's own address, one behind it that no host has, and a far one.
INNER = {4: ("10.9.1.1", "10.9.1.99", "10.9.2.5"),
         6: ("fd09:1::1", "fd09:1::99", "fd09:2::5")}


def ah_maker(family, tos=0, ttl=64, way=1, **more):
    """make() of AhSa.seal() for a header without anything special."""
    source, destination = OUTER[family][way], OUTER[family][1 - way]

    def make(octets, arrived):
        packet = ip(source, destination, 51, octets, **more,
                    tos=tos if arrived else 0, ttl=ttl if arrived else 0)
        if family == 4 and not arrived:
            packet = packet[:6] + bytes(2) + packet[8:10] + bytes(2) + \
                packet[12:]
        return packet
    return make


def ah_packet(sa, packet, family=4, seq=None, align=None, next_header=None,
          **more):
    """A whole packet in tunnel mode."""
    if next_header is None:
        next_header = 41 if packet[0] >> 4 == 6 else 4
    return sa.seal(ah_maker(family, **more), packet, next_header, seq, family,
                   align)


def mac_of(netns, device):
    def read():
        # An own view of /sys is another mount namespace: ask the socket.
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((device, 0))
            return sock.getsockname()[4]
    return in_netns(netns, read)


def packet_socket(netns, device, kind=socket.SOCK_RAW, receive=True):
    def make():
        sock = socket.socket(socket.AF_PACKET, kind, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.bind((device, ETH_P_ALL if receive else 0))
        sock.setblocking(False)
        return sock
    return in_netns(netns, make)


class Bench:
    """The two hosts: sockets on the wire and on the tunnel, counters."""

    def __init__(self, device="vpn0"):
        self.left = os.environ["NS_LEFT"]
        self.right = os.environ["NS_RIGHT"]
        self.spec = Spec()
        self.nl = in_netns(self.left, Family, self.spec)
        self.link = in_netns(self.left, Link, self.spec)
        self.device = device
        self.ifindex = in_netns(self.left, socket.if_nametoindex, device)
        self.head = mac_of(self.left, "veth0") + mac_of(self.right, "veth0")
        self.out = packet_socket(self.right, "veth0", receive=False)
        self.wire = packet_socket(self.right, "veth0")
        self.sink = packet_socket(self.left, device, socket.SOCK_DGRAM)
        self.next_spi = 0x1000
        self.reasons = {v: k for k, v in self.spec.enums["drop"].items()}

    # -- on the wire

    def send(self, packet):
        """An IP packet from right to left."""
        kind = ETH_P_IPV6 if packet[:1] and packet[0] >> 4 == 6 else ETH_P_IP
        self.out.send(self.head + struct.pack("!H", kind) + packet)

    def send_esp(self, esp, outer=4, tos=0):
        left, right = OUTER[outer]
        self.send(ip(right, left, 50, esp, tos=tos))

    @staticmethod
    def drain(sock):
        out = []
        try:
            while True:
                data, addr = sock.recvfrom(65536)
                if addr[2] != PACKET_OUTGOING:
                    out.append(data)
        except OSError as end:
            # A device that has been down since is told of, once.
            if end.errno not in (errno.EAGAIN, errno.ENETDOWN):
                raise
            return out

    def delivered(self):
        """Packets that have come out of the tunnel since the last time."""
        return self.drain(self.sink)

    def esp_seen(self, proto=50):
        """ESP, or another protocol, that left has sent since the last time.

        As (outer header, ESP).
        """
        out = []
        for frame in self.drain(self.wire):
            kind = struct.unpack("!H", frame[12:14])[0]
            packet = frame[14:]
            if kind == ETH_P_IP and packet[9] == proto:
                head = 4 * (packet[0] & 15)
                end = struct.unpack("!H", packet[2:4])[0]
                out.append((packet[:head], packet[head:end]))
            elif kind == ETH_P_IPV6 and packet[6] == proto:
                end = 40 + struct.unpack("!H", packet[4:6])[0]
                out.append((packet[:40], packet[40:end]))
        return out

    # -- objects

    def add_peer(self, outer=4, encap="none", **more):
        left, right = OUTER[outer]
        values = dict({"local": left, "remote": right, "encap": encap}, **more)
        return self.nl.do("peer-new", dict(values, ifindex=self.ifindex))["id"]

    def add_child(self, peer=0, **more):
        return self.nl.do("child-new", ifindex=self.ifindex, peer=peer,
                          **more)["id"]

    def new_spi(self):
        self.next_spi += 1
        return self.next_spi

    def add_ah(self, child, direction, integ="hmac-sha2-256-128", esn=False,
               **more):
        sa = AhSa(self.new_spi(), integ, esn)
        self.tell_sa(sa, child, direction, more)
        return sa

    def add_sa(self, child, direction, encr="aes-gcm-16", integ=None,
               esn=False, spi=None, key_len=None, **more):
        sa = EspSa(spi or self.new_spi(), encr, integ, esn, key_len)
        self.tell_sa(sa, child, direction, more)
        return sa

    def tell_sa(self, sa, child, direction, more):
        sa.child = child
        values = dict(sa.config(), ifindex=self.ifindex, child=child,
                      dir=direction)
        values.update((k.replace("_", "-"), v) for k, v in more.items())
        self.nl.do("sa-new", values)

    @contextlib.contextmanager
    def child(self, outer=4, **more):
        """A peer with a child, until the end of the with statement."""
        peer = self.add_peer(outer)
        try:
            yield self.add_child(peer, **more)
        finally:
            self.nl.do("peer-del", ifindex=self.ifindex, id=peer)

    # -- counters

    def vector(self, stats):
        """{reason: count, "rx": packets, "tx": packets}, without zeros."""
        out = {self.reasons[row["reason"]]: row["packets"]
               for row in stats.get("drop", [])}
        out["rx"], out["tx"] = stats["rx-packets"], stats["tx-packets"]
        return {k: v for k, v in out.items() if v}

    def dev_stats(self):
        """The device's counters, and the namespace's, as one vector."""
        out = self.vector(self.nl.do("dev-get",
                                     ifindex=self.ifindex)["stats"])
        net = self.nl.do("net-get")
        out["unknown-spi"], out["truncated"] = (net["unknown-spi"],
                                                net["truncated"])
        return out

    def sa_stats(self, sa, direction="in"):
        proto = {"proto": 51} if isinstance(sa, AhSa) else {}
        return self.vector(self.nl.do(
            "sa-get", ifindex=self.ifindex, child=sa.child, dir=direction,
            spi=sa.spi, **proto)["stats"])

    def outcome(self, packets):
        """What becomes of IP packets from the right: (counts, delivered).

        Every packet must be counted exactly once, wherever.
        """
        before = self.dev_stats()
        self.delivered()
        out, done = [], 0
        while done < len(packets):
            # No more than every queue on the way has room for.
            for packet in packets[done:done + 100]:
                self.send(packet)
                done += 1
            wait_for(lambda: self.counted(before) >= done)
        counts = self.inbound(before)
        expect(sum(counts.values()) == done,
               lambda: f"{done} packets were counted as {counts}")

        def all_delivered():
            out.extend(self.delivered())
            return len(out) >= counts.get("rx", 0)
        expect(wait_for(all_delivered),
               lambda: f"{len(out)} came out, {counts.get('rx')} counted")
        return counts, out

    def inbound(self, before):
        return {k: v for k, v in difference(self.dev_stats(), before).items()
                if not k.startswith("tx")}

    def counted(self, before):
        return sum(self.inbound(before).values())

    def expect_counts(self, packets, **want):
        """Send, and expect these counts: expect_counts(p, rx_icv=3)."""
        want = {k.replace("_", "-"): v for k, v in want.items() if v}
        counts, out = self.outcome(packets)
        expect(counts == want, lambda: f"counted {counts}, expected {want}")
        return out


def fuzz_rounds(share=1.0):
    """Count rounds until this share of the time for fuzzing is over.

    ADIT_FUZZ_SECONDS says how long; else a minute on the kernel with all the
    checkers, and a few seconds elsewhere. ADIT_FUZZ_SEED repeats a run.
    """
    debug = os.environ.get("ADIT_KERNEL") == "debug"
    seconds = float(os.environ.get("ADIT_FUZZ_SECONDS", 60 if debug else 6))
    seconds *= share
    seed = os.environ.get("ADIT_FUZZ_SEED", str(random.getrandbits(32)))
    random.seed(seed)
    deadline = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < deadline:
        yield rounds
        rounds += 1
    note(f"{rounds} rounds in {seconds:g} s, ADIT_FUZZ_SEED={seed}")


def damage(octets, most=1300):
    """The same octets with a few mistakes; never the same octets."""
    out = bytearray(octets)
    while bytes(out) == octets:
        for _ in range(random.choice((1, 1, 2, 8))):
            at = random.randrange(len(out) + 1)
            kind = random.randrange(5)
            if kind <= 1 and out:
                out[at - 1] ^= 1 << random.randrange(8)
            elif kind == 2:
                del out[at:]
            elif kind == 3:
                out[at:at] = random.randbytes(random.randrange(1, 40))
            else:
                out[at:at + 8] = random.choice((b"\0", b"\xff")) * 8
    return bytes(out[:most])


def difference(after, before):
    out = {k: after.get(k, 0) - before.get(k, 0)
           for k in after.keys() | before.keys()}
    return {k: v for k, v in out.items() if v}


__all__ = [name for name in dir() if not name.startswith("_")]
