#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# malformed.sh - packets that no honest peer sends, made by hand and by scapy
#
# Each is dropped with the counter of its reason, and nothing else happens.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography scapy.layers.ipsec

lay_out() {
	pair
	tunnel
}

python_stages malformed.py
run_stages
