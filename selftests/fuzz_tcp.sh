#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# fuzz_tcp.sh - streams of ESP in TCP made at random, on connections of each kind
#
# ADIT_FUZZ_SECONDS and ADIT_FUZZ_SEED: how long (this takes half of it), and a run
# once more.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages fuzz_tcp.py
run_stages
