#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP in TCP with others: the kernel's own espintcp, an HTTP proxy in between,
# OpenSSL's TLS, a slow link below a device with a queue, connections that are
# killed under traffic. Streams that are not as they should be are in tcp.sh.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need tc ping iperf3 ss
need_python yaml

suite=aes-gcm-16-128
port=4500
much=2M some=1M packets=400
[ -z "${ADIT_BRIEF-}" ] || much=500K some=500K packets=200

listens() {
	on "$1" ss -Hltn "sport = :$2" | grep -q .
}

reaches() {
	on a ping -q -c 1 -W 1 "${inner[b$1]}"
}

# hold HOST KIND ROLE...: see tcp_peers.py; its words come in $work/held.HOST, its
# number is ${holder[HOST]}.
declare -A holder
hold() {
	: >"$work/held.$1"
	nsenter --net="/run/netns/$prefix$1" "$python" -B \
		"$lib_dir/tcp_peers.py" hold "${@:2}" >"$work/held.$1" 2>&1 &
	holder[$1]=$!
}

# held HOST N: a word of the line that says what it has.
held() {
	awk -v n="$2" '$1 == "open" { print $n }' "$work/held.$1"
}

# connect_holders CONNECTS FAMILY KIND-OF-A KIND-OF-B [PROXY PORT]
connect_holders() {
	local from=$1 family=$2 to host
	local -A ends=([a]=$3 [b]=$4)
	shift 4
	to=$(other "$from")
	hold "$to" "${ends[$to]}" accept "${outer[$to$family]}" "$port"
	wait_for 60 grep -q ^listening "$work/held.$to"
	hold "$from" "${ends[$from]}" connect "${outer[$from$family]}" \
		"${outer[$to$family]}" "$port" "$@"
	for host in a b; do
		wait_for 60 grep -q ^open "$work/held.$host" ||
			fail "$(cat "$work"/held.?)"
	done
}

end_holders() {
	stop_jobs
	holder=()
}

# An IKE message each way through the connection that has the tunnel.
talk_ike() {
	kill -USR1 "${holder[a]}" "${holder[b]}"
	wait_for 30 grep -q "^IKE of $1" "$work/held.b"
	wait_for 30 grep -q "^IKE of $2" "$work/held.a"
}

# adit_over HOST FAMILY: an end of a tunnel through what was handed over there.
adit_over() {
	adit_link "$1" "$2"
	on "$1" adit -b - <<-EOF
		peer set vpn0 id 0 encap tcp socket $(held "$1" 4)
		$(adit_child_lines "$1")
	EOF
}

adit_child_lines() {
	echo "child add vpn0 id 1 ${2-}"
	adit_sa_line "$1" 1 in 1 "$suite"
	adit_sa_line "$1" 1 out 1 "$suite"
}

# bulk ADDRESS OCTETS [OPTIONS]: from a to b, and back.
bulk() {
	local reverse
	for reverse in '' -R; do
		on b iperf3 -s -1 >/dev/null &
		wait_for 30 listens b 5201
		# shellcheck disable=SC2086 # words
		timeout 100 nsenter --net="/run/netns/${prefix}a" iperf3 \
			-c "$1" -n "$2" ${3-} $reverse >"$work/iperf"
		wait $!
	done
}

# --------------------------------------------------------------------- espintcp

need_espintcp() {
	local why
	need_xfrm
	why=$("$python" -B "$lib_dir/tcp_peers.py" has espintcp 2>&1) ||
		skip "this kernel has no espintcp: $why"
}

# In the words of ip xfrm state: from and to which port.
encap() {
	echo "encap espintcp $1 $2 0.0.0.0"
}

# espintcp_sas FAMILY MODE: those of b, as lines of a batch.
espintcp_sas() {
	xfrm_encap=$(encap "$(held b 2)" "$(held b 3)")
	xfrm_sa_line b a "$1" 1 "$suite" on "$2"
	xfrm_encap=$(encap "$(held b 3)" "$(held b 2)")
	xfrm_sa_line a b "$1" 1 "$suite" on "$2"
}

espintcp_end() {
	local family=$1 inside
	on b ip -batch - <<-EOF
		addr add ${inner[b4]}/32 dev lo
		addr add ${inner[b6]}/128 dev lo nodad
		route add ${inner_net[a4]} via ${gateway[b4]} src ${inner[b4]}
		route add ${inner_net[a6]} via ${gateway[b6]} src ${inner[b6]}
		$(espintcp_sas "$family" tunnel)
		$(for inside in 4 6; do
			xfrm_policy_lines b "$family" 1 \
				"${inner_net[b$inside]}" "${inner_net[a$inside]}"
		done)
	EOF
}

test_espintcp() {
	local connects=$1 family=$2
	need_espintcp
	reset
	connect_holders "$connects" "$family" adit espintcp
	adit_over a "$family"
	espintcp_end "$family"
	on a ping -q -c 3 -i 0.1 -W 5 "${inner[b4]}"
	on b ping -q -c 3 -i 0.1 -W 5 -s 3000 -I "${inner[b6]}" "${inner[a6]}"
	talk_ike adit espintcp
	bulk "${inner[b4]}" "$much"
	talk_ike adit espintcp
	expect_no_drops a
	end_holders
	reset
}

# Transport mode: what the two hosts send each other, but not the connection
# itself. So rules and policies choose: ping, and TCP from port 5201 to port 5201.

transport_rules() {
	local host=$1 family=$2 icmp=icmp peer
	peer=$(other "$host")
	[ "$family" = 4 ] || icmp=ipv6-icmp
	on "$host" ip route add "${outer[$peer$family]}" dev vpn0 table 100
	on "$host" ip "-$family" rule add to "${outer[$peer$family]}" \
		ipproto "$icmp" lookup 100
	on "$host" ip "-$family" rule add to "${outer[$peer$family]}" \
		ipproto tcp sport 5201 dport 5201 lookup 100
}

no_transport_rules() {
	local host family
	for host in a b; do
		for family in 4 6; do
			while on "$host" ip "-$family" rule del lookup 100; do
				:
			done
		done
	done 2>/dev/null
}

adit_transport() {
	local host=$1 family=$2 peer
	peer=$(other "$host")
	on "$host" ip link add vpn0 type adit local "${outer[$host$family]}" \
		remote "${outer[$peer$family]}" dev eth0
	on "$host" ip link set vpn0 up
	on "$host" adit -b - <<-EOF
		peer set vpn0 id 0 encap tcp socket $(held "$host" 4)
		$(adit_child_lines "$host" "mode transport")
	EOF
	transport_rules "$host" "$family"
}

espintcp_transport() {
	local family=$1 icmp=icmp selector
	[ "$family" = 4 ] || icmp=ipv6-icmp
	on b ip -batch - <<-EOF
		$(espintcp_sas "$family" transport)
		$(for selector in "proto $icmp" "proto tcp sport 5201 dport 5201"; do
			xfrm_policy_lines b "$family" 1 "${outer[b$family]}" \
				"${outer[a$family]} $selector" transport
		done)
	EOF
}

test_transport() {
	local kind=$1 family=$2
	[ "$kind" = adit ] || need_espintcp
	reset
	# The selector has both ports: each connection is between the same two.
	on a sysctl -qw net.ipv4.tcp_max_tw_buckets=0
	on b sysctl -qw net.ipv4.tcp_max_tw_buckets=0
	connect_holders a "$family" adit "$kind"
	adit_transport a "$family"
	if [ "$kind" = adit ]; then
		adit_transport b "$family"
	else
		espintcp_transport "$family"
	fi
	on a ping -q -c 3 -i 0.1 -W 5 "${outer[b$family]}"
	expect_eq "$(sa a out "$(spi b)" stats tx-packets)" 3
	bulk "${outer[b$family]}" "$some" "--cport 5201"
	expect_ge "$(sa a out "$(spi b)" stats tx-packets)" "$packets"
	expect_ge "$(sa a in "$(spi a)" stats rx-packets)" "$packets"
	expect_no_drops a
	talk_ike adit "$kind"
	end_holders
	no_transport_rules
	reset
}

# ------------------------------------------------------------------------- proxy

# The router lets only a proxy through.
test_connect() {
	local family=$1
	command -v tinyproxy >/dev/null || skip "there is no tinyproxy here"
	reset
	cat >"$work/tinyproxy" <<-EOF
		Port 8888
		Listen ${gateway[a$family]}
		Timeout 600
		ConnectPort $port
		LogFile "$work/tinyproxy.log"
	EOF
	on r tinyproxy -d -c "$work/tinyproxy" >/dev/null &
	wait_for 30 listens r 8888
	on a ip route add prohibit "${outer[b$family]}"
	connect_holders a "$family" adit adit "${gateway[a$family]}" 8888
	adit_over a "$family"
	adit_over b "$family"
	on a ping -q -c 3 -i 0.1 -W 5 "${inner[b4]}"
	on b ping -q -c 3 -i 0.1 -W 5 -s 3000 "${inner[a6]}"
	talk_ike adit adit
	bulk "${inner[b4]}" "$much"
	expect_no_drops a b
	end_holders
	on a ip route del prohibit "${outer[b$family]}"
	reset
}

# --------------------------------------------------------------------------- TLS

export TLS_KEYS=$work/tls

need_tls() {
	local why
	command -v openssl >/dev/null || skip "there is no openssl here"
	why=$("$python" -B "$lib_dir/tcp_peers.py" has tls 2>&1) ||
		skip "this kernel has no TLS: $why"
	[ ! -d "$TLS_KEYS" ] || return 0
	mkdir "$TLS_KEYS"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=peer.test \
		-addext subjectAltName=DNS:peer.test \
		-keyout "$TLS_KEYS/key.pem" -out "$TLS_KEYS/cert.pem"
}

# Both ends have the kernel do TLS, with keys that OpenSSL has agreed on.
test_tls() {
	local connects=$1 family=$2 host
	need_tls
	reset
	connect_holders "$connects" "$family" tls tls
	for host in a b; do
		expect_match "$(<"$work/held.$host")" "keys TX.*keys RX"
		adit_over "$host" "$family"
	done
	on a ping -q -c 3 -i 0.1 -W 5 "${inner[b4]}"
	on b ping -q -c 3 -i 0.1 -W 5 -s 3000 "${inner[a6]}"
	talk_ike tls tls
	bulk "${inner[b4]}" "$much"
	talk_ike tls tls
	expect_no_drops a b
	end_holders
	reset
}

# A record that is no data ends it: only OpenSSL could answer, which is out of it.
test_tls_ending() {
	local ending=$1 error=$2
	need_tls
	reset
	connect_holders a 4 tls "$ending"
	adit_over a 4
	monitor a
	talk_ike tls "$ending"
	kill -USR2 "${holder[b]}"
	wait_event a '"event":"socket-del"' "\"error\":${error}[,}]"
	expect_eq "$(socket_ids a)" "" "the sockets that are left"
	expect_fail "100% packet loss" reaches 4
	expect_drops a "tx_no_socket=1"
	end_holders
	reset
}

# ------------------------------------------------------------- the module's own

# tunnels FAMILY: b takes connections, and learns by them where a is.
tunnels() {
	local family=$1 host any=0.0.0.0
	[ "$family" = 4 ] || any=::
	reset
	for host in a b; do
		no_sockets "$host"
	done
	on b adit socket add tcp listen "$(at "$any")"
	adit_link b "$family"
	on b adit -b - <<-EOF
		peer set vpn0 id 0 encap tcp local $any remote $any
		$(adit_child_lines b)
	EOF
	adit_link a "$family" encap tcp
	adit_child_lines a | on a adit -b -
	wait_for 60 reaches 4
}

# In the words of adit: an address with the port.
at() {
	if [[ $1 = *:* ]]; then echo "[$1]:$port"; else echo "$1:$port"; fi
}

no_sockets() {
	local id
	for id in $(socket_ids "$1"); do
		on "$1" adit socket del "$id" || :
	done
}

# socket_ids HOST [PATTERN]
socket_ids() {
	on "$1" adit socket show | awk -v pattern="${2-}" '
		$1 == "socket" && $0 ~ pattern { print $2 }'
}

# A link of 2 Mbit/s: the tunnel takes what fits, and the device's queue decides
# about the rest, fairly.
test_fq_codel() {
	# So that not all of the queue is in the socket.
	on a sysctl -qw net.ipv4.tcp_wmem="4096 16384 65536"
	tunnels 4
	on a tc qdisc add dev eth0 root netem rate 2mbit
	on a tc qdisc replace dev vpn0 root fq_codel limit 50
	bulk "${inner[b4]}" 1M
	expect_no_drops a
	on b iperf3 -s -1 >/dev/null &
	wait_for 30 listens b 5201
	# What one sender may have on its way does not fill the tunnel's queue.
	nsenter --net="/run/netns/${prefix}a" iperf3 -c "${inner[b4]}" -u \
		-P 8 -b 5M -l 1200 -t 5 >"$work/iperf" &
	sleep 2
	# Others do not wait behind what waits at the device.
	on a ping -q -c 5 -i 0.2 -W 5 "${inner[b4]}"
	wait $!
	expect_no_drops a
	expect_counter b vpn0 tx_queue_full 0
	expect_ge "$(on a tc -s -j qdisc show dev vpn0 | query 0 drops)" 20 \
		"drops by fq_codel"
	expect_ge "$(sa b in "$(spi b)" stats rx-packets)" 1000 "what came in"
	on a tc qdisc del dev eth0 root
	on a tc qdisc del dev vpn0 root
	on a sysctl -qw net.ipv4.tcp_wmem="4096 16384 4194304"
	reset
}

# kill_connection HOST: the other end gets a RST.
kill_connection() {
	on "$1" ss -Ktn state established "( sport = :$port or dport = :$port )" |
		grep -q ":$port" || skip "ss cannot kill connections here"
}

flows() {
	[ "$(sa b in "$(spi b)" stats rx-packets)" -gt "$1" ] && reaches 4
}

# Each time the module connects again, and the same flow goes on, by the same SAs.
test_reconnect() {
	local host i=0 before pid
	tunnels "$1"
	monitor a
	monitor b
	on b iperf3 -s -1 >/dev/null &
	wait_for 30 listens b 5201
	nsenter --net="/run/netns/${prefix}a" iperf3 -c "${inner[b4]}" \
		-t 600 >"$work/iperf" 2>&1 &
	pid=$!
	for host in b a; do
		wait_for 60 flows $((i * 50 + 50))
		i=$((i + 1))
		before=$(sa b in "$(spi b)" stats rx-packets)
		kill_connection "$host"
		wait_for 60 has_events "$i" a '"event":"socket"' '"state":"waiting"'
		wait_for 60 has_events "$i" a '"event":"socket"' '"state":"open"'
		wait_for 60 flows $((before + 50))
	done
	kill -0 "$pid" || fail "the flow ended: $(<"$work/iperf")"
	stop_jobs
	expect_ge "$(events a '"event":"socket"' '"state":"connecting"')" 2
	expect_ge "$(events b '"event":"socket-del"')" 2
	expect_eq "$(events a '"event":"(socket-del|sa-del|sa)"')" 0 "SAs that changed"
	# No number twice: none was refused as a replay.
	for host in a b; do
		expect_match "$(drops "$host" vpn0)" '^(tx_no_socket=[0-9]*)?$'
	done
	reset
}

traffic() {
	wait_for 60 flows $(($(sa b in "$(spi b)" stats rx-packets) + 20))
}

# One socket after the other: those that the peers use, and the one that listens.
test_socket_del() {
	tunnels "$1"
	flood
	traffic
	# a makes another connection.
	on b adit socket del "$(socket_ids b connected)"
	traffic
	# Nobody makes another one, but who asks for it.
	on a adit socket del "$(socket_ids a)"
	wait_for 60 no_socket
	on a adit peer set vpn0 id 0 encap tcp
	traffic
	# What was taken stays.
	on b adit socket del "$(socket_ids b listen)"
	traffic
	stop_jobs
	reset
}

no_socket() {
	[ "$(counter a vpn0 tx_no_socket)" -gt 5 ]
}

# The module goes while packets pass, also below a process that has handed its
# connection over.
test_rmmod() {
	local family=$1
	[ "${loaded_here-}" ] || skip "it was loaded before"
	tunnels "$family"
	flood
	traffic
	rmmod adit
	stop_jobs
	load
	rmmod_below adit "$family"
}

# rmmod_below KIND FAMILY: of holders.
rmmod_below() {
	local kind=$1 family=$2
	connect_holders a "$family" "$kind" "$kind"
	adit_over a "$family"
	adit_over b "$family"
	flood
	traffic
	rmmod adit
	kill -0 "${holder[a]}"
	kill -0 "${holder[b]}"
	end_holders
	load
}

test_tls_rmmod() {
	[ "${loaded_here-}" ] || skip "it was loaded before"
	need_tls
	reset
	rmmod_below tls 4
}

# families ONE: of the outer packets; one is enough where repetition is too slow.
families() {
	if [ "${ADIT_BRIEF-}" ]; then echo "$1"; else echo "4 6"; fi
}

topology
for family in $(families 4); do
	stage "espintcp, IPv$family, adit connects" test_espintcp a "$family"
	stage "espintcp, IPv$family, espintcp connects" \
		test_espintcp b "$family"
	stage "transport mode, IPv$family, espintcp" \
		test_transport espintcp "$family"
	stage "behind a HTTP proxy, IPv$family" test_connect "$family"
done
for family in $(families 6); do
	stage "transport mode, IPv$family" test_transport adit "$family"
done
stage "TLS by OpenSSL and the kernel, IPv4" test_tls a 4
stage "TLS by OpenSSL and the kernel, IPv6" test_tls b 6
# The errors are those that the event has.
eproto=71 eshutdown=108
stage "TLS ends with close_notify" test_tls_ending close-notify $eshutdown
stage "TLS ends with a fatal alert" test_tls_ending fatal-alert $eshutdown
stage "TLS that asks for other keys ends" test_tls_ending hello-request $eproto
stage "TLS of an unknown content type ends" \
	test_tls_ending no-content-type $eproto
stage "a slow link, fq_codel" test_fq_codel
for family in $(families 6); do
	stage "a connection is killed under traffic, IPv$family" \
		test_reconnect "$family"
	stage "rmmod under traffic, IPv$family" test_rmmod "$family"
done
for family in $(families 4); do
	stage "socket del under traffic, IPv$family" test_socket_del "$family"
done
stage "rmmod under traffic, TLS" test_tls_rmmod
run_stages
