#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Ask for many ICMP echoes at once, from one process.

    echo.py [SECONDS] <<-END
        SOURCE DESTINATION OCTETS [tos N] [ttl N] [df 0|1]
        ...
    END

OCTETS is the length of the IP packet. What has not come back after SECONDS
(10) is printed, and the exit status is 1 then. An answer must hold what the
question held.
"""

import select
import socket
import struct
import sys
import time

IP_MTU_DISCOVER, IPV6_MTU_DISCOVER = 10, 23
PMTUDISC_DONT, PMTUDISC_DO = 0, 2
REQUEST = {4: 8, 6: 128}
REPLY = {4: 0, 6: 129}
HEADER = {4: 20, 6: 40}
SO_RCVBUFFORCE, SOL_RAW = 33, 255
# ICMP_FILTER and ICMPV6_FILTER: a bit is what does not pass.
FILTER = {4: (SOL_RAW, 1,
              struct.pack("=I", ~(1 << REPLY[4]) & 0xffffffff)),
          6: (socket.IPPROTO_ICMPV6, 1,
              struct.pack("=8I", *(~(1 << REPLY[6] % 32) & 0xffffffff
                                   if word == REPLY[6] // 32 else 0xffffffff
                                   for word in range(8))))}


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[:len(data) & ~1]))
    if len(data) % 2:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Echo:
    """Echo requests from one address to one other."""

    sequence = 0

    def __init__(self, source, destination):
        self.version = 6 if ":" in source else 4
        self.destination = destination
        family, proto = ((socket.AF_INET6, socket.IPPROTO_ICMPV6)
                         if self.version == 6 else
                         (socket.AF_INET, socket.IPPROTO_ICMP))
        self.sock = socket.socket(family, socket.SOCK_RAW, proto)
        # It hears what comes to its address for all of them.
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.setsockopt(*FILTER[self.version])
        self.sock.bind((source, 0))
        self.sock.setblocking(False)
        self.waiting = {}

    def set(self, word, value):
        level, option = {
            "tos": {4: (socket.IPPROTO_IP, socket.IP_TOS),
                    6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)},
            "ttl": {4: (socket.IPPROTO_IP, socket.IP_TTL),
                    6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)},
            "df": {4: (socket.IPPROTO_IP, IP_MTU_DISCOVER),
                   6: (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER)},
        }[word][self.version]
        if word == "df":
            value = PMTUDISC_DO if value else PMTUDISC_DONT
        self.sock.setsockopt(level, option, value)

    def ask(self, octets):
        Echo.sequence = (Echo.sequence + 1) & 0xffffffff
        key = struct.pack("!I", Echo.sequence)
        length = octets - HEADER[self.version] - 8
        data = bytes((Echo.sequence + i) & 0xff for i in range(length))
        head = struct.pack("!BBH", REQUEST[self.version], 0, 0)
        # The kernel fills in the checksum of ICMPv6.
        if self.version == 4:
            head = struct.pack("!BBH", REQUEST[4], 0,
                               checksum(head + key + data))
        self.waiting[key] = (octets, data)
        self.sock.sendto(head + key + data, (self.destination, 0))

    def hear(self):
        """Take what has come; a wrong answer is none."""
        while self.waiting:
            try:
                packet = self.sock.recv(65536)
            except BlockingIOError:
                return
            if self.version == 4:
                packet = packet[(packet[0] & 15) * 4:]
            if packet[0] != REPLY[self.version]:
                continue
            asked = self.waiting.get(packet[4:8])
            if asked and asked[1] == packet[8:]:
                del self.waiting[packet[4:8]]


def wait(echoes, seconds=10):
    """Wait for all answers; lines that tell of those that did not come."""
    deadline = time.monotonic() + seconds
    while True:
        for echo in echoes:
            echo.hear()
        open_ones = [e for e in echoes if e.waiting]
        left = deadline - time.monotonic()
        if not open_ones or left <= 0:
            break
        select.select([e.sock for e in open_ones], [], [], left)
    return [f"no echo of {octets} octets from {e.destination}"
            for e in open_ones for octets, _ in e.waiting.values()]


def main():
    echoes = {}
    for line in sys.stdin:
        source, destination, octets, *options = line.split()
        key = (source, destination, *options)
        if key not in echoes:
            echoes[key] = Echo(source, destination)
            for word, value in zip(options[::2], options[1::2]):
                echoes[key].set(word, int(value, 0))
        echoes[key].ask(int(octets))
    silent = wait(echoes.values(), float(sys.argv[1]) if sys.argv[1:] else 10)
    print(*silent, sep="\n", end="\n" if silent else "")
    sys.exit(bool(silent))


if __name__ == "__main__":
    main()
