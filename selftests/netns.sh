#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A device in another network namespace than the one it was born in: cleartext
# there, ESP here.
#
#	inside        a ------------ r ------------ b
#	vpn0  = = = = (born here)                   vpn0

. "$(dirname "$0")/lib.sh"

suite=aes-gcm-16-128

# What adit_end does once the device exists.
settle() {
	local host=$1
	on "$host" ip -batch - <<-EOF
		link set vpn0 up
		addr add ${inner[a4]}/32 dev vpn0
		addr add ${inner[a6]}/128 dev vpn0
		route add ${inner_net[b4]} dev vpn0
		route add ${inner_net[b6]} dev vpn0
	EOF
	on "$host" adit -b - <<-EOF
		child add vpn0 id 1
		$(adit_sa_line a 1 in 1 "$suite")
		$(adit_sa_line a 1 out 1 "$suite")
	EOF
}

create() {
	on a ip link add vpn0 type adit local "${outer[a$1]}" \
		remote "${outer[b$1]}"
}

has_vpn0() {
	on "$1" ip link show vpn0 >/dev/null 2>&1
}

talk() {
	on "$1" "$lib_dir/echo.py" <<-EOF
		${inner[a4]} ${inner[b4]} 100
		${inner[a6]} ${inner[b6]} 1400
		${inner[a4]} ${inner[b4]} 1400
	EOF
}

begin() {
	local family=$1
	reset
	add_hosts inside
	adit_end b "$family" "$suite"
	create "$family"
}

# Moved, then used: its underlay stays where it was born.
test_move() {
	local family=$1
	begin "$family"
	on a ip link set vpn0 netns "$prefix"inside
	expect_fail 'does not exist' on a ip link show vpn0
	settle inside
	talk inside
	expect_no_drops inside b
	expect_counter inside vpn0 rx_packets 3
	# Neither is the SPI table of "inside" used, nor its routes.
	expect_eq "$(net_counter a sas)" 2
	expect_eq "$(on inside ip -d -j link show vpn0 |
		query 0 linkinfo info_kind)" adit
	del_host inside
}

# In use, moved, and used again as soon as it has addresses.
test_move_used() {
	local before
	begin 4
	settle a
	talk a
	before=$(counter a vpn0 tx_packets)
	on a ip link set vpn0 netns "$prefix"inside
	on inside ip -batch - <<-EOF
		link set vpn0 up
		addr add ${inner[a4]}/32 dev vpn0
		addr add ${inner[a6]}/128 dev vpn0
		route add ${inner_net[b4]} dev vpn0
		route add ${inner_net[b6]} dev vpn0
	EOF
	talk inside
	expect_counter inside vpn0 tx_packets $((before + 3))
	expect_no_drops inside b
	# And back home.
	on inside ip link set vpn0 netns "$prefix"a
	on a ip -batch - <<-EOF
		link set vpn0 up
		addr add ${inner[a4]}/32 dev vpn0
		addr add ${inner[a6]}/128 dev vpn0
		route add ${inner_net[b4]} dev vpn0
		route add ${inner_net[b6]} dev vpn0
	EOF
	talk a
	expect_no_drops a b
	del_host inside
}

# Born in a, put into "inside" by the same command.
test_born_elsewhere() {
	begin 6
	on a ip link del vpn0
	on a ip link add vpn0 netns "$prefix"inside type adit \
		local "${outer[a6]}" remote "${outer[b6]}"
	settle inside
	talk inside
	del_host inside
}

# Events are told where the device is.
test_events() {
	begin 4
	on a ip link set vpn0 netns "$prefix"inside
	monitor a
	monitor inside
	settle inside
	wait_event inside '"event":"sa"' '"dir":"out"'
	expect_eq "$(events a '"event":"sa"')" 0
	del_host inside
}

# The namespace that the device is in goes: so does the device, and a new one
# can have its SPIs.
test_inside_deleted() {
	begin 4
	on a ip link set vpn0 netns "$prefix"inside
	settle inside
	talk inside
	del_host inside
	no_sas() {
		[ "$(net_counter a sas)" = 0 ]
	}
	wait_for 20 no_sas
	# New keys for both, or the other end would take this one for a replay.
	on b ip link del vpn0
	adit_end b 4 "$suite"
	create 4
	settle a
	talk a
	on a ip link del vpn0
}

# The namespace of birth goes: the device cannot stay anywhere.
test_birth_deleted() {
	add_hosts inside home
	on home ip link add vpn0 type adit local 192.0.2.7 remote 192.0.2.8
	on home ip link set vpn0 netns "$prefix"inside
	settle inside
	has_vpn0 inside
	del_host home
	gone() {
		! has_vpn0 inside
	}
	wait_for 20 gone
	del_host inside
}

topology
for version in 4 6; do
	stage "moved before it is used, IPv$version underlay" test_move $version
done
stage "moved while in use, and back" test_move_used
stage "born in one namespace, put into another" test_born_elsewhere
stage "events are told where the device is" test_events
stage "the namespace that it is in is deleted" test_inside_deleted
stage "the namespace of its birth is deleted" test_birth_deleted
run_stages
