# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lib.sh and of guest
#
# The workloads of IKE daemons. Both hosts have the peer's: aditd that of adit,
# strongSwan's charon that of XFRM.

# shellcheck source-path=SCRIPTDIR source=../lib_ike.sh
. "$here/../lib_ike.sh"

declare -A daemon_of=([adit]=aditd [xfrm]=charon)

# Both log what they do by default to a file. charon gets what its documentation
# says for thousands of peers, and nothing that makes it do less.
charon_options="ikesa_table_size = 4096
ikesa_table_segments = 16
dos_protection = no
init_limit_half_open = 0
syslog {
	daemon {
		default = -1
	}
	auth {
		default = -1
	}
}
journal {
	default = -1
}"
charon_log=''
aditd_options=()

# ike-COUNT: so many connections, each with a pre-shared key, an IKE SA and a
# Child SA, from one host to another; all are started as they are loaded. Metrics:
# nanoseconds until all are up ("all"), the same for one ("up"), that the daemons
# of both ends computed for one ("cpu"); octets of memory (PSS) of all processes
# of the responder for one that is loaded ("loaded") and for its SAs ("sas").

cable_ike() {
	cable_setup
}

# ike_many HOST COUNT
ike_many() {
	local host=$1 peer more=''
	peer=$(other "$1")
	[ "$host" = b ] || more='start_action = start'
	awk -v count="$2" -v host="$host" -v peer="$peer" -v more="$more" \
		-v local="${outer[${host}4]}" -v remote="${outer[${peer}4]}" \
		-v option="$([ "$daemon" = charon ] || echo interface = vpn0)" '
	function net(of, n) {
		return (of == "a" ? "10.1." : "10.2.") int(n / 250) "." n % 250 + 1
	}
	BEGIN {
		print "connections {"
		for (n = 1; n <= count; n++)
			printf "c%d {\n version = 2\n local_addrs = %s\n" \
			"remote_addrs = %s\n" \
			"proposals = aes128gcm16-prfsha256-x25519\n%s\n" \
			"local {\n auth = psk\n id = c%d.%s.example.org\n}\n" \
			"remote {\n auth = psk\n id = c%d.%s.example.org\n}\n" \
			"children {\n c%d {\n esp_proposals = aes128gcm16\n" \
			"local_ts = %s/32\n remote_ts = %s/32\n%s\n}\n}\n}\n",
			n, local, remote, option, n, host, n, peer, n,
			net(host, n), net(peer, n), more
		print "}\nsecrets {\n ike {\n secret = \"a secret of all\"\n}\n}"
	}'
}

# ike_pids HOST: all processes of the daemon there.
ike_pids() {
	local pid
	if [ "$daemon" = aditd ]; then
		pid=$(cat "$(ike_dir "$1")/pid")
		echo "$pid"
		pgrep -P "$pid"
	else
		ip netns pids "$prefix$1"
	fi
}

# ike_cpu: nanoseconds that the daemons have computed so far.
ike_cpu() {
	local pid
	for pid in $(ike_pids a) $(ike_pids b); do
		sed 's/.*) //' "/proc/$pid/stat"
	done | awk -v tick="$(getconf CLK_TCK)" '
		{ sum += $12 + $13 + $14 + $15 }
		END { printf "%.0f\n", sum * 1e9 / tick }'
}

# ike_memory HOST: octets.
ike_memory() {
	local pid
	for pid in $(ike_pids "$1"); do
		cat "/proc/$pid/smaps_rollup"
	done | awk '$1 == "Pss:" { sum += $2 } END { print sum * 1024 }'
}

# ike_up HOST: how many IKE SAs it has; fails while some are half open.
ike_up() {
	local stats
	stats=$(ike "$1" --stats | grep '^IKE_SAs:')
	[[ $stats =~ ^IKE_SAs:\ ([0-9]+)\ total,\ 0\ half-open ]] &&
		echo "${BASH_REMATCH[1]}"
}

# ike_wait HOST COUNT: until so many are up, or those that are not have given up;
# sets up, and took, in microseconds since began.
ike_wait() {
	local same=0 before=''
	up=0
	while [ "$up" != "$2" ] && [ $same -lt 20 ]; do
		sleep 0.3
		before=$up
		up=$(ike_up "$1") || up=0
		took=$((${EPOCHREALTIME/[.,]/} - began))
		# Half-open ones have at most 165 s.
		expect_le $((took / 1000000)) 300 "seconds"
		if [ "$up" != 0 ] && [ "$up" = "$before" ]; then
			same=$((same + 1))
		else
			same=0
		fi
	done
}

# ike_sas HOST: how many the kernel has, both directions.
ike_sas() {
	if [ "$daemon" = aditd ]; then
		net_counter "$1" sas
	else
		on "$1" ip xfrm state count | grep -o '[0-9]*' | head -n 1
	fi
}

measure_ike() {
	local count=$1 daemon=${daemon_of[$peer]} host
	local empty loaded up began took cpu
	# What aditd asks for by itself: the first messages come all at once.
	sysctl -qw net.core.rmem_default=1048576
	for host in a b; do
		echo | ike_conf $host
		ike_start $host "$daemon"
		ike_many $host "$count" | ike_conf $host
	done
	empty=$(ike_memory b)
	ike b --load-all >/dev/null
	loaded=$(ike_memory b)
	cpu=$(ike_cpu)
	began=${EPOCHREALTIME/[.,]/}
	ike a --load-all >/dev/null
	ike_wait a "$count"
	cpu=$(($(ike_cpu) - cpu))
	figure all $((took * 1000))
	figure up "$(quotient $((took * 1000)) "$up")"
	figure missing $((count - up))
	figure cpu "$(quotient $cpu "$up")"
	figure loaded "$(quotient $((loaded - empty)) "$count")"
	figure sas "$(quotient $(($(ike_memory b) - loaded)) "$up")"
	expect_eq "$(ike_sas a)" $((2 * up)) "$daemon: SAs"
	ike_stop
}

ike_stop() {
	local host pids
	pids=$(ike_pids a) pids+=" $(ike_pids b)"
	# shellcheck disable=SC2086 # a list
	kill -KILL $pids 2>/dev/null || :
	wait
}
