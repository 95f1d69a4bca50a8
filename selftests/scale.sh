#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# scale.sh - ten thousand peers on one interface
#
# ADIT_SCALE is another number of them; a kernel of the test-bed that is slow has
# a thousand.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
	on left ip route add 198.18.0.0/15 via 192.0.2.2
	on left ip route add 10.64.0.0/10 dev vpn0
}

python_stages scale.py
run_stages
