#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What README.md says about tunnels, word by word: its files, and its blocks of
# commands, on two hosts that have the addresses it uses. Not run are modprobe,
# scp and systemctl.

# shellcheck disable=SC2154 # variables of lib.sh
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"

readme=$lib_dir/../README.md
[ -e "$readme" ] || skip_all "there is no README.md here"

# block TEXT: the first block of commands behind the line that begins with it.
block() {
	awk -v text="$1" '
		index($0, text) == 1 { found = 1; next }
		found && /^    / {
			inside = 1
			if (!/^    (modprobe|scp) /)
				print substr($0, 5)
			next
		}
		inside { exit }' "$readme" >"$work/block"
	[ -s "$work/block" ] || fail "README.md has no block behind: $1"
	cat "$work/block"
}

# follow HOST TEXT
follow() {
	block "$2" >"$work/commands"
	(cd "$work" && on "$1" bash -eux commands)
}

home='On *home*, as root:'
office='On *office* all the other way round:'

make_keys() {
	rm -f "$work"/to-*.key
	follow a 'Make a key for each direction'
}

try_tunnel() {
	on a ping -q -c 3 -i 0.2 -W 5 -I 10.1.0.1 10.2.0.1
	expect_match "$(on a adit show)" 'child 1: ready'
	expect_no_drops a
}

test_tunnel() {
	make_keys
	follow a "$home"
	follow b "$office"
	follow a 'Then on *home*:'
	try_tunnel
}

# Line by line on both, as it says there; office has it the other way round.
test_rekey() {
	local line
	on a adit genkey aes-gcm-16-256 -o "$work/to-home-2.key"
	on a adit genkey aes-gcm-16-256 -o "$work/to-office-2.key"
	block 'First both ends get the new inbound SA' >"$work/rekey"
	while read -r line; do
		(
			cd "$work"
			# shellcheck disable=SC2086 # words
			on a $line
			# shellcheck disable=SC2046 # words
			on b $(sed 's/ in  / IN /; s/ in / IN /; s/ out / in /
				s/ IN / out /' <<<"$line")
		) </dev/null
		on a ping -q -c 1 -W 5 10.2.0.1
	done <"$work/rekey"
	try_tunnel
	expect_eq "$(on a adit -j sa show vpn0 | query 0 spi)" 0x00001002 SPI
}

test_xfrm() {
	need_xfrm
	reset
	make_keys
	follow a "$home"
	on b ip addr add 10.2.0.1/32 dev lo
	follow b 'Any IPsec implementation will do'
	on b ip route add 10.1.0.0/16 via 198.51.100.254 src 10.2.0.1
	try_tunnel
}

test_batch() {
	local key
	for key in 7-in 7-out; do
		adit genkey chacha20-poly1305 -o "$work/$key.key"
	done
	block '    adit monitor -j' >"$work/commands"
	(cd "$work" && on a bash -eux commands)
	expect_match "$(on a adit show vpn0)" 'child 70: .*-> 10.7.0.0/16'
}

# The file of home, and the same the other way round; the peer is aditd or charon.
test_ike() {
	local host
	need aditd swanctl charon-systemd
	reset
	# shellcheck disable=SC2016 # no expression
	block '`/etc/adit/swanctl.conf` on *home*' |
		sed "s|what adit genpsk has printed|$(adit genpsk)|" >"$work/home"
	ike_conf a <"$work/home"
	sed 's/office/home/; s/198\.51\.100\.1/192.0.2.1/
		s/local_ts/LOCAL/; s/remote_ts/local_ts/; s/LOCAL/remote_ts/' \
		"$work/home" | ike_conf b
	for host in a b; do
		on "$host" ip addr add "${inner[${host}4]}/32" dev lo
	done
	ike_start b "$1"
	ike_start a aditd
	on a adit -u "unix://$(ike_dir a)/vici" up office
	on a ping -q -c 3 -i 0.2 -W 5 -I 10.1.0.1 10.2.0.1
	expect_match "$(on a adit -u "unix://$(ike_dir a)/vici" status)" 'office: .*up'
	[ "$(on a ip route show 10.2.0.0/16 dev adit-office)" ]
	on a ip addr del "${inner[a4]}/32" dev lo
	on b ip addr del "${inner[b4]}/32" dev lo
}

topology
stage "the first tunnel" test_ike aditd
stage "the other end is strongSwan" test_ike charon
stage "a tunnel with keys by hand" test_tunnel
stage "new keys" test_rekey
stage "the other end is the kernel's own" test_xfrm
stage "a batch" test_batch
run_stages
