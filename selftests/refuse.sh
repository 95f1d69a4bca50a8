#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# refuse.sh - requests that must be refused: by what is wrong, and by who asks
#
# A refusal says what is wrong and what is right, and changes nothing.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages refuse.py
run_stages
