# SPDX-License-Identifier: GPL-2.0
"""A small generic netlink client that knows a family from its YNL file.

Nothing about adit is written here: names, numbers and types of operations and
attributes come from the specification, so that the tests see what any other
client of the specification would see.

    nl = Family(Spec())
    nl.do("peer-new", ifindex=3, remote="10.0.0.2")     -> {"id": 1, ...}
    nl.dump("sa-get", ifindex=3)                        -> [{...}, ...]

A refusal is an NlError with all that the kernel told. Values that the
specification does not allow are given as Raw(), attributes that it does not
know by their number.
"""

import ctypes
import errno
import os
import socket
import struct
import sys

import yaml

NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK = 0x1, 0x2, 0x4
NLM_F_DUMP = 0x300
NLM_F_CREATE, NLM_F_EXCL = 0x400, 0x200
NLM_F_DUMP_INTR = 0x10
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_TYPE_MASK = 0x8000, 0x4000, 0x3fff
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_EXT_ACK = 1, 11
NETLINK_GENERIC, NETLINK_ROUTE, GENL_ID_CTRL = 16, 0, 0x10
NLMSGHDR, GENLHDR, NLATTR = 16, 4, 4

INTS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q",
        "s8": "b", "s16": "h", "s32": "i", "s64": "q"}


def align(n):
    return (n + 3) & ~3


def tlv(kind, payload):
    """One attribute, with its padding."""
    head = struct.pack("=HH", (NLATTR + len(payload)) & 0xffff, kind)
    return head + payload + bytes(align(len(payload)) - len(payload))


def tlvs(data):
    """The attributes in data: (offset, type with flags, payload)."""
    at = 0
    while at + NLATTR <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < NLATTR or at + length > len(data):
            return
        yield at, kind, data[at + NLATTR:at + length]
        at += align(length)


class Raw:
    """Octets of an attribute that are sent as they are."""

    def __init__(self, payload, flags=0):
        self.payload = payload
        self.flags = flags

    def __repr__(self):
        return f"Raw({self.payload.hex()})"


class Attr:
    """An attribute of a set."""

    def __init__(self, number, row, enums):
        self.number = number
        self.name = row["name"]
        self.type = row["type"]
        self.nested = row.get("nested-attributes")
        self.multi = row.get("multi-attr", False)
        # Numbers of a registry are no closed enum, but have their names.
        self.enum = enums.get(row.get("enum", row["name"]))
        order = ">" if row.get("byte-order") == "big-endian" else "="
        self.format = order + INTS[self.type] if self.type in INTS else None
        self.hint = row.get("display-hint")


class Op:
    """An operation; attribute names by what they are for."""

    def __init__(self, number, row):
        def names(*path):
            at = row
            for key in path:
                at = at.get(key, {})
            return at.get("attributes", [])
        self.number = number
        self.name = row["name"]
        self.set = row.get("attribute-set")
        self.notify = row.get("notify")
        self.group = row.get("mcgrp")
        self.request = names("do", "request")
        self.reply = names("do", "reply")
        self.does = "do" in row
        self.dumps = "dump" in row


class Spec:
    """The specification of a family."""

    def __init__(self, path=None):
        here = os.path.dirname(os.path.abspath(__file__))
        path = path or os.path.join(here, "../include/spec/adit.yaml")
        with open(path, encoding="utf-8") as file:
            rows = yaml.load(file, getattr(yaml, "CSafeLoader",
                                           yaml.SafeLoader))
        self.name = rows["name"]
        self.consts, self.enums = {}, {}
        for row in rows.get("definitions", []):
            if row["type"] == "const":
                self.consts[row["name"]] = row["value"]
            elif row["type"] == "enum":
                self.enums[row["name"]] = self.enum(row)
        self.sets = {}
        for row in rows["attribute-sets"]:
            self.sets[row["name"]] = {
                a["name"]: Attr(n, a, self.enums)
                for n, a in self.numbered(row["attributes"])}
        self.by_number = {name: {a.number: a for a in attrs.values()}
                          for name, attrs in self.sets.items()}
        self.ops = {row["name"]: Op(n, row)
                    for n, row in self.numbered(rows["operations"]["list"])}
        for op in self.ops.values():
            if op.notify:
                op.set = self.ops[op.notify].set
        self.op_of = {op.number: op for op in self.ops.values()}
        self.groups = [g["name"] for g in
                       rows.get("mcast-groups", {}).get("list", [])]

    @staticmethod
    def numbered(rows):
        number = 0
        for row in rows:
            number = row.get("value", number + 1)
            yield number, row

    @staticmethod
    def enum(row):
        values, value = {}, row.get("value-start", 0) - 1
        for entry in row["entries"]:
            if isinstance(entry, str):
                entry = {"name": entry}
            value = entry.get("value", value + 1)
            values[entry["name"]] = value
        return values

    # -- to octets

    def encode_value(self, attr, value):
        """(type with flags, payload) of an attribute."""
        if isinstance(value, Raw):
            return attr.number | value.flags, value.payload
        if attr.nested:
            return (attr.number | NLA_F_NESTED,
                    self.encode(attr.nested, value))
        if attr.format:
            if isinstance(value, str):
                value = attr.enum[value]
            return attr.number, struct.pack(attr.format, value)
        if attr.type == "string":
            return attr.number, value.encode() + b"\0"
        if isinstance(value, str):
            family = socket.AF_INET6 if ":" in value else socket.AF_INET
            value = socket.inet_pton(family, value)
        return attr.number, bytes(value)

    def encode(self, set_name, values):
        """A set from a dictionary or a list of pairs. None is left out.

        Octets are taken as they are.
        """
        if isinstance(values, (bytes, bytearray)):
            return bytes(values)
        out = b""
        pairs = values.items() if isinstance(values, dict) else values
        for name, value in pairs:
            if value is None:
                continue
            if isinstance(name, int):
                out += tlv(name, bytes(value))
                continue
            attr = self.sets[set_name][name.replace("_", "-")]
            many = value if attr.multi and isinstance(value, list) else [value]
            for one in many:
                out += tlv(*self.encode_value(attr, one))
        return out

    # -- from octets

    def decode_value(self, attr, payload):
        if attr.nested:
            return self.decode(attr.nested, payload)
        if attr.format:
            if len(payload) != struct.calcsize(attr.format):
                raise ValueError(f"{attr.name}: {len(payload)} octets")
            return struct.unpack(attr.format, payload)[0]
        if attr.type == "string":
            return payload.rstrip(b"\0").decode()
        return payload

    def decode(self, set_name, data):
        """A dictionary; what may come more than once is a list."""
        out = {}
        for _, kind, payload in tlvs(data):
            attr = self.by_number[set_name].get(kind & NLA_TYPE_MASK)
            if attr is None:
                raise ValueError(f"{set_name} has no attribute "
                                 f"{kind & NLA_TYPE_MASK}")
            if attr.type == "pad":
                continue
            value = self.decode_value(attr, payload)
            if attr.multi:
                out.setdefault(attr.name, []).append(value)
            elif attr.name in out:
                raise ValueError(f"{attr.name} comes twice")
            else:
                out[attr.name] = value
        return out

    def path_of(self, set_name, data, offset, base=0):
        """The name of the attribute that begins at offset: 'a/b' in a nest."""
        for at, kind, payload in tlvs(data):
            attr = self.by_number.get(set_name, {}).get(kind & NLA_TYPE_MASK)
            name = attr.name if attr else str(kind & NLA_TYPE_MASK)
            if base + at == offset:
                return name
            if base + at < offset < base + at + NLATTR + len(payload):
                inner = self.path_of(attr.nested if attr else None, payload,
                                     offset, base + at + NLATTR)
                return f"{name}/{inner}"
        return None


class NlError(OSError):
    """A refusal: errno, text, attr, policy, miss; None if not told."""

    def __init__(self, number):
        super().__init__(number, os.strerror(number))
        self.text = None
        self.offset = None
        self.attr = None
        self.policy = None
        self.miss = None
        self.miss_nest = None

    @property
    def name(self):
        return errno.errorcode.get(self.errno, str(self.errno))

    def __str__(self):
        told = [self.name]
        for label in ("text", "attr", "miss", "policy"):
            if getattr(self, label) is not None:
                told.append(f"{label}={getattr(self, label)!r}")
        return " ".join(told)


POLICY = {1: "type", 2: "min-signed", 3: "max-signed", 4: "min", 5: "max",
          6: "min-len", 7: "max-len", 8: "policy-idx", 9: "policy-maxtype",
          10: "bitfield32-mask", 12: "mask"}


def decode_policy(data):
    out = {}
    for _, kind, payload in tlvs(data):
        name = POLICY.get(kind & NLA_TYPE_MASK)
        if name:
            out[name] = int.from_bytes(payload, sys.byteorder,
                                       signed=name.endswith("signed"))
    return out


def decode_ack(error, data):
    for _, kind, payload in tlvs(data):
        kind &= NLA_TYPE_MASK
        if kind == 1:
            error.text = payload.rstrip(b"\0").decode()
        elif kind == 2:
            error.offset = struct.unpack("=I", payload)[0]
        elif kind == 4:
            error.policy = decode_policy(payload)
        elif kind == 5:
            error.miss = struct.unpack("=I", payload)[0]
        elif kind == 6:
            error.miss_nest = struct.unpack("=I", payload)[0]


class Socket:
    """A netlink socket: messages out, whole answers in."""

    def __init__(self, protocol):
        self.sock = socket.socket(socket.AF_NETLINK,
                                  socket.SOCK_RAW | socket.SOCK_CLOEXEC,
                                  protocol)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.seq = 0
        self.interrupted = False
        # Of the last octets received: the messages not yet looked at.
        self.rest = []
        # Where all that is received goes, for those who look for secrets.
        self.record = None

    def close(self):
        self.sock.close()

    def frame(self, kind, flags, body):
        self.seq = (self.seq + 1) & 0xffffffff
        return struct.pack("=IHHII", NLMSGHDR + len(body), kind,
                           flags, self.seq, 0) + body

    def send(self, message):
        self.sock.send(message)

    def receive(self):
        data = self.sock.recv(1 << 18)
        if self.record is not None:
            self.record.append(data)
        return data

    @staticmethod
    def messages(data):
        at = 0
        while at + NLMSGHDR <= len(data):
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data,
                                                             at)
            if length < NLMSGHDR or at + length > len(data):
                raise ValueError("a message with a wrong length")
            yield kind, flags, seq, data[at + NLMSGHDR:at + length]
            at += align(length)

    @staticmethod
    def error_of(kind, flags, payload):
        """The NlError in an ACK or at the end of a dump, or None."""
        number = -struct.unpack_from("=i", payload)[0]
        if number <= 0:
            return None
        error = NlError(number)
        if flags & NLM_F_ACK_TLVS:
            at = 4
            if kind == NLMSG_ERROR:
                # The request comes back; only its header if capped.
                length = struct.unpack_from("=I", payload, 4)[0]
                at += NLMSGHDR if flags & NLM_F_CAPPED else align(length)
            decode_ack(error, payload[at:])
        return error

    def talk(self, message):
        """Send, and return the answers: a list of payloads, in order."""
        self.send(message)
        return self.answers(message)

    def answers(self, message):
        """What is answered to a message that has been sent."""
        seq = struct.unpack_from("=I", message, 8)[0]
        answers = []
        self.interrupted = False
        while True:
            while not self.rest:
                self.rest = list(self.messages(self.receive()))
            kind, flags, at, payload = self.rest.pop(0)
            if at != seq:
                continue
            if flags & NLM_F_DUMP_INTR:
                self.interrupted = True
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                error = self.error_of(kind, flags, payload)
                if error:
                    raise error
                return answers
            answers.append(payload)


class Family(Socket):
    """The generic netlink family of a specification."""

    def __init__(self, spec=None):
        super().__init__(NETLINK_GENERIC)
        self.spec = spec or Spec()
        self.id, self.groups = self.find(self.spec.name)

    def find(self, name):
        body = struct.pack("=BBH", 3, 1, 0) + tlv(2, name.encode() + b"\0")
        answer = self.talk(self.frame(GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK,
                                      body))[0]
        family, groups = None, {}
        for _, kind, payload in tlvs(answer[GENLHDR:]):
            if kind & NLA_TYPE_MASK == 1:
                family = struct.unpack("=H", payload)[0]
            elif kind & NLA_TYPE_MASK == 7:
                for _, _, group in tlvs(payload):
                    row = {k & NLA_TYPE_MASK: p for _, k, p in tlvs(group)}
                    groups[row[1].rstrip(b"\0").decode()] = \
                        struct.unpack("=I", row[2])[0]
        return family, groups

    def message(self, op, values=(), flags=0):
        """The octets of a request."""
        op = self.spec.ops[op] if isinstance(op, str) else op
        body = (struct.pack("=BBH", op.number, 1, 0) +
                self.spec.encode(op.set, values))
        return self.frame(self.id, NLM_F_REQUEST | NLM_F_ACK | flags, body)

    def request(self, op, values, flags):
        message = self.message(op, values, flags)
        op = self.spec.ops[op]
        try:
            return [self.spec.decode(op.set, answer[GENLHDR:])
                    for answer in self.talk(message)]
        except NlError as error:
            self.explain(op, message, error)
            raise

    def explain(self, op, message, error):
        """Offsets and numbers in a refusal, to names."""
        if error.offset is not None:
            error.attr = self.spec.path_of(
                op.set, message[NLMSGHDR + GENLHDR:], error.offset,
                NLMSGHDR + GENLHDR)
        if error.miss is not None:
            attr = self.spec.by_number[op.set].get(error.miss)
            error.miss = attr.name if attr else error.miss

    def do(self, op, values=None, **named):
        answers = self.request(op, named if values is None else values, 0)
        return answers[0] if answers else None

    def do_all(self, op, rows, at_once=50):
        """The same request for many rows, some in one go: the answers."""
        out = []
        for first in range(0, len(rows), at_once):
            messages = [self.message(op, row)
                        for row in rows[first:first + at_once]]
            self.send(b"".join(m + bytes(align(len(m)) - len(m))
                               for m in messages))
            for message in messages:
                out += [self.spec.decode(self.spec.ops[op].set, a[GENLHDR:])
                        for a in self.answers(message)]
        return out

    def dump(self, op, values=None, **named):
        return self.request(op, named if values is None else values,
                            NLM_F_DUMP)

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def events(self, timeout):
        """What has come within the time: (name of operation, values)."""
        self.sock.settimeout(timeout)
        out = []
        try:
            while True:
                for kind, _, _, payload in self.messages(self.receive()):
                    if kind == self.id:
                        op = self.spec.op_of[payload[0]]
                        out.append((op.name, self.spec.decode(
                            op.set, payload[GENLHDR:])))
        except (TimeoutError, BlockingIOError):
            return out
        finally:
            self.sock.settimeout(60)


class Link(Socket):
    """What is needed of rtnetlink: links of the family's kind."""

    NEWLINK, DELLINK, GETLINK = 16, 17, 18
    IFNAME, LINKINFO, INFO_KIND, INFO_DATA = 3, 18, 1, 2

    def __init__(self, spec):
        super().__init__(NETLINK_ROUTE)
        self.spec = spec

    def message(self, kind, flags, index=0, attrs=b"", up=None):
        change, state = (0, 0) if up is None else (1, int(up))
        body = struct.pack("=BxHiII", 0, 0, index, state, change) + attrs
        return self.frame(kind, NLM_F_REQUEST | NLM_F_ACK | flags, body)

    def info(self, data):
        data = self.spec.encode("link", data)
        return tlv(self.LINKINFO | NLA_F_NESTED,
                   tlv(self.INFO_KIND, self.spec.name.encode() + b"\0") +
                   tlv(self.INFO_DATA | NLA_F_NESTED, data))

    def ask(self, message, data):
        """Talk; if that is refused, say which attribute of data is meant."""
        try:
            self.talk(message)
        except NlError as error:
            if error.offset is not None:
                octets = self.spec.encode("link", data)
                error.attr = self.spec.path_of("link", octets, error.offset,
                                               message.index(octets))
            raise

    def add_message(self, name, data=()):
        attrs = tlv(self.IFNAME, name.encode() + b"\0") + self.info(data)
        return self.message(self.NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                            attrs=attrs)

    def add(self, name, data=()):
        self.ask(self.add_message(name, data), data)

    def change(self, index, data):
        self.ask(self.message(self.NEWLINK, 0, index, self.info(data)), data)

    def links(self):
        """{name: (index, flags, octets of INFO_DATA)} of all links."""
        out = {}
        for payload in self.talk(self.message(self.GETLINK, NLM_F_DUMP)):
            index, flags = struct.unpack_from("=iI", payload, 4)
            attrs = {k & NLA_TYPE_MASK: p for _, k, p in tlvs(payload[16:])}
            info = {k & NLA_TYPE_MASK: p
                    for _, k, p in tlvs(attrs.get(self.LINKINFO, b""))}
            name = attrs[self.IFNAME].rstrip(b"\0").decode()
            out[name] = index, flags, info.get(self.INFO_DATA)
        return out

    def set_up(self, index, up=True):
        self.talk(self.message(self.NEWLINK, 0, index, up=up))

    def delete(self, index):
        self.talk(self.message(self.DELLINK, 0, index))


CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def setns(path):
    """Go into a network namespace, by name, path or open file."""
    if isinstance(path, str) and "/" not in path:
        path = "/run/netns/" + path
    fd = os.open(path, os.O_RDONLY) if isinstance(path, str) else path
    try:
        if LIBC.setns(fd, CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        if isinstance(path, str):
            os.close(fd)


def in_netns(path, function, *arguments):
    """Call the function inside a network namespace, and come back."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        setns(path)
        try:
            return function(*arguments)
        finally:
            setns(home)
    finally:
        os.close(home)
