#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ESP in TCP: what userspace sees of connections that it hands over, streams that
# are not as they should be, connections that the module makes and takes (tcp.py);
# here are whole tunnels.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_python.sh
. "$(dirname "$0")/lib_python.sh"
need tc ping iperf3
need_python yaml cryptography

lay_out() {
	pair
	tunnel
}

suite=aes-gcm-16-128

# accept_at HOST ADDRESS: let the module take connections; the interface's own
# peer comes by one of them.
accept_at() {
	on "$1" "$python" -B - "$2" <<-EOF
		import socket, sys
		sys.path.insert(0, "$lib_dir")
		from adit_nl import Family, Spec
		nl, local = Family(Spec()), sys.argv[1]
		for row in nl.dump("socket-get"):
		    nl.do("socket-del", id=row["id"])
		nl.do("socket-new", encap="tcp", listen=1, local=local)
		nl.do("peer-set", ifindex=socket.if_nametoindex("vpn0"), id=0,
		      local=local, remote=local, encap="tcp")
	EOF
}

# tcp_end HOST FAMILY [LINK-OPTION...]
tcp_end() {
	local host=$1 family=$2
	shift 2
	adit_link "$host" "$family" "$@"
	on "$host" adit -b - <<-EOF
		child add vpn0 id 1
		$(adit_sa_line "$host" 1 in 1 "$suite")
		$(adit_sa_line "$host" 1 out 1 "$suite")
	EOF
}

# b takes connections and learns by them where a is: the first packet tells, and
# is answered.
tunnels() {
	local any=0.0.0.0
	[ "$1" = 4 ] || any=::
	reset
	tcp_end b "$1"
	accept_at b "$any"
	tcp_end a "$1" encap tcp
	wait_for 20 is_connected a
	on a ping -q -c 1 -W 10 "${inner[b4]}"
	expect_no_drops b
}

is_connected() {
	on "$1" adit -j socket show | grep -q '"state":"open"'
}

listens() {
	on "$1" ss -Hltn "sport = :$2" | grep -q .
}

test_tunnel() {
	local reverse
	tunnels "$1"
	on a ping -q -c 3 -i 0.1 -W 5 "${inner[b4]}"
	on b ping -q -c 3 -i 0.1 -W 5 -s 3000 "${inner[a6]}"
	for reverse in '' -R; do
		on b iperf3 -s -1 >/dev/null &
		wait_for 10 listens b 5201
		# shellcheck disable=SC2086 # an option or none
		timeout 60 nsenter --net="/run/netns/${prefix}a" \
			iperf3 -c "${inner[b4]}" -n 4M $reverse >"$work/iperf"
		wait $!
	done
}

# Under traffic: the device, the namespace; the module goes at the end.
test_teardown() {
	tunnels 4
	on a ping -q -f -w 20 -s 1000 "${inner[b4]}" >/dev/null &
	sleep 1
	on b ip link del vpn0
	sleep 0.5
	on a ip link del vpn0
	tunnels 6
	on a ping -q -f -w 20 -s 1000 "${inner[b4]}" >/dev/null &
	sleep 1
	ip netns del "${prefix}b"
	sleep 0.5
}

topology
python_stages tcp.py
for family in 4 6; do
	stage "tunnel over IPv$family" test_tunnel $family
done
stage "ends under traffic" test_teardown
run_stages
