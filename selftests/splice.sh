#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# splice.sh - packets made of pages that are somebody else's
#
# splice(), sendfile(), vmsplice() and MSG_ZEROCOPY lend pages to packets. A
# cipher that works in them in place would write to files that are open for
# reading only (CVE-2026-43284, CVE-2026-46300).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need tc
need_python yaml cryptography

lay_out() {
	# Nothing loads it by itself.
	modprobe -q fou || :
	pair
	tunnel
	on right ip link add vpn0 type adit
	on right ip -batch - <<-EOF
		link set vpn0 up
		addr add 10.9.2.5/24 dev vpn0
		addr add fd09:2::5/64 dev vpn0 nodad
		route add 10.9.1.0/24 dev vpn0
		route add fd09:1::/64 dev vpn0
	EOF
}

python_stages splice.py
run_stages
