#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Many connections at once between two aditd, and that none waits for another.
# ADIT_SCALE says how many (200). With ADIT_LONG two charon do the same, beside
# whose time and memory the figures of aditd are to be read.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd
sites
connections=${ADIT_SCALE:-200}
# What the sanitizer keeps to notice late use is not the daemon's.
export ASAN_OPTIONS=quarantine_size_mb=1

# many HOST: its configuration; a begins with all of them. One goes to somebody
# who does not answer, one to a name that no name server tells.
many() {
	local host=$1 peer i more=''
	peer=$(other "$1")
	[ "$host" = b ] || more='start_action = start'
	echo "connections {"
	for ((i = 1; i <= connections; i++)); do
		one "$host" "$peer" "c$i" "${outer[${peer}4]}" \
			"$((i / 250)).$((i % 250 + 1))" "$more"
	done
	one "$host" "$peer" single "${outer[${peer}4]}" 200.1 ''
	one "$host" "$peer" silent 192.0.2.77 200.2 ''
	one "$host" "$peer" nameless nobody.example.org 200.3 ''
	echo "}"
	echo 'secrets { ike { secret = "a secret of all" } }'
}

# one HOST PEER NAME ADDRESS SUFFIX OPTION
one() {
	local -A net=([a]=10.1 [b]=10.2)
	cat <<-END
		$3 {
			version = 2
			local_addrs = ${outer[${1}4]}
			remote_addrs = $4
			proposals = aes128gcm16-prfsha256-x25519
			local {
				auth = psk
				id = $3.$1.example.org
			}
			remote {
				auth = psk
				id = $3.$2.example.org
			}
			children {
				$3 {
					esp_proposals = aes128gcm16
					local_ts = ${net[$1]}.$5/32
					remote_ts = ${net[$2]}.$5/32
					$6
				}
			}
			$(interface_of_all)
		}
	END
}

# charon does not know that option.
interface_of_all() {
	[ "${daemon-}" = charon ] || echo "interface = vpn0"
}

memory() {
	local pid
	pid=$(cat "$(ike_dir a)/pid" 2>/dev/null) &&
		pid=$(pgrep -P "$pid" -f 'role ike') ||
		pid=$(pgrep -f charon-systemd | tail -n 1)
	awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status"
}

are_up() {
	[ "$(ike "$1" --stats | sed -n 's/^IKE_SAs: \([0-9]*\) total.*/\1/p')" -ge \
		"$2" ] && ike "$1" --stats | grep -q ' 0 half-open'
}

# begin_many DAEMON: when all are up, in how many milliseconds.
begin_many() {
	local daemon=$1 host began before after
	for host in a b; do
		many "$host" | ike_conf "$host"
	done
	ike_start b "$daemon"
	# Beginning is part of it: only an empty one has its memory alone.
	echo | ike_conf a
	ike_start a "$daemon"
	before=$(memory)
	many a | ike_conf a
	began=${EPOCHREALTIME/[.,]/}
	ike a --load-all >/dev/null
	wait_for 120 are_up a "$connections"
	began=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	after=$(memory)
	note "$daemon: $connections connections in $began ms, $(((after - before) / connections)) kB each at the initiator"
}

test_many() {
	begin_many aditd
	wait_for 10 are_up b "$connections"
	# Half of them as it comes; the rest cannot be different.
	on a ip addr add 10.1.0.2/32 dev lo
	on b ip addr add 10.2.0.2/32 dev lo
	on a ping -q -c 1 -W 5 -I 10.1.0.2 10.2.0.2
}
stage "$connections connections at once" test_many

# While one peer does not answer, nor the name server for another one, and all of
# the files are read again, a connection goes up and down as if it were alone.
test_others() {
	local began
	trap 'umount /etc/resolv.conf; end_jobs' EXIT
	printf "nameserver 203.0.113.53\noptions timeout:30\n" >"$work/resolv"
	mount --bind "$work/resolv" /etc/resolv.conf
	on r ip route replace blackhole 203.0.113.53/32
	begin_many aditd
	ike a --initiate --child silent --timeout 60 >"$work/silent" &
	ike a --initiate --child nameless --timeout 60 >"$work/nameless" &
	wait_for 10 is_connecting nameless
	wait_for 10 is_connecting silent
	kill -HUP "$(cat "$(ike_dir a)/pid")"
	began=$SECONDS
	ike a --initiate --child single --timeout 10
	ike a --terminate --ike single --timeout 10
	[ $((SECONDS - began)) -lt 10 ]
	is_connecting silent
	is_connecting nameless
	wait_for 20 are_up_beside
}

# Both still wait.
is_connecting() {
	ike a --list-sas --ike "$1" | grep -qE 'CREATED|CONNECTING'
}

# All are there still, and the one that nobody answers.
are_up_beside() {
	[ "$(ike a --list-sas | grep -c ESTABLISHED)" = "$connections" ]
}
stage "silent peers and name servers, and a reload, hold up nobody" test_others

test_charon() {
	[ "${ADIT_LONG-}" ] || skip "long: make check-long"
	begin_many charon
}
stage "$connections connections of charon" test_charon
run_stages
