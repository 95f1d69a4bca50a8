#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens to a tunnel between aditd (a) and strongSwan's charon (b): new
# keys under traffic, NAT, peers that go away, and what does not fit together.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping nft iperf3
sites

# spi_of HOST: what it receives with.
spi_of() {
	ike "$1" --list-sas | awk '$1 == "in" { sub(",", "", $2); print $2 }' | tail -n 1
}

# All echoes of a flow come back, whatever happens meanwhile. What ping itself
# calls lost is also what was on its way when it ended.
start_flow() {
	on a ping -i 0.05 -I "${inner[a4]}" "${inner[b4]}" >"$work/flow" &
	flow=$!
	wait_for 20 has_echoes 10
}

echoes() {
	grep -c 'icmp_seq=' "$work/flow" || :
}

has_echoes() {
	[ "$(echoes)" -ge "$1" ]
}

# Not one number is missing up to the last that came, long after all is over.
expect_no_loss() {
	wait_for 30 has_echoes $(($(echoes) + 20))
	kill -INT "$(pgrep -P "$flow" ping)"
	wait "$flow" || :
	sed -n 's/.* icmp_seq=\([0-9]*\) .*/\1/p' "$work/flow" |
		sort -n >"$work/numbers"
	seq 1 "$(tail -n 1 "$work/numbers")" | comm -3 --nocheck-order - \
		"$work/numbers" >"$work/wrong"
	[ ! -s "$work/wrong" ] || {
		tail -n 3 "$work/flow"
		fail "lost, or (indented) twice: $(tr '\n' ' ' <"$work/wrong")"
	}
}

# What either kernel has dropped of what came through the tunnel.
dropped() {
	drops a adit-site
	echo "unknown-spi=$(net_counter a unknown-spi)"
	on b cat /proc/net/xfrm_stat | awk '/^XfrmIn/ && $2 { print $1 "=" $2 }'
}

has_new_spi() {
	[ "$(spi_of "$1")" != "$2" ]
}

one_child() {
	[ "$(ike "$1" --list-sas | grep -c ' INSTALLED, ')" = 1 ]
}

# test_rekey WHO WHAT: while packets flow, none is lost.
test_rekey() {
	local old
	connect a child='esp_proposals=aes128gcm16-x25519,aes128gcm16'
	start_flow
	old=$(spi_of a)
	ike "$1" --rekey "--$2" "$([ "$2" = child ] && echo net || echo site)"
	[ "$2" != child ] || wait_for 10 has_new_spi a "$old"
	wait_for 10 one_child a
	wait_for 10 one_child b
	expect_no_loss
	ping_through 4
}

for host in a b; do
	stage "Child SA rekeyed by $host under traffic" test_rekey $host child
	stage "IKE SA rekeyed by $host under traffic" test_rekey $host ike
done

# The same again and again, by turns, while the tunnel is full; for "make
# check-long".
test_many_rekeys() {
	local i all=${ADIT_REKEYS:-1000} load hosts=(a b) old before
	[ "${ADIT_LONG-}" ] || skip "long: make check-long"
	connect a child='esp_proposals=aes128gcm16-x25519,aes128gcm16'
	on b iperf3 -s -1 -B "${inner[b4]}" >/dev/null &
	wait_for 10 listens b 5201
	on a iperf3 -c "${inner[b4]}" -B "${inner[a4]}" -b 10M -t 86400 \
		>/dev/null &
	load=$!
	start_flow
	before=$(dropped)
	for ((i = 0; i < all; i++)); do
		old=$(spi_of a)
		if ((i / 2 % 4 == 3)); then
			ike "${hosts[i % 2]}" --rekey --ike site
			wait_for 20 one_ike a
			wait_for 20 one_ike b
		else
			ike "${hosts[i % 2]}" --rekey --child net
			wait_for 20 has_new_spi a "$old"
			wait_for 20 one_child a
			wait_for 20 one_child b
		fi
	done >"$work/rekeys" 2>&1
	expect_no_loss
	kill -0 "$load"
	expect_eq "$(dropped)" "$before" "dropped"
	note "$all rekeys, $(echoes) echoes, $(counter a adit-site tx_packets) packets of a, none lost"
}

one_ike() {
	[ "$(ike "$1" --list-sas | grep -c 'ESTABLISHED')" = 1 ]
}
stage "a thousand rekeys under load" test_many_rekeys

# A NAT in front of a, which b sees as the router.
with_nat() {
	on r nft -f - <<-EOF
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname to_b masquerade
			}
		}
	EOF
}

without_nat() {
	on r nft delete table ip nat
}

test_nat() {
	trap 'without_nat; end_jobs' EXIT
	with_nat
	said bconn='remote_addrs=%any' sa='TUNNEL-in-UDP'
	begin
	ike a --initiate --child net
	expect_sa
	ping_through 4
	ike b --list-sas | grep -qF "@ ${gateway[b4]}"
}
stage "behind NAT" test_nat

for host in a b; do
	stage "pre-shared keys differ, from $host" test_refused $host \
		'pre-shared key|AUTHENTICATION_FAILED' apsk=one bpsk=another
	stage "no proposal in common, from $host" test_refused $host \
		'NO_PROPOSAL_CHOSEN|peer offers' \
		aconn='proposals=aes256-sha512-modp3072' \
		bconn='proposals=aes128-sha256-x25519'
	stage "no selector in common, from $host" test_refused $host \
		'TS_UNACCEPTABLE|selector' ato=10.9.0.0/24
done

# The first packet brings the tunnel up, and is not lost.
test_trap() {
	said achild='start_action=trap'
	begin
	wait_for 10 has_route a
	on a ping -q -c 1 -W 10 -I "${inner[a4]}" "${inner[b4]}"
}

has_route() {
	[ "$(on "$1" ip route show "${inner_net[$(other "$1")4]}")" ]
}
stage "on demand" test_trap

test_start() {
	said achild='start_action=start'
	begin
	wait_for 10 one_child a
	ping_through 4
	# The route, and the interface if it was made, go with the connection.
	ike a --terminate --ike site
	gone a
	wait_for 10 no_route a
}

no_route() {
	! has_route "$1"
}
stage "at start, and all is gone with it" test_start

test_narrow() {
	connect "$1" ato='10.2.0.0/16,10.3.0.0/16' bts='10.2.0.0/17' bto=10.1.0.0/24
	expect_narrowed a 10.1.0.0/24 10.2.0.0/17
	expect_narrowed b 10.2.0.0/17 10.1.0.0/24
	ping_through 4
}

# expect_narrowed HOST LOCAL REMOTE
expect_narrowed() {
	ike "$1" --list-sas >"$work/sas"
	cat "$work/sas"
	grep -q " local  $2\$" "$work/sas"
	grep -q " remote $3\$" "$work/sas"
}
stage "selectors are narrowed, from a" test_narrow a

test_ports() {
	connect a ats='10.1.0.1/32[tcp]' bts='10.2.0.1/32[tcp/5201]'
	on b iperf3 -s -1 -B "${inner[b4]}" >/dev/null &
	wait_for 10 listens b 5201
	on a iperf3 -c "${inner[b4]}" -B "${inner[a4]}" -n 100K
}

stage "selectors with a port" test_ports

test_ipv6_inside() {
	connect a ats="${inner_net[a4]},${inner_net[a6]}" \
		bts="${inner_net[b4]},${inner_net[b6]}"
	ping_through 4
	ping_through 6
}
stage "IPv4 and IPv6 in one child" test_ipv6_inside

# Messages that are larger than a packet may be come in fragments (RFC 7383).
test_fragments() {
	connect "$1" auth=pubkey key=rsa conn='fragmentation=force'
	grep -qE 'IKE_AUTH .*\[ EF' "$(ike_dir b)/log"
	ping_through 4
}
stage "fragments of IKE, from a" test_fragments a
stage "fragments of IKE, from b" test_fragments b

# A network that loses a fifth of all packets, doubles and reorders them.
test_bad_network() {
	local host
	for host in a b; do
		on r tc qdisc add dev "to_$host" root netem delay 5ms 3ms \
			loss 20% duplicate 10% reorder 25%
	done
	connect "$1" conn='keyingtries=5'
	for host in a b; do
		on r tc qdisc del dev "to_$host" root
	done
	ping_through 4
}
stage "a network that loses packets, from a" test_bad_network a
stage "a network that loses packets, from b" test_bad_network b

test_transport() {
	connect "$1" child='mode=transport' ats=dynamic bts=dynamic
	on a ping -q -c 3 -i 0.2 -W 5 "${outer[b4]}"
	on b ping -q -c 3 -i 0.2 -W 5 "${outer[a4]}"
	ike a --list-sas | grep -q 'TRANSPORT'
	on r tcpdump -ln -c 2 -i to_a esp >"$work/dump" 2>&1 &
	wait_for 10 grep -q listening "$work/dump"
	on a ping -q -c 2 -i 0.2 -W 5 "${outer[b4]}"
	wait_for 10 grep -q ESP "$work/dump"
}
stage "transport mode, from a" test_transport a
stage "transport mode, from b" test_transport b
run_stages
