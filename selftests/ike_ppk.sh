#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Keys that a quantum computer does not find: post-quantum preshared keys
# (RFC 8784) with strongSwan's charon, and several key exchanges (RFC 9370) with
# aditd at both ends, which that charon does not have.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd ping nft
sites

# ppk NAME SECRET: a section of secrets.
ppk() {
	echo "ppk-$1~{;id=$1;secret=$2;}"
}

mine=$(ppk quantum.example.org 0x0123456789abcdef0123456789abcdef)
other=$(ppk quantum.example.org 0x00000000000000000000000000000000)
named='ppk_id=quantum.example.org'
required="$named;ppk_required=yes"

has_ppk() {
	ike "$1" --list-sas --raw | grep -q 'ppk=yes'
}

# test_ppk INITIATOR yes|no WORD...: is there one in the keys of both ends?
test_ppk() {
	local host initiator=$1 with=$2
	shift 2
	connect "$initiator" "$@"
	for host in a b; do
		if [ "$with" = yes ]; then
			has_ppk $host || fail "$host has no PPK"
		else
			! has_ppk $host || fail "$host has a PPK"
		fi
	done
	ping_through 4
	ike "$initiator" --rekey --child net
	ping_through 4
}

for host in a b; do
	peer=$(other $host)
	stage "PPK of both, from $host" test_ppk $host yes \
		conn="$named" secrets="$mine"
	stage "PPK required by both, from $host" test_ppk $host yes \
		conn="$required" secrets="$mine"
	stage "no PPK of $peer, from $host" test_ppk $host no \
		"${host}conn=$named" "${host}secrets=$mine"
	stage "$peer does not know the PPK, from $host" test_ppk $host no \
		"${host}conn=$named" "${host}secrets=$mine" \
		"${peer}secrets=$(ppk other.example.org secret)"
	stage "PPKs differ, from $host" test_refused $host \
		'AUTHENTICATION_FAILED|PPKs differ' conn="$named" \
		"${host}secrets=$mine" "${peer}secrets=$other"
	stage "$peer does not know a PPK that $host requires" \
		test_refused $host 'AUTHENTICATION_FAILED|no PPK .quantum' \
		"${host}conn=$required" "${host}secrets=$mine" \
		"${peer}secrets=$(ppk other.example.org secret)"
	stage "$peer requires a PPK, and $host has none" \
		test_refused $host 'AUTHENTICATION_FAILED|does not use a PPK' \
		"${peer}conn=$required" "${peer}secrets=$mine"
done
stage "PPK of another name, from a" test_refused a 'has no PPK' \
	aconn="$required" asecrets="$mine"
run_stages
