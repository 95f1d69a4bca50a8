#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels whose ends go to other addresses (MOBIKE, RFC 4555), with strongSwan's
# charon at the other end (b) and either of them as the one that moves; and a
# peer that has crashed and says so (RFC 6290), with aditd at both ends.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ike.sh
. "$(dirname "$0")/lib_ike.sh"
need aditd adit swanctl charon-systemd ping nft
sites

declare -A other_outer=([a4]=192.0.2.11 [b4]=198.51.100.11)
# A second way of each to the router.
declare -A second=([a4]=192.0.3.1 [b4]=198.51.101.1)
declare -A second_gateway=([a4]=192.0.3.254 [b4]=198.51.101.254)

# readdress HOST OLD NEW: another address instead, in the same network.
readdress() {
	on "$1" ip -batch - <<-EOF
		addr del $2/24 dev eth0
		addr add $3/24 dev eth0
		route replace default via ${gateway[${1}4]}
	EOF
}

second_way() {
	local host=$1
	on r ip -batch - <<-EOF
		link add to2_$host type veth peer name eth1 netns $prefix$host
		link set to2_$host up
		addr add ${second_gateway[${host}4]}/24 dev to2_$host
	EOF
	on "$host" ip -batch - <<-EOF
		link set eth1 up
		addr add ${second[${host}4]}/24 dev eth1
		route add default via ${second_gateway[${host}4]} metric 100
	EOF
}

# back: all is where it was before the stage.
back() {
	local host
	for host in a b; do
		on r ip link del "to2_$host" 2>/dev/null || :
		on "$host" ip addr flush dev eth0 scope global
		at_home "$host"
	done
	on r nft flush ruleset
	end_jobs
}

# Which way charon finds first is chance, if there are several.
only_ipv4() {
	local host
	trap back EXIT
	for host in a b; do
		on "$host" ip -6 addr flush dev eth0 scope global
	done
}

# connect INITIATOR WORD...: it is up, and its ends may be anywhere.
connect() {
	local initiator=$1 peer
	shift
	peer=$(other "$initiator")
	trap back EXIT
	said "${initiator}conn=local_addrs=%any;${moves-}" \
		"${peer}conn=local_addrs=%any;remote_addrs=%any;${moves-}" \
		"$@"
	begin
	ike "$initiator" --initiate --child net
	ping_through 4
	ike a --list-sas --raw | grep -o 'initiator-spi=[0-9a-f]*' >"$work/spi"
}

start_flow() {
	on a ping -q -i 0.05 -w "$1" -I "${inner[a4]}" "${inner[b4]}" \
		>"$work/flow" &
	flow=$!
	sleep 0.5
}

# expect_flow PERCENT: no more is lost than that.
expect_flow() {
	local lost
	wait "$flow" || :
	cat "$work/flow"
	lost=$(sed -n 's/.* \([0-9]*\)\(\.[0-9]*\)\?% packet loss.*/\1/p' "$work/flow")
	[ "$lost" -le "$1" ]
}

# sees HOST ADDRESS: it has the peer there, with the same IKE SA as before.
sees() {
	ike "$1" --list-sas | grep -qF "@ $2"
}

expect_at() {
	local host
	wait_for 30 sees "$1" "$2" || {
		for host in a b; do
			tail -n 60 "$(ike_dir "$host")/log"
			ike "$host" --list-sas
		done
		fail "$1 does not see the peer at $2"
	}
	ike a --list-sas --raw | grep -qFf "$work/spi"
}

in_udp() {
	ike "$1" --list-sas | grep -q 'TUNNEL-in-UDP'
}

not_in_udp() {
	ike "$1" --list-sas | grep -q 'TUNNEL,'
}

# expect_both CHECK: of the Child SA, at both ends.
expect_both() {
	wait_for 10 "$1" a
	wait_for 10 "$1" b
}

nat_before() {
	on r nft -f - <<-EOF
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname to_$(other "$1") masquerade
			}
		}
	EOF
}

# One after the other with the same IKE SA: another address, behind a NAT, back
# from there, and another interface as the first one goes down.
test_moves() {
	local host=$1 peer from=${outer[${1}4]} to=${other_outer[${1}4]}
	peer=$(other "$host")
	only_ipv4
	second_way "$host"
	connect "$host"
	expect_both not_in_udp
	start_flow 4
	readdress "$host" "$from" "$to"
	expect_at "$peer" "$to"
	expect_flow 60
	[ "$host" = a ] || adit status -u "unix://$(ike_dir a)/vici" |
		grep -F "$to"
	nat_before "$host"
	readdress "$host" "$to" "$from"
	expect_at "$peer" "${gateway[${peer}4]}"
	expect_both in_udp
	ping_through 4
	on r nft flush ruleset
	readdress "$host" "$from" "$to"
	expect_at "$peer" "$to"
	expect_both not_in_udp
	ping_through 4
	start_flow 4
	on "$host" ip link set eth0 down
	expect_at "$peer" "${second[${host}4]}"
	expect_flow 60
}

for host in a b; do
	stage "$host has another address, a NAT, and another interface" \
		test_moves "$host"
done

# The initiator loses its only address of IPv4, and knows the peer's of IPv6.
test_ipv6() {
	local host=$1
	connect "$host"
	on "$host" ip addr del "${outer[${host}4]}/24" dev eth0
	expect_at "$(other "$host")" "${outer[${host}6]}"
	ping_through 4
}

for host in a b; do
	stage "$host goes from IPv4 to IPv6" test_ipv6 "$host"
done

# Nothing changes at either end, but nothing gets through.
test_dead_path() {
	local moves="dpd_delay=2s"
	connect a
	on r nft -f - <<-EOF
		table ip way {
			chain through {
				type filter hook forward priority filter
				drop
			}
		}
	EOF
	expect_at b "${outer[a6]}"
	ping_through 4
}
stage "the path is dead, another one is found" test_dead_path

# Who did not begin can't decide, but says where it is.
test_responder() {
	only_ipv4
	connect a daemon="$1"
	readdress b "${outer[b4]}" "${other_outer[b4]}"
	expect_at a "${other_outer[b4]}"
	ping_through 4
}
stage "the responder has another address, charon" test_responder charon
stage "the responder has another address, aditd" test_responder aditd

# RFC 9329, 8: to a network that lets only TCP out.
test_tcp() {
	local moves="tcp_ports=4500"
	only_ipv4
	connect a daemon=aditd
	on r nft -f - <<-EOF
		table inet way {
			chain through {
				type filter hook forward priority filter
				meta l4proto { udp, esp } drop
			}
		}
	EOF
	readdress a "${outer[a4]}" "${other_outer[a4]}"
	expect_at b "${other_outer[a4]}"
	ping_through 4
	adit status -u "unix://$(ike_dir b)/vici" | grep 'over TCP'
}
stage "a goes to where there is only TCP" test_tcp

# ------------------------------------------------------------------------ QCD

log_has() {
	grep -qE -- "$2" "$(ike_dir "$1")/log"
}

is_up() {
	ike "$1" --list-sas | grep -q ' INSTALLED, '
}

# crash HOST: it has no time for a word, and another one starts.
crash() {
	kill -9 "$(cat "$(ike_dir "$1")/pid")"
	wait_for 10 silent "$1"
	ike_start "$1" aditd
}

silent() {
	! ike "$1" --version >/dev/null 2>&1
}

# Its next question, here after 2 seconds, is answered with the token: it does
# not wait for 165 seconds.
test_crash() {
	local moves="dpd_delay=2s" host=$1 taker
	taker=$(other "$host")
	connect a daemon=aditd "${taker}child=dpd_action=restart"
	[ "$(stat -c %a "$(ike_dir "$host")/state/qcd-secret")" = 600 ]
	crash "$host"
	wait_for 15 log_has "$taker" 'the peer has restarted.*QCD_TOKEN' || {
		tail -n 40 "$(ike_dir a)/log" "$(ike_dir b)/log"
		fail "it is not noticed"
	}
	# The responder does not know where to connect to.
	[ "$host" = b ] || ike a --initiate --child net
	wait_for 10 is_up "$host"
	ping_through 4
}

# Without such a question: ESP for an SA that is no more, as after a reboot, tells
# it as well.
test_crash_in_use() {
	local moves="dpd_delay=0s" i
	connect a daemon=aditd "achild=dpd_action=restart"
	kill -9 "$(cat "$(ike_dir b)/pid")"
	wait_for 10 silent b
	on b ip link del adit-site
	ike_start b aditd
	for ((i = 0; i < 60; i++)); do
		on a ping -q -c 1 -W 0.25 -I "${inner[a4]}" "${inner[b4]}" \
			>/dev/null || :
		! log_has a 'the peer has restarted.*QCD_TOKEN' || break
	done
	log_has a 'INVALID_SPI, without protection: is the peer there' || {
		tail -n 40 "$(ike_dir a)/log" "$(ike_dir b)/log"
		fail "it is not noticed"
	}
	wait_for 10 is_up b
	ping_through 4
}
stage "the responder crashes and says so" test_crash b
stage "the initiator crashes and says so" test_crash a
stage "the responder crashes, and ESP tells" test_crash_in_use

run_stages
