#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What the hosts of natt.sh do. One of:

serve PORT
    Answer UDP and TCP: with the port that a question came from, and its text.
ask NAME ADDRESS PORT LOCAL-PORT COUNT
    Ask over UDP, and print the port that the server saw. Each answer must be
    to the question; others' answers are fatal.
talk NAME ADDRESS PORT LOCAL-PORT OCTETS
    The same over TCP, of one stream.
burst ADDRESS PORT FIRST COUNT
    One datagram from each of so many ports; the answers are nobody's.
raw ADDRESS PROTO
    One packet of another protocol.
checksums DEVICE
    Until SIGTERM, then print how many packets came out of a device, and how
    many of their checksums were wrong.
espinudp PORT
    A socket for the kernel's own IPsec, until it is killed.
craft ADDRESS SPI KEYFILE
    Packets that are not whole, in ESP in UDP from port 4500.
"""

import selectors
import signal
import socket
import struct
import sys
import time

from packets import checksum


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def read_key(path):
    with open(path, encoding="ascii") as file:
        return bytes.fromhex(file.readline().strip())


# ------------------------------------------------------------------ server

class Server:
    def __init__(self, port):
        self.selector = selectors.DefaultSelector()
        for family in socket.AF_INET, socket.AF_INET6:
            for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
                sock = socket.socket(family, kind)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6,
                                    socket.IPV6_V6ONLY, 1)
                sock.bind(("::" if family == socket.AF_INET6 else "0.0.0.0",
                           port))
                if kind == socket.SOCK_STREAM:
                    sock.listen()
                self.selector.register(
                    sock, selectors.EVENT_READ,
                    self.answer if kind == socket.SOCK_DGRAM else self.accept)

    def answer(self, sock):
        data, sender = sock.recvfrom(65536)
        sock.sendto(b"%d %s" % (sender[1], data), sender)

    def accept(self, sock):
        stream, sender = sock.accept()
        stream.sendall(b"%d\n" % sender[1])
        self.selector.register(stream, selectors.EVENT_READ, self.echo)

    def echo(self, sock):
        try:
            data = sock.recv(65536)
            if data:
                sock.sendall(data)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(sock)
            sock.close()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)


# ------------------------------------------------------------------ clients

def ask(name, address, port, local_port, count):
    sock = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sock.bind(("", int(local_port)))
    sock.connect((address, int(port)))
    sock.settimeout(2)
    ports, lost = set(), 0
    for i in range(int(count)):
        question = f"{name} {i} ".encode() + bytes([i & 255]) * (i % 900)
        for _ in range(5):
            sock.send(question)
            try:
                said, _, answer = sock.recv(65536).partition(b" ")
                break
            except TimeoutError:
                lost += 1
        else:
            sys.exit(f"{name}: no answer to question {i}")
        if answer.split()[0] != name.encode():
            sys.exit(f"{name}: got {answer[:20]}, another one's")
        if answer != question:
            # One that was asked for twice.
            lost += 1
            continue
        ports.add(int(said))
        time.sleep(0.002)
    if len(ports) != 1 or lost > 3:
        sys.exit(f"{name}: ports {ports}, {lost} questions lost")
    print(ports.pop())


def talk(name, address, port, local_port, octets):
    sock = socket.socket(family_of(address), socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", int(local_port)))
    sock.settimeout(30)
    sock.connect((address, int(port)))
    with sock.makefile("rb") as stream:
        said = int(stream.readline())
        for at in range(0, int(octets), 50000):
            data = f"{name} {at} ".encode() * 5000
            sock.sendall(data)
            if stream.read(len(data)) != data:
                sys.exit(f"{name}: the answer differs")
    print(said)


def burst(address, port, first, count):
    for i in range(int(count)):
        with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
            sock.bind(("", int(first) + i))
            sock.sendto(b"burst", (address, int(port)))
        if i % 50 == 0:
            time.sleep(0.005)


def raw(address, proto):
    with socket.socket(family_of(address), socket.SOCK_RAW,
                       int(proto)) as sock:
        sock.sendto(bytes(8), (address, 0))


# ------------------------------------------------------------------ capture

def transported(packet):
    """(pseudo header without length, protocol, octets)."""
    if packet[0] >> 4 == 4:
        head = 4 * (packet[0] & 15)
        end = struct.unpack("!H", packet[2:4])[0]
        return packet[12:20], packet[9], packet[head:end]
    return packet[8:40], packet[6], packet[40:]


def is_right(packet):
    addresses, proto, octets = transported(packet)
    if proto == 1:
        return checksum(octets) == 0
    if proto not in (6, 17, 58):
        return True
    if proto == 17 and octets[6:8] == b"\0\0":
        return packet[0] >> 4 == 4
    return checksum(addresses + struct.pack("!II", len(octets), proto) +
                          octets) == 0


def checksums(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind((device, 3))
    done = []
    signal.signal(signal.SIGTERM, lambda *_: done.append(True))
    sock.settimeout(0.2)
    print("ready", flush=True)
    count = wrong = 0
    while True:
        try:
            packet, sender = sock.recvfrom(65536)
        except TimeoutError:
            if done:
                break
            continue
        if sender[2] == socket.PACKET_OUTGOING:
            continue
        count += 1
        if not is_right(packet):
            wrong += 1
            print("wrong:", packet[:60].hex(), flush=True)
    print(count, wrong, flush=True)


# ---------------------------------------------------------------- other ends

def espinudp(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", int(port)))
    sock.setsockopt(socket.IPPROTO_UDP, 100, 2)  # UDP_ENCAP_ESPINUDP
    print("ready", flush=True)
    while True:
        sock.recv(65536)


def craft(address, spi, key):
    """All the beginnings of headers, and headers whose lengths are wrong."""
    # It takes its time, which the others need not.
    from adit_lab import AESGCM, EspSa
    key = read_key(key)
    sa = EspSa(int(spi, 16), "aes-gcm-16", key_len=16)
    sa.aead, sa.salt = AESGCM(key[:16]), key[16:]
    sock = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sock.bind(("", 4500))
    count = 0
    for proto in (6, 17, 136, 33, 58, 1, 132, 47, 44, 0, 60, 43, 51, 255):
        whole = [bytes([proto & 1] * n) for n in range(0, 44)]
        whole += [struct.pack("!HHHH", 7, 7, n, 1) + bytes(9)
                  for n in (0, 1, 7, 8, 9, 17, 18, 65535)]
        whole += [struct.pack("!BBHHH", kind, 0, 0, 1, 1)[:n]
                  for kind in (8, 128, 0, 129, 3, 1) for n in range(9)]
        for octets in whole:
            sock.sendto(sa.seal(octets, proto), (address, 4500))
            count += 1
            if count % 50 == 0:
                time.sleep(0.01)
    print(count)


COMMANDS = {"serve": lambda port: Server(int(port)).run(), "ask": ask,
            "talk": talk, "burst": burst, "raw": raw, "checksums": checksums,
            "espinudp": espinudp, "craft": craft}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
