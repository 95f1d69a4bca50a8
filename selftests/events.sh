#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# events.sh - what those who listen are told
#
# By netlink, and by adit monitor as lines of JSON.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages events.py
run_stages
