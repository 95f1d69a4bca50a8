#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Rekeys under the load of iperf3: see rekey.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need iperf3
need_python yaml cryptography

lay_out() {
	topology
	adit_link a 4
	adit_link b 4
	export NS_A=${prefix}a NS_B=${prefix}b
}

python_stages rekey.py
run_stages
