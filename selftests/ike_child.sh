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
		on b socat -u SYSTEM:"echo tcp" "TCP-LISTEN:$port,fork,reuseaddr" &
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

run_stages
