#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The interface as ip link sees it: made, changed, shown, counted, refused.

. "$(dirname "$0")/lib.sh"
need nft

suite=aes-gcm-16-128

# info DEV WORD: a setting as ip -d -j link shows it.
info() {
	on a ip -d -j link show "$1" | query 0 linkinfo info_data "$2"
}

del() {
	on a ip link del "$1"
}

# Without any setting there is no peer; without the plugin ip shows less.
test_bare() {
	on a ip link add vpn0 type adit
	expect_eq "$(on a ip -d -j link show vpn0 | query 0 linkinfo info_kind)" adit
	expect_eq "$(info vpn0 df)" copy
	expect_eq "$(on a adit -j peer show vpn0 | query 0)" ""
	del vpn0
	IP_LIB_DIR=/nonexistent on a ip link add vpn0 type adit
	expect_match "$(IP_LIB_DIR=/nonexistent on a ip -d link show vpn0)" adit
	del vpn0
}

test_settings() {
	on a ip link add vpn0 type adit local 192.0.2.1 remote 198.51.100.1 \
		fwmark 0x17 dev eth0 ttl 9 dsfield 0xb8 df set flowlabel 0xbeef \
		decap-dscp on
	expect_eq "$(info vpn0 local)" 192.0.2.1
	expect_eq "$(info vpn0 remote)" 198.51.100.1
	expect_eq "$(info vpn0 encap)" none
	expect_eq "$(info vpn0 ttl)" 9
	expect_eq "$(info vpn0 dsfield)" 184
	expect_eq "$(info vpn0 df)" set
	expect_eq "$(info vpn0 flowlabel)" 48879
	expect_eq "$(info vpn0 decap-dscp)" on
	expect_match "$(on a ip -d link show vpn0)" \
		'adit remote 198.51.100.1 local 192.0.2.1 encap none fwmark 0x17 dev eth0 ttl 9 dsfield 0xb8 df set flowlabel 0xbeef decap-dscp on'
	# What is changed changes, the rest stays.
	on a ip link set vpn0 type adit ttl inherit dsfield inherit df unset \
		flowlabel inherit decap-dscp off
	expect_match "$(on a ip -d link show vpn0)" \
		'remote 198.51.100.1 local 192.0.2.1 encap none fwmark 0x17 dev eth0 ttl inherit dsfield inherit df unset flowlabel inherit'
	on a ip link set vpn0 type adit remote 2001:db8:2::1 local 2001:db8:1::1
	expect_eq "$(info vpn0 remote)" 2001:db8:2::1
	expect_eq "$(info vpn0 local)" 2001:db8:1::1
	del vpn0
}

# Through UDP: the ports are shown, and another encapsulation has its own.
test_udp() {
	on a ip link add vpn0 type adit remote 198.51.100.1 encap udp
	expect_eq "$(info vpn0 encap)" udp
	expect_eq "$(info vpn0 local-port)" 4500
	expect_eq "$(info vpn0 remote-port)" 4500
	on a ip link set vpn0 type adit remote-port 4501 local-port 4502
	expect_match "$(on a ip -d link show vpn0)" \
		'adit remote 198.51.100.1 encap udp local-port 4502 remote-port 4501 dsfield'
	expect_match "$(on a adit socket show)" '  udp  0.0.0.0:4502  open  peers 1'
	on a ip link set vpn0 type adit encap none
	expect_eq "$(info vpn0 local-port)$(info vpn0 remote-port)" ""
	expect_eq "$(on a adit socket show)" ""
	del vpn0
}

# refused PATTERN WORD...: a link that must not come to be.
refused() {
	local pattern=$1
	shift
	expect_fail "$pattern" on a ip link add vpn0 type adit "$@"
	expect_fail 'does not exist' on a ip link show vpn0
}

test_refused() {
	refused 'must both be' local 192.0.2.1 remote 2001:db8:2::1
	refused 'RFC 6040' remote 198.51.100.1 dsfield 0x01
	refused 'remote-port: 0 is no port' remote 198.51.100.1 encap udp \
		remote-port 0
	refused 'local-port: goes with encap udp or tcp' remote 198.51.100.1 \
		local-port 4500
	refused 'local: is missing' encap udp
	refused 'unicast' remote 224.0.0.1
	refused 'nosuch' dev nosuch0
	refused 'ttl|256' ttl 256
	refused 'df' df maybe
	refused 'flowlabel|1048575' flowlabel 0x100000
	refused 'decap-dscp' decap-dscp maybe
	refused 'nonsense' nonsense 1
	expect_fail 'mtu' on a ip link add vpn0 mtu 67 type adit
	expect_fail 'mtu' on a ip link add vpn0 mtu 65535 type adit
	on a ip link add vpn0 type adit
	expect_fail 'exists' on a ip link add vpn0 type adit
	del vpn0
}

# What is refused changes nothing.
test_change_refused() {
	local before
	on a ip link add vpn0 type adit remote 198.51.100.1 ttl 9
	before=$(on a ip -d link show vpn0)
	expect_fail 'must both be' on a ip link set vpn0 type adit ttl 10 \
		local 2001:db8:1::1
	expect_fail 'RFC 6040' on a ip link set vpn0 type adit ttl 10 dsfield 3
	expect_eq "$(on a ip -d link show vpn0)" "$before"
	del vpn0
}

# A changed peer is sent to at once: the route is not remembered.
test_changed_peer() {
	adit_end a 4 "$suite"
	adit_end b 4 "$suite"
	on a ip link set vpn0 type adit remote "${outer[b6]}" local "${outer[a6]}"
	on b ip link set vpn0 type adit remote "${outer[a6]}" local "${outer[b6]}"
	on a ping -q -c 1 -W 10 "${inner[b4]}"
	expect_no_drops a b
	reset
}

# ip -s link counts inner packets; a drop is there, too.
test_counts() {
	adit_end a 4 "$suite"
	adit_end b 4 "$suite"
	on a ping -q -c 3 -i 0.01 -W 10 -s 72 "${inner[b4]}"
	stat() {
		on a ip -s -j link show vpn0 | query 0 stats64 "$1" "$2"
	}
	expect_eq "$(stat tx packets)" 3
	expect_eq "$(stat tx bytes)" 300
	expect_eq "$(stat rx packets)" 3
	expect_eq "$(stat rx bytes)" 300
	expect_eq "$(stat tx dropped)" 0
	# A key that does not fit: each packet is an error. New SAs on both
	# ends, or it would be a replayed one.
	on a adit -b - <<-EOF
		sa del vpn0 child 1 in spi $(spi a)
		$(adit_sa_line a 1 in 1 "$suite")
	EOF
	on b adit -b - <<-EOF
		sa del vpn0 child 1 out spi $(spi a)
		sa add vpn0 child 1 out spi $(spi a) encr aes-gcm-16-128 key-file $(key_file b 9 "$suite")
	EOF
	expect_fail . on a ping -q -c 1 -W 1 "${inner[b4]}"
	expect_counter a vpn0 rx_icv 1
	expect_eq "$(stat rx errors)" 1
	expect_eq "$(stat rx dropped)" 1
	expect_drops a rx_icv=1
	reset
}

# Down: nothing goes, nothing comes, everything is counted. Up: all works.
test_down() {
	adit_end a 4 "$suite"
	adit_end b 4 "$suite"
	on b ip link set vpn0 down
	expect_fail . on a ping -q -c 1 -W 1 "${inner[b4]}"
	expect_drops b rx_device_down=1
	on b ip link set vpn0 up
	on b ip route add "${inner_net[a4]}" dev vpn0
	on a ping -q -c 1 -W 10 "${inner[b4]}"
	reset
}

# The way to the peer leads into the tunnel.
test_loop() {
	adit_end a 4 "$suite"
	on a ip route add "${outer[b4]}" dev vpn0
	expect_fail . on a ping -q -c 1 -W 1 "${inner[b4]}"
	expect_drops a tx_loop=1
	on a ip route replace unreachable "${outer[b4]}"
	expect_fail . on a ping -q -c 1 -W 1 "${inner[b4]}"
	expect_drops a 'tx_no_route=1 tx_loop=1'
	on a ip route del unreachable "${outer[b4]}"
	reset
}

# A firewall on the underlay: the packet is not counted as sent.
test_firewall() {
	adit_end a 4 "$suite"
	on a nft add table inet t
	on a nft 'add chain inet t o { type filter hook output priority 0; }'
	on a nft add rule inet t o ip protocol esp drop
	expect_fail . on a ping -q -c 1 -W 1 "${inner[b4]}"
	expect_drops a tx_underlay=1
	expect_counter a vpn0 tx_packets 0
	on a nft delete table inet t
	reset
}

# Two devices on a host, to the same peer, with different networks behind.
test_two() {
	local host peer
	for host in a b; do
		peer=$(other "$host")
		adit_end "$host" 4 "$suite"
		on "$host" ip link add vpn1 type adit local "${outer[${host}6]}" \
			remote "${outer[${peer}6]}"
		on "$host" ip -batch - <<-EOF
			link set vpn1 up
			addr add 10.8.0.$([ "$host" = a ] && echo 1 || echo 2)/24 dev vpn1
		EOF
		on "$host" adit -b - <<-EOF
			child add vpn1 id 1
			$(adit_sa_line "$host" 1 in 2 "$suite" | sed s/vpn0/vpn1/)
			$(adit_sa_line "$host" 1 out 2 "$suite" | sed s/vpn0/vpn1/)
		EOF
	done
	on a "$lib_dir/echo.py" <<-EOF
		${inner[a4]} ${inner[b4]} 100
		10.8.0.1 10.8.0.2 100
		10.8.0.1 10.8.0.2 101
	EOF
	for host in a b; do
		expect_counter "$host" vpn0 tx_packets 1
		expect_counter "$host" vpn1 tx_packets 2
		expect_eq "$(drops "$host" vpn0)$(drops "$host" vpn1)" ""
	done
	# An SPI is the host's: two devices cannot have the same.
	expect_fail 'already' on a adit sa add vpn1 child 1 in spi "$(spi a)" \
		encr aes-gcm-16-128 key-file "$(key_file a 1 "$suite")"
	# The end of one is not the other's.
	on a ip link del vpn1
	on a ping -q -c 1 -W 10 "${inner[b4]}"
	reset
}

topology
stage "without settings, without the plugin" test_bare
stage "settings are kept, shown, changed" test_settings
stage "through UDP" test_udp
stage "wrong settings are refused" test_refused
stage "a refused change changes nothing" test_change_refused
stage "a changed peer" test_changed_peer
stage "ip -s link counts" test_counts
stage "down and up" test_down
stage "a route into the tunnel, and none" test_loop
stage "a firewall on the underlay" test_firewall
stage "two devices" test_two
run_stages
