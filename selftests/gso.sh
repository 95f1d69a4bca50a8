#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Superpackets, checksums and bulk data through a tunnel: see gso.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	topology
	adit_end a 4 null+hmac-sha1-96
	adit_end b 4 null+hmac-sha1-96
	export NS_A=${prefix}a NS_B=${prefix}b
}

python_stages gso.py
run_stages
