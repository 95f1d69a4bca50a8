#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP errors about packets of a child, from whoever was on their way (RFC 4301,
# 6). See icmp.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages icmp.py
run_stages
