#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# aditd at both ends of a way that only TCP gets through (RFC 9329): at once,
# after UDP was not answered, through an HTTP proxy, and with connections that are
# killed under traffic.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ike.sh
. "$(dirname "$0")/lib_ike.sh"
need aditd adit swanctl ping nft ss

sites

# Of what is forwarded only TCP gets through, or nothing at all.
only_tcp() {
	on r nft -f - <<-EOF
		table inet way {
			chain through {
				type filter hook forward priority filter
				meta l4proto { udp, esp } counter drop
				${1-}
			}
		}
	EOF
}

free_way() {
	on r nft delete table inet way
}

# begin_tcp FAMILY [OPTION;...]: both daemons, with those options of the
# connection, where UDP does not get through.
begin_tcp() {
	trap 'free_way; end_jobs' EXIT
	only_tcp
	# A proxy in between seems to be the peer.
	said daemon=aditd family="$1" conn="dpd_delay=5s;${2-}" \
		bconn="dpd_delay=5s;${2-};remote_addrs=${outer[a$1]},${gateway[b$1]}"
	begin
}

log_has() {
	grep -qE -- "$2" "$(ike_dir "$1")/log"
}

expect_log() {
	log_has "$@" || {
		cat "$(ike_dir "$1")/log"
		fail "$1 does not log '$2'"
	}
}

start() {
	ike a --initiate --child net || {
		cat "$(ike_dir a)/log" "$(ike_dir b)/log"
		fail "it does not come up"
	}
}

# No connection is left where no IKE SA is.
end_of_it() {
	ike a --terminate --ike site
	gone a
	gone b
	wait_for 10 no_connection b
}

no_connection() {
	! on "$1" ss -Htn state established | grep -q .
}

test_tcp() {
	local family=$1 host
	begin_tcp "$family" "$2"
	start
	for host in a b; do
		adit status -u "unix://$(ike_dir "$host")/vici" >"$work/status"
		grep -q 'over TCP' "$work/status" || {
			cat "$work/status"
			fail "$host does not say that it is TCP"
		}
	done
	ping_through 4
	end_of_it
}

test_falls_back() {
	begin_tcp 4 "tcp_ports=443"
	start
	expect_log a "UDP is not answered, trying TCP port 443"
	ping_through 4
	end_of_it
}

# Behind NAT what follows IKE_SA_INIT is for port 4500, and that is not open.
test_auth_falls_back() {
	begin_tcp 4 "tcp_ports=443"
	trap 'free_way; on r nft delete table ip nat; end_jobs' EXIT
	on r nft -f - <<-EOF
		flush table inet way
		add rule inet way through udp sport 4500 drop
		add rule inet way through udp dport 4500 drop
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname to_b masquerade
			}
		}
	EOF
	start
	expect_log a "no answer to IKE_AUTH in UDP, trying TCP port 443"
	adit status -u "unix://$(ike_dir a)/vici" | grep -q 'over TCP'
	ping_through 4
	# What b has of the first try is half open, and goes after 30 s.
	ike a --terminate --ike site
	gone a
}

# Where UDP gets through, that is what is used.
test_prefers_udp() {
	begin_tcp 4 "tcp_ports=443"
	on r nft flush table inet way
	start
	! log_has a TCP || fail "TCP was tried"
	ping_through 4
}

# The first port is not open.
test_next_port() {
	begin_tcp 4 "encap=tcp;tcp_ports=4500,443"
	on b nft -f - <<-EOF
		table inet here {
			chain in {
				type filter hook input priority filter
				tcp dport 4500 reject with tcp reset
			}
		}
	EOF
	start
	on b nft delete table inet here
	expect_log a "trying TCP port 443"
	ping_through 4
}

# With a user and a password.
proxy() {
	cat >"$work/tinyproxy" <<-EOF
		Port 8888
		Listen ${gateway[a4]}
		Timeout 600
		ConnectPort 443
		BasicAuth somebody pass-word
		LogFile "$work/tinyproxy.log"
	EOF
	on r tinyproxy -d -c "$work/tinyproxy" >/dev/null &
	wait_for 10 listens r 8888
}

test_proxy() {
	command -v tinyproxy >/dev/null || skip "there is no tinyproxy here"
	begin_tcp 4 "encap=tcp;tcp_ports=443;proxy=http://somebody:pass%2Dword@${gateway[a4]}:8888"
	proxy
	on r nft add rule inet way through tcp dport 443 drop
	start
	ping_through 4
	grep -q CONNECT "$work/tinyproxy.log"
	end_of_it
}

test_proxy_refuses() {
	command -v tinyproxy >/dev/null || skip "there is no tinyproxy here"
	begin_tcp 4 "encap=tcp;tcp_ports=443;proxy=http://somebody:else@${gateway[a4]}:8888"
	proxy
	if ike a --initiate --child net --timeout 20; then
		fail "it came up"
	fi
	adit why site -u "unix://$(ike_dir a)/vici" >"$work/why" || :
	grep -qE 'proxy: it answers .HTTP/1.* 40[17]' "$work/why" || {
		cat "$work/why"
		fail "the proxy's answer is not told"
	}
	! grep -rq else "$(ike_dir a)/log" "$(ike_dir b)/log" ||
		fail "the password is in the log"
}

kill_connection() {
	on "$1" ss -Ktn state established "( sport = :443 or dport = :443 )" |
		grep -q ":443" || skip "ss cannot kill connections here"
}

reaches() {
	on a ping -q -c 1 -W 1 -I "${inner[a4]}" "${inner[b4]}"
}

# The same IKE SA and Child SA go on.
ids() {
	ike a --list-sas --raw | grep -oE 'initiator-spi=[0-9a-f]*|spi-in=[0-9a-f]*'
}

test_killed() {
	local host before
	begin_tcp 4 "encap=tcp;tcp_ports=443"
	start
	before=$(ids)
	on a ping -q -i 0.1 -w 60 -I "${inner[a4]}" "${inner[b4]}" >/dev/null &
	for host in b a b; do
		sleep 1
		kill_connection "$host"
		sleep 0.1
		wait_for 20 reaches
	done
	ping_through 4
	expect_eq "$(ids)" "$before"
	expect_log b "the peer has a new TCP connection"
	# Either end can go on with IKE there.
	ike b --rekey --child net
	ike b --rekey --ike site
	ping_through 4
	end_of_it
}

# What a daemon says when it stops gets out before its connection is closed; and
# what comes back is connected to.
test_stops() {
	local pid
	begin_tcp 4 "encap=tcp;tcp_ports=443"
	start
	pid=$(cat "$(ike_dir a)/pid")
	kill "$pid"
	gone b
	expect_log b "the peer has closed it"
	wait_for 10 gone_process "$pid"
	ike_start a aditd
	start
	ping_through 4
}

gone_process() {
	! kill -0 "$1" 2>/dev/null
}

# Who does not begin as RFC 9329 says is not kept.
test_strangers() {
	local i
	begin_tcp 4 "encap=tcp;tcp_ports=443"
	on a timeout 5 bash -c "exec 3<>/dev/tcp/${outer[b4]}/443
		printf IKETCQ >&3; cat <&3 || :"
	for ((i = 0; i < 20; i++)); do
		on a timeout 30 bash -c "exec 3<>/dev/tcp/${outer[b4]}/443
			sleep 25" &
	done
	sleep 1
	expect_eq "$(on b ss -Htn state established | wc -l)" 16
	wait_for 15 no_connection b
	start
	ping_through 4
}

# Nobody says that the connection is dead: the way drops all for a while.
test_silent() {
	begin_tcp 4 "encap=tcp;tcp_ports=443"
	start
	on r nft add rule inet way through tcp sport 443 drop
	on r nft add rule inet way through tcp dport 443 drop
	wait_for 60 log_has a "is silent"
	on r nft flush chain inet way through
	wait_for 60 reaches
	ping_through 4
}

for family in 4 6; do
	stage "encap = tcp, IPv$family" test_tcp $family "encap=tcp"
done
stage "encap = tcp, port 443" test_tcp 4 "encap=tcp;tcp_ports=443"
stage "UDP is blocked: TCP after a while" test_falls_back
stage "UDP port 4500 is blocked, behind NAT" test_auth_falls_back
stage "UDP is not blocked: no TCP" test_prefers_udp
stage "the first port is closed" test_next_port
stage "through an HTTP proxy with a password" test_proxy
stage "a proxy that refuses" test_proxy_refuses
stage "connections are killed under traffic" test_killed
stage "a connection that is silent" test_silent
stage "a daemon stops, and starts again" test_stops
stage "strangers connect" test_strangers
run_stages
