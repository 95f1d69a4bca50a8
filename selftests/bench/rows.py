# SPDX-License-Identifier: GPL-2.0
"""What the benchmark measures: tables, and nothing else.

A row is a workload with a suite on a test-bed, for some peers. A new workload
is functions in "guest" and a row here, a new peer functions in "peers.bash"
and a word in rows here.
"""

from collections import namedtuple

# kernel, options of selftests/vm/run, variables of "guest"
Bed = namedtuple("Bed", "title kernel options environment")

BEDS = {
    "native": Bed(
        "Native speed: User-Mode Linux {version}, one processor, ciphers in C",
        "speed", (),
        {"BENCH_BURSTS": 200, "BENCH_OCTETS": 60000000}),
    "counted": Bed(
        "Instructions: QEMU, Debian's {version}, ciphers in assembler",
        "6.12", ("-i",),
        {"BENCH_BURSTS": 16, "BENCH_OCTETS": 24000000}),
}

# How a peer is called in the table. The first is the one that the others are
# compared with.
PEERS = {
    "adit": "adit",
    "xfrm": "XFRM",
    "wireguard": "WireGuard",
    "plain": "no tunnel",
}

# peers: words; rounds: turns of each peer; quick: part of "run -q"
Row = namedtuple("Row", "bed name peers rounds quick")

ROWS = (
    Row("native", "forward-64/chacha20-poly1305",
        "adit xfrm wireguard plain", 9, True),
    Row("native", "forward-1400/chacha20-poly1305",
        "adit xfrm wireguard plain", 9, False),
    Row("native", "tcp/chacha20-poly1305",
        "adit xfrm wireguard plain", 9, True),
    Row("native", "tcp/udp+chacha20-poly1305",
        "adit xfrm wireguard plain", 9, False),
    *(Row("native", f"wan-{loss}/{encap}+chacha20-poly1305",
          "adit xfrm plain", 3, False)
      for loss in ("0", "0.1", "1") for encap in ("udp", "tcp")),
    Row("native", "tcp/tcp+chacha20-poly1305",
        "adit xfrm plain", 5, False),
    Row("native", "setup-1000/chacha20-poly1305",
        "adit xfrm wireguard", 5, False),
    Row("native", "ike-200/aes-gcm-16-128", "adit xfrm", 3, True),
    Row("native", "ike-2000/aes-gcm-16-128", "adit xfrm", 1, False),
    Row("counted", "forward-64/aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, True),
    Row("counted", "forward-1400/aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, False),
    Row("counted", "forward-64/null", "adit xfrm plain", 2, False),
    Row("counted", "forward-1400/null", "adit xfrm plain", 2, False),
    Row("counted", "forward-1400-frags/aes-gcm-16-128",
        "adit xfrm wireguard", 2, False),
    Row("counted", "children-nets/null", "adit xfrm", 1, False),
    Row("counted", "children-hosts/null", "adit", 1, False),
    Row("counted", "children-ports/null", "adit", 1, False),
    Row("counted", "tcp/aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, False),
    Row("counted", "tcp/null", "adit xfrm plain", 2, False),
    Row("counted", "forward-64/udp+aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, False),
    Row("counted", "forward-1400/udp+aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, False),
    Row("counted", "tcp/udp+aes-gcm-16-128",
        "adit xfrm wireguard plain", 2, False),
    Row("counted", "tcp/tcp+aes-gcm-16-128", "adit plain", 2, False),
)

# What is derived from rows of the same bed and suite once both are there:
# "per octet" is the slope between two sizes of packets.
Slope = namedtuple("Slope", "small large octets metric")

SLOPE = Slope("forward-64", "forward-1400", 1400 - 64, "octet")

# unit and factor by bed. What guests report is a cost, in nanoseconds or
# octets; with "rate" the table shows factor / cost instead of factor * cost.
Metric = namedtuple("Metric", "title native counted rate")

METRICS = {
    "send": Metric("send", ("ns/packet", 1), ("instr/packet", 1), ()),
    "receive": Metric("receive", ("ns/packet", 1), ("instr/packet", 1), ()),
    "both": Metric("both", ("ns/packet", 1), ("instr/packet", 1), ()),
    "octet": Metric("each octet", ("ns/octet", 1), ("instr/octet", 1), ()),
    **{f"children-{count}": Metric(f"{count:,} child" + "ren" * (count > 1),
                                   ("ns/packet", 1), ("instr/packet", 1), ())
       for count in (1, 1000, 10000, 100000)},
    "bulk": Metric("bulk", ("Mbit/s", 8000), ("instr/octet", 1), ("native",)),
    "make": Metric("time for 1,000 peers", ("ms", 1e-3), ("M instr", 1e-3), ()),
    "memory": Metric("memory for a peer", ("KiB", 1 / 1024),
                     ("KiB", 1 / 1024), ()),
    # Of IKE daemons: see "Daemons" in docs/bench.md.
    "up": Metric("up in a second", ("1/s", 1e9), ("1/s", 1e9),
                 ("native", "counted")),
    "all": Metric("until all are up", ("s", 1e-9), ("s", 1e-9), ()),
    "missing": Metric("that never were up", ("", 1), ("", 1), ()),
    "cpu": Metric("computed for one", ("ms", 1e-6), ("M instr", 1e-6), ()),
    "loaded": Metric("memory of one loaded", ("KiB", 1 / 1024),
                     ("KiB", 1 / 1024), ()),
    "sas": Metric("memory of its SAs", ("KiB", 1 / 1024),
                  ("KiB", 1 / 1024), ()),
}

# What each child of "children-SHAPE" has that no other one has.
CHILDREN = {
    "nets": "own network",
    "hosts": "own address",
    "ports": "own port",
}

SUITES = {
    "chacha20-poly1305": "ChaCha20-Poly1305",
    "aes-gcm-16-128": "AES-GCM-128",
    "null": "no cipher",
    "udp+chacha20-poly1305": "ChaCha20-Poly1305 in UDP",
    "udp+aes-gcm-16-128": "AES-GCM-128 in UDP",
    "tcp+chacha20-poly1305": "ChaCha20-Poly1305 in TCP",
    "tcp+aes-gcm-16-128": "AES-GCM-128 in TCP",
}
