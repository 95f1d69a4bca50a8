#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# adit and the kernel's own IPsec between the same two hosts at the same time:
# each has ESP of its own SPIs between the same addresses.
#
#	a                                              b
#	10.1.0.1 fd00:1::1  ====== adit ======  10.2.0.1 fd00:2::1
#	10.3.0.1 fd00:3::1  ====== XFRM ======  10.4.0.1 fd00:4::1

. "$(dirname "$0")/lib.sh"

declare -A own=(
	[a4]=10.3.0.1 [b4]=10.4.0.1 [a6]=fd00:3::1 [b6]=fd00:4::1
)
suite=aes-cbc-128+hmac-sha2-256-128
packets=40

lay_out() {
	need_xfrm
	topology
}

# The SAs of XFRM are generation 2.
xfrm_too() {
	local host=$1 family=$2 peer inside length
	peer=$(other "$host")
	on "$host" ip -batch - <<-EOF
		$(xfrm_sa_line "$host" "$peer" "$family" 2 "$suite")
		$(xfrm_sa_line "$peer" "$host" "$family" 2 "$suite")
		$(for inside in 4 6; do
			if [ "$inside" = 4 ]; then length=32; else length=128; fi
			echo "addr add ${own[$host$inside]}/$length dev lo" \
				"$([ "$inside" = 4 ] || echo nodad)"
			xfrm_policy_lines "$host" "$family" 2 \
				"${own[$host$inside]}/$length" \
				"${own[$peer$inside]}/$length"
		done)
	EOF
}

# Echo requests from HOST through both, one after the other.
talk() {
	local host=$1 peer inside i
	peer=$(other "$host")
	for ((i = 0; i < packets; i++)); do
		for inside in 4 6; do
			echo "${inner[$host$inside]} ${inner[$peer$inside]} $((100 + i))"
			echo "${own[$host$inside]} ${own[$peer$inside]} $((100 + i))"
		done
	done | on "$host" "$lib_dir/echo.py"
}

# Of a family of XFRM's counters: all hosts have their own.
xfrm_stat() {
	on "$1" sed -n "s/^$2[ \t]*//p" /proc/net/xfrm_stat
}

test_both() {
	local family=$1 host before want=$((4 * packets))
	need_xfrm
	reset
	for host in a b; do
		adit_end "$host" "$family" aes-gcm-16-128
		xfrm_too "$host" "$family"
	done
	before=$(net_counter a unknown-spi)
	talk a
	talk b
	for host in a b; do
		expect_eq "$(sa "$host" in "$(spi "$host")" stats rx-packets)" "$want"
		expect_eq "$(sa "$host" out "$(spi "$(other "$host")")" stats tx-packets)" "$want"
		expect_eq "$(xfrm_packets "$host" "$(spi "$host" 2)")" "$want"
		expect_eq "$(xfrm_packets "$host" "$(spi "$(other "$host")" 2)")" "$want"
	done
	expect_no_drops a b
	# Each of XFRM's packets came to adit first, which passed it on.
	expect_eq $(($(net_counter a unknown-spi) - before)) "$want"
}

# An SPI of neither is counted by both, and answered by neither.
test_neither() {
	local before
	need_xfrm
	before=$(xfrm_stat b XfrmInNoStates)
	on b ip xfrm state flush
	on a "$lib_dir/echo.py" 0 <<-EOF >/dev/null || :
		${own[a4]} ${own[b4]} 100
	EOF
	counted() {
		[ "$(xfrm_stat b XfrmInNoStates)" = $((before + 1)) ]
	}
	wait_for 10 counted
	expect_no_drops b
}

stage "two hosts" lay_out
stage "both over IPv4" test_both 4
stage "an SPI of neither" test_neither
stage "both over IPv6" test_both 6
run_stages
