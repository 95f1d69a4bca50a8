# SPDX-License-Identifier: GPL-2.0
"""Every change is an event, once, in order, and says what a request says."""

import atexit
import json
import os
import struct
import subprocess
import time

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

SPI_IN, SPI_OUT = 0x1001, 0x2001
GCM = {"encr": "aes-gcm-16", "encr-key": bytes(20)}


class Listeners(Bench):
    """A client of the specification, and adit monitor beside it."""

    def __init__(self):
        super().__init__()
        self.listener = in_netns(self.left, Family, self.spec)
        for group in self.spec.groups:
            self.listener.join(group)
        self.lines = []
        self.monitor = subprocess.Popen(
            ["ip", "netns", "exec", self.left, "adit", "monitor", "-j"],
            stdout=subprocess.PIPE)
        atexit.register(self.stop)
        os.set_blocking(self.monitor.stdout.fileno(), False)
        self.partial = b""
        expect(wait_for(lambda: self.json_events(), 60),
               "adit monitor does not listen")
        self.lines.clear()

    def stop(self):
        self.monitor.terminate()
        self.monitor.wait()

    def json_events(self):
        """What adit monitor has said."""
        octets = self.monitor.stdout.read() or b""
        *lines, self.partial = (self.partial + octets).split(b"\n")
        self.lines += [json.loads(line) for line in lines]
        return self.lines

    def change(self, op, values=None, **more):
        return self.nl.do(op, {"ifindex": self.ifindex, **(values or more)})

    def expect_events(self, *want):
        """(name, {what must be in it}) in this order, and no others."""
        got = []

        def came():
            got.extend(self.listener.events(0.05))
            return len(got) >= len(want)
        wait_for(came)
        names = [name for name, _ in got]
        expect(names == [name for name, _ in want],
               lambda: f"events were {names}, expected {want}")
        for (name, values), (_, wanted) in zip(got, want):
            have = {k: values.get(k) for k in wanted}
            expect(have == wanted, lambda: f"{name} says {values}, expected "
                   f"{wanted}")
        wait_for(lambda: len(self.json_events()) >= len(want))
        said = [line["event"] + "-ntf" for line in self.lines]
        expect(said == names, lambda: f"adit monitor said {self.lines}")
        self.lines.clear()
        return [values for _, values in got]


def without(values, *names):
    return {k: v for k, v in values.items() if k not in names}


@case("peers")
def peers(bench):
    bench.change("peer-new", id=1, remote="192.0.2.2")
    event, = bench.expect_events(("peer-ntf", {"id": 1}))
    expect(event == bench.change("peer-get", id=1),
           lambda: f"a new peer is told as {event}")
    bench.change("peer-set", id=1, remote="192.0.2.9")
    bench.expect_events(("peer-ntf", {"id": 1, "remote": aton("192.0.2.9")}))
    bench.change("peer-del", id=1)
    bench.expect_events(("peer-del-ntf", {"id": 1}))


@case("children")
def children(bench):
    bench.change("peer-new", id=1, remote="192.0.2.2")
    bench.change("child-new", id=5, peer=1)
    *_, event = bench.expect_events(("peer-ntf", {}), ("child-ntf", {"id": 5}))
    expect(event == bench.change("child-get", id=5),
           lambda: f"a new child is told as {event}")
    bench.change("child-set", id=5, priority=7)
    bench.expect_events(("child-ntf", {"id": 5, "priority": 7}))
    bench.change("child-del", id=5)
    bench.expect_events(("child-del-ntf", {"id": 5, "peer": 1}))
    bench.change("peer-del", id=1)
    bench.expect_events(("peer-del-ntf", {"id": 1}))


def with_child(bench):
    bench.change("peer-new", id=1, local=OUTER[4][0], remote=OUTER[4][1])
    bench.change("child-new", id=5, peer=1)
    bench.expect_events(("peer-ntf", {}), ("child-ntf", {}))


@case("SAs, from the reserved SPI to the end")
def sas(bench):
    states = bench.spec.enums["sa-state"]
    with_child(bench)
    bench.change("spi-alloc", {"child": 5, "spi-min": SPI_IN,
                               "spi-max": SPI_IN})
    bench.expect_events(("sa-ntf", {"spi": SPI_IN,
                                    "state": states["larval"]}))
    bench.change("sa-new", child=5, dir="in", spi=SPI_IN, **GCM)
    event, = bench.expect_events(("sa-ntf", {"spi": SPI_IN,
                                             "state": states["valid"]}))
    now = bench.change("sa-get", child=5, dir="in", spi=SPI_IN)
    # The map of what was seen is for whoever asks for one SA.
    aside = "age-seconds", "replay-seen"
    expect("replay-seen" in now and
           without(event, "age-seconds") == without(now, *aside),
           lambda: f"{now} is told as {event}")
    bench.change("sa-new", child=5, dir="out", spi=SPI_OUT, **GCM)
    bench.expect_events(("sa-ntf", {"spi": SPI_OUT, "active": 0}))
    bench.change("sa-activate", child=5, spi=SPI_OUT)
    bench.expect_events(("sa-ntf", {"spi": SPI_OUT, "active": 1}))
    bench.change("sa-set", child=5, dir="out", spi=SPI_OUT,
                 limits={"hard-packets": 1000})
    event, = bench.expect_events(("sa-ntf", {"spi": SPI_OUT}))
    expect(event["limits"]["hard-packets"] == 1000, f"told as {event}")
    bench.change("sa-del", child=5, dir="in", spi=SPI_IN)
    bench.expect_events(("sa-del-ntf", {"spi": SPI_IN, "dir": 1}))
    bench.change("peer-del", id=1)
    bench.expect_events(("sa-del-ntf", {"spi": SPI_OUT, "child": 5}),
                        ("child-del-ntf", {"id": 5}),
                        ("peer-del-ntf", {"id": 1}))


def send_inside(bench):
    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("", 777))
            sock.sendto(b"payload", (INNER[4][2], 9))
    in_netns(bench.left, send)


@case("a packet that needs an SA, and limits that pass")
def acquire_and_expire(bench):
    limit = bench.spec.enums["limit"]["packets"]
    with_child(bench)
    send_inside(bench)
    bench.expect_events(("acquire-ntf", {
        "ifname": bench.device, "peer": 1, "child": 5,
        "source": aton(INNER[4][0]), "destination": aton(INNER[4][2]),
        "proto": 17, "source-port": 777, "destination-port": 9}))
    # The one that was held is the first that counts.
    bench.change("sa-new", {"child": 5, "dir": "out", "spi": SPI_OUT,
                            "active": 1, **GCM, "limits": {
                                "soft-packets": 2, "hard-packets": 3}})
    bench.expect_events(("sa-ntf", {"spi": SPI_OUT}))
    about = {"ifname": bench.device, "peer": 1, "child": 5, "dir": 2,
             "proto": 50, "spi": SPI_OUT, "limit": limit}
    send_inside(bench)
    bench.expect_events(
        ("sa-ntf", {"spi": SPI_OUT,
                    "state": bench.spec.enums["sa-state"]["dying"]}),
        ("expire-ntf", {**about, "hard": 0}))
    send_inside(bench)
    bench.expect_events(("expire-ntf", {**about, "hard": 1}),
                        ("sa-del-ntf", {"spi": SPI_OUT}))
    bench.change("peer-del", id=1)
    bench.expect_events(("child-del-ntf", {}), ("peer-del-ntf", {}))


def esp_of(spi):
    return struct.pack("!II", spi, 1) + bytes(40)


def unknown(bench):
    return bench.nl.do("net-get")["unknown-spi"]


@case("a packet for no SA, at most once a second from an address")
def unknown_spi(bench):
    for family in 4, 6:
        left, right = map(aton, OUTER[family])
        bench.send_esp(esp_of(SPI_IN), family)
        bench.expect_events(("unknown-spi-ntf", {
            "proto": 50, "spi": SPI_IN, "source": right, "destination": left,
            "encap": 0, "socket": None, "source-port": None}))
    start, before = time.monotonic(), unknown(bench)
    for i in range(50):
        bench.send_esp(esp_of(SPI_IN + i))
    wait_for(lambda: unknown(bench) >= before + 50)
    got = bench.listener.events(0.2)
    most = 1 + time.monotonic() - start
    expect(len(got) <= most, lambda: f"{len(got)} events, {most} expected")
    # Each of those that it may have been is said by now.
    wait_for(lambda: len(bench.json_events()) >= len(got))
    bench.lines.clear()


@case("a packet for no SA in UDP, of a reserved SPI, and of an SA of XFRM")
def unknown_spi_elsewhere(bench):
    left, right = OUTER[4]
    number = bench.nl.do("socket-new", {"encap": "udp", "local": left,
                                        "local-port": 4500})["id"]
    bench.expect_events(("socket-ntf", {"id": number}))
    time.sleep(1.1)
    # None of these is told, or the one after them would not be.
    before, want = unknown(bench), 1
    bench.send_esp(esp_of(255))
    if os.path.exists("/proc/net/xfrm_stat"):
        subprocess.run(
            ["ip", "-n", bench.left, "xfrm", "state", "add", "src", right,
             "dst", left, "proto", "esp", "spi", hex(SPI_IN), "mode",
             "tunnel", "aead", "rfc4106(gcm(aes))", "0x" + "00" * 20, "128"],
            check=True)
        bench.send_esp(esp_of(SPI_IN))
        want += 1
    wait_for(lambda: unknown(bench) >= before + want)
    expect(not bench.listener.events(0.2), "an event of an SA of XFRM")
    time.sleep(1.1)
    esp = esp_of(SPI_OUT)
    bench.send(ip(right, left, 17,
                  struct.pack("!4H", 777, 4500, 8 + len(esp), 0) + esp))
    bench.expect_events(("unknown-spi-ntf", {
        "proto": 50, "spi": SPI_OUT, "source": aton(right),
        "encap": bench.spec.enums["encap"]["udp"], "source-port": 777,
        "socket": number}))
    bench.nl.do("socket-del", id=number)
    bench.expect_events(("socket-del-ntf", {"id": number}))


@case("with the interface all ends")
def link_gone(bench):
    bench.link.add("vpn1")
    index = in_netns(bench.left, socket.if_nametoindex, "vpn1")
    bench.nl.do("peer-new", ifindex=index, id=3, remote="192.0.2.9")
    bench.nl.do("child-new", ifindex=index, id=8, peer=3)
    bench.nl.do("sa-new", ifindex=index, child=8, dir="in", spi=SPI_IN, **GCM)
    bench.expect_events(("peer-ntf", {"ifindex": index}), ("child-ntf", {}),
                        ("sa-ntf", {}))
    bench.link.delete(index)
    bench.expect_events(("sa-del-ntf", {"ifindex": index, "spi": SPI_IN}),
                        ("child-del-ntf", {"ifindex": index, "id": 8}),
                        ("peer-del-ntf", {"ifindex": index, "id": 3}))


if __name__ == "__main__":
    main(Listeners)
