# SPDX-License-Identifier: GPL-2.0
"""Rekeys under load: of all packets that are sent none may be lost.

Make before break, as an IKE daemon does it: inbound SAs first, then the
outbound ones on standby, then they are put to use; the old ones go when the
last of their packets has come, which is seen on their counters.
"""

import os
import subprocess

from adit_lab import case, expect, main, note, wait_for
from adit_nl import Family, Spec, in_netns
from esp import all_suites

NS = {host: os.environ.get(f"NS_{host.upper()}", "") for host in "ab"}
FAR = {"a": "b", "b": "a"}
INNER = {4: {"a": "10.1.0.1", "b": "10.2.0.1"},
         6: {"a": "fd00:1::1", "b": "fd00:2::1"}}
SECONDS = 5
REKEYS = 25


class Hosts:
    """Both ends of a tunnel, each with child 1 on vpn0."""

    def __init__(self):
        spec = Spec()
        self.nl = {host: in_netns(NS[host], Family, spec) for host in "ab"}
        self.ifindex = {host: nl.dump("dev-get")[0]["ifindex"]
                        for host, nl in self.nl.items()}
        self.generation = 0
        suites = {suite.name: suite for suite in all_suites()}
        self.suites = [suites["aes-gcm-16-128"],
                       suites["aes-cbc-256+hmac-sha2-256-128"],
                       suites["chacha20-poly1305"]]
        for host in "ab":
            self.nl[host].do("child-new", ifindex=self.ifindex[host], id=1)
        self.old = self.new_generation()
        self.activate(self.old)

    def sa_id(self, host, to, generation):
        return {"ifindex": self.ifindex[host], "child": 1,
                "spi": ord(to) << 24 | generation,
                "dir": "in" if host == to else "out"}

    def do(self, op, host, to, generation, **more):
        return self.nl[host].do(op, dict(self.sa_id(host, to, generation),
                                         **more))

    def new_generation(self):
        """SAs of new keys, and in turn of another suite."""
        self.generation = generation = self.generation + 1
        suite = self.suites[generation % len(self.suites)]
        config = {to: suite.config(suite.new_key()) for to in "ab"}
        for host, to in ("aa", "bb", "ab", "ba"):
            self.do("sa-new", host, to, generation, esn=1, **config[to])
        return generation

    def activate(self, generation):
        for host, to in ("ab", "ba"):
            values = self.sa_id(host, to, generation)
            del values["dir"]
            self.nl[host].do("sa-activate", values)

    def counts(self, to, generation):
        """Packets of a direction: (sent, received)."""
        stats = {host: self.do("sa-get", host, to, generation)["stats"]
                 for host in "ab"}
        return stats[FAR[to]]["tx-packets"], stats[to]["rx-packets"]

    def drained(self, generation):
        return all(sent == received for sent, received in
                   (self.counts(to, generation) for to in "ab"))

    def rekey(self):
        """Packets that the old generation has carried."""
        old, self.old = self.old, self.new_generation()
        self.activate(self.old)
        expect(wait_for(lambda: self.drained(old)),
               "(sent, received) of an old SA: " + ", ".join(
                   f"{self.counts(to, old)} to {to}" for to in "ab"))
        carried = [self.counts(to, old)[0] for to in "ab"]
        for host, to in ("ab", "ba", "aa", "bb"):
            self.do("sa-del", host, to, old)
        return carried

    def stats(self, host):
        """The device's counters."""
        return self.nl[host].do("dev-get", ifindex=self.ifindex[host])[
            "stats"]

    def expect_no_loss(self):
        expect(wait_for(lambda: self.drained(self.old)), "packets are lost")
        stats = {host: self.stats(host) for host in "ab"}
        for host, far in FAR.items():
            expect("drop" not in stats[host], f"drops on {host}: "
                                              f"{stats[host].get('drop')}")
            sent, received = stats[host]["tx-packets"], stats[far][
                "rx-packets"]
            expect(sent == received, f"{host} sent {sent}, {far} received "
                                     f"{received}")
            unknown = self.nl[host].do("net-get")["unknown-spi"]
            expect(not unknown, f"{unknown} packets for an SA that is gone")


class Load:
    """iperf3 in both directions at once."""

    def __init__(self, inner, *options):
        address = INNER[inner]["b"]
        self.server = in_netns(NS["b"], lambda: subprocess.Popen(
            ["iperf3", "-s", "-1", "-B", address],
            stdout=subprocess.DEVNULL))
        self.client = None
        wait_for(self.listening)
        self.client = in_netns(NS["a"], lambda: subprocess.Popen(
            ["iperf3", "-c", address, "--bidir", "-t", str(SECONDS),
             "--connect-timeout", "20000", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))

    @staticmethod
    def listening():
        def read():
            with open("/proc/self/net/tcp6", encoding="ascii") as six, \
                    open("/proc/self/net/tcp", encoding="ascii") as four:
                return ":1451 " in six.read() + four.read()
        return in_netns(NS["b"], read)

    def runs(self):
        return self.client.poll() is None

    def stop(self):
        for process in self.client, self.server:
            process.kill()
            process.wait()


def test_rekey(hosts, inner, *options):
    """Until the load ends, and not fewer times than wanted."""
    before = hosts.stats("a")["tx-packets"]
    load = Load(inner, *options)
    wait_for(lambda: hosts.stats("a")["tx-packets"] > before + 100)
    count, carried = 0, [0, 0]
    while load.runs() or count < REKEYS:
        for i, packets in enumerate(hosts.rekey()):
            carried[i] += packets
        count += 1
    text, _ = load.client.communicate()
    load.stop()
    hosts.expect_no_loss()
    expect(load.client.returncode == 0, text)
    note(f"{count} rekeys, {carried[1]} packets to a and {carried[0]} to b")


if __name__ == "__main__":
    for version in 4, 6:
        case(f"UDP, IPv{version}", version, "-u", "-b", "4M", "-l",
             "1000")(test_rekey)
        # A window that no queue on the way can lose packets of.
        case(f"TCP, IPv{version}", version, "-w", "128K")(test_rekey)
    main(Hosts)
