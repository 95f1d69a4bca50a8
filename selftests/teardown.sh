#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that can go goes under full traffic in both directions, again and
# again. That nothing is left, and that no one touches what is gone, the last
# two stages and the kernel's own checkers see.

. "$(dirname "$0")/lib.sh"
need socat ss

suite=aes-gcm-16-128
rounds=2
[ -z "${ADIT_BRIEF-}" ] || rounds=1

connect() {
	adit_end a "$1" "$suite"
	adit_end b "$1" "$suite"
}

# traffic: wait until packets have come to both ends of vpn0.
traffic() {
	local host before
	for host in a b; do
		before=$(counter "$host" vpn0 rx_packets)
		wait_for 20 flows "$host" "$before"
	done
}

flows() {
	[ "$(counter "$1" vpn0 rx_packets)" -gt $(($2 + 20)) ]
}

test_link() {
	local i
	connect 4
	flood
	for ((i = 0; i < rounds; i++)); do
		traffic
		on a ip link del vpn0
		adit_end a $((i % 2 ? 4 : 6)) "$suite"
		on b ip link del vpn0
		adit_end b $((i % 2 ? 4 : 6)) "$suite"
	done
	traffic
	reset
}

# New SAs begin at 1, what comes to them may not: no replay protection.
new_sas() {
	adit_sa_line "$1" 1 in 1 "$suite" esn off window 0
	adit_sa_line "$1" 1 out 1 "$suite" esn off
}

test_sa() {
	local i host
	for host in a b; do
		adit_link "$host" 4
		on "$host" adit -b - <<-EOF
			child add vpn0 id 1
			$(new_sas "$host")
		EOF
	done
	flood
	for ((i = 0; i < rounds; i++)); do
		traffic
		on a adit -b - <<-EOF
			sa del vpn0 child 1 out spi $(spi b)
			sa del vpn0 child 1 in spi $(spi a)
			$(new_sas a)
			sa del vpn0 child 1 in spi $(spi a)
			sa del vpn0 child 1 out spi $(spi b)
			$(new_sas a)
		EOF
		on b adit -b - <<-EOF
			child del vpn0 id 1
			child add vpn0 id 1
			$(new_sas b)
		EOF
	done
	traffic
	reset
}

test_peer() {
	local i host peer
	connect 4
	for host in a b; do
		on "$host" adit child del vpn0 id 1
	done
	flood
	for ((i = 0; i < rounds; i++)); do
		for host in a b; do
			peer=$(other "$host")
			on "$host" adit -b - <<-EOF
				peer add vpn0 id 7 local ${outer[${host}4]} remote ${outer[${peer}4]}
				child add vpn0 peer 7 id 1
				$(adit_sa_line "$host" 1 in 1 "$suite")
				$(adit_sa_line "$host" 1 out 1 "$suite")
			EOF
		done
		traffic
		on b adit peer set vpn0 id 7 local "${outer[b6]}" remote "${outer[a6]}"
		traffic
		for host in a b; do
			on "$host" adit peer del vpn0 id 7
		done
	done
	reset
}

# The underlay goes: its device, its addresses, and comes again.
test_underlay() {
	local i
	connect 4
	flood
	for ((i = 0; i < rounds; i++)); do
		traffic
		on a ip link set eth0 down
		on a ip -batch - <<-EOF
			link set eth0 up
			addr replace ${outer[a6]}/64 dev eth0 nodad
			route add default via ${gateway[a4]}
			route add default via ${gateway[a6]}
		EOF
	done
	traffic
	reset
}

# echoed LINE...: this is all that the connection below has echoed.
echoed() {
	[ "$(cat "$work/echo")" = "$(printf '%s\n' "$@")" ]
}

# A TCP connection outlives a device that goes and comes again, and what is
# written meanwhile arrives.
test_tcp() {
	local host
	connect 4
	on b socat TCP-LISTEN:7,reuseaddr PIPE &
	listens() {
		on b ss -Htln 'sport = 7' | grep -q .
	}
	wait_for 20 listens
	mkfifo "$work/input"
	on a socat - "TCP:${inner[b4]}:7,connect-timeout=20" \
		<"$work/input" >"$work/echo" &
	exec 5>"$work/input"
	echo before >&5
	wait_for 30 echoed before
	for host in a b; do
		on "$host" ip link del vpn0
	done
	echo meanwhile >&5
	connect 4
	wait_for 60 echoed before meanwhile
	echo after >&5
	wait_for 30 echoed before meanwhile after
	exec 5>&-
	reset
}

# Both hosts go while they send.
test_namespace() {
	local i host
	for ((i = 0; i < rounds; i++)); do
		connect 4
		flood
		traffic
		for host in a b r; do
			ip netns del "$prefix$host"
		done
		# The senders keep the namespaces alive: now they end.
		stop_jobs
		topology
	done
	connect 4
	flood
	traffic
}

test_rmmod() {
	[ "${loaded_here-}" ] || skip "it was loaded before"
	local i
	for ((i = 0; i < rounds; i++)); do
		reset
		connect $((i % 2 ? 4 : 6))
		[ "$i" -gt 0 ] || flood
		traffic
		rmmod adit
		load
	done
}

topology
stage "ip link del" test_link
stage "adit sa del, child del" test_sa
stage "adit peer del, peer set" test_peer
stage "the underlay goes" test_underlay
stage "a TCP connection outlives the device" test_tcp
stage "rmmod" test_rmmod
stage "ip netns del" test_namespace
run_stages
