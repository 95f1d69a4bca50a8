#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Limits of SAs by seconds, bytes, packets and sequence numbers. See life.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need tc
need_python yaml cryptography

lay_out() {
	pair
	tunnel
	tc -n "${prefix}left" qdisc add dev vpn0 root netem delay 20ms
	tc -n "${prefix}right" qdisc add dev veth0 root netem delay 20ms
}

python_stages life.py
run_stages
