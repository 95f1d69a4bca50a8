#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send UDP to an address until the end, whatever happens to the way there.

    flood.py ADDRESS...

Datagrams of all sizes and superpackets, some hundred a second: always some are
under way. What receives them, and the test, need the processor more than this
does, which takes a quarter of it at most.
"""

import socket
import sys
import time

UDP_SEGMENT = 103


def sender(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    return sock, (address, 9)


def main():
    senders = [sender(address) for address in sys.argv[1:]]
    data = bytes(12000)
    since = time.monotonic()
    for i in range(1 << 62):
        for sock, address in senders:
            sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT,
                            0 if i % 3 else 1200)
            try:
                sock.sendto(data[:i * 97 % 1400 if i % 3 else 12000], address)
            except OSError:
                pass
        if i % 4 == 0:
            spent = time.monotonic() - since
            time.sleep(min(max(0.01, 3 * spent), 0.2))
            since = time.monotonic()


main()
