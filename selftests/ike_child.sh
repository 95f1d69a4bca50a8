#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What a child can be told beside its algorithms: selectors with ports, when it
# is closed or gets new keys, and how its packets look. b has charon, if the
# scenario does not say otherwise.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ike.sh
. "$(dirname "$0")/lib_ike.sh"
need aditd adit swanctl charon-systemd openssl ping nft
sites

# connect INITIATOR WORD...
connect() {
	local initiator=$1
	shift
	said "$@"
	begin
	ike "$initiator" --initiate --child net
}

# ------------------------------------------------------------ ports, protocols

# get HOST PORT: over TCP, from somebody who answers "tcp" at the other end.
get() {
	local peer
	peer=$(other "$1")
	on "$1" timeout 5 socat -u "TCP:${inner[${peer}4]}:$2" -
}

serve() {
	local port
	for port; do
		on b socat -U "TCP-LISTEN:$port,fork,reuseaddr" SYSTEM:"echo tcp" &
		wait_for 10 listens b "$port"
	done
}

# Routes outside of the tunnel, which is where the other packets go.
route_outside() {
	on a ip route replace "${inner_net[b4]}" via "${gateway[a4]}" src "${inner[a4]}"
	on b ip route replace "${inner_net[a4]}" via "${gateway[b4]}" src "${inner[b4]}"
	on r ip route replace "${inner_net[a4]}" via "${outer[a4]}"
	on r ip route replace "${inner_net[b4]}" via "${outer[b4]}"
}

no_route_outside() {
	on a ip route del "${inner_net[b4]}"
	on b ip route del "${inner_net[a4]}"
	on r ip route del "${inner_net[a4]}"
	on r ip route del "${inner_net[b4]}"
}

# What the router sees in clear, by its port.
watch() {
	on r nft -f - <<-END
		table inet clear {
			chain through {
				type filter hook forward priority filter
				tcp sport 443 counter
				tcp dport 443 counter
				tcp dport 80 counter
				ip protocol icmp counter
			}
		}
	END
}

# seen MATCH: how many packets there were.
seen() {
	on r nft list table inet clear | sed -n "s/.*$1 counter packets \([0-9]*\).*/\1/p"
}

port_rules() {
	on a ip rule | grep -c 'proto 173' || :
}

test_ports() {
	local initiator=$1 daemon=$2 i
	command -v socat >/dev/null || skip "there is no socat here"
	trap 'no_route_outside; on r nft delete table inet clear; end_jobs' EXIT
	route_outside
	watch
	connect "$initiator" daemon="$daemon" \
		ats="10.1.0.0/24" bts="10.2.0.0/24[tcp/443]"
	serve 443 80
	on a ip rule
	expect_eq "$(get a 443)" tcp
	expect_eq "$(seen 'tcp dport 443')" 0
	expect_eq "$(seen 'tcp sport 443')" 0
	expect_eq "$(get a 80)" tcp
	[ "$(seen 'tcp dport 80')" -gt 0 ] ||
		fail "what is not in the selector does not go outside"
	on a ping -q -c 1 -W 5 -I "${inner[a4]}" "${inner[b4]}"
	[ "$(seen 'ip protocol icmp')" -gt 0 ]
	ike a --rekey --child net
	sleep 1
	expect_eq "$(get a 443)" tcp
	expect_eq "$(seen 'tcp dport 443')" 0
	# They go with the child.
	ike a --terminate --ike site
	gone a
	gone b
	expect_eq "$(on a ip rule | grep -c 443)" 0
	expect_eq "$(get a 443)" tcp
	[ "$(seen 'tcp dport 443')" -gt 0 ]
}

for host in a b; do
	stage "TCP port 443 alone, from $host" test_ports $host charon
done
stage "TCP port 443 alone, adit at both ends" test_ports a aditd

# A host's own address in the selectors: its ESP must not go into the tunnel.
test_host_ports() {
	command -v socat >/dev/null || skip "there is no socat here"
	connect a ats="dynamic" bts="dynamic[tcp/443]" child="mode=$1"
	serve 443
	expect_eq "$(on a timeout 5 socat -u "TCP:${outer[b4]}:443" -)" tcp
	ike a --list-sas | grep -qE ' [1-9][0-9]* packets' ||
		fail "nothing went through"
	on a ping -q -c 1 -W 5 "${outer[b4]}"
}
stage "a port of the peer itself, transport mode" test_host_ports transport

# Rules of a daemon that was killed are gone with the next one.
test_stale_rules() {
	connect a daemon=aditd ats="10.1.0.0/24" bts="10.2.0.0/24[tcp/443]"
	[ "$(port_rules)" = 4 ] || fail "$(on a ip rule)"
	on a ip rule add priority 4396 to 10.9.0.0/24 lookup 7
	kill -KILL "$(cat "$(ike_dir a)/pid")"
	wait_for 10 no_daemon a
	[ "$(port_rules)" = 4 ]
	ike_start a aditd
	expect_eq "$(port_rules)" 0
	on a ip rule del priority 4396
}

no_daemon() {
	! on "$1" ss -Hlun "sport = :500" | grep -q .
}
stage "rules of a daemon that was killed" test_stale_rules

# ------------------------------------------------------------------- its limits

spi_of() {
	ike "$1" --list-sas | awk '$1 == "in" { sub(",", "", $2); print $2 }' |
		tail -n 1
}

has_new_spi() {
	[ "$(spi_of "$1")" ] && [ "$(spi_of "$1")" != "$2" ]
}

no_child() {
	! ike "$1" --list-sas | grep -q ' INSTALLED, '
}

# flow COUNT SIZE: all of it comes back.
flow() {
	on a ping -q -c "$1" -i 0.02 -s "$2" -W 5 -I "${inner[a4]}" \
		"${inner[b4]}" | tee "$work/flow"
	grep -q ' 0% packet loss' "$work/flow"
}

# test_soft HOST LIMIT: it has the limit, and makes new keys.
test_soft() {
	local old
	connect a "$1child=$2"
	old=$(spi_of a)
	flow 40 1000
	wait_for 10 has_new_spi a "$old"
	flow 5 1000
	[ "$1" = b ] || grep -q 'soft limit reached' "$(ike_dir a)/log"
}
for host in a b; do
	stage "new keys after packets, of $host" test_soft $host \
		'rekey_packets=30;rand_packets=5;life_packets=1000'
	stage "new keys after octets, of $host" test_soft $host \
		'rekey_bytes=30000;rand_bytes=1000;life_bytes=900000'
done

test_hard() {
	connect a 'achild=rekey_packets=0;life_packets=20'
	on a ping -q -c 30 -i 0.02 -W 1 -I "${inner[a4]}" "${inner[b4]}" || :
	wait_for 10 no_child a
	wait_for 10 no_child b
	grep -q 'hard limit reached' "$(ike_dir a)/log"
}
stage "the end after packets" test_hard

# test_inactivity HOST: it closes it, and not as long as there are packets.
test_inactivity() {
	connect a "$1child=inactivity=3s" achild="inactivity=${2-0s};close_action=trap"
	on a ping -q -c 12 -i 0.5 -W 5 -I "${inner[a4]}" "${inner[b4]}"
	! no_child a || fail "it was closed in use"
	wait_for 15 no_child a
	wait_for 10 no_child b
	ike a --list-sas | grep -q ESTABLISHED
	# The first packet brings it up again.
	on a ping -q -c 1 -W 10 -I "${inner[a4]}" "${inner[b4]}"
}
stage "nobody uses it, a closes it" test_inactivity a 3s
stage "nobody uses it, b closes it" test_inactivity b

# --------------------------------------------------------- what packets look like

# see RULE: have the router count what fits; seen_all says how many there were.
see() {
	on r nft -f - <<-END
		table inet look {
			chain through {
				type filter hook forward priority filter
				$1 counter
			}
		}
	END
}

seen_all() {
	on r nft list table inet look | grep -o 'packets [0-9]*' | cut -d ' ' -f 2
}

see_no_more() {
	on r nft delete table inet look
}

# With something in it that gets smaller.
test_ipcomp() {
	local host
	trap 'see_no_more; end_jobs' EXIT
	see 'meta l4proto esp meta length > 600'
	connect "$1" child='ipcomp=yes' daemon="$2"
	for host in a b; do
		ike "$host" --list-sas --raw | grep -q 'cpi-in=.* cpi-out=' || {
			ike "$host" --list-sas --raw
			fail "$host does not compress"
		}
	done
	flow 3 1000
	flow 3 10
	expect_eq "$(seen_all)" 0
	ike a --rekey --child net
	sleep 1
	flow 3 1000
	expect_eq "$(seen_all)" 0
}
stage "compression, from a" test_ipcomp a charon
stage "compression, from b" test_ipcomp b charon
stage "compression, adit at both ends" test_ipcomp a aditd

test_no_ipcomp() {
	connect a "$1child=ipcomp=yes"
	if ike a --list-sas --raw | grep cpi-in; then fail "it compresses"; fi
	flow 3 1000
}
stage "a alone would compress" test_no_ipcomp a
stage "b alone would compress" test_no_ipcomp b

test_tfc() {
	trap 'see_no_more; end_jobs' EXIT
	see "ip saddr ${outer[a4]} meta l4proto esp meta length < 900"
	connect a child='tfc_padding=1000'
	flow 3 10
	expect_eq "$(seen_all)" 0
}
stage "padded packets" test_tfc

test_dscp() {
	trap 'see_no_more; end_jobs' EXIT
	see "ip saddr ${outer[a4]} ip dscp 46"
	connect a "$1"
	on a ping -q -c 2 -i 0.1 -Q 0xb8 -W 5 -I "${inner[a4]}" "${inner[b4]}"
	expect_eq "$(seen_all)" "$2"
}
stage "DSCP is copied" test_dscp achild=copy_dscp=out 2
stage "DSCP is not copied" test_dscp achild=copy_dscp=no 0

# What the router sees of IKE itself; 4500 is for ESP in UDP, too.
test_ike_dscp() {
	trap 'see_no_more; end_jobs' EXIT
	see "ip saddr ${outer[a4]} udp dport { 500, 4500 } ip dscp != 40"
	connect "$1" aconn='dscp=101000'
	ike a --rekey --child net
	ike a --terminate --ike site
	gone b
	expect_eq "$(seen_all)" 0
}
stage "DSCP of IKE, from a" test_ike_dscp a

test_harmless() {
	connect a child='hw_offload=auto;replay_window=64;sha256_96=no'
	ping_through 4
	on a adit -j show | grep -E '"replay.window": *64'
}
stage "offload that is automatic, and a replay window" test_harmless

run_stages
