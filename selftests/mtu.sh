#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# MTUs and path MTUs: see mtu.py; and a real router with a smaller link.
#
#	behind ------------ left ------------ right
#	10.9.4.2    10.9.4.1    192.0.2.1     played by the test
#	fd09:4::2   fd09:4::1   vpn0

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography

lay_out() {
	pair
	tunnel
	add_hosts behind
	on left sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on left ip -batch - <<-EOF
		link add veth1 type veth peer name eth0 netns ${prefix}behind
		link set veth1 up mtu 9000
		addr add 10.9.4.1/24 dev veth1
		addr add fd09:4::1/64 dev veth1 nodad
	EOF
	on behind ip -batch - <<-EOF
		link set eth0 up mtu 9000
		addr add 10.9.4.2/24 dev eth0
		addr add fd09:4::2/64 dev eth0 nodad
		route add default via 10.9.4.1
		route add default via fd09:4::1
	EOF
	export NS_BEHIND=${prefix}behind
}

path_mtu_is() {
	expect_eq "$(on a adit -j peer show vpn0 | query 0 path-mtu)" "$1"
}

# ask OCTETS: an echo request that nobody may fragment, of either family.
ask() {
	on a "$lib_dir/echo.py" "$2" <<-EOF
		${inner[a4]} ${inner[b4]} $1 df 1
		${inner[a6]} ${inner[b6]} $1 df 1
	EOF
}

# test_router FAMILY ENCAP [WORD...]
#
# A packet that the router cannot send on is lost, but not the next one. With
# WORDS of ip link, all else that a has for b goes into the tunnel: what has been
# learnt is of the route that ESP takes.
test_router() {
	local family=$1 encap=$2 largest host
	shift 2
	reset
	for host in a b; do
		adit_end "$host" "$family" aes-gcm-16-128
		on "$host" adit peer set vpn0 id 0 encap "$encap"
	done
	if [ $# -gt 0 ]; then
		on a ip link set vpn0 type adit "$@"
		on a ip route add "${outer[b$family]}" dev vpn0 table 98
		on a ip "-$family" rule add not fwmark 99 lookup 98
	fi
	set_mtu b 1400
	largest=$(sa a out "$(spi b)" mtu)
	expect_fail "no echo" ask "$largest" 1
	wait_for 10 path_mtu_is 1400
	largest=$(sa a out "$(spi b)" mtu)
	expect_ge "$largest" 1312
	ask "$largest" 10
	expect_no_drops b
	set_mtu b 1500
	[ $# = 0 ] || on a ip "-$family" rule del lookup 98
}

test_routers() {
	local encap
	topology
	for encap in none udp; do
		test_router 4 "$encap"
		test_router 6 "$encap"
		test_router 4 "$encap" fwmark 99
		test_router 6 "$encap" fwmark 99
	done
}

python_stages mtu.py
stage "a router with a smaller link" test_routers
run_stages
