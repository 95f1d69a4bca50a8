#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP against the kernel's own: see esp.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	topology
	adit_link a 4
	on b ip link add vpn0 type adit
	on b ip link set vpn0 up
	export NS_A=${prefix}a NS_B=${prefix}b HAS_XFRM=
	! has_xfrm || HAS_XFRM=1
}

python_stages esp.py
run_stages
