#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Have an IKE peer believe that its IKE SA is lost, as it is said with QCD_TOKEN.

    ike_lost.py SECRET VICI SPI_I SPI_R FROM TO

SECRET is the file with the secret of FROM, a responder, which knows nothing of it;
VICI the URI of its socket, as several may have the same file.
"""

import hashlib
import hmac
import socket
import struct
import sys

INFORMATIONAL, RESPONSE = 37, 0x20
NOTIFY, IKE = 41, 1
INVALID_IKE_SPI, QUICK_CRASH_DETECTION = 4, 16419


def notify(following, protocol, kind, data=b""):
    return struct.pack("!BBHBBH", following, 0, 8 + len(data), protocol, 0,
                       kind) + data


def prf(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def main():
    secret, vici, spi_i, spi_r, source, destination = sys.argv[1:]
    spis = bytes.fromhex(spi_i.zfill(16)) + bytes.fromhex(spi_r.zfill(16))
    with open(secret, "rb") as file:
        own = prf(file.read(), b"QCD" + vici.encode())
    token = prf(own, b"QCD_TOKEN" + spis)
    body = (notify(NOTIFY, 0, INVALID_IKE_SPI)
            + notify(0, IKE, QUICK_CRASH_DETECTION, token))
    message = spis + struct.pack("!BBBBII", NOTIFY, 0x20, INFORMATIONAL,
                                 RESPONSE, 0, 28 + len(body)) + body
    # The daemon has its port: past it, without a checksum.
    udp = struct.pack("!HHHH", 500, 500, 8 + len(message), 0) + message
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64,
                         socket.IPPROTO_UDP, 0, socket.inet_aton(source),
                         socket.inet_aton(destination))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_RAW) as sock:
        sock.sendto(header + udp, (destination, 0))


if __name__ == "__main__":
    main()
