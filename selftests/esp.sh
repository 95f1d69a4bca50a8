#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP against the kernel's own: see esp.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	local host family
	topology
	# In transport mode what is routed here is what leaves there.
	adit_link a 4 dev eth0
	on b ip link add vpn0 type adit dev eth0
	on b ip link set vpn0 up
	for host in a b; do
		for family in 4 6; do
			on r ip route add "${inner_net[$host$family]}" \
				via "${outer[$host$family]}"
		done
	done
	export NS_A=${prefix}a NS_B=${prefix}b HAS_XFRM=
	! has_xfrm || HAS_XFRM=1
}

python_stages esp.py
run_stages
