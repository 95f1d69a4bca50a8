# SPDX-License-Identifier: GPL-2.0
"""IP packets, right or wrong, as the Python tests make them."""

import random
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def aton(addr):
    return socket.inet_pton(
        socket.AF_INET6 if ":" in addr else socket.AF_INET, addr)


def ip4(source, destination, proto, payload, tos=0, tot_len=None, ihl=None,
        version=4, frag=0, ttl=64, options=b"", ident=0):
    words = 5 + len(options) // 4
    head = struct.pack(
        "!BBHHHBBH4s4s", version << 4 | (words if ihl is None else ihl), tos,
        4 * words + len(payload) if tot_len is None else tot_len, ident, frag,
        ttl, proto, 0, aton(source), aton(destination)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(source, destination, proto, payload, tos=0, length=None, version=6,
        ttl=64, label=0):
    return struct.pack(
        "!IHBB16s16s", version << 28 | tos << 20 | label,
        len(payload) if length is None else length, proto, ttl, aton(source),
        aton(destination)) + payload


def ip(source, destination, proto, payload, **more):
    make = ip6 if ":" in source else ip4
    return make(source, destination, proto, payload, **more)


def udp(source, destination, data=b"payload"):
    """Checksum 0: IPv6 receivers refuse it, behind the point of interest."""
    return struct.pack("!HHHH", source, destination, 8 + len(data), 0) + data


def udp_to(source, destination, sport, dport, data, length=None):
    """A UDP header with the right checksum, unless the length lies."""
    length = (8 + len(data) if length is None else length) & 0xffff
    head = struct.pack("!HHHH", sport, dport, length, 0)
    pseudo = aton(source) + aton(destination) + struct.pack("!II", length, 17)
    total = checksum(pseudo + head + data) or 0xffff
    return head[:6] + struct.pack("!H", total) + data


def echo(source, destination, ident=1, seq=0):
    """A request in IPv4, which the host with that address answers."""
    head = struct.pack("!BBHHH", 8, 0, 0, ident, seq)
    head = head[:2] + struct.pack("!H", checksum(head)) + head[4:]
    return ip4(source, destination, 1, head)


def echo_reply(packet):
    """Which one it is the reply to, as (identifier, number); or None."""
    if packet[9] == 1 and packet[20] == 0:
        return struct.unpack("!HH", packet[24:28])
    return None


def fragments(packet, size, ident=None):
    """The IP fragments of a packet, of at most size octets of payload."""
    ident = random.getrandbits(16) if ident is None else ident
    if packet[0] >> 4 == 4:
        head, body = packet[:20], packet[20:]
    else:
        head, body = packet[:40], packet[40:]
    out = []
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        more = at + size < len(body)
        if packet[0] >> 4 == 4:
            new = bytearray(head)
            struct.pack_into("!HHH", new, 2, 20 + len(piece), ident,
                             more << 13 | at >> 3)
            struct.pack_into("!H", new, 10, 0)
            struct.pack_into("!H", new, 10, checksum(bytes(new)))
            out.append(bytes(new) + piece)
        else:
            extension = struct.pack("!BBHI", head[6], 0, at | more, ident)
            new = bytearray(head)
            struct.pack_into("!HB", new, 4, len(piece) + 8, 44)
            out.append(bytes(new) + extension + piece)
    return out
