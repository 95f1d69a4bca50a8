// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzer of traffic selectors: any range and packet, against the model. */

#include <stdlib.h>

#include "selector_model.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* What is missing is 0; what the netlink layer refuses is left out. */
struct input {
	u8 ipv6;
	u8 flow_ipv6;
	union adit_addr start;
	union adit_addr end;
	u8 proto;
	u16 port_start;
	u16 port_end;
	union adit_addr source;
	union adit_addr destination;
	u8 flow_proto;
	u8 has_ports;
	u16 source_port;
	u16 destination_port;
} __attribute__((packed));

static void must(bool ok)
{
	if (!ok)
		abort();
}

static union adit_addr addr_of(u16 family, union adit_addr addr)
{
	return model_addr(family, model_number(family, &addr));
}

static void check_prefixes(const struct adit_ts *ts)
{
	struct adit_prefix expected[ADIT_RANGE_PREFIXES_MAX] = { 0 };
	struct adit_prefix got[ADIT_RANGE_PREFIXES_MAX] = { 0 };

	must(adit_ts_prefixes(ts, got, ADIT_RANGE_PREFIXES_MAX) ==
	     model_prefixes(ts, expected));
	must(!memcmp(got, expected, sizeof(got)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct adit_flow flow = { 0 };
	struct adit_ts ts = { 0 };
	struct input input = { 0 };

	memcpy(&input, data, size < sizeof(input) ? size : sizeof(input));

	ts.family = input.ipv6 & 1 ? AF_INET6 : AF_INET;
	ts.start = addr_of(ts.family, input.start);
	ts.end = addr_of(ts.family, input.end);
	ts.proto = input.proto;
	ts.port_start = input.port_start;
	ts.port_end = input.port_end;
	if (adit_addr_cmp(ts.family, &ts.start, &ts.end) > 0 ||
	    (ts.port_start > ts.port_end && !adit_ts_is_opaque(&ts)))
		return 0;
	check_prefixes(&ts);

	flow.family = input.flow_ipv6 & 1 ? AF_INET6 : AF_INET;
	flow.source = addr_of(flow.family, input.source);
	flow.destination = addr_of(flow.family, input.destination);
	flow.proto = input.flow_proto;
	flow.has_ports = input.has_ports & 1;
	flow.overlaps = input.has_ports & 2;
	flow.source_port = input.source_port;
	flow.destination_port = input.destination_port;
	must(adit_ts_match(&ts, 1, &flow, true) ==
	     model_match(&ts, 1, &flow, true));
	must(adit_ts_match(&ts, 1, &flow, false) ==
	     model_match(&ts, 1, &flow, false));
	return 0;
}
