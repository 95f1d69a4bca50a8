#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that wait for an outbound SA. See acquire.py.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages acquire.py
run_stages
