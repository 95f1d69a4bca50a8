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

# ppk ID SECRET: a section of secrets.
ppk() {
	echo "ppk-quantum~{;id=$1;secret=$2;}"
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
			has_ppk "$host" || fail "$host has no PPK"
		else
			! has_ppk "$host" || fail "$host has a PPK"
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
stage "b has no PPK at all, and a requires one" test_refused a 'has no PPK' \
	aconn="$required" asecrets="$mine"

# test_exchanges WORD...: several key exchanges, of the IKE SA from the start, of
# the child since it is rekeyed.
test_exchanges() {
	local host
	connect a daemon=aditd "$@"
	ping_through 4
	has_ke ke1=ECP_384 1
	for host in a b; do
		ike "$host" --rekey --child net
		wait_for 10 has_ke ke1=ECP_384 2
		wait_for 10 one_child a
		ping_through 4
		ike "$host" --rekey --ike site
		wait_for 10 one_child b
		has_ke ke1=ECP_384 2
		ping_through 4
	done
}

# has_ke TEXT NUMBER: of so many SAs at each end, rekeyed ones apart.
has_ke() {
	local host
	for host in a b; do
		[ "$(ike "$host" --list-sas --raw | grep -o "$1" | wc -l)" = "$2" ] ||
			return 1
	done
}

one_child() {
	[ "$(ike "$1" --list-sas | grep -c ' INSTALLED, ')" = 1 ]
}

several=aes256gcm16-prfsha384-x25519-ke1_ecp384-ke2_modp3072
stage "three key exchanges, children with two" test_exchanges \
	conn="proposals=$several" \
	child='esp_proposals=aes256gcm16-x25519-ke1_ecp384'
stage "and a PPK" test_exchanges conn="proposals=$several;$required" \
	secrets="$mine" child='esp_proposals=aes256gcm16-x25519-ke1_ecp384'
stage "the peer knows one key exchange only" test_ppk a no \
	aconn="proposals=$several,aes256gcm16-prfsha384-x25519" \
	bconn='proposals=aes256gcm16-prfsha384-x25519'
run_stages
