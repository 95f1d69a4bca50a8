#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP in TCP: what userspace sees of connections that it hands over, streams that
# are not as they should be, connections that the module makes and takes (tcp.py);
# here are whole tunnels.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need tc
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

python_stages tcp.py
run_stages
