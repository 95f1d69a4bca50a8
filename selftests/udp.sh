#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP in UDP (RFC 3948): sockets that are handed over, keepalives, peers that
# roam: see udp.py; and whole hosts, with a NAT between them.
#
# What is inside, and the kernel's own as the other end, is in esp.py, path MTUs
# are in mtu.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography
need nft

suite=aes-gcm-16-128

lay_out() {
	pair
	tunnel
	on left ip -batch - <<-EOF
		link add vpn1 type adit
		link set vpn1 up
		addr add 192.0.2.11/24 dev veth0
	EOF
	# Where a peer can move to.
	on right ip -batch - <<-EOF
		addr add 192.0.2.77/24 dev veth0
		addr add 2001:db8::77/64 dev veth0 nodad
	EOF
	# What comes for a port that is closed here is not answered.
	on right sysctl -qw net.ipv4.icmp_ratelimit=1000000 \
		net.ipv6.icmp.ratelimit=1000000
}

# helper HOST WORD...: see udp.py.
helper() {
	on "$1" "$python" -B "$lib_dir/udp.py" "${@:2}"
}

# udp_end HOST FAMILY [NAME=VALUE...]: an end in UDP.
udp_end() {
	adit_end "$1" "$2" "$suite"
	helper "$1" set encap=udp "${@:3}"
}

# listen HOST: tell of its sockets and peers in $work/listen.HOST.
listen() {
	: >"$work/listen.$1"
	nsenter --net="/run/netns/$prefix$1" "$python" -B \
		"$lib_dir/udp.py" listen >"$work/listen.$1" &
	wait_for 30 grep -q ^listening "$work/listen.$1"
}

# holder HOST FAMILY: a process that hands a socket over, see udp.py; it is
# number $holder, and its socket's id in $work/holder.HOST.
holder() {
	: >"$work/holder.$1"
	nsenter --net="/run/netns/$prefix$1" "$python" -B \
		"$lib_dir/udp.py" hold "$2" >"$work/holder.$1" &
	holder=$!
	wait_for 30 grep -q ^socket "$work/holder.$1"
}

socket_id() {
	sed -n 's/^socket //p' "$work/holder.$1"
}

sockets() {
	helper "$1" count
}

has_sockets() {
	[ "$(sockets "$1")" = "$2" ]
}

flows() {
	[ "$(counter "$1" vpn0 rx_packets)" -gt $(($2 + 20)) ]
}

traffic() {
	local host
	for host in a b; do
		wait_for 20 flows "$host" "$(counter "$host" vpn0 rx_packets)"
	done
}

talk() {
	on "${1:-a}" "$lib_dir/echo.py" <<-EOF
		${inner[a4]} ${inner[b4]} 100
		${inner[a6]} ${inner[b6]} 1280
		${inner[a4]} ${inner[b4]} 1400
	EOF
}

# Two modules, sockets of their own, ports that are not the usual ones.
test_both_ends() {
	local family=$1
	reset
	udp_end a "$family" local-port=4501 remote-port=61000
	udp_end b "$family" local-port=61000 remote-port=4501
	talk
	expect_no_drops a b
	reset
	expect_eq "$(sockets a)" 0
	expect_eq "$(sockets b)" 0
}

# b learns where a is from the first packet, and answers that.
test_waiting() {
	local family=$1 any=0.0.0.0
	[ "$family" = 4 ] || any=::
	reset
	udp_end a "$family"
	udp_end b "$family" local="$any" remote="$any"
	on a ping -q -c 1 -W 10 "${inner[b4]}"
	talk
	expect_no_drops a b
	reset
}

# The owner of the socket is killed while packets come: the SAs stay, and wait
# for the next one.
test_killed() {
	local family=$1 sent
	reset
	udp_end b "$family"
	holder a "$family"
	udp_end a "$family" socket="$(socket_id a)" roam=0
	flood
	traffic
	listen a
	kill -KILL "$holder"
	wait_for 20 grep -q socket-del-ntf "$work/listen.a"
	wait_for 20 has_sockets a 0
	sent=$(counter a vpn0 tx_packets)
	dropping() {
		[ "$(counter a vpn0 tx_no_socket)" -gt 5 ]
	}
	wait_for 20 dropping
	expect_le "$(counter a vpn0 tx_packets)" $((sent + 5))
	holder a "$family"
	helper a set socket="$(socket_id a)"
	traffic
	kill -KILL "$holder"
	reset
}

# b is behind a router that changes its address and port, and forgets how: the
# next packet tells a.
test_rebinding() {
	local family=$1 port ip=ip sum=''
	reset
	# nft would make a wrong checksum of none.
	if [ "$family" = 4 ]; then sum='udp checksum set 0'; else ip=ip6; fi
	udp_end a "$family"
	udp_end b "$family" keepalive=0
	helper a set remote="${gateway[a$family]}"
	listen a
	for port in 20001 20002; do
		on r nft -f - <<-EOF
			table inet nat
			delete table inet nat
			table inet nat {
				chain out {
					type filter hook postrouting priority 0
					oifname to_a $ip saddr ${outer[b$family]} udp sport 4500 \\
						$ip saddr set ${gateway[a$family]} udp sport set $port $sum
				}
				chain in {
					type filter hook prerouting priority -200
					iifname to_a $ip daddr ${gateway[a$family]} udp dport $port \\
						$ip daddr set ${outer[b$family]} udp dport set 4500 $sum
				}
			}
		EOF
		# The first answer may still go to where b was before.
		on b "$lib_dir/echo.py" 2 <<-EOF || :
			${inner[b4]} ${inner[a4]} 100
		EOF
		wait_for 20 grep -q "peer-move-ntf 0 $port" "$work/listen.a"
		talk
	done
	on r nft delete table inet nat
	reset
}

# The device is elsewhere, its socket where it was born.
test_netns() {
	add_hosts inside
	reset
	udp_end b 4
	holder a 4
	adit_link a 4
	helper a set encap=udp socket="$(socket_id a)"
	on a ip link set vpn0 netns "$prefix"inside
	on inside ip -batch - <<-EOF
		link set vpn0 up
		addr add ${inner[a4]}/32 dev vpn0
		addr add ${inner[a6]}/128 dev vpn0
		route add ${inner_net[b4]} dev vpn0
		route add ${inner_net[b6]} dev vpn0
	EOF
	on inside adit -b - <<-EOF
		child add vpn0 id 1
		$(adit_sa_line a 1 in 1 "$suite")
		$(adit_sa_line a 1 out 1 "$suite")
	EOF
	talk inside
	# Sockets are of the namespace of birth.
	expect_eq "$(sockets inside)" 0
	expect_eq "$(sockets a)" 1
	del_host inside
	no_peers() {
		on a adit -j show net | grep -q '"sas":0'
	}
	wait_for 20 no_peers
	expect_eq "$(sockets a)" 1
	kill -KILL "$holder"
	wait_for 20 has_sockets a 0
	reset
}

# ends_in_udp FAMILY: a has a socket that was handed over, b one of its own.
ends_in_udp() {
	udp_end b "$1"
	holder a "$1"
	udp_end a "$1" socket="$(socket_id a)"
}

# Namespaces go while packets pass; whoever has the socket keeps its own.
test_netns_deleted() {
	local host
	reset
	ends_in_udp 4
	flood
	traffic
	for host in a b r; do
		ip netns del "$prefix$host"
	done
	sleep 0.3
	stop_jobs
	topology
	ends_in_udp 6
	flood
	traffic
	stop_jobs
	reset
}

# The module goes while packets pass; the socket stays with its owner, who
# hands it over once more.
test_rmmod() {
	[ "${loaded_here-}" ] || skip "it was loaded before"
	local family
	reset
	for family in 4 6; do
		ends_in_udp "$family"
		flood
		traffic
		rmmod adit
		kill -0 "$holder"
		stop_jobs
		load
	done
	ends_in_udp 4
	talk
	stop_jobs
	reset
}

python_stages udp.py
stage "two hosts" topology
stage "on both ends, IPv4" test_both_ends 4
stage "on both ends, IPv6" test_both_ends 6
stage "one end waits for the other, IPv4" test_waiting 4
stage "one end waits for the other, IPv6" test_waiting 6
stage "a NAT that forgets, IPv4" test_rebinding 4
stage "a NAT that forgets, IPv6" test_rebinding 6
stage "the socket's owner is killed, IPv4" test_killed 4
stage "the socket's owner is killed, IPv6" test_killed 6
stage "the device is in another namespace" test_netns
stage "rmmod" test_rmmod
stage "ip netns del" test_netns_deleted
run_stages
