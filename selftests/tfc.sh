#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Traffic flow confidentiality (RFC 4303, 2.6 and 2.7): padding behind inner
# packets, by hand in tfc.py, and here with another end that takes it off.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need_python yaml cryptography
need ping socat ss

suite=aes-gcm-16-128

lay_out() {
	pair
	tunnel
	# Larger than the path, for packets that do not fit it.
	on left ip link set vpn0 mtu 3000
}

# ends KIND FAMILY: a has adit and pads what it sends; b is of that kind.
ends() {
	reset
	[ "$1" = adit ] || need_xfrm
	adit_end a "$2" "$suite"
	on a adit sa set vpn0 child 1 out spi "$(spi b)" tfc-padding mtu
	expect_match "$(on a adit show)" "tfc mtu"
	end b "$1" "$2" "$suite"
}

# Superpackets of TCP, single packets, and what is larger than the path.
test_end() {
	local kind=$1 family=$2 inside size
	ends "$kind" "$family"
	for inside in 4 6; do
		for size in 0 100 1300 2000; do
			on a ping -q -c 1 -W 10 -s "$size" "${inner[b$inside]}"
		done
	done
	head -c 300000 /dev/urandom >"$work/sent"
	on b socat -u TCP-LISTEN:5001,bind="${inner[b4]}" \
		CREATE:"$work/received" &
	listens() {
		on b ss -Htln 'sport = 5001' | grep -q .
	}
	wait_for 20 listens
	on a socat -u FILE:"$work/sent" TCP:"${inner[b4]}":5001
	wait $!
	cmp "$work/sent" "$work/received"
	expect_no_drops a
	reset
}

# What the kernel's IPsec counts: a dummy packet is a protocol error to it.
xfrm_errors() {
	on "$1" sed -n 's/^XfrmInStateProtoError[ \t]*//p' /proc/net/xfrm_stat
}

# Dummy packets among others: the other end drops them, and says nothing.
test_dummy() {
	local kind=$1 family=$2 before=0
	reset
	[ "$kind" = adit ] || {
		need_xfrm
		before=$(xfrm_errors b)
	}
	adit_end a "$family" "$suite"
	end b "$kind" "$family" "$suite"
	for length in 0 100 1400; do
		on a adit child dummy vpn0 id 1 length "$length"
		on a ping -q -c 1 -W 10 "${inner[b4]}"
	done
	on a adit child dummy vpn0 id 1
	on a ping -q -c 1 -W 10 "${inner[b6]}"
	expect_counter a vpn0 tx_packets 4
	expect_counter a vpn0 rx_packets 4
	expect_no_drops a
	if [ "$kind" = adit ]; then
		expect_counter b vpn0 rx_packets 4
		expect_drops b rx_dummy=4
		on b adit child dummy vpn0 id 1
		expect_drops a rx_dummy=1
	else
		expect_eq "$(($(xfrm_errors b) - before))" 4
	fi
	expect_fail 'does not fit' on a adit child dummy vpn0 id 1 length 1500
	reset
}

python_stages tfc.py
topology
for kind in adit xfrm; do
	for family in 4 6; do
		stage "padding to $kind over IPv$family" test_end $kind $family
		stage "dummy packets to $kind over IPv$family" \
			test_dummy $kind $family
	done
done
run_stages
