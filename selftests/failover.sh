#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Where an SA's sequence numbers are, read and set; and an SA that moves, with
# the wire, to another namespace: see failover.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
	add_hosts spare
	on spare ip link add vpn0 type adit
	on spare ip link set vpn0 up
	on spare ip addr add 10.9.1.1/24 dev vpn0
	export NS_SPARE=${prefix}spare
}

python_stages failover.py
run_stages
