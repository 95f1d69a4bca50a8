# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lib.sh
#
# The peers of the benchmark. Each is some functions; those that it does not need
# are not there:
#
#	NAME_begin, NAME_finish load what it is at its best with, and unload it:
#	                       others shall not pay for it
#	NAME_tunnel HOST SUITE make HOST one end of a tunnel to the other host
#	NAME_config COUNT      print what makes COUNT peers of host a, for
#	NAME_make FILE         which does it; this is timed
#	NAME_leave             undo what would outlive the hosts
#	NAME_children          read rows as of child_rows, make them children of the
#	                       first end of the tunnel, or what it calls that
#
# A new peer is such functions, and a row in the table of "run".

# ----------------------------------------------- plain: routed, not protected

plain_tunnel() {
	local host=$1 peer inside
	peer=$(other "$host")
	for inside in 4 6; do
		on "$host" ip addr add "${inner[$host$inside]}" dev lo
		on "$host" ip route add "${inner_net[$peer$inside]}" \
			via "${gateway[$host$inside]}" \
			src "${inner[$host$inside]}"
	done
}

# ------------------------------------------------------------------------ adit

adit_begin() {
	load
}

adit_finish() {
	rmmod adit
}

adit_tunnel() {
	adit_end "$1" 4 "$2"
	case $encap$1 in
	tcpb)
		on b adit socket add tcp listen "${outer[b4]}" >/dev/null
		on b adit peer set vpn0 id 0 encap tcp remote any ;;
	udp* | tcp*)
		on "$1" adit peer set vpn0 id 0 encap "$encap" ;;
	esac
}

adit_config() {
	local i host key
	key=$(key_file a 1 chacha20-poly1305)
	for ((i = 1; i <= $1; i++)); do
		host=$((i / 250)).$((i % 250 + 1))
		echo "peer add vpn0 id $i local ${outer[a4]} remote 203.0.$host"
		echo "child add vpn0 peer $i id $i local-ts ${inner_net[a4]} remote-ts 10.2.$host/32"
		echo "sa add vpn0 child $i in spi $((0xa0000 + i)) encr chacha20-poly1305 key-file $key"
		echo "sa add vpn0 child $i out spi $((0xb0000 + i)) encr chacha20-poly1305 key-file $key"
	done
}

# The first one is there.
adit_children() {
	awk '{
		upper = $4 == "-" ? "" : "[" $4 ($5 == "-" ? "" : "/" $5) "]"
		print "child", $1 == 1 ? "set" : "add", "vpn0 id", $1,
			"local-ts", $2, "remote-ts", $3 upper
	}' >"$work/children"
	on a adit -b "$work/children" >/dev/null
}

adit_make() {
	on a ip link add vpn0 type adit
	on a ip link set vpn0 up
	on a adit -b "$1"
}

# ------------------------------------------------------------------------ XFRM

# The offload code makes the kernel's IPsec faster in software, too: GRO takes
# ESP before the IP stack does, superpackets stay whole until they leave.
xfrm_begin() {
	modprobe -a esp4 xfrm_user esp4_offload
}

# Else SAs go when the kernel finds the time for their namespaces.
xfrm_leave() {
	local host
	for host in a b; do
		on $host ip xfrm state flush
		on $host ip xfrm policy flush
	done
}

xfrm_finish() {
	wait_for 20 rmmod esp4_offload 2>/dev/null
}

xfrm_tunnel() {
	case $encap in
	udp)
		xfrm_encap='encap espinudp 4500 4500 0.0.0.0'
		hold_udp "$1" ;;
	tcp) hold_tcp "$1" ;;
	esac
	xfrm_end "$1" 4 "$2"
	[ "$encap" != tcp ] || in_tcp "$1" "$2"
	xfrm_encap=''
}

# in_tcp HOST SUITE: its SAs again, in TCP from port 4501 of a to 4500 of b.
in_tcp() {
	local from to ports
	for from in a b; do
		to=$(other $from) ports='4501 4500'
		[ $from = a ] || ports='4500 4501'
		# shellcheck disable=SC2034 # of xfrm_sa_line
		xfrm_encap="encap espintcp $ports 0.0.0.0"
		on "$1" ip xfrm state delete src "${outer[${from}4]}" \
			dst "${outer[${to}4]}" proto esp spi "$(spi "$to" 1)"
		xfrm_sa_line "$from" "$to" 4 1 "$2" | on "$1" ip -batch -
	done
}

# hold_tcp HOST: the connection that a daemon has, from port 4501 of a to 4500 of
# b. It goes with the host.
hold_tcp() {
	on "$1" python3 -c 'if True:
		import os, signal, socket, sys, time
		host, a, b = sys.argv[1:]
		if os.fork():
			os._exit(0)
		os.setsid()
		if host == "b":
			listener = socket.create_server((b, 4500))
			s, _ = listener.accept()
			s.recv(6, socket.MSG_WAITALL)
		for i in range(200 if host == "a" else 0):
			try:
				s = socket.create_connection((b, 4500), 5, (a, 4501))
				break
			except OSError:
				time.sleep(0.1)
		if host == "a":
			s.settimeout(None)
			s.sendall(b"IKETCP")
		s.setsockopt(socket.IPPROTO_TCP, 31, b"espintcp")
		signal.pause()' "$1" "${outer[a4]}" "${outer[b4]}" \
		</dev/null >/dev/null 2>&1
}

# hold_udp HOST: the socket that a daemon has, with GRO (UDP_ENCAP, UDP_GRO).
# It goes with the host.
hold_udp() {
	on "$1" python3 -c 'if True:
		import os, signal, socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.IPPROTO_UDP, 104, 1)
		s.setsockopt(socket.IPPROTO_UDP, 100, 2)
		s.bind(("0.0.0.0", 4500))
		if os.fork():
			os._exit(0)
		signal.pause()' </dev/null >/dev/null 2>&1
}

# xfrm_peer ADDRESS NET NUMBER ALGORITHMS
xfrm_peer() {
	local here=${outer[a4]} net=${inner_net[a4]}
	local state="mode tunnel replay-window 128 flag af-unspec esn $4"
	local template="proto esp reqid $3 mode tunnel"
	echo "xfrm state add src $1 dst $here proto esp spi $((0xa0000 + $3)) reqid $3 $state"
	echo "xfrm state add src $here dst $1 proto esp spi $((0xb0000 + $3)) reqid $3 $state"
	echo "xfrm policy add src $net dst $2 dir out tmpl src $here dst $1 $template"
	echo "xfrm policy add src $2 dst $net dir in tmpl src $1 dst $here $template"
	echo "xfrm policy add src $2 dst $net dir fwd tmpl src $1 dst $here $template"
}

xfrm_config() {
	local i host algorithms
	algorithms=$(xfrm_algorithms a 1 chacha20-poly1305)
	for ((i = 1; i <= $1; i++)); do
		host=$((i / 250)).$((i % 250 + 1))
		xfrm_peer 203.0."$host" 10.2."$host"/32 "$i" "$algorithms"
	done
}

# The first one has a policy.
xfrm_children() {
	awk -v template="tmpl src ${outer[a4]} dst ${outer[b4]} proto esp reqid 1 mode tunnel" '
	$1 > 1 {
		print "xfrm policy add src", $2, "dst", $3,
			$4 == "-" ? "" : "proto " $4 " dport " $5,
			"dir out", template
	}' >"$work/children"
	on a ip -batch "$work/children"
}

xfrm_make() {
	on a ip -batch "$1"
}

# ------------------------------------------------------------------- WireGuard

# It has one cipher, whatever the suite. Built in on some kernels.

wireguard_begin() {
	modprobe -q wireguard || :
}

wireguard_key() {
	[ -e "$work/wg.$1" ] || (umask 077 && wg genkey >"$work/wg.$1")
	echo "$work/wg.$1"
}

wireguard_tunnel() {
	local host=$1 peer inside
	peer=$(other "$host")
	on "$host" ip link add wg0 type wireguard
	on "$host" wg set wg0 listen-port 51820 \
		private-key "$(wireguard_key "$host")" \
		peer "$(wg pubkey <"$(wireguard_key "$peer")")" \
		endpoint "${outer[${peer}4]}:51820" \
		allowed-ips "${inner_net[${peer}4]},${inner_net[${peer}6]}"
	on "$host" ip link set wg0 up
	for inside in 4 6; do
		on "$host" ip addr add "${inner[$host$inside]}" dev wg0
		on "$host" ip route add "${inner_net[$peer$inside]}" dev wg0
	done
}

wireguard_config() {
	local i=0 key host
	echo "[Interface]"
	echo "PrivateKey = $(cat "$(wireguard_key a)")"
	echo "ListenPort = 51820"
	# Keys have 256 bits, which leaves the last digit's lower bits unused.
	head -c $(($1 * 33)) /dev/urandom | base64 -w 44 | sed 's/..$/A=/' |
	while read -r key; do
		i=$((i + 1))
		host=$((i / 250)).$((i % 250 + 1))
		printf '%s\n' "[Peer]" "PublicKey = $key" \
			"AllowedIPs = 10.2.$host/32" "Endpoint = 203.0.$host:51820"
	done
}

wireguard_make() {
	on a ip link add wg0 type wireguard
	on a ip link set wg0 up
	on a wg setconf wg0 "$1"
}
