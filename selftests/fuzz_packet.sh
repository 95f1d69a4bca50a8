#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# fuzz_packet.sh - packets made at random, outside and inside
#
# ADIT_FUZZ_SECONDS and ADIT_FUZZ_SEED: how long, and a run once more.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages fuzz_packet.py
run_stages
