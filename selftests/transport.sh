#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Transport mode between a and b: what hosts send each other, whole or some
# protocols of it, by the routes and rules of whoever set them up. esp.py has
# every algorithm in transport mode; here is what goes through.

. "$(dirname "$0")/lib.sh"
need ping iperf3 socat nft tcpdump

suite=aes-gcm-16-128 protocols=esp

# transport_link HOST FAMILY [OPTION...]: vpn0 with a child in transport mode.
transport_link() {
	local host=$1 family=$2 peer
	peer=$(other "$host")
	shift 2
	on "$host" ip link add vpn0 type adit local "${outer[$host$family]}" \
		remote "${outer[$peer$family]}" "$@"
	on "$host" ip link set vpn0 up
	on "$host" adit -b - <<-EOF
		child add vpn0 id 1 mode transport protocols $protocols
		$(adit_sa_line "$host" 1 in 1 "$suite")
		$(adit_sa_line "$host" 1 out 1 "$suite")
	EOF
}

# host_route HOST FAMILY [table N]: what is for the other host goes into vpn0.
host_route() {
	local host=$1 family=$2 peer
	peer=$(other "$host")
	shift 2
	on "$host" ip route add "${outer[$peer$family]}" dev vpn0 \
		src "${outer[$host$family]}" "$@"
}

# xfrm_transport HOST FAMILY [SELECTOR...]: the kernel's own IPsec, for what is
# selected of what the two hosts send each other.
xfrm_transport() {
	local host=$1 family=$2 peer
	peer=$(other "$host")
	shift 2
	on "$host" ip -batch - <<-EOF
		$(xfrm_sa_line "$host" "$peer" "$family" 1 "$suite" on transport)
		$(xfrm_sa_line "$peer" "$host" "$family" 1 "$suite" on transport)
		$(xfrm_policy_lines "$host" "$family" 1 \
			"${outer[$host$family]}" "${outer[$peer$family]} $*" transport)
	EOF
}

# ends KIND FAMILY: a has adit, b what is asked for, "ah" for adit with AH; all
# traffic is protected.
ends() {
	local family=$2
	reset
	suite=aes-gcm-16-128 protocols=esp
	[ "$1" != ah ] || suite=ah+hmac-sha2-256-128 protocols=ah
	transport_link a "$family" dev eth0
	host_route a "$family"
	if [ "$1" = xfrm ]; then
		need_xfrm
		xfrm_transport b "$family"
	else
		transport_link b "$family" dev eth0
		host_route b "$family"
	fi
}

# protected HOST: packets that left HOST through the tunnel.
protected() {
	sa "$1" out "$(spi "$(other "$1")")" stats tx-packets
}

test_hosts() {
	local kind=$1 family=$2
	ends "$kind" "$family"
	on a ping -q -c 2 -i 0.1 -W 5 "${outer[b$family]}"
	[ "$kind" = ah ] || on a adit child dummy vpn0 id 1
	on b ping -q -c 2 -i 0.1 -W 5 "${outer[a$family]}"
	expect_eq "$(protected a)" 4
	expect_no_drops a
	case $kind in
	adit) expect_drops b rx_dummy=1 ;;
	ah) expect_no_drops b ;;
	esac
	expect_match "$(on a adit show)" "child 1: ready, .*, transport"
}

# Large TCP packets are cut into segments here, and put together there.
test_tcp() {
	local kind=$1 family=$2 reverse
	ends "$kind" "$family"
	for reverse in '' -R; do
		on b iperf3 -s -1 >/dev/null &
		wait_for 10 listens b 5201
		# shellcheck disable=SC2086 # an option or none
		on a iperf3 -c "${outer[b$family]}" -n 4M $reverse >"$work/iperf"
		wait $!
	done
	expect_ge "$(protected a)" 1000
	expect_no_drops a
	[ "$kind" = xfrm ] || expect_no_drops b
}

listens() {
	on "$1" ss -Hltn "sport = :$2" | grep -q .
}

# The largest packet that the device says it takes fits, to the octet.
test_mtu() {
	local kind=$1 family=$2 mtu header=28
	[ "$family" = 4 ] || header=48
	ends "$kind" "$family"
	mtu=$(on a ip -j link show vpn0 | query 0 mtu)
	# Of 1500 octets ESP takes SPI, number, IV, padding, two octets and ICV.
	expect_eq "$mtu" 1466 "the device's MTU"
	rm -f "$work/pcap"
	on a timeout 20 tcpdump -c 1 -w "$work/pcap" -U -i eth0 \
		"host ${outer[b$family]} and greater 1400" &
	wait_for 10 test -s "$work/pcap"
	on a ping -q -c 1 -W 5 -M 'do' -s $((mtu - header)) "${outer[b$family]}"
	wait $!
	# An Ethernet header is 14 octets.
	expect_eq $(($(stat -c %s "$work/pcap") - 24 - 16 - 14)) 1500 "on the wire"
	expect_fail '' on a ping -q -c 1 -W 1 -M 'do' -s $((mtu - header + 1)) "${outer[b$family]}"
	expect_no_drops a
}

# The host cuts what is larger than the device's MTU; only a whole packet is
# protected, and its outer packet is cut.
test_large() {
	local kind=$1
	ends "$kind" 4
	on a ping -q -c 3 -i 0.1 -W 5 -M dont -s 5000 "${outer[b4]}"
	expect_eq "$(protected a)" 3 "whole packets"
	expect_no_drops a
}

# A fragment of IPv6 stays one, and is none that may be protected.
test_large6() {
	ends adit 6
	expect_fail '' on a ping -q -c 1 -W 1 -s 3000 "${outer[b6]}"
	expect_drops a "tx_fragment=3"
	expect_eq "$(protected a)" 0
}

# Options and extension headers: those for routers stay in front.
test_options() {
	local kind=$1
	ends "$kind" 4
	expect_match "$(on a ping -n -c 1 -W 5 -R "${outer[b4]}")" \
		"RR:.*${outer[b4]}"
	expect_no_drops a
	ends "$kind" 6
	on b socat -u UDP6-RECV:7777 CREATE:"$work/received" &
	wait_for 10 bound b 7777
	on a timeout 20 tcpdump -c 1 -n -l -i eth0 'ip6[6] = 0 or ip6[6] = 50 or ip6[6] = 51' >"$work/dump" &
	wait_for 10 watches a
	on a python3 - "${outer[b6]}" <<-'EOF'
		import socket, sys
		sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		padding = bytes((0, 0, 1, 4, 0, 0, 0, 0))
		sock.setsockopt(socket.IPPROTO_IPV6, 54, padding)  # hop-by-hop
		sock.setsockopt(socket.IPPROTO_IPV6, 59, padding)  # destination
		sock.sendto(b"extended\n", (sys.argv[1], 7777))
	EOF
	wait_for 10 grep -q extended "$work/received"
	wait_for 10 grep -q . "$work/dump"
	expect_match "$(cat "$work/dump")" \
		"HBH .*$([ "$kind" = ah ] && echo AH || echo ESP)"
	expect_no_drops a
}

watches() {
	on "$1" cat /proc/net/packet | grep -q '0003'
}

bound() {
	on "$1" ss -Hlun "sport = :$2" | grep -q .
}

# Other protocols, each with its own checksum: L2TP and GRE.
test_inside() {
	local what=$1 kind=$2 family=$3 host peer i=0
	ends "$kind" "$family"
	for host in a b; do
		peer=$(other "$host")
		i=$((i + 1))
		case $what in
		l2tp)
			on "$host" ip l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 \
				encap udp local "${outer[$host$family]}" \
				remote "${outer[$peer$family]}" \
				udp_sport 1701 udp_dport 1701 udp_csum on
			on "$host" ip l2tp add session name in0 tunnel_id 1 \
				session_id 1 peer_session_id 1 ;;
		gre)
			on "$host" ip link add in0 type gre csum \
				local "${outer[$host$family]}" \
				remote "${outer[$peer$family]}" ;;
		esac
		on "$host" ip addr add "10.99.0.$i/24" dev in0
		on "$host" ip link set in0 up
	done
	on a ping -q -c 3 -i 0.1 -W 5 -s 1000 10.99.0.2
	for host in a b; do
		case $what in
		l2tp) on "$host" ip l2tp del tunnel tunnel_id 1 ;;
		gre) on "$host" ip link del in0 ;;
		esac
	done
	expect_ge "$(protected a)" 3
	expect_no_drops a
}

# Only UDP to port 1701, by the user's rule; all else stays in clear. ESP is
# neither, so that nothing else keeps it from coming back.
test_selected() {
	local kind=$1 family=$2
	reset
	transport_link a "$family"
	on a adit child set vpn0 id 1 "remote-ts" "${outer[b$family]}[udp/1701]"
	host_route a "$family" table 1701
	on a ip "-$family" rule add to "${outer[b$family]}" ipproto udp \
		dport 1701 lookup 1701
	if [ "$kind" = xfrm ]; then
		need_xfrm
		xfrm_transport b "$family" proto udp sport 1701
	else
		transport_link b "$family"
		host_route b "$family" table 1701
		on b ip "-$family" rule add to "${outer[a$family]}" ipproto udp \
			sport 1701 lookup 1701
	fi
	answer "$family" 1701
	on a ping -q -c 1 -W 5 "${outer[b$family]}"
	answer "$family" 1702
	expect_eq "$(protected a)" 1 "packets that were protected"
	expect_no_drops a
	on a ip "-$family" rule del lookup 1701
	[ "$kind" = xfrm ] || on b ip "-$family" rule del lookup 1701
}

# answer FAMILY PORT: a asks b over UDP, b answers.
answer() {
	local family=$1 port=$2 pid
	on b socat -T 1 "UDP$family-LISTEN:$port" PIPE &
	pid=$!
	wait_for 10 bound b "$port"
	on a python3 - "${outer[a$family]}" "${outer[b$family]}" "$port" <<-'EOF'
		import socket, sys
		near, far, port = sys.argv[1:]
		family = socket.AF_INET6 if ":" in near else socket.AF_INET
		sock = socket.socket(family, socket.SOCK_DGRAM)
		sock.bind((near, 0))
		sock.settimeout(5)
		sock.connect((far, int(port)))
		sock.send(b"hello")
		sys.exit(sock.recv(100) != b"hello")
	EOF
	wait "$pid"
}

# What is from or to somewhere else is not for this child.
test_others() {
	ends adit 4
	on a ip addr add 10.1.0.1/32 dev lo
	on a ip route add 10.2.0.9/32 dev vpn0
	expect_match "$(on a ping -c 1 -W 1 -I 10.1.0.1 "${outer[b4]}" 2>&1 || :)" \
		"[Ff]iltered"
	expect_fail '' on a ping -q -c 1 -W 1 -I "${outer[a4]}" 10.2.0.9
	expect_drops a "tx_no_selector=2"
	on a ip addr del 10.1.0.1/32 dev lo
	# The router says that they come from another host: ESP does not cover
	# the addresses.
	on r nft -f - <<-EOF
		table ip t {
			chain c {
				type nat hook postrouting priority 100
				ip protocol esp snat to ${gateway[a4]}
			}
		}
	EOF
	expect_fail '' on a ping -q -c 1 -W 1 "${outer[b4]}"
	expect_drops b "rx_selector=1"
	on r nft delete table ip t
}

# Without rules, device or mark, the route to the peer is the tunnel's own.
test_loop() {
	reset
	transport_link a 4
	host_route a 4
	expect_fail '' on a ping -q -c 1 -W 1 "${outer[b4]}"
	expect_drops a "tx_loop=1"
}

# With a mark: the rule that leads into the tunnel does not hold for it.
test_fwmark() {
	local kind=$1 family=$2
	ends "$kind" "$family"
	on a ip link del vpn0
	transport_link a "$family" fwmark 99
	host_route a "$family" table 99
	on a ip "-$family" rule add not fwmark 99 lookup 99
	on a ping -q -c 2 -i 0.1 -W 5 "${outer[b$family]}"
	on a ip "-$family" rule del not fwmark 99 lookup 99
	expect_eq "$(protected a)" 2
	expect_no_drops a
}

stage "two hosts" topology
for family in 4 6; do
	for kind in xfrm adit; do
		over="IPv$family, $kind on the other end"
		stage "all between two hosts, $over" test_hosts $kind $family
		stage "TCP, $over" test_tcp $kind $family
		stage "the MTU, $over" test_mtu $kind $family
		stage "L2TP inside, $over" test_inside l2tp $kind $family
		stage "UDP port 1701 alone, $over" test_selected $kind $family
	done
	stage "kept apart by a mark, IPv$family" test_fwmark adit $family
done
for family in 4 6; do
	over="IPv$family, AH"
	stage "all between two hosts, $over" test_hosts ah $family
	stage "TCP, $over" test_tcp ah $family
	stage "L2TP inside, $over" test_inside l2tp ah $family
done
stage "GRE inside, AH" test_inside gre ah 4
stage "larger than the path, AH" test_large ah
stage "options and extension headers, AH" test_options ah
for kind in xfrm adit; do
	stage "GRE inside, $kind on the other end" test_inside gre $kind 4
	stage "larger than the path, $kind on the other end" test_large $kind
	stage "options and extension headers, $kind on the other end" test_options $kind
done
stage "fragments of IPv6" test_large6
stage "other hosts" test_others
stage "a route that loops" test_loop
run_stages
