#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# aditd under attack: while somebody at the router sends it all that he can,
# peers connect, and neither its memory nor what is half open grows without
# limit.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping python3
sites
# Answers to addresses that are not there end here, and without a word.
on r ip route add blackhole 10.0.0.0/8

# What the sanitizer keeps to notice late use is not the daemon's.
export ASAN_OPTIONS=quarantine_size_mb=1

# Memory in kB of b's ike process.
memory() {
	local pid
	pid=$(pgrep -P "$(cat "$(ike_dir b)/pid")" -f 'role ike')
	awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status"
}

half_open() {
	ike b --stats | sed -n 's/^IKE_SAs: .* \([0-9]*\) half-open.*/\1/p'
}

none_half_open() {
	[ "$(half_open)" = 0 ]
}

# flood KIND FROM SECONDS: in the background.
flood() {
	on r "$lib_dir/ike_flood.py" "$1" "$2" "${outer[b4]}" "$3" \
		>"$work/flood.$1" &
	flooding=$!
}

flood_over() {
	wait "$flooding"
	note "$(cat "$work"/flood.*)"
	rm "$work"/flood.*
}

# a connects while b has other things to do.
connect_meanwhile() {
	ike a --initiate --child net --timeout 30
	ping_through 4
	ike a --terminate --ike site
	gone a
}

# test_flood KIND FROM SECONDS MOST [OPTION...]: never more are half open; options
# are of b's connection.
test_flood() {
	local kind=$1 from=$2 seconds=$3 most=$4 before after lines
	said daemon=aditd conn='keyingtries=5' bconn="keyingtries=5;${5-}"
	begin
	before=$(memory)
	flood "$kind" "$from" "$seconds"
	sleep 0.5
	connect_meanwhile
	[ "$(half_open)" -le "$most" ]
	flood_over
	[ "$(half_open)" -le "$most" ]
	connect_meanwhile
	after=$(memory)
	lines=$(wc -l <"$(ike_dir b)/log")
	note "memory: $before kB before, $after kB after; log: $lines lines"
	[ $((after - before)) -lt 16384 ]
	[ "$lines" -lt 5000 ]
}

stage "IKE_SA_INIT of strangers" test_flood init any 5 30 remote_addrs=%any
stage "IKE_SA_INIT of strangers, nothing in common" test_flood refused any 3 5
stage "IKE_AUTH for no IKE SA" test_flood auth any 3 5
stage "fragments for no IKE SA" test_flood fragment any 3 5
stage "not authentic, for an IKE SA" test_flood known "${gateway[b4]}" 3 5 remote_addrs=%any
stage "garbage" test_flood garbage any 3 5
stage "TCP connections without a word" test_flood tcp "${gateway[b4]}" 3 5 tcp_ports=4500

# Those that were begun before cookies were asked for are not for ever.
test_expire() {
	said daemon=aditd bconn=remote_addrs=%any
	begin
	flood init any 1
	flood_over
	[ "$(half_open)" -gt 0 ]
	wait_for 35 none_half_open
}
stage "those that are half open expire" test_expire
run_stages
