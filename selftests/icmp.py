# SPDX-License-Identifier: GPL-2.0
"""ICMP errors from inside the tunnel's networks, both ways (RFC 4301, 6).

A child carries UDP between one port of two hosts. Errors about that come from
routers that its selectors do not name: each case sends some that are right and
some with one mistake, whose fate must be that of any packet that no selector
allows.
"""

from adit_lab import *  # noqa: F403 # pylint: disable=W0401,W0614

FAMILIES = (4, 6)
WAYS = ("in", "out")
ROUTER = {4: "10.9.77.1", 6: "fd09:77::1"}
STRANGER = {4: "10.9.88.1", 6: "fd09:88::1"}
NEAR_PORT, FAR_PORT = 9, 7
# Which types are let through, by the RFCs' numbers.
ERRORS = {4: {3, 11, 12}, 6: {1, 2, 3, 4}}
TOO_BIG = {4: (3, 4), 6: (2, 0)}
ECHO = {4: 8, 6: 128}
REFUSED = {"in": "rx-selector", "out": "tx-no-selector"}
PROTO = {4: 0x0800, 6: 0x86dd}


def ends(family, way):
    """Who sent the packet that the error is about, and to whom."""
    near = INNER[family][1], NEAR_PORT
    far = INNER[family][2], FAR_PORT
    return (near, far) if way == "in" else (far, near)


def trigger(family, way, proto=17, data=bytes(40), **header):
    """The packet that the error is about."""
    (source, sport), (destination, dport) = ends(family, way)
    return ip(source, destination, proto, udp(sport, dport, data), **header)


def icmp(family, kind, code, quoted):
    return struct.pack("!BBHI", kind, code, 0, 1280) + quoted


def error(family, way, quoted=None, kind=None, source=None, destination=None,
          **header):
    """The error, from a router to the sender of what it quotes."""
    if quoted is None:
        quoted = trigger(family, way)
    kind, code = (kind, 0) if kind is not None else TOO_BIG[family]
    return ip(source or ROUTER[family],
              destination or ends(family, way)[0][0],
              1 if family == 4 else 58, icmp(family, kind, code, quoted),
              **header)


def udp_only(family):
    near, far = INNER[family][1:]
    return {"local_ts": [{"start": near, "proto": 17,
                          "port-start": NEAR_PORT}],
            "remote_ts": [{"start": far, "proto": 17,
                           "port-start": FAR_PORT}]}


class Icmp(Bench):
    @contextlib.contextmanager
    def ready(self, outer=4, **more):
        """A child with its SAs, by the way that they are for."""
        with self.child(outer, **more) as child:
            yield {"in": self.add_sa(child, "in"),
                   "out": self.add_sa(child, "out", active=1)}

    def fate(self, packet, way, sas):
        """Counts, and what has become of the packet."""
        if way == "in":
            return self.outcome([ip(*reversed(OUTER[4]), 50,
                                    sas["in"].seal(packet))])
        before = self.dev_stats()
        self.esp_seen()
        self.sink.sendto(packet, (self.device, PROTO[6 if packet[0] >> 4 == 6
                                                     else 4]))
        expect(wait_for(lambda: difference(self.dev_stats(), before)),
               "the packet was not counted")
        counts = difference(self.dev_stats(), before)
        out = collect(self.esp_seen, counts.get("tx", 0)) or self.esp_seen()
        return counts, [sas["out"].open(esp)[1] for _, esp in out]

    def passes(self, what, packet, way, sas):
        counts, out = self.fate(packet, way, sas)
        expect(counts == {"rx" if way == "in" else "tx": 1},
               f"{what}: counted {counts}")
        expect(out == [packet], f"{what}: came out changed: {out}")

    def refused(self, what, packet, way, sas, reason=None):
        counts, out = self.fate(packet, way, sas)
        expect(counts == {reason or REFUSED[way]: 1} and not out,
               f"{what}: counted {counts}")


def each_way(name):
    """Decorator: a case for each family and way."""
    def add(function):
        for family in FAMILIES:
            for way in WAYS:
                case(f"{name}, IPv{family} {way}", family, way)(function)
        return function
    return add


@each_way("every type")
def every_type(bench, family, way):
    with bench.ready(**udp_only(family)) as sas:
        for kind in range(256):
            told = bench.passes if kind in ERRORS[family] else bench.refused
            told(f"type {kind}", error(family, way, kind=kind), way, sas)


@each_way("a quotation cut at every length")
def cut(bench, family, way):
    head = 20 if family == 4 else 40
    with bench.ready(**udp_only(family)) as sas:
        whole = trigger(family, way)
        for length in range(len(whole)):
            told = bench.passes if length >= head + 4 else bench.refused
            told(f"cut to {length}", error(family, way, whole[:length]), way,
                 sas)
        # Without even the ICMP header.
        for length in range(8):
            body = icmp(family, *TOO_BIG[family], b"")[:length]
            bench.refused(f"ICMP cut to {length}",
                          ip(ROUTER[family], ends(family, way)[0][0],
                             1 if family == 4 else 58, body), way, sas)


@each_way("a quotation without ports, where none are asked for")
def no_ports(bench, family, way):
    near, far = INNER[family][1:]
    head = 20 if family == 4 else 40
    with bench.ready(local_ts=[{"start": near}],
                     remote_ts=[{"start": far}]) as sas:
        whole = trigger(family, way)
        bench.passes("the header", error(family, way, whole[:head]), way, sas)
        bench.refused("less", error(family, way, whole[:head - 1]), way, sas)
        echo = ip(ends(family, way)[0][0], ends(family, way)[1][0],
                  1 if family == 4 else 58, icmp(family, ECHO[family], 0, b""))
        bench.passes("about an echo", error(family, way, echo), way, sas)


def strangers(family, way):
    """(what, error) with one mistake each."""
    (source, sport), (destination, dport) = ends(family, way)
    other = STRANGER[family]
    data = bytes(40)
    yield "another source", ip(other, destination, 17,
                               udp(sport, dport, data))
    yield "another destination", ip(source, other, 17,
                                    udp(sport, dport, data))
    yield "another source port", ip(source, destination, 17,
                                    udp(sport + 1, dport, data))
    yield "another destination port", ip(source, destination, 17,
                                         udp(sport, dport + 1, data))
    yield "the ports exchanged", ip(source, destination, 17,
                                    udp(dport, sport, data))
    yield "another protocol", ip(source, destination, 6,
                                 udp(sport, dport, data))
    yield "the other way", trigger(family, "out" if way == "in" else "in")
    yield "another family", trigger(10 - family, way)
    for version in 0, 5, 15:
        yield f"version {version}", trigger(family, way, version=version)
    if family == 4:
        yield "ihl 4", trigger(4, way, ihl=4)
        yield "options that are cut off", trigger(4, way, ihl=15)
        yield "a later fragment", trigger(4, way, frag=2)
    else:
        body = udp(sport, dport, data)
        yield "a later fragment", ip(source, destination, 44,
                                     b"\x11\0\0\x08\0\0\0\1" + body)
        yield "an extension that is cut off", ip(
            source, destination, 60, b"\x11\xff" + b"\0" * 6 + body)
        yield "extensions without end", ip(source, destination, 60,
                                           b"\x3c\0\1\4\0\0\0\0" * 20)


@each_way("quotations of what the selectors do not allow")
def quoted_outside(bench, family, way):
    with bench.ready(**udp_only(family)) as sas:
        for what, quoted in strangers(family, way):
            # It is for the sender of what it quotes, of its own family.
            packet = error(family, way, quoted)
            if what == "another source":
                packet = error(family, way, quoted,
                               destination=STRANGER[family])
            bench.refused(what, packet, way, sas)
        bench.refused("for somebody else",
                      error(family, way, destination=STRANGER[family]), way,
                      sas)
        bench.passes("the right one", error(family, way), way, sas)


@each_way("headers in front of what matters")
def headers(bench, family, way):
    (source, sport), (destination, dport) = ends(family, way)
    body = udp(sport, dport, bytes(40))
    with bench.ready(**udp_only(family)) as sas:
        if family == 4:
            more = b"\x01" * 40
            bench.passes("options, quoted too", error(
                4, way, trigger(4, way, options=more), options=more), way, sas)
            bench.passes("a first fragment, quoted",
                         error(4, way, trigger(4, way, frag=0x2000)), way, sas)
            bench.refused("a fragment of an error",
                          error(4, way, frag=2), way, sas)
            return
        extension = b"\x11\0\1\4\0\0\0\0"
        bench.passes("an extension, quoted", error(
            6, way, ip(source, destination, 60, extension + body)), way, sas)
        whole = error(6, way)
        bench.passes("an extension", ip(
            ROUTER[6], source, 60, b"\x3a" + extension[1:] + whole[40:]), way,
            sas)
        bench.refused("a fragment of an error", ip(
            ROUTER[6], source, 44, b"\x3a\0\0\x08\0\0\0\1" + whole[40:]), way,
            sas)


@each_way("a child that does not want them")
def policy_off(bench, family, way):
    with bench.ready(icmp_errors=0, **udp_only(family)) as sas:
        index = {"ifindex": bench.ifindex, "id": sas["in"].child}
        for on in 0, 1, 0:
            bench.nl.do("child-set", {**index, "icmp-errors": on})
            expect(bench.nl.do("child-get", index)["icmp-errors"] == on,
                   "child-get tells otherwise")
            told = bench.passes if on else bench.refused
            told(f"icmp-errors {on}", error(family, way), way, sas)
            # What is not told stays.
            bench.nl.do("child-set", {**index, "priority": 5})
            told(f"icmp-errors {on}, priority set", error(family, way), way,
                 sas)


@case("an error asks for no SA")
def no_sa(bench):
    """RFC 4301, 6.2: if no such SA exists, none is created."""
    events = in_netns(bench.left, Family, bench.spec)
    events.join("acquire")
    for family in FAMILIES:
        with bench.child(**udp_only(family)) as child:
            bench.refused("without an SA", error(family, "out"), "out", {},
                          "tx-no-sa")
            row = bench.nl.do("child-get", ifindex=bench.ifindex, id=child)
            expect(row["held"] == 0, f"{row['held']} packets are held")
    expect(not events.events(0), "there was an acquire event")


@case("transport mode: errors of the other end, of nobody else")
def transport(bench):
    for family in FAMILIES:
        left, right = OUTER[family]
        other = {4: "192.0.2.77", 6: "2001:db8::77"}[family]
        any_host = {4: {"start": "0.0.0.0", "end": "255.255.255.255"},
                    6: {"start": "::", "end": "ffff" + ":ffff" * 7}}[family]
        proto = 1 if family == 4 else 58

        def quoting(source, destination):
            return icmp(family, *TOO_BIG[family],
                        ip(source, destination, 17, udp(9, 9)))
        with bench.ready(family, mode="transport",
                         local_ts=[{**any_host, "proto": 17}],
                         remote_ts=[{**any_host, "proto": 17}]) as sas:
            body = quoting(left, right)
            for source, want in ((right, {"rx": 1}),
                                 (other, {"rx-selector": 1})):
                esp = sas["in"].seal(body, next_header=proto)
                counts, _ = bench.outcome([ip(source, left, 50, esp)])
                expect(counts == want, f"from {source}: counted {counts}")
            for destination, want in ((right, {"tx": 1}),
                                      (other, {"tx-no-selector": 1})):
                before = bench.dev_stats()
                bench.sink.sendto(ip(left, destination, proto,
                                     quoting(destination, left)),
                                  (bench.device, PROTO[family]))
                wait_for(lambda: difference(bench.dev_stats(), before))
                counts = difference(bench.dev_stats(), before)
                expect(counts == want, f"to {destination}: counted {counts}")


if __name__ == "__main__":
    main(Icmp)
