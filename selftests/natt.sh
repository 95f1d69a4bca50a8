#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Transport mode through NAT: two clients with the same address, behind home
# routers that have the same address, behind one NAT of their provider. The
# server has one device, with a peer for each of them that it knows no port of.
#
#	a -- ra --.
#	           n -- c
#	b -- rb --'
#
#	a, b     10.0.0.2       fd00:a::2
#	n        203.0.113.9    2001:db8:9::9    what c sees of both
#	c        203.0.113.1    2001:db8:9::1

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_python.sh"
need nft tcpdump
need_python cryptography

suite=aes-gcm-16-128
questions=200
[ -z "${ADIT_BRIEF-}" ] || questions=50
declare -A client=([4]=10.0.0.2 [6]=fd00:a::2)
declare -A nat=([4]=203.0.113.9 [6]=2001:db8:9::9)
declare -A server=([4]=203.0.113.1 [6]=2001:db8:9::1)

# wire HOST DEVICE ADDRESS4 ADDRESS6 HOST DEVICE ADDRESS4 ADDRESS6
wire() {
	on "$1" ip link add "$2" type veth peer name "$6" netns "$prefix$5"
	while [ $# -gt 0 ]; do
		on "$1" ip -batch - <<-LINES
			link set $2 up
			addr add $3/24 dev $2
			addr add $4/64 dev $2 nodad
		LINES
		shift 4
	done
}

default_route() {
	on "$1" ip -batch - <<-EOF
		route add default via $2
		route add default via $3
	EOF
}

masquerade() {
	on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on "$1" nft -f - <<-EOF
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "out" masquerade
			}
		}
	EOF
}

lay_out() {
	local host i=1
	add_hosts a b ra rb n c
	for host in a b; do
		wire "$host" eth0 "${client[4]}" "${client[6]}" \
			"r$host" in 10.0.0.1 fd00:a::1
		wire "r$host" out "100.64.$i.2" "fd00:64:$i::2" \
			n "to_$host" "100.64.$i.1" "fd00:64:$i::1"
		default_route "$host" 10.0.0.1 fd00:a::1
		default_route "r$host" "100.64.$i.1" "fd00:64:$i::1"
		masquerade "r$host"
		i=$((i + 1))
	done
	wire n out "${nat[4]}" "${nat[6]}" c eth0 "${server[4]}" "${server[6]}"
	masquerade n
}

generation() {
	if [ "$1" = a ]; then echo 1; else echo 2; fi
}

# sa_line CHILD DIR TO GENERATION [OPTION]...: of a batch: what TO receives.
sa_line() {
	local child=$1 dir=$2 to=$3 generation=$4
	shift 4
	echo "sa add vpn0 child $child $dir spi $(spi "$to" "$generation")" \
		"encr $suite key-file $(key_file "$to" "$generation" "$suite")" \
		"esn off $*"
}

# The original addresses, if they are to be known, as $1's peer uses them.
original() {
	local family=$2
	[ "$oa" = known ] || return 0
	if [ "$1" = c ]; then
		echo "nat-oa-local ${server[$family]} nat-oa-remote ${client[$family]}"
	else
		echo "nat-oa-local ${nat[$family]} nat-oa-remote ${server[$family]}"
	fi
}

# link_of HOST FAMILY FAR: the device and what leads into it.
link_of() {
	local host=$1 family=$2 far=$3 near=${client[$2]}
	[ "$host" != c ] || near=${server[$family]}
	on "$host" ip link add vpn0 type adit dev eth0
	on "$host" ip link set vpn0 up
	on "$host" ip route add "$far" dev vpn0 src "$near"
	# The stack looks at each checksum.
	on "$host" ethtool -K vpn0 rx off >/dev/null
}

# adit_client HOST FAMILY [CHILD-OPTION...]
adit_client() {
	local host=$1 family=$2 gen
	gen=$(generation "$host")
	shift 2
	link_of "$host" "$family" "${server[$family]}"
	on "$host" adit -b - <<-EOF
		peer add vpn0 id 1 local ${client[$family]} remote ${server[$family]} encap udp
		child add vpn0 id 1 peer 1 mode transport $*
		$(sa_line 1 in "$host" "$gen" "$(original "$host" "$family")")
		$(sa_line 1 out c "$gen")
	EOF
}

# adit_server FAMILY [CHILD-OPTION...]: it thinks that both are at port 4500.
adit_server() {
	local family=$1 host gen
	shift
	link_of c "$family" "${nat[$family]}"
	for host in a b; do
		gen=$(generation "$host")
		cat <<-EOF
			peer add vpn0 id $gen local ${server[$family]} remote ${nat[$family]} encap udp
			child add vpn0 id $gen peer $gen mode transport $*
			$(sa_line "$gen" in c "$gen" "$(original c "$family")")
			$(sa_line "$gen" out "$host" "$gen")
		EOF
	done >"$work/lines"
	on c adit -b "$work/lines"
}

xfrm_nat_sa_line() {
	echo "xfrm state add src $1 dst $2 proto esp spi $(spi "$3" "$4") reqid 1" \
		"mode transport replay-window 32 $(xfrm_algorithms "$3" "$4" "$suite")" \
		"encap espinudp 4500 4500 0.0.0.0"
}

xfrm_nat_policy_line() {
	echo "xfrm policy add src $1 dst $2 dir $3 priority 2" \
		"tmpl src $1 dst $2 proto esp reqid 1 mode transport"
}

# The kernel's own IPsec.
xfrm_client() {
	local host=$1 gen
	need_xfrm
	gen=$(generation "$host")
	on "$host" "$python" -B "$lib_dir/natt.py" espinudp 4500 >"$work/espinudp" &
	wait_for 10 grep -q ready "$work/espinudp"
	# What is in UDP comes to the socket in clear, as far as policies see.
	on "$host" ip -batch - <<-EOF
		$(xfrm_nat_sa_line "${client[4]}" "${server[4]}" c "$gen")
		$(xfrm_nat_sa_line "${server[4]}" "${client[4]}" "$host" "$gen")
		xfrm policy add src ${server[4]} dst ${client[4]} proto udp sport 4500 dport 4500 dir in priority 1
		$(xfrm_nat_policy_line "${client[4]}" "${server[4]}" out)
		$(xfrm_nat_policy_line "${server[4]}" "${client[4]}" in)
	EOF
}

clean() {
	local host
	for host in a b c; do
		on "$host" ip link del vpn0 2>/dev/null || :
		! has_xfrm || on "$host" ip xfrm state flush
		! has_xfrm || on "$host" ip xfrm policy flush
	done
	oa=known
}

run_py() {
	local host=$1
	shift
	on "$host" "$python" -B "$lib_dir/natt.py" "$@"
}

serve() {
	run_py c serve "$1" &
	wait_for 10 listens "$1"
}

listens() {
	[ "$(on c ss -Hltun "sport = :$1" | wc -l)" = 4 ]
}

# Packets that make the server know where both are; the first one may be lost.
introduce() {
	local family=$1 host
	for host in a b; do
		on "$host" ping -q -c 1 -W 1 "${server[$family]}" || :
	done >/dev/null
}

# both COMMAND...: on both clients at once; their answers in $said_a, $said_b.
both() {
	local command=$1 host pids=() pid
	shift
	for host in a b; do
		run_py "$host" "$command" "$host" "$@" >"$work/said.$host" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	said_a=$(<"$work/said.a")
	said_b=$(<"$work/said.b")
}

# One of them keeps its port, the other one gets one of the dynamic ones.
expect_apart() {
	local port=$1 low=$said_a high=$said_b
	[ "$low" -le "$high" ] || { low=$said_b high=$said_a; }
	expect_eq "$low" "$port" "the port of one"
	expect_ge "$high" 49152 "the port of the other"
}

# watch: the checksums of what comes out of the server's device. What is put
# together has none.
watch() {
	on c ethtool -K vpn0 gro off >/dev/null
	nsenter --net="/run/netns/${prefix}c" "$python" -B \
		"$lib_dir/natt.py" checksums vpn0 >"$work/checksums" &
	watcher=$!
	wait_for 10 grep -q ready "$work/checksums"
}

expect_right() {
	local count wrong
	kill -TERM "$watcher"
	wait "$watcher"
	read -r count wrong < <(tail -n 1 "$work/checksums")
	expect_ge "$count" "$1" "packets that were watched"
	expect_eq "$wrong" 0 "wrong checksums"
}


set_up() {
	local family=$1 host
	shift
	adit_server "$family" "$@"
	for host in a b; do
		adit_client "$host" "$family" "$@"
	done
	introduce "$family"
}

test_udp() {
	local family=$1
	clean
	oa=$2
	set_up "$family"
	serve 1701
	watch
	both ask "${server[$family]}" 1701 1701 "$questions"
	expect_apart 1701
	expect_right $((2 * questions))
	expect_no_drops a b c
}

test_tcp() {
	local family=$1
	clean
	oa=$2
	set_up "$family"
	serve 8080
	watch
	both talk "${server[$family]}" 8080 40000 400000
	expect_apart 40000
	# Without the same port nothing is changed.
	both talk "${server[$family]}" 8080 0 200000
	expect_le "$said_a" 65535
	expect_right 100
	expect_no_drops a b c
}

# Two pings with one identifier.
test_ping() {
	local family=$1 host pids=() pid
	clean
	oa=$2
	set_up "$family"
	for host in a b; do
		on "$host" ping -q -e 77 -c 20 -i 0.05 -W 5 "${server[$family]}" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	expect_eq "$(on c adit -s -j show vpn0 | query 0 peer id=1 stats tx-packets)" 21
	expect_no_drops a b c
}

# A server that is asked for one port has children for that port alone.
test_selected() {
	local family=$1 host
	clean
	oa=known
	adit_server "$family" local-ts "${server[$family]}[udp/1701]" \
		remote-ts "${nat[$family]}[udp/1701]"
	for host in a b; do
		adit_client "$host" "$family" local-ts "${client[$family]}[udp/1701]" \
			remote-ts "${server[$family]}[udp/1701]"
	done
	serve 1701
	both ask "${server[$family]}" 1701 1701 100
	expect_apart 1701
	# The host says at once that this goes nowhere.
	expect_fail 'Errno' run_py a ask a "${server[$family]}" 1701 1702 1
	expect_drops a "tx_no_selector=1"
	expect_no_drops b c
}

# The client whose port was changed has a tunnel of the kernel's L2TP, and the
# server's end of it sends to the other port.
test_l2tp() {
	local family=$1 host far=a port
	clean
	oa=$2
	set_up "$family"
	serve 1701
	both ask "${server[$family]}" 1701 1701 20
	expect_apart 1701
	port=$said_a
	[ "$said_b" = 1701 ] || {
		far=b
		port=$said_b
	}
	kill_server
	l2tp c "${server[$family]}" "${nat[$family]}" "$port" 1
	l2tp "$far" "${client[$family]}" "${server[$family]}" 1701 2
	on "$far" ping -q -c 5 -i 0.1 -W 5 -s 1000 10.99.0.1
	on c ping -q -c 5 -i 0.1 -W 5 -s 1000 10.99.0.2
	for host in c "$far"; do
		on "$host" ip l2tp del tunnel tunnel_id 1
	done
	expect_no_drops a b c
}

# l2tp HOST LOCAL REMOTE PORT NUMBER
l2tp() {
	on "$1" ip l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 encap udp \
		local "$2" remote "$3" udp_sport 1701 udp_dport "$4" udp_csum on
	on "$1" ip l2tp add session name in0 tunnel_id 1 session_id 1 \
		peer_session_id 1
	on "$1" ip addr add "10.99.0.$5/24" dev in0
	on "$1" ip link set in0 up
}

kill_server() {
	stop_jobs
	wait_for 10 silent
}

silent() {
	! on c ss -Hltun | grep -q :1701
}

# One client has the kernel's own IPsec.
test_xfrm() {
	clean
	oa=$1
	need_xfrm
	adit_server 4
	xfrm_client a
	adit_client b 4
	introduce 4
	serve 1701
	watch
	both ask "${server[4]}" 1701 1701 100
	expect_apart 1701
	expect_right 200
	both talk "${server[4]}" 1701 40000 200000
	expect_apart 40000
	expect_no_drops b c
}

# The rekeyed child goes on with its flows, a new one of the peer as well.
test_rekey() {
	local before host
	clean
	set_up 4
	serve 1701
	both ask "${server[4]}" 1701 1701 20
	before="$said_a $said_b"
	for host in a b; do
		sa_line 1 in "$host" 7 | on "$host" adit -b -
		sa_line "$(generation "$host")" out "$host" 7
	done >"$work/lines"
	on c adit -b "$work/lines"
	both ask "${server[4]}" 1701 1701 20
	expect_eq "$said_a $said_b" "$before" "ports after a rekey"
	for host in a b; do
		on c adit child del vpn0 id "$(generation "$host")"
	done
	expect_fail 'no answer' run_py a ask a "${server[4]}" 1701 1701 1
}

# Nobody can tell two hosts apart that have a protocol without ports.
test_portless() {
	clean
	oa=known
	set_up 4
	run_py a raw "${server[4]}" 200
	run_py b raw "${server[4]}" 200
	run_py a raw "${server[4]}" 200
	wait_for 10 has_drops c "rx_nat_flow=1"
	on c adit peer del vpn0 id 1
	run_py b raw "${server[4]}" 200
	expect_drops c "rx_nat_flow=1"
}

has_drops() {
	[ "$(drops "$1" vpn0)" = "$2" ]
}

# A child has so many flows, and its own oldest ones go.
test_many() {
	[ -z "${ADIT_BRIEF-}" ] ||
		skip "thousands of flows are for machines that are not emulated"
	clean
	oa=known
	set_up 4
	serve 1701
	run_py a ask a "${server[4]}" 1701 1701 1 >"$work/said.a"
	expect_eq "$(<"$work/said.a")" 1701
	run_py b ask b "${server[4]}" 1701 1701 1 >"$work/said.b"
	expect_ge "$(<"$work/said.b")" 49152
	run_py a burst "${server[4]}" 1701 10000 4600
	# The first client's is gone. The second one's has its port as before.
	run_py b ask b "${server[4]}" 1701 1701 1 >"$work/said.b2"
	expect_eq "$(<"$work/said.b2")" "$(<"$work/said.b")"
	run_py b ask b "${server[4]}" 1701 10000 1 >"$work/said.b"
	expect_eq "$(<"$work/said.b")" 10000 "a port whose flow is gone"
	run_py b ask b "${server[4]}" 1701 14599 1 >"$work/said.b"
	expect_ge "$(<"$work/said.b")" 49152 "a port whose flow is there"
}

# Idle flows go after five minutes.
test_idle() {
	grep -q time-travel /proc/cmdline ||
		skip "it takes twelve minutes without virtual time"
	clean
	oa=known
	set_up 4
	serve 1701
	run_py a ask a "${server[4]}" 1701 1701 1 >"$work/said.a"
	run_py b ask b "${server[4]}" 1701 1701 1 >"$work/said.b"
	expect_ge "$(<"$work/said.b")" 49152
	sleep 250
	run_py b ask b "${server[4]}" 1701 1701 1 >"$work/said.b2"
	expect_eq "$(<"$work/said.b2")" "$(<"$work/said.b")" "a port that is used"
	sleep 460
	run_py b ask b "${server[4]}" 1701 1701 1 >"$work/said.b"
	expect_eq "$(<"$work/said.b")" 1701 "a port that was not used"
	run_py a ask a "${server[4]}" 1701 1701 1 >"$work/said.a"
	expect_ge "$(<"$work/said.a")" 49152 "the port of the late one"
}

# Nothing of what is not whole may hurt.
test_craft() {
	local family=$1 count
	clean
	oa=$2
	adit_server "$family"
	count=$(run_py a craft "${server[$family]}" "$(spi c 1)" "$(key_file c 1 "$suite")")
	wait_for 10 has_counted "$count"
	expect_ge "$count" 1000
}

has_counted() {
	local total=0 n
	while read -r n; do
		total=$((total + n))
	done < <(on c ethtool -S vpn0 | awk '/ rx_[^b]*:/ && !/rx_bytes/ { print $2 }')
	[ "$total" -ge "$1" ]
}

# What an SA is told of addresses, and what is refused.
test_refuse() {
	clean
	oa=known
	adit_server 4
	on c adit child add vpn0 id 9 peer 1
	expect_refused() {
		sa_line "$2" "$3" c 7 "${@:4}" >"$work/lines"
		expect_fail "$1" on c adit -b "$work/lines"
	}
	expect_refused 'dir in only' 1 out nat-oa-local 10.0.0.2
	expect_refused 'transport mode' 9 in nat-oa-remote 10.0.0.2
	expect_refused 'unicast' 1 in nat-oa-remote 224.0.0.1
	expect_refused 'all zero' 1 in nat-oa-remote 0.0.0.0
	expect_refused 'must be of the family' 1 in nat-oa-remote fd00::1
	expect_refused 'must be of the family' 1 in nat-oa-local 10.0.0.2 nat-oa-remote fd00::1
	sa_line 1 in c 7 nat-oa-remote 10.0.0.7 | on c adit -b -
	expect_eq "$(sa c in "$(spi c 7)" nat-oa-local)" ""
	expect_eq "$(sa c in "$(spi c 7)" nat-oa-remote)" 10.0.0.7
	expect_eq "$(sa c in "$(spi c 1)" nat-oa-local)" 203.0.113.1
	expect_eq "$(sa c in "$(spi c 1)" nat-oa-remote)" 10.0.0.2
}

stage "clients behind NAT" lay_out
stage "original addresses of an SA" test_refuse
for family in 4 6; do
	for oa in known unknown; do
		# What differs is the family's, or that of addresses: once each.
		[ -z "${ADIT_BRIEF-}" ] || [[ $family$oa =~ 4k|6u ]] || continue
		with="IPv$family, original addresses $oa"
		stage "UDP 1701, $with" test_udp $family $oa
		stage "TCP, $with" test_tcp $family $oa
		stage "L2TP, $with" test_l2tp $family $oa
		stage "packets that are not whole, $with" test_craft $family $oa
	done
	stage "UDP 1701 alone, IPv$family" test_selected $family
	stage "ping, IPv$family" test_ping $family known
done
for oa in known unknown; do
	[ -z "${ADIT_BRIEF-}" ] || [ $oa = known ] || continue
	stage "the kernel's IPsec, original addresses $oa" test_xfrm $oa
done
stage "rekey, and removal" test_rekey
stage "a protocol without ports" test_portless
stage "as many flows as there may be" test_many
stage "idle flows" test_idle
run_stages
