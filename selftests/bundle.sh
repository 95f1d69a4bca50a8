#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# bundle.sh - AH, AH around ESP, and IPComp, packet by packet: see bundle.py

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography scapy.layers.ipsec

lay_out() {
	pair
	tunnel
	# AH covers where a source route ends.
	on left sysctl -qw net.ipv4.conf.all.accept_source_route=1 \
		net.ipv4.conf.veth0.accept_source_route=1
}

python_stages bundle.py
run_stages
