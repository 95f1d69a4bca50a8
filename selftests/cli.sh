#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# adit(8) and the plugin of ip(8) as somebody meets them: every command, what
# is printed, what is refused with which words, and the exit status.

# shellcheck disable=SC2154 # variables of lib.sh
. "$(dirname "$0")/lib.sh"
need /usr/bin/python3 nsenter setpriv

# adit in host a, where all happens. There are hundreds of these: this takes less
# than ip netns exec, which mounts a sysfs.
a() {
	nsenter --net="/run/netns/${prefix}a" adit "$@"
}

# Standard input is JSON; or each of its lines is.
valid_json() {
	/usr/bin/python3 -I -S -c 'import json, sys; json.load(sys.stdin)'
}

valid_json_lines() {
	/usr/bin/python3 -I -S -c '
import json, sys
for line in sys.stdin:
    json.loads(line)'
}

# All that can be configured, without what time changes.
state() {
	a -j -b - <<<$'peer\nsocket\nchild\nsa' |
		sed 's/"\(age\|idle\)-seconds":[0-9]*,\?//g'
}

# says STATUS PATTERN COMMAND...: adit must end with that status and print
# something that matches.
says() {
	local want=$1 pattern=$2 text status=0
	shift 2
	text=$(a "$@" 2>&1) || status=$?
	expect_eq "$status" "$want" "status of 'adit $*', which says '$text',"
	expect_match "$text" "$pattern"
}

# refuses: lines "PATTERN|WORDS..." on standard input, each a command that must
# be refused with a text that matches, and change nothing. One process runs them
# all, which also shows that no error is left over from the line before.
refuses() {
	local patterns=() errors pattern words before i
	while IFS='|' read -r pattern words; do
		patterns+=("$pattern")
		echo "$words"
	done >"$work/refused"
	before=$(state)
	a -f -b "$work/refused" >"$work/errors" 2>&1 && fail "all is accepted"
	mapfile -t errors <"$work/errors"
	for i in "${!patterns[@]}"; do
		expect_match "${errors[i]-}" \
			"^adit: line $((i + 1)): .*(${patterns[i]})"
	done
	expect_eq ${#errors[@]} ${#patterns[@]} "lines"
	expect_eq "$(state)" "$before" "state after refusals"
}

no_tunnel() {
	local link
	for link in vpn0 vpn00; do
		on a ip link del "$link" 2>/dev/null || :
	done
}

# vpn0 with peer 0, child 1 and two SAs.
tunnel() {
	no_tunnel
	adit_end a 4 aes-gcm-16-256
}

key() {
	key_file a 7 "$1"
}

# ------------------------------------------------------------------- interfaces

# Options of ip link add, and what ip -d link show says of such an interface.
test_plugin_shows() {
	local rows=(
		"|dsfield inherit df copy"
		"remote 192.0.2.9|remote 192.0.2.9 encap none"
		"remote 2001:db8::9 local 2001:db8:1::1|remote 2001:db8::9 local 2001:db8:1::1"
		"local any remote any|encap none"
		"fwmark 0x10|fwmark 0x10"
		"dev eth0|dev eth0"
		"ttl 64|ttl 64"
		"hoplimit 7|ttl 7"
		"ttl inherit|ttl inherit"
		"ttl auto|dsfield inherit"
		"dsfield 0x28|dsfield 0x28"
		"tos inherit|dsfield inherit"
		"df set|dsfield inherit df set"
		"df unset|dsfield inherit df unset"
		"remote 192.0.2.9 encap udp|remote 192.0.2.9 encap udp local-port 4500 remote-port 4500"
		"remote 192.0.2.9 encap udp remote-port 7 local-port 8|remote 192.0.2.9 encap udp local-port 8 remote-port 7"
	) row i
	for i in "${!rows[@]}"; do
		echo "link add t$i type adit ${rows[i]%|*}"
	done | on a ip -batch -
	on a ip -d -o link show type adit >"$work/links"
	for i in "${!rows[@]}"; do
		row=$(grep ": t$i: " "$work/links")
		expect_match "$row" " adit ${rows[i]#*|} "
	done
	for i in "${!rows[@]}"; do
		echo "link del t$i"
	done | on a ip -batch -
	expect_match "$(on a ip link help adit 2>&1)" \
		'^Usage: \.\.\. adit \[ remote ADDR \]'
}

test_plugin_json() {
	on a ip link add t0 type adit remote 192.0.2.9 fwmark 16 dev eth0 ttl 9
	expect_eq "$(on a ip -d -j link show t0 | query 0 linkinfo info_data)" \
		'{"remote": "192.0.2.9", "encap": "none", "fwmark": "0x10", "underlay": "eth0", "ttl": 9, "dsfield-inherit": true, "df": "copy"}'
	on a ip link del t0
}

# link_refused PATTERN OPTION...
link_refused() {
	local pattern=$1
	shift
	expect_fail "$pattern" on a ip link add t0 type adit "$@"
}

test_plugin_refuses() {
	link_refused "unknown word 'remite', did you mean 'remote'" \
		remite 192.0.2.9
	link_refused "remote: '192.0.2.300' is not" remote 192.0.2.300
	link_refused "ADDR is missing after 'remote'" remote
	link_refused "'ttl' is given twice" ttl 1 ttl 2
	link_refused "ttl: 256 is not in 0 to 255" ttl 256
	link_refused "dsfield: .* is not a DS field" dsfield nothing
	link_refused "df: unknown DF setting 'cpy', did you mean 'copy'" df cpy
	link_refused "there is no interface 'eth9'" dev eth9
	link_refused "[Ee]rror.*(local|remote)" local 192.0.2.1 remote 2001:db8::9
	link_refused "dsfield: .*ECN" dsfield 0x03
	link_refused "remote-port: goes with encap udp or tcp" \
		remote 192.0.2.9 remote-port 4500
	link_refused "unknown word 'local-prot', did you mean 'local-port'" \
		local-prot 4500
	expect_fail 'does not exist' on a ip link show t0
}

test_plugin_changes() {
	tunnel
	on a ip link set vpn0 type adit remote 192.0.2.77
	expect_match "$(a peer show vpn0)" '-> 192.0.2.77'
	on a ip link set vpn0 type adit ttl 9 df set
	expect_match "$(on a ip -d link show vpn0)" \
		'remote 192.0.2.77 .*ttl 9 .*df set'
	on a ip link set vpn0 type adit encap udp
	expect_match "$(a peer show vpn0)" '-> 192.0.2.77  udp 4500 -> 4500  socket 1 '
	on a ip link set vpn0 type adit encap none
	expect_match "$(a peer show vpn0)" '-> 192.0.2.77  plain ESP'
}

test_no_plugin() {
	no_tunnel
	on a env IP_LIB_DIR=/nowhere ip link add vpn0 type adit
	on a env IP_LIB_DIR=/nowhere ip -d link show vpn0 | grep -q ' adit '
	says 0 '^$' peer add vpn0 id 0 remote "${outer[b4]}"
	expect_match "$(a peer)" "^vpn0  peer 0  any -> ${outer[b4]} "
}

# --------------------------------------------------------------------- commands

test_peers() {
	tunnel
	says 0 '^1$' peer add vpn0 remote 203.0.113.1
	says 0 '^$' peer add vpn0 id 7 local "${outer[a6]}" remote 2001:db8::7
	says 0 '^2$' peer add vpn0 remote any
	says 0 '^\{"ifindex":[0-9]+,"id":3\}$' -j peer add vpn0
	says 0 '7  2001:db8:1::1 -> 2001:db8::7  plain ESP' peer show vpn0
	says 0 '^$' peer set vpn0 id 7 local any remote 203.0.113.7
	says 0 '^vpn0  peer 7  any -> 203.0.113.7 ' peer show vpn0 id 7
	says 0 '^$' peer del vpn0 id 7
	says 2 'has no peer 7' peer show vpn0 id 7
	says 0 '^$' peer delete vpn0 id 1
	expect_eq "$(a peer list | wc -l)" 3 peers
	a -j peer | valid_json
	# Of two interfaces in one table.
	on a ip link add vpn00 type adit remote 192.0.2.7
	expect_eq "$(a peer | grep -bo 'peer 0' | wc -l)" 2 "peers 0"
	expect_match "$(a peer | head -n 1)" '^vpn0   peer 0 '
}

test_peers_in_udp() {
	no_tunnel
	on a ip link add vpn0 type adit
	# One that fits is opened with the first, and goes with the last.
	says 0 '^1$' peer add vpn0 remote 203.0.113.1 encap udp
	says 0 '^2$' peer add vpn0 remote 203.0.113.2:4501 encap udp keepalive 1m \
		roam off
	says 0 '^3$' peer add vpn0 remote '[2001:db8::7]:80' encap udp local-port 81 \
		keepalive off
	a peer >"$work/peers"
	expect_match "$(grep 'peer 1 ' "$work/peers")" \
		'any -> 203.0.113.1  *udp 4500 -> 4500  socket 1  *path mtu'
	expect_match "$(grep 'peer 2 ' "$work/peers")" \
		'any -> 203.0.113.2  *udp 4500 -> 4501  socket 1  keepalive 1m  does not roam '
	expect_match "$(grep 'peer 3 ' "$work/peers")" \
		'any -> 2001:db8::7  *udp 81 -> 80  *socket 2  no keepalive '
	says 0 'socket 1  udp  0.0.0.0:4500  open  peers 2.*socket 2  udp  \[::\]:81  *open  peers 1' \
		socket
	expect_eq "$(a -j peer show vpn0 id 2 | query 0 keepalive)" 60
	says 0 '^$' peer set vpn0 id 2 keepalive 20 roam on
	says 0 'socket 1  path mtu' peer show vpn0 id 2
	says 0 '^$' peer set vpn0 id 2 encap none
	says 0 'any -> 203.0.113.2  plain ESP  path mtu' peer show vpn0 id 2
	says 0 '^$' peer set vpn0 id 2 roam on
	says 0 'plain ESP  roams  path mtu' peer show vpn0 id 2
	a peer del vpn0 id 1
	a peer del vpn0 id 3
	says 0 '^$' socket show
}

test_sockets() {
	no_tunnel
	says 0 '^1$' socket add udp 0.0.0.0:4500
	says 0 '^2$' socket add udp '[::]:4500'
	says 2 'another socket has UDP port 4500' socket add udp "${outer[a4]}"
	says 0 '^$' socket add udp "${outer[a4]}:443" id 443
	says 0 '^\{"id":3,"local-port":80\}$' -j socket add udp "[${outer[a6]}]:80"
	says 0 "socket 443  udp  ${outer[a4]}:443  *open  peers 0" socket list
	says 0 '^socket 443  udp  [0-9.]+:443  open  peers 0$' socket show 443
	expect_eq "$(a -j socket show 2 | query 0 local)" ::
	expect_eq "$(a -j socket show 2 | query 0 own)" true
	a -j socket | valid_json
	says 0 '^$' socket del 2
	says 0 '^$' socket delete id 3
	expect_eq "$(a socket | wc -l)" 2 sockets
	says 0 '^$' socket del 443
	says 0 '^$' socket del 1
	says 0 '^$' socket
}

# What the shell has opened is handed over, and goes with the shell.
test_socket_fd() {
	local id
	nsenter --net="/run/netns/${prefix}a" bash -ec '
		exec 5<>/dev/udp/127.0.0.1/4500 6<>/dev/udp/127.0.0.1/500
		adit socket add fd 5
		adit socket add fd 6 marker off id 9
		adit socket show
		! adit socket add fd 5
		! adit socket add fd 77
		! adit socket add fd 6 7
		adit socket del 9
	' >"$work/said" 2>&1 </dev/null
	cat "$work/said"
	id=$(head -n 1 "$work/said")
	expect_match "$(cat "$work/said")" \
		"socket $id  udp  127.0.0.1:[0-9]+  open  handed over  *peers 0.*socket 9  .*  open  handed over  IKE only  peers 0.*fd: was handed over already.*there is no descriptor 77, open one in the shell.*unknown word '7'"
	wait_for 10 no_sockets
}

no_sockets() {
	[ -z "$(a socket)" ]
}

# A peer keeps all but its socket, and gets another one.
test_socket_gone() {
	no_tunnel
	adit_end a 4 aes-gcm-16-256
	a socket add udp 0.0.0.0:4600 id 5
	a peer set vpn0 id 0 encap udp socket 5
	says 0 'vpn0: ready.*peer 0: .* udp 4600 -> 4500, socket 5, path.*child 1: ready' \
		show
	a socket del 5
	says 0 'vpn0: 0 of 1 children ready.*peer 0: NO SOCKET, .*, waits for a socket, .*child 1: NO SOCKET' \
		show
	expect_eq "$(a -j show | query 0 peer 0 child 0 verdict)" "NO SOCKET"
	on a ping -q -c 1 -W 1 "${inner[b4]}" || :
	says 0 'dropped 1 +tx-no-socket ' -s show
	a socket add udp 0.0.0.0:4700 id 6
	a peer set vpn0 id 0 socket 6
	says 0 'peer 0: .* udp 4700 -> 4500, socket 6, .*child 1: ready' show
	a socket del 6
	# Without a number it is one with the port that the peer had.
	a peer set vpn0 id 0 encap udp
	says 0 'peer 0: .* udp 4700 -> 4500, socket 1, .*child 1: ready' show
}

test_children() {
	tunnel
	says 0 '^2$' child add vpn0 remote-ts 10.9.0.0/16
	says 0 '^$' child add vpn0 id 9 peer 0 mode tunnel priority 5 hold 2m \
		local-ts '10.1.0.0/16[tcp/80-90],fd00::/8' \
		remote-ts '10.0.0.1-10.0.0.9[udp/53],any'
	expect_match "$(a child show vpn0 id 9)" \
		'child 9  10\.1\.0\.0/16\[tcp/80-90\],fd00::/8 -> 10\.0\.0\.1-10\.0\.0\.9\[udp/53\],0\.0\.0\.0/0,::/0  tunnel  priority 5  hold 2m  '
	says 0 '^$' child set vpn0 id 9 local-ts '10.1.0.0/16[udp/opaque],fd00::/8'
	expect_match "$(a child show vpn0 id 9)" \
		'child 9  10\.1\.0\.0/16\[udp/opaque\],fd00::/8 -> '
	says 0 '^$' child set vpn0 id 9 local-ts any remote-ts any hold 3
	expect_match "$(a child show vpn0 id 9)" \
		'child 9  0.0.0.0/0,::/0 -> 0.0.0.0/0,::/0  tunnel  priority 5  hold 3s'
	expect_eq "$(a -j child show vpn0 id 9 | query 0 hold-seconds)" 3
	says 0 '^$' child del vpn0 id 9
	expect_eq "$(a child show vpn0 | wc -l)" 2 children
}

test_sas() {
	tunnel
	says 0 '^$' sa add vpn0 child 1 in spi 0x2001 encr aes-cbc-128 integ \
		hmac-sha1-96 key-file "$(key aes-cbc-128+hmac-sha1-96)" window 64
	a sa add vpn0 child 1 out spi 8194 encr chacha20-poly1305 key-file - \
		esn off standby soft-seconds 1h30m soft-packets 5 hard-bytes 2M \
		<"$(key chacha20-poly1305)"
	expect_match "$(a sa show vpn0 | grep 2001)" \
		'^vpn0  child 1  in   0x00002001  aes-cbc-128\+hmac-sha1-96 .* window 64 '
	expect_match "$(a sa show vpn0 child 1 | grep 2002)" \
		'out  0x00002002  chacha20-poly1305  *no esn  standby .*soft 1h30m 5 packets  hard 2M$'
	says 0 '^$' sa set vpn0 child 1 out spi 0x2002 soft-seconds 0 hard-packets 9
	expect_match "$(a sa show vpn0 | grep 2002)" \
		'soft 5 packets  hard 2M 9 packets$'
	says 0 '^$' sa activate vpn0 child 1 spi 0x2002
	expect_match "$(a sa show vpn0 | grep 2002)" ' active '
	expect_match "$(a sa show vpn0 | grep "$(spi b | sed 's/0x/0*/')")" \
		' standby '
	says 0 '^$' sa del vpn0 child 1 in spi 0x2001
	says 0 '^$' sa delete vpn0 child 1 out spi 0x2002
	expect_eq "$(a sa show vpn0 | wc -l)" 2 SAs
	says 0 '^$' sa show vpn0 child 7
}

test_spis() {
	local spi
	tunnel
	says 0 '^0x[0-9a-f]{8}$' spi alloc vpn0 child 1
	says 0 '^0x00005000$' spi alloc vpn0 child 1 min 0x5000 max 0x5000 hold 1m
	says 2 'none free from 0x5000 to 0x5000' \
		spi alloc vpn0 child 1 min 0x5000 max 0x5000
	spi=$(a -j spi alloc vpn0 child 1 | query spi)
	expect_match "$(a sa show vpn0 | grep "$spi")" ' larval '
	says 0 '^$' sa add vpn0 child 1 in spi "$spi" encr aes-gcm-16-128 \
		key-file "$(key aes-gcm-16-128)"
	expect_match "$(a sa show vpn0 | grep "$spi")" ' aes-gcm-16-128 '
}

test_show() {
	no_tunnel
	says 0 'there is no adit interface here' show
	on a ip link add vpn0 type adit remote "${outer[b4]}"
	says 0 '^vpn0: DOWN, 1 peer, 0 children, 0 SAs, mtu' show
	on a ip link set vpn0 up
	says 0 '^vpn0: NO CHILDREN, ' show vpn0
	a child add vpn0
	says 0 'child 1: NO SA, any -> any, tunnel' show dev vpn0
	on a adit -b - <<<"$(adit_sa_line a 1 in 1 aes-gcm-16-256)"
	says 0 'child 1: NO OUTBOUND SA, any' show
	on a adit -b - <<<"$(adit_sa_line a 1 out 1 aes-gcm-16-256)"
	says 0 '^vpn0: ready, 1 peer, 1 child, 2 SAs.*child 1: ready, never used' show
	expect_match "$(a)" '^vpn0: ready, '
	a peer set vpn0 id 0 remote any
	says 0 'vpn0: 0 of 1 children ready.*peer 0: NO REMOTE ADDRESS' show
	a peer set vpn0 id 0 remote "${outer[b4]}"
	on a ip route del default
	says 0 'peer 0: NO ROUTE, ' show
	on a ip route add default via "${gateway[a4]}"
}

test_statistics() {
	tunnel
	adit_end b 4 aes-gcm-16-256
	on a ping -q -c 3 -W 5 "${inner[b4]}"
	on a ping -q -c 1 -W 1 -I "${inner[a4]}" 10.2.255.255 || :
	says 0 'tx [34] packets .*, rx 3 packets .*overhead [0-9]+  mtu [0-9]+  by ' \
		-s show vpn0
	says 0 'child 1: ready, ' show vpn0
	expect_eq "$(a -s -j show vpn0 |
		query 0 peer 0 child 0 stats rx-packets)" 3
	a peer set vpn0 id 0 remote any
	on a ping -q -c 1 -W 1 "${inner[b4]}" || :
	says 0 'dropped 1 +tx-no-endpoint +The peer.s address is not known' \
		-s show
	expect_eq "$(a -j show vpn0 |
		query 0 stats drop reason=tx-no-endpoint packets)" 1
}

test_json() {
	tunnel
	a -j -b - >"$work/json" <<-EOF
		show
		-s show vpn0
		peer
		child
		sa
		sa show vpn0 child 1
		peer show vpn0 id 0
		peer add vpn0
		socket add udp 0.0.0.0:4700
		socket show
		spi alloc vpn0 child 1
		show algorithms
		show net
		show net vpn0
	EOF
	valid_json_lines <"$work/json"
	expect_eq "$(wc -l <"$work/json")" 14 "lines"
	a socket del 1
	a -s -j -p show | valid_json
	expect_eq "$(a -j show | query 0 peer 0 child 0 sa 0 encr)" aes-gcm-16
	expect_eq "$(a -j show algorithms | query name=aes-cbc key-bits)" \
		"[128, 192, 256]"
	no_tunnel
	expect_eq "$(a -j show)" "[]"
	expect_eq "$(a -j sa)" "[]"
}

test_color() {
	local escape=$'\e'
	tunnel
	says 0 "${escape}\\[32mready" --color show
	says 0 "${escape}\\[1mvpn0" --color=always show
	[[ $(a show) != *"$escape"* ]]
	[[ $(a --color=never show) != *"$escape"* ]]
	says 1 "not 'sometimes'" --color=sometimes show
}

test_algorithms() {
	expect_eq "$(a show algorithms | grep -c ' usable$')" 27 algorithms
	expect_match "$(a show net)" 'module version [0-9]'
}

# ------------------------------------------------------------------------- keys

# Octets of the keys that are made for each suite.
test_genkey() {
	local suites=(
		"aes-gcm-16=36" "aes-gcm-16-128=20" "aes-gcm-16-192=28"
		"chacha20-poly1305=36" "aes-cbc-192 hmac-sha1-96=24 20"
		"aes-cbc hmac-sha2-512-256=32 64" "null hmac-sha2-384-192=48"
	) suite key want='' got=''
	for suite in "${suites[@]}"; do
		echo "genkey ${suite%=*}"
		want+="${suite#*=} "
	done >"$work/batch"
	for key in $(a -b "$work/batch" | grep -v '^#'); do
		got+="$((${#key} / 2)) "
	done
	expect_eq "$got" "$want" "octets"
	a genkey aes-gcm-16-128 -o "$work/new"
	expect_eq "$(stat -c %a "$work/new")" 600 mode
	says 1 'new: File exists' -o "$work/new" genkey aes-gcm-16-128
	[ "$(a genkey aes-gcm-16)" != "$(a genkey aes-gcm-16)" ]
	tunnel
	says 0 '^$' sa add vpn0 child 1 in spi 0x9999 encr aes-gcm-16-128 \
		key-file "$work/new"
	refuses <<-EOF
		needs an integrity algorithm|genkey aes-cbc
		takes no integrity algorithm|genkey aes-gcm-16 hmac-sha1-96
		has no keys of 512 bits|genkey aes-cbc-512 hmac-sha1-96
		ENCR.* is missing|genkey
	EOF
}

test_keys_refused() {
	local sa="sa add vpn0 child 1 in spi 0x2001 encr aes-gcm-16"
	tunnel
	(umask 077 && cd "$work" && octets 20 1 >k20 && octets 19 1 >k19 &&
		echo 0011zz >bad && : >empty && octets 4000 1 >large &&
		printf '%s\n%s\n%s\n' 00 11 22 >three)
	cp "$work/k20" "$work/open"
	chmod 640 "$work/open"
	refuses <<-EOF
		others than its owner may use it .mode 0640., try: chmod 600|$sa key-file $work/open
		No such file|$sa key-file $work/none
		is a directory|$sa key-file $work
		there is no key|$sa key-file $work/empty
		something else than hex digits|$sa key-file $work/bad
		more than two keys|$sa key-file $work/three
		is larger than 4096|$sa key-file $work/large
		has 20 octets, 256 bits need 36|$sa-256 key-file $work/k20
		encr-key: has 19 octets, aes-gcm-16 takes|$sa key-file $work/k19
		can be seen by others|$sa key-file 00112233445566778899aabbccddeeff00112233
		can be seen by others|$sa key 0x00112233445566778899aabbccddeeff00112233
		'key-file .* is missing|$sa
	EOF
	# What looks like a key is not repeated.
	expect_eq "$(grep -c 2233 "$work/errors" || :)" 0 "lines with the key"
}

# The octets of a key appear nowhere.
test_keys_hidden() {
	local digits
	tunnel
	monitor a
	digits=$(grep -v '^#' "$(key_file a 3 aes-gcm-16-256)")
	[ ${#digits} = 72 ]
	on a adit -b - <<<"$(adit_sa_line a 1 in 3 aes-gcm-16-256)"
	wait_event a '"event":"sa"' "\"spi\":\"0x0*$(spi a 3 | sed s/0x//)\""
	{
		a -s -j show
		a -s show
		our_log
		cat "$work/events.a"
	} >"$work/said"
	grep -qi "$(spi a 3 | sed s/0x//)" "$work/said"
	expect_eq "$(grep -ci "${digits:0:16}" "$work/said" || :)" 0 \
		"lines with the key"
}

# --------------------------------------------------------------------- refusals

test_words_refused() {
	tunnel
	refuses <<-EOF
		unknown command 'pear', did you mean 'peer'|pear show
		unknown command 'shwo', did you mean 'show'|shwo
		unknown command 'ad', known are|spi ad
		command 's' may be: show, socket, sa, spi, status|s
		spi: what to do is missing|spi
		'standby' goes with 'out' only|sa add vpn0 child 1 in spi 0x1000 encr null key-file - standby
		unknown option .*chatty|--chatty show
		unknown option '-x'|-x show
		option '-o' needs a value|genkey aes-gcm-16 -o
		DEV is missing|peer add
		unknown word 'remotee', did you mean 'remote'|peer add vpn0 remotee 192.0.2.1
		peer add: remote: 'x' is not an IPv4 or IPv6 address|peer add vpn0 remote x
		encap: unknown encapsulation 'udpp', did you mean 'udp'|peer add vpn0 encap udpp
		local-port: 65536 is not in 0 to 65535|peer add vpn0 local-port 65536
		remote: port: 65536 is not in 0 to 65535|peer add vpn0 remote 192.0.2.1:65536
		remote: 2001:db8::1:45000: write \[2001:db8::1\]:45000|peer add vpn0 remote 2001:db8::1:45000
		remote-port: the port is given twice|peer add vpn0 remote 192.0.2.1:1 remote-port 2
		local: the port is given twice|peer add vpn0 local-port 2 local 192.0.2.1:1
		keepalive: 2h is more than 1h|peer add vpn0 keepalive 2h
		keepalive: 'often' is not a time|peer add vpn0 keepalive often
		roam: 'maybe' is neither on nor off|peer add vpn0 roam maybe
		socket add: what to do is missing, try: adit socket add help|socket add
		unknown command 'udpp', did you mean 'udp'|socket add udpp 0.0.0.0
		socket add udp: ADDR.:PORT. is missing|socket add udp
		socket add udp: 2001:db8::1:443: write \[2001:db8::1\]:443, or \[2001:db8::1:443\] without|socket add udp 2001:db8::1:443
		socket add udp: 'localhost' is not an IPv4|socket add udp localhost:4500
		socket add udp: port: 'ike' is not a number|socket add udp 0.0.0.0:ike
		socket add udp: '\[::\]4500' is not \[ADDR\]:PORT|socket add udp [::]4500
		socket add tcp: ADDR.:PORT. is missing|socket add tcp listen
		'local' does not go with 'listen'|socket add tcp listen 0.0.0.0 local 192.0.2.1
		socket add fd: there is no descriptor 1000, open one|socket add fd 1000
		socket add fd: descriptor 1 is no socket|socket add fd 1
		socket del: ID is missing|socket del
		'id ID' is missing|peer del vpn0
		'id' is given twice|peer del vpn0 id 1 id 2
		'out' does not go with 'in'|sa del vpn0 child 1 in out spi 0x1000
		'in . out' is missing|sa del vpn0 child 1 spi 0x1000
		SPI is missing after 'spi'|sa del vpn0 child 1 in spi
		unknown encryption algorithm 'aes-gcm-166', did you mean 'aes-gcm-16'|sa add vpn0 child 1 in spi 0x1000 encr aes-gcm-166
		hold: 'soon' is not a time like|child add vpn0 hold soon
		'10M5' is not a number of octets like|sa set vpn0 child 1 in spi 0x1000 soft-bytes 10M5
		'10.0.0.0/33': prefix length: 33 is not in 0 to 32|child add vpn0 local-ts 10.0.0.0/33
		is not a traffic selector like|child add vpn0 local-ts net
		range ends before it starts|child add vpn0 local-ts 10.0.0.9-10.0.0.1
		mixes IPv4 and IPv6|child add vpn0 local-ts 10.0.0.1-fd00::1
		unknown protocol 'tpc', did you mean 'tcp'|child add vpn0 local-ts 10.0.0.1[tpc]
		last port: 80 is not in 90 to|child add vpn0 local-ts 10.0.0.1[tcp/90-80]
		there is no interface 'vpn9'|show vpn9
		there is no interface 'vpn9'|peer add vpn9
	EOF
}

# The kinds of failure, see adit(8).
test_status() {
	tunnel
	says 0 '^vpn0: ready' show
	says 1 "unknown command 'shwo', did you mean 'show'" shwo
	says 1 'a batch takes no words' -b "$work/none" show
	says 1 'none: No such file' -b "$work/none"
	says 2 'vpn0 has no peer 5' peer del vpn0 id 5
	says 3 "there is no interface 'vpn9'" show vpn9
	says 3 'no interface of kind adit' peer add lo
}

# The daemon reads the configuration, and is looked for beside adit.
test_check() {
	local dir=$work/check
	mkdir -p "$dir/conf" "$dir/bin"
	echo 'connections { one { remote_adrs = 192.0.2.1 } }' \
		>"$dir/conf/swanctl.conf"
	cp "$(command -v adit)" "$dir/bin/adit"
	if [ ! -e /usr/sbin/aditd ] && [ ! -e /usr/local/sbin/aditd ]; then
		PATH=/usr/bin:/bin expect_fail 'aditd.*is not installed' \
			"$dir/bin/adit" check "$dir/conf"
	fi
	command -v aditd >/dev/null || return 0
	PATH=/usr/bin:/bin expect_fail 'did you mean .remote_addrs' \
		"$(command -v adit)" check "$dir/conf"
	cp "$(command -v aditd)" "$dir/bin/aditd"
	sed -i s/adrs/addrs/ "$dir/conf/swanctl.conf"
	PATH=/usr/bin:/bin "$dir/bin/adit" check "$dir/conf"
	expect_fail 'no such folder' adit check /nowhere
}

test_kernel_refuses() {
	local gcm many
	tunnel
	gcm="encr aes-gcm-16 key-file $(key aes-gcm-16-128)"
	many=$(seq -f '10.%g.0.0/16,' 1 65 | tr -d '\n')
	refuses <<-EOF
		no interface of kind adit|peer add lo
		no interface of kind adit|show eth0
		id: vpn0 has a peer 0 already|peer add vpn0 id 0
		id: vpn0 has no peer 5|peer del vpn0 id 5
		local|peer add vpn0 local 192.0.2.1 remote 2001:db8::1
		local: is missing, as are remote and socket|peer add vpn0 encap udp
		remote-port: 0 is no port; 4500 is usual|peer add vpn0 encap udp remote 192.0.2.9:0
		keepalive: goes with encap udp only|peer add vpn0 remote 192.0.2.9 keepalive 5
		local-port: goes with encap udp or tcp only|peer add vpn0 local 192.0.2.1:4500
		socket: there is no socket 5 here|peer add vpn0 remote 192.0.2.9 encap udp socket 5
		id: there is no socket 5 here|socket show 5
		id: there is no socket 5 here|socket del 5
		id: 0 stands for no socket|socket add udp 0.0.0.0 id 0
		local: is not an address of this host|socket add udp 192.0.2.99:4500
		local: must be a unicast address|socket add udp 224.0.0.1
		peer: vpn0 has no peer 5|child add vpn0 peer 5
		id: vpn0 has a child 1 already|child add vpn0 id 1
		must be of the same families|child add vpn0 local-ts 10.0.0.0/8 remote-ts fd00::/8
		local-ts: more than 64|child add vpn0 local-ts ${many%,}
		port-start: needs proto|child add vpn0 local-ts 10.0.0.1[any/80]
		hold-seconds: 0 is not between 1 and 3600|child set vpn0 id 1 hold 0
		child: vpn0 has no child 7|sa add vpn0 child 7 in spi 0x2001 $gcm
		spi: 0xff is reserved|sa add vpn0 child 1 in spi 0xff $gcm
		spi: 0x000a0001 has an SA already|sa add vpn0 child 1 in spi 0xa0001 $gcm
		integ: aes-gcm-16 protects integrity itself|sa add vpn0 child 1 in spi 0x2001 integ hmac-sha1-96 $gcm
		integ: is missing, aes-cbc |sa add vpn0 child 1 in spi 0x2001 encr aes-cbc key-file $(key aes-cbc-128)
		encr: 99 is not known|sa add vpn0 child 1 in spi 0x2001 encr 99 key-file $(key aes-cbc-128)
		replay-window: 65537 is more than 65536|sa add vpn0 child 1 in spi 0x2001 window 65537 $gcm
		replay-window: 0 does not go with esn|sa add vpn0 child 1 in spi 0x2001 window 0 $gcm
		replay-window: goes with dir in only|sa add vpn0 child 1 out spi 0x2001 window 64 $gcm
		child 1 has 50 .ESP., not 51|sa add vpn0 child 1 in spi 0x2001 proto ah $gcm
		child 1 has no SA 0x00002001 in|sa del vpn0 child 1 in spi 0x2001
		child 1 has no SA 0x000a0001 out|sa activate vpn0 child 1 spi 0xa0001
		is no range from 0x100 up|spi alloc vpn0 child 1 min 1 max 0xff
		larval-seconds: 4000 is not between 1 and 3600|spi alloc vpn0 child 1 hold 4000
	EOF
}

test_not_root() {
	local text status=0
	tunnel
	text=$(on a setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		adit show 2>&1) || status=$?
	expect_eq "$status" 2 status
	expect_match "$text" '^adit: not permitted; this needs CAP_NET_ADMIN'
	expect_fail 'not permitted' on a setpriv --reuid 65534 --clear-groups \
		--inh-caps=-all adit peer add vpn0
	expect_eq "$(a peer show vpn0 | wc -l)" 1 peers
}

# ---------------------------------------------------------------------- monitor

test_monitor_text() {
	local pid
	tunnel
	nsenter --net="/run/netns/${prefix}a" adit monitor >"$work/text" &
	pid=$!
	wait_for 10 grep -q ' listening$' "$work/text"
	a peer add vpn0 id 5 remote 192.0.2.55
	a child add vpn0 id 6 peer 5 remote-ts 10.55.0.0/16
	on a ip route add 10.55.0.1 dev vpn0
	on a ping -q -c 1 -W 1 -I "${inner[a4]}" 10.55.0.1 || :
	a peer del vpn0 id 5
	wait_for 10 grep -q ' peer-del ' "$work/text"
	kill -TERM "$pid"
	wait "$pid"
	cat "$work/text"
	grep -Eq '^[0-9-]+T[0-9:.]+[+-][0-9:]{5} peer dev vpn0 id 5 .* remote 192.0.2.55 ' "$work/text"
	grep -q ' child dev vpn0 id 6 peer 5 mode tunnel .*remote-ts 10.55.0.0/16 ' "$work/text"
	grep -q ' acquire dev vpn0 peer 5 child 6 source 10.1.0.1 destination 10.55.0.1 proto icmp' "$work/text"
	grep -q ' child-del dev vpn0 id 6' "$work/text"
}

test_monitor_sockets() {
	tunnel
	monitor a config
	a socket add udp 0.0.0.0:4700 id 5
	a peer set vpn0 id 0 encap udp socket 5
	a socket del 5
	wait_event a '"event":"socket"' '"id":5' '"state":"open"'
	wait_event a '"event":"peer"' '"local-port":4700' '"socket":5'
	wait_event a '"event":"socket-del"' '"id":5' '"error":0'
}

test_monitor_json() {
	tunnel
	monitor a
	on a adit -b - <<<"$(adit_sa_line a 1 in 2 aes-gcm-16-256 hard-seconds 1)"
	wait_event a '"event":"sa"' '"dir":"in"' '"state":"valid"'
	wait_event a '"event":"expire"' '"ifname":"vpn0"' '"limit":"seconds"' \
		'"hard":true'
	wait_event a '"event":"sa-del"'
	head -n "$(events a .)" "$work/events.a" | valid_json_lines
	expect_match "$(head -n 1 "$work/events.a")" \
		'^\{"time":"[0-9T:.+-]+","event":"listening"\}$'
}

test_monitor_groups() {
	tunnel
	monitor a expire
	a peer add vpn0 id 5
	on a adit -b - <<<"$(adit_sa_line a 1 in 2 aes-gcm-16-256 hard-seconds 1)"
	wait_event a '"event":"expire"'
	expect_eq "$(events a '"event":"(peer|sa)"')" 0 "events of another group"
	says 1 "unknown word 'aquire', did you mean 'acquire'" monitor aquire
}

# ------------------------------------------------------------------------ batch

test_batch() {
	tunnel
	on a adit -b - <<-EOF
		# a comment, and an empty line

		peer add vpn0 id 5 remote 192.0.2.55   # behind words
		"child" add vpn0 id 6 \\
			peer 5 'remote-ts' "10.55.0.0/16"
	EOF
	expect_match "$(a child show vpn0 id 6)" 'peer 5  child 6 .*10.55.0.0/16'
	printf 'peer del vpn0 id 5\nshow vpn0' >"$work/batch"
	says 0 '^vpn0: .* 1 peer, 1 child' --batch "$work/batch"
	# The first error ends it, and is its status.
	printf '%s\n' 'peer add vpn0 id 5' 'peer add vpn9' 'peer add vpn0 id 5' \
		'peer add vpn0 id 6' >"$work/batch"
	expect_fail 'adit: line 2: there is no interface .vpn9' a -b "$work/batch"
	expect_eq "$(a peer show vpn0 | wc -l)" 2 peers
	says 2 'line 1: .*already.*line 2: .*line 3: .*already' -f -b "$work/batch"
	expect_eq "$(a peer show vpn0 | wc -l)" 3 peers
	printf '%s\n' 'peer add "vpn0' >"$work/batch"
	says 1 'line 1: an open quote' -b "$work/batch"
	expect_fail 'standard input is the batch' on a adit -b - \
		<<<"sa add vpn0 child 1 in spi 0x1000 encr aes-gcm-16 key-file -"
}

# ------------------------------------------------------------------------- help

# Every command explains itself, in lines that fit.
test_help() {
	local commands=(
		show peer socket child sa spi up down rekey status why log
		reload check monitor genkey genpsk "peer show"
		"peer add" "peer set" "peer del" "socket show" "socket add"
		"socket add udp" "socket add tcp" "socket add fd" "socket del"
		"child show" "child add" "child set"
		"child del" "sa show" "sa add" "sa set" "sa activate" "sa del"
		"spi alloc"
	)
	printf 'help %s\n' "${commands[@]}" >"$work/batch"
	a -b "$work/batch" >"$work/help"
	printf '%s --help\n' "${commands[@]}" >"$work/batch"
	a -b "$work/batch" | cmp - "$work/help"
	expect_eq "$(sed -n 's/^Usage: adit \([a-z ]*[a-z]\).*/\1/p' "$work/help")" \
		"$(printf '%s\n' "${commands[@]}")" "commands with help"
	expect_eq "$(printf '%s\n' "${commands[@]}" help | grep -v ' ')" \
		"$(a complete)" commands
	expect_le "$(wc -L <"$work/help")" 80 "longest line of help"
	says 0 '^Usage: adit COMMAND' --help
	says 0 '^Usage: adit peer add' peer add help
	says 0 '^adit [0-9a-f.]' --version
	says 1 "did you mean 'peer'" help pear
}

# complete WORDS..., which is what the shell runs, line by line.
test_completion() {
	tunnel
	a peer add vpn0 id 5
	a child add vpn0 id 6 peer 5
	a spi alloc vpn0 child 6 min 0x7777 max 0x7777
	a socket add udp 0.0.0.0:4700 id 12
	a -b - >"$work/offers" <<-EOF
		complete sa
		complete sa add
		complete peer set vpn0 id
		complete peer add vpn0 id
		complete child add vpn0 peer
		complete sa add vpn0 child
		complete sa add vpn0 child 6 in spi
		complete sa del vpn0 child 1 out spi
		complete peer add vpn0 encap
		complete genkey aes-gcm-16-256
		complete peer add vpn0 id 7 local-port 1 remote-port 2 encap
		complete peer set vpn0 id 0 socket
		complete socket del
		complete socket add udp 0.0.0.0 id
		complete socket add tcp
	EOF
	a socket del 12
	printf '%s\n' show add set activate del '<DEV>' 0 5 0 5 1 6 \
		0x00007777 "$(printf '0x%08x' "$(spi b)")" none udp tcp \
		none hmac-md5-96 hmac-sha1-96 aes-xcbc-96 aes-cmac-96 \
		aes-128-gmac aes-192-gmac aes-256-gmac hmac-sha2-256-128 \
		hmac-sha2-384-192 hmac-sha2-512-256 hmac-sha2-256-96 integ none udp tcp \
		12 12 '<ADDR[:PORT]>' listen |
		diff "$work/offers" -
	a complete sa add vpn0 child 1 in spi 1 encr | grep -qx aes-cbc-192
}

topology
stage "ip link shows what it was told" test_plugin_shows
stage "ip link prints JSON" test_plugin_json
stage "ip link refuses what makes no sense" test_plugin_refuses
stage "ip link changes an interface" test_plugin_changes
stage "ip link without the plugin" test_no_plugin
stage "peers" test_peers
stage "peers that are reached through UDP" test_peers_in_udp
stage "sockets" test_sockets
stage "sockets of a shell" test_socket_fd
stage "a peer whose socket is gone" test_socket_gone
stage "children" test_children
stage "SAs" test_sas
stage "SPIs" test_spis
stage "show tells what is wrong" test_show
stage "show counts" test_statistics
stage "JSON is valid" test_json
stage "colour" test_color
stage "algorithms" test_algorithms
stage "keys are made" test_genkey
stage "key files are refused" test_keys_refused
stage "keys are never shown" test_keys_hidden
stage "unknown words suggest the nearest" test_words_refused
stage "exit statuses" test_status
stage "a configuration is checked" test_check
stage "what the kernel refuses changes nothing" test_kernel_refuses
stage "nobody but an admin" test_not_root
stage "monitor prints events" test_monitor_text
stage "monitor prints JSON lines" test_monitor_json
stage "monitor tells of sockets" test_monitor_sockets
stage "monitor joins groups" test_monitor_groups
stage "batches" test_batch
stage "help" test_help
stage "completion" test_completion
run_stages
