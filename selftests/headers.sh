#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Outer headers: DF, TTL, DSCP, ECN (RFC 6040), fragments. See headers.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	# Larger than the path, for packets that do not fit it.
	tunnel
	on left ip link set vpn0 mtu 3000
}

python_stages headers.py
run_stages
