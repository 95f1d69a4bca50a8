#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# policies.sh - which child a packet leaves through, and which ones it may come
# in through

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages policies.py
run_stages
