# SPDX-License-Identifier: GPL-2.0
"""From the lines that guests print to a table of ratios."""

import collections
import json
import statistics

from rows import BEDS, CHILDREN, METRICS, PEERS, ROWS, SLOPE, SUITES

FIRST = next(iter(PEERS))


class Bad(Exception):
    """A line that no guest prints."""


class Figures:
    """values[bed, row, metric][peer] are costs, one a round."""

    def __init__(self):
        self.values = collections.defaultdict(
            lambda: collections.defaultdict(list))

    def add(self, bed, line):
        """Take a line "= ROW PEER ROUND METRIC NUMBER"."""
        try:
            mark, row, peer, _, metric, number = line.split()
            cost = float(number)
        except ValueError:
            raise Bad(f"not a figure: {line}") from None
        if mark != "=" or bed not in BEDS or peer not in PEERS or \
                metric not in METRICS or "/" not in row:
            raise Bad(f"not a figure: {line}")
        self.values[bed, row, metric][peer].append(cost)

    def lines(self):
        """The lines of the table, in the order of ROWS."""
        known = self.values
        for row in dict.fromkeys((r.bed, r.name) for r in ROWS):
            for metric in METRICS:
                values = known.get(row + (metric,)) or self.derive(*row, metric)
                if values:
                    yield Line(*row, metric, values)

    def derive(self, bed, name, metric):
        if metric == "both":
            return self.combine(
                lambda send, receive: send + receive,
                (bed, name, "send"), (bed, name, "receive"))
        workload, suite = name.split("/")
        if metric == SLOPE.metric and workload == SLOPE.large:
            return self.combine(
                lambda ss, sr, ls, lr: (ls + lr - ss - sr) / SLOPE.octets,
                *((bed, f"{size}/{suite}", way)
                  for size in (SLOPE.small, SLOPE.large)
                  for way in ("send", "receive")))
        return None

    def combine(self, function, *keys):
        """The function of the figures of the same peer in the same round."""
        if not all(key in self.values for key in keys):
            return None
        parts = [self.values[key] for key in keys]
        return {peer: [function(*round) for round in
                       zip(*(part.get(peer, ()) for part in parts))]
                for peer in parts[0]}


def spread(values):
    """Half the distance between the quartiles, as a part of the median."""
    middle = statistics.median(values)
    if len(values) < 2 or not middle:
        return 0.0
    if len(values) < 4:
        return (max(values) - min(values)) / 2 / abs(middle)
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2 / abs(middle)


class Line:
    """A metric of a row for all its peers."""

    def __init__(self, bed, name, metric, costs):
        self.bed = bed
        self.name = name
        self.metric = metric
        self.costs = {peer: list(costs[peer]) for peer in PEERS
                      if costs.get(peer)}
        self.unit, self.factor = getattr(METRICS[metric], bed)
        self.is_rate = bed in METRICS[metric].rate

    @property
    def title(self):
        workload, suite = self.name.split("/")
        kind, *words = workload.split("-")
        title = {
            "forward": lambda size, *frags: f"{size} octets" +
                       (" in pages" if frags else ""),
            "tcp": lambda: "TCP",
            "wan": lambda loss: f"20 ms, {loss} % loss",
            "children": lambda shape: CHILDREN[shape],
            "setup": lambda count: "",
            "ike": lambda count: f"{int(count):,} connections of IKE",
        }[kind](*words)
        title = f"{title}, {METRICS[self.metric].title}".lstrip(", ")
        return f"{title}, {SUITES.get(suite, suite)}"

    def shown(self, peer):
        """The median in the line's unit."""
        cost = statistics.median(self.costs[peer])
        return self.factor / cost if self.is_rate else self.factor * cost

    def ratio(self, peer):
        """How many times as good adit is, and the spread of that. Peers took
        turns, so the figures of one round belong together."""
        ours, theirs = self.costs[FIRST], self.costs[peer]
        pairs = [t / o for o, t in zip(ours, theirs) if o]
        middle = statistics.median(theirs) / statistics.median(ours)
        return middle, spread(pairs)

    def compared(self):
        """Peers that adit is compared with."""
        if FIRST not in self.costs or not statistics.median(self.costs[FIRST]):
            return []
        return [p for p in self.costs if p not in (FIRST, "plain")]

    def as_json(self):
        return {
            "bed": self.bed, "row": self.name, "metric": self.metric,
            "unit": self.unit,
            "peers": {p: {"median": self.shown(p),
                          "spread": spread(self.costs[p]),
                          "rounds": len(self.costs[p])} for p in self.costs},
            "ratio": {p: dict(zip(("median", "spread"), self.ratio(p)))
                      for p in self.compared()},
        }


def number(value):
    """Three digits or all before the point."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percent(part, rounds):
    """A spread; one round has none."""
    if rounds < 2:
        return ""
    return f" ±{100 * part:.1f}%" if part < 0.0995 else f" ±{100 * part:.0f}%"


def cells(line):
    """Label, unit, a figure for each peer, ratios."""
    yield line.title
    yield line.unit
    for peer in PEERS:
        costs = line.costs.get(peer)
        yield number(line.shown(peer)) + percent(spread(costs), len(costs)) \
            if costs else "-"
    compared = line.compared()
    for peer in list(PEERS)[1:]:
        if peer == "plain":
            continue
        if peer in compared:
            ratio, noise = line.ratio(peer)
            yield f"{ratio:.2f}" + percent(noise, len(line.costs[peer]))
        else:
            yield "-"


def head():
    ours = PEERS[FIRST]
    return ["", "unit", *PEERS.values(),
            *(f"{PEERS[p]}/{ours}" for p in list(PEERS)[1:] if p != "plain")]


def table(lines, versions, markdown=False):
    """Text of the one table."""
    lines = list(lines)
    body = [(line.bed, list(cells(line))) for line in lines]
    widths = [max(len(cell) for cell in column)
              for column in zip(head(), *(row for _, row in body))]

    def put(row):
        padded = [cell.ljust(width) if i < 2 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(padded) + " |" if markdown else \
            "  ".join(padded).rstrip()

    text = []
    if markdown:
        rule = ["-" * width if i < 2 else "-" * (width - 1) + ":"
                for i, width in enumerate(widths)]
    for bed in dict.fromkeys(bed for bed, _ in body):
        title = BEDS[bed].title.format(version=versions.get(bed, ""))
        text += ["", f"**{title}**" if markdown else title, ""]
        text.append(put(head()))
        if markdown:
            text.append(put(rule))
        text += [put(row) for b, row in body if b == bed]
    return "\n".join(text[1:])


def to_json(lines):
    return json.dumps([line.as_json() for line in lines], indent=1)
