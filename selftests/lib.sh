# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests have in common. A test is a bash script that includes this
# file, describes stages, and runs them:
#
#	. "$(dirname "$0")/lib.sh"
#	need ping tcpdump
#	topology
#	test_ping() {
#		adit_end a 4 aes-gcm-16-128
#		xfrm_end b 4 aes-gcm-16-128
#		on a ping -q -c 1 -W 5 "${inner[b4]}"
#		expect_no_drops a
#	}
#	stage "ping" test_ping
#	run_stages
#
# A stage is a function in a subshell. The first command that fails fails it;
# its line, the tunnels' counters and the end of the kernel log are shown. What
# a stage has started in the background ends with it. After the last one two
# more are added: the module unloads, and the kernel log is clean.
#
# From the environment:
#	ADIT_KO       the module, else modprobe finds it
#	ADIT_KO_ARGS  its arguments
#	ADIT_STAGES   run only the stages whose name matches this pattern
#	ADIT_BRIEF    be content with less repetition, for emulated machines
#
# The output is KTAP, the exit status that of kselftest: 0, 1, or 4 for "all
# skipped".

set -eE
shopt -s inherit_errexit
trap 'echo "Bail out! ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
export LC_ALL=C

lib_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
test_name=$(basename "$0" .sh)
# For the names of network namespaces.
prefix=adit$$-
work=$(mktemp -d "${TMPDIR:-/tmp}/adit-$test_name.XXXXXX") || exit 1

# ---------------------------------------------------------------------- output

# Lines of a diagnosis.
note() {
	printf '# %s\n' "$@"
}

# skip_all WHY: nothing of this test can run here.
skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit 4
}

# skip WHY: the stage that runs cannot run here.
skip() {
	echo "$*" >"$work/skip"
	exit 4
}

# need COMMAND...: programs that the test cannot do without.
need() {
	local command
	for command; do
		command -v "$command" >/dev/null ||
			skip_all "there is no $command here"
	done
}

# ---------------------------------------------------------------------- stages

stage_names=()
stage_calls=()

# stage NAME FUNCTION [ARGUMENT...]
stage() {
	[[ $1 =~ ${ADIT_STAGES-} ]] || return 0
	stage_names+=("$1")
	shift
	stage_calls+=("$(printf '%q ' "$@")")
}

# Where a command failed: the innermost line of the test first.
failed_at() {
	local status=$? command=$BASH_COMMAND i
	trap - ERR
	echo "failed with status $status: $command"
	for ((i = 1; i < ${#BASH_SOURCE[@]} - 1; i++)); do
		[[ ${FUNCNAME[i]} != run_one ]] || break
		echo "  at ${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}" \
			"in ${FUNCNAME[i]}"
	done
} >&2

# stop_jobs: end what runs in the background. A function there, like on(), is a
# shell that waits for its program: both end, the shell first, which else would
# tell of the program's end.
stop_jobs() {
	local pids children
	pids=$(jobs -p)
	[ "$pids" ] || return 0
	children=$(pgrep -P "${pids//$'\n'/,}") || :
	# shellcheck disable=SC2086 # lists
	kill $pids $children 2>/dev/null || :
	# shellcheck disable=SC2086 # a list
	wait $pids 2>/dev/null || :
}

# End what the stage left running.
end_jobs() {
	set +e
	trap - ERR
	stop_jobs
}

# What helps to understand a failure.
show_state() {
	local host
	for host in "${hosts[@]}"; do
		ip -n "$prefix$host" link show type adit 2>/dev/null |
			grep -q . || continue
		echo "--- $host: adit show -s"
		timeout 10 ip netns exec "$prefix$host" adit show -s
		echo "--- $host: ip -s link"
		timeout 10 ip -n "$prefix$host" -s link show type adit
	done 2>&1 | head -n 90
	echo "--- kernel log"
	our_log | grep -v 'adit: .* \(created\|destroyed\)$' | tail -n 20
}

# Functions that look once more when a stage has ended; they can make it fail.
after_stage=()

# run_one NUMBER NAME CALL
run_one() {
	local number=$1 name=$2 status=0 check
	rm -f "$work/skip"
	(
		trap end_jobs EXIT
		set -e
		trap failed_at ERR
		eval "$3"
	) >"$work/log" 2>&1 </dev/null
	status=$?
	for check in "${after_stage[@]}"; do
		"$check" >>"$work/log" 2>&1 || status=1
	done
	if [ $status = 0 ]; then
		echo "ok $number $name"
		grep '^# ' "$work/log"
	elif [ $status = 4 ] && [ -e "$work/skip" ]; then
		echo "ok $number $name # SKIP $(cat "$work/skip")"
	else
		echo "not ok $number $name"
		{
			tail -n 40 "$work/log"
			show_state
		} | sed 's/^\(# \)\?/# /'
	fi
	return $status
}

# run_stages: the last line of a test.
run_stages() {
	local i passed=0 failed=0 skipped=0
	set +e
	trap - ERR
	stage "the module unloads" unload
	stage "the kernel log is clean" clean_log
	echo "TAP version 13"
	echo "1..${#stage_names[@]}"
	for ((i = 0; i < ${#stage_names[@]}; i++)); do
		run_one $((i + 1)) "${stage_names[i]}" "${stage_calls[i]}"
		case $? in
		0) passed=$((passed + 1)) ;;
		4) skipped=$((skipped + 1)) ;;
		*) failed=$((failed + 1)) ;;
		esac
	done
	echo "# Totals: pass:$passed fail:$failed xfail:0 xpass:0" \
		"skip:$skipped error:0"
	[ $failed = 0 ] || exit 1
	# Unloading alone is no test.
	[ $skipped = 0 ] || [ $passed -gt 2 ] || exit 4
	exit 0
}

# ---------------------------------------------------------- module, kernel log

is_loaded() {
	grep -q '^adit ' /proc/modules
}

load() {
	local why args=${ADIT_KO_ARGS-}
	echo "adit-test: $test_name $$ begins" >/dev/kmsg
	is_loaded && return
	# If the module has tests of its own, once a boot is enough.
	[ "$args" ] || ! dmesg | grep -q "adit: selftest: .* 0 failed" ||
		args=selftest=0
	if [ "${ADIT_KO-}" ]; then
		# insmod does not look for what the module needs.
		modinfo -F depends "$ADIT_KO" | tr ', ' '\n' |
			xargs -r modprobe -aq
		# shellcheck disable=SC2086 # arguments
		why=$(insmod "$ADIT_KO" $args 2>&1)
	else
		why=$(modprobe adit 2>&1)
	fi || {
		echo "Bail out! the module does not load: $why"
		exit 1
	}
	loaded_here=1
}

# The kernel log since this test began.
our_log() {
	dmesg | awk -v begin="adit-test: $test_name $$ begins" '
		index($0, begin) { found = 1 }
		found'
}

# What a stage has started must have ended with it. Namespaces first: a device
# that is left would keep its namespace, not the module. A module that was there
# before stays.
unload() {
	local name left=''
	for name in $(our_namespaces); do
		left+=$(ip netns pids "$name" | xargs -r ps -o args= -p)
	done
	[ -z "$left" ] || fail "still running: $left"
	remove_hosts
	[ "${loaded_here-}" ] || skip "it was loaded before"
	rmmod adit
	! is_loaded
}

# Warnings, and objects that were created and not destroyed. The test-bed looks
# at the log with the same script.
clean_log() {
	our_log >"$work/dmesg"
	"$lib_dir/vm/check-log" "$work/dmesg"
}

# ------------------------------------------------------------------ namespaces

hosts=()

# add_hosts NAME...: a network namespace each, which on() knows by that name.
# No duplicate address detection, no rate limits on ICMP.
add_hosts() {
	local host
	for host; do
		ip netns add "$prefix$host"
		hosts+=("$host")
		ip -n "$prefix$host" link set lo up
		ip netns exec "$prefix$host" sysctl -qw \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv4.icmp_ratelimit=0 \
			net.ipv6.icmp.ratelimit=0
	done
}

# del_host NAME
del_host() {
	local host keep=()
	ip netns del "$prefix$1"
	for host in "${hosts[@]}"; do
		[ "$host" = "$1" ] || keep+=("$host")
	done
	hosts=("${keep[@]}")
}

# on HOST COMMAND...: run a program there. "ip netns exec" would mount /sys and
# more, too, which takes ten times as long.
on() {
	local host=$1
	shift
	if [ "$1" = ip ]; then
		shift
		ip -n "$prefix$host" "$@"
	else
		nsenter --net="/run/netns/$prefix$host" "$@"
	fi
}

# Also those that a stage, in its subshell, has added.
our_namespaces() {
	ip netns list | awk -v prefix="$prefix" '
		index($1, prefix) == 1 { print $1 }'
}

remove_hosts() {
	local name pids
	for name in $(our_namespaces); do
		pids=$(ip netns pids "$name" 2>/dev/null)
		# shellcheck disable=SC2086 # a list
		[ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :
		ip netns del "$name"
	done
}

clean_up() {
	end_jobs
	remove_hosts
	[ -z "${loaded_here-}" ] || ! is_loaded || rmmod adit
	rm -rf "$work" "$work".*
} 2>/dev/null
trap clean_up EXIT
trap 'exit 130' INT TERM

# -------------------------------------------------------------------- topology
#
#	     a                      r                      b
#	    eth0 ------------- to_a   to_b ------------- eth0
#	192.0.2.1     192.0.2.254   198.51.100.254   198.51.100.1
#	2001:db8:1::1         ::254 2001:db8:2::254  2001:db8:2::1
#	    vpn0                                         vpn0
#	10.1.0.1                                     10.2.0.1
#	fd00:1::1                                    fd00:2::1

# shellcheck disable=SC2034 # used by the tests
declare -A outer=(
	[a4]=192.0.2.1 [b4]=198.51.100.1
	[a6]=2001:db8:1::1 [b6]=2001:db8:2::1
)
declare -A gateway=(
	[a4]=192.0.2.254 [b4]=198.51.100.254
	[a6]=2001:db8:1::254 [b6]=2001:db8:2::254
)
declare -A inner=(
	[a4]=10.1.0.1 [b4]=10.2.0.1 [a6]=fd00:1::1 [b6]=fd00:2::1
)
declare -A inner_net=(
	[a4]=10.1.0.0/16 [b4]=10.2.0.0/16 [a6]=fd00:1::/64 [b6]=fd00:2::/64
)

other() {
	if [ "$1" = a ]; then echo b; else echo a; fi
}

topology() {
	local host
	add_hosts a r b
	on r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	for host in a b; do
		on r ip -batch - <<-EOF
			link add to_$host type veth peer name eth0 netns $prefix$host
			link set to_$host up
			addr add ${gateway[${host}4]}/24 dev to_$host
			addr add ${gateway[${host}6]}/64 dev to_$host nodad
		EOF
		at_home $host
	done
}

# at_home HOST: its outer addresses, and the way by the router.
at_home() {
	local host=$1
	on "$host" ip -batch - <<-EOF
		link set eth0 up
		addr add ${outer[${host}4]}/24 dev eth0
		addr add ${outer[${host}6]}/64 dev eth0 nodad
		route replace default via ${gateway[${host}4]}
		route replace default via ${gateway[${host}6]}
	EOF
}

# set_mtu HOST MTU: of the link between a or b and the router.
set_mtu() {
	on "$1" ip link set eth0 mtu "$2"
	on r ip link set "to_$1" mtu "$2"
}

# ------------------------------------------------------------------- keys, SAs
#
# A suite is what protects a Child SA, in one word: "aes-gcm-16-128",
# "aes-cbc-256+hmac-sha1-96", "null+hmac-sha2-256-128". SPI and keys follow from
# the host that receives and a number, the generation, so that both ends have
# the same without being told.

# spi HOST [GENERATION]: of what HOST receives.
spi() {
	printf '0x%x' $(((0x$1 << 16) + ${2:-1}))
}

# octets COUNT SEED: hexadecimal digits.
octets() {
	local i digit
	for ((i = 0; i < $1; i++)); do
		printf -v digit '%02x' $((($2 * 57 + i * 101 + 7) & 255))
		printf '%s' "$digit"
	done
}

# The key of a suite's first part, salt included, and of its second.
encr_octets() {
	case ${1%%+*} in
	aes-gcm-*-128) echo 20 ;;
	aes-gcm-*-192) echo 28 ;;
	aes-gcm-*-256 | chacha20-poly1305*) echo 36 ;;
	*-128) echo 16 ;;
	*-192) echo 24 ;;
	*-256) echo 32 ;;
	*) echo 0 ;;
	esac
}

integ_octets() {
	case $1 in
	*+hmac-sha1-96) echo 20 ;;
	*+hmac-sha2-256-128) echo 32 ;;
	*+hmac-sha2-384-192) echo 48 ;;
	*+hmac-sha2-512-256) echo 64 ;;
	*) echo 0 ;;
	esac
}

# key_file RECEIVER GENERATION SUITE: its name; made when it is new.
key_file() {
	local file=$work/key.$1.$2.$3 seed=$(($2 + 0x$1 * 16))
	[ -e "$file" ] || (
		umask 077
		printf '%s\n%s\n' "$(octets "$(encr_octets "$3")" $seed)" \
			"$(octets "$(integ_octets "$3")" $((seed + 1)))" \
			>"$file"
	)
	echo "$file"
}

# adit_sa_line HOST CHILD in|out GENERATION SUITE [OPTION...]: a line of a batch
# that adds one SA to vpn0; one of AH for a suite like ah+hmac-sha1-96.
adit_sa_line() {
	local host=$1 child=$2 dir=$3 generation=$4 suite=$5 to=$1
	shift 5
	[ "$dir" = in ] || to=$(other "$host")
	echo "sa add vpn0 child $child $dir spi $(spi "$to" "$generation")" \
		"$([[ $suite = ah+* ]] || echo "encr ${suite%%+*}")" \
		"$([[ $suite != *+* ]] || echo "integ ${suite#*+}")" \
		"key-file $(key_file "$to" "$generation" "${suite/#ah+/null+}") $*"
}

# adit_sa HOST CHILD in|out GENERATION SUITE [OPTION...]
adit_sa() {
	# shellcheck disable=SC2046 # words of a command
	on "$1" adit $(adit_sa_line "$@")
}

# adit_link HOST FAMILY [OPTION...]: vpn0 with inner addresses and routes.
adit_link() {
	local host=$1 family=$2 peer
	peer=$(other "$1")
	shift 2
	on "$host" ip link add vpn0 type adit local "${outer[$host$family]}" \
		remote "${outer[$peer$family]}" "$@"
	on "$host" ip -batch - <<-EOF
		link set vpn0 up
		addr add ${inner[${host}4]}/32 dev vpn0
		addr add ${inner[${host}6]}/128 dev vpn0
		route add ${inner_net[${peer}4]} dev vpn0
		route add ${inner_net[${peer}6]} dev vpn0
	EOF
}

# adit_end HOST FAMILY SUITE [SA-OPTION...]: one end of a tunnel: vpn0, a child
# with the number 1 that carries everything, its SAs of generation 1.
adit_end() {
	local host=$1 family=$2 suite=$3
	shift 3
	adit_link "$host" "$family"
	on "$host" adit -b - <<-EOF
		child add vpn0 id 1
		$(adit_sa_line "$host" 1 in 1 "$suite" "$@")
		$(adit_sa_line "$host" 1 out 1 "$suite" "$@")
	EOF
}

# has_xfrm: has the kernel an IPsec of its own?
has_xfrm() {
	[ "${xfrm_answer-}" ] || {
		xfrm_answer=no
		! ip xfrm state count >/dev/null 2>&1 || xfrm_answer=yes
	}
	[ "$xfrm_answer" = yes ]
}

# need_xfrm: of a stage.
need_xfrm() {
	has_xfrm || skip "this kernel is built without XFRM"
}

# xfrm_algorithms RECEIVER GENERATION SUITE: words of ip xfrm state; nothing if
# the kernel has no name for the suite.
xfrm_algorithms() {
	local encr integ bits
	{
		read -r encr || :
		read -r integ || :
	} <"$(key_file "$@")"
	case $3 in
	aes-gcm-16-*)
		echo "aead rfc4106(gcm(aes)) 0x$encr 128"
		return ;;
	chacha20-poly1305*)
		echo "aead rfc7539esp(chacha20,poly1305) 0x$encr 128"
		return ;;
	aes-cbc-*) encr="enc cbc(aes) 0x$encr" ;;
	# The key of the null cipher is empty, so the first line is too.
	null+*) encr='enc ecb(cipher_null) ""' ;;
	*) return ;;
	esac
	bits=${3##*-}
	case $3 in
	*+hmac-sha1-*) echo "auth-trunc hmac(sha1) 0x$integ $bits $encr" ;;
	*+hmac-sha2-256-*) echo "auth-trunc hmac(sha256) 0x$integ $bits $encr" ;;
	*+hmac-sha2-384-*) echo "auth-trunc hmac(sha384) 0x$integ $bits $encr" ;;
	*+hmac-sha2-512-*) echo "auth-trunc hmac(sha512) 0x$integ $bits $encr" ;;
	esac
}

# xfrm_sa_line FROM TO FAMILY GENERATION SUITE [ESN [MODE]]: a line of ip -batch.
# xfrm_encap is what else it says.
xfrm_encap=''
xfrm_sa_line() {
	local from=$1 to=$2 family=$3 generation=$4 suite=$5 esn=${6:-on}
	local mode=${7:-tunnel} window=128 flags=''
	[ "$mode" = transport ] || flags=' flag af-unspec'
	if [ "$esn" = off ]; then
		window=32
	else
		flags+=' flag esn'
	fi
	echo "xfrm state add src ${outer[$from$family]} dst ${outer[$to$family]}" \
		"proto esp spi $(spi "$to" "$generation") reqid $generation" \
		"mode $mode replay-window $window$flags" \
		"$(xfrm_algorithms "$to" "$generation" "$suite") $xfrm_encap"
}

# xfrm_policy_lines HOST FAMILY GENERATION LOCAL REMOTE [MODE]: lines of ip -batch.
xfrm_policy_lines() {
	local host=$1 family=$2 id=$3 local=$4 remote=$5 mode=${6:-tunnel} peer dir
	local src dst from to
	peer=$(other "$host")
	for dir in out in fwd; do
		src=$local dst=$remote from=$host to=$peer
		[ $dir = out ] || src=$remote dst=$local from=$peer to=$host
		echo "xfrm policy add src $src dst $dst dir $dir" \
			"tmpl src ${outer[$from$family]}" \
			"dst ${outer[$to$family]} proto esp reqid $id mode $mode"
	done
}

# xfrm_end HOST FAMILY SUITE [ESN]: the other kind of end: the kernel's own
# IPsec, with policies from inner network to inner network.
xfrm_end() {
	local host=$1 family=$2 suite=$3 esn=${4:-on} peer inside
	peer=$(other "$host")
	on "$host" ip -batch - <<-EOF
		addr add ${inner[${host}4]}/32 dev lo
		addr add ${inner[${host}6]}/128 dev lo nodad
		route add ${inner_net[${peer}4]} via ${gateway[${host}4]} src ${inner[${host}4]}
		route add ${inner_net[${peer}6]} via ${gateway[${host}6]} src ${inner[${host}6]}
		$(xfrm_sa_line "$peer" "$host" "$family" 1 "$suite" "$esn")
		$(xfrm_sa_line "$host" "$peer" "$family" 1 "$suite" "$esn")
		$(for inside in 4 6; do
			xfrm_policy_lines "$host" "$family" 1 \
				"${inner_net[$host$inside]}" \
				"${inner_net[$peer$inside]}"
		done)
	EOF
}

# end HOST KIND FAMILY SUITE [ESN]: an end of either kind, adit or xfrm.
end() {
	local host=$1 kind=$2 family=$3 suite=$4 esn=${5:-on}
	if [ "$kind" = xfrm ]; then
		xfrm_end "$host" "$family" "$suite" "$esn"
	else
		adit_end "$host" "$family" "$suite" esn "$esn"
	fi
}

# flood: both hosts send to each other, over both families, until the stage
# ends.
flood() {
	local host peer
	for host in a b; do
		peer=$(other "$host")
		on "$host" "$lib_dir/flood.py" "${inner[${peer}4]}" \
			"${inner[${peer}6]}" &
	done
}

# reset: take the tunnels of a and b away again, whatever they are.
reset() {
	local host link
	for host in a b; do
		for link in $(on $host ip -br link show type adit |
			sed 's/[@ ].*//'); do
			on $host ip link del "$link"
		done
		! has_xfrm || on $host ip xfrm state flush
		! has_xfrm || on $host ip xfrm policy flush
		on $host ip addr flush dev lo scope global
		on $host ip route flush "${inner_net[$(other $host)4]}"
		on $host ip -6 route flush "${inner_net[$(other $host)6]}"
		on $host ip route flush cache
		on $host ip -6 route flush cache
	done
} 2>/dev/null

# ---------------------------------------------------------------------- waiting

# wait_for SECONDS COMMAND...: until it succeeds; fails if it never does. With
# virtual time a wait takes none. Emulated machines, with the kernels of
# distributions, have three times as long, as they have for a whole test.
case ${ADIT_KERNEL-debug} in
debug) wait_unit=1000000 ;;
*) wait_unit=3000000 ;;
esac
wait_for() {
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * wait_unit))
	shift
	until "$@"; do
		if [ "${EPOCHREALTIME/[.,]/}" -ge $deadline ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		sleep 0.05
	done
}

# monitor HOST [GROUP...]: write events of the tunnels there to the file
# $work/events.HOST, one JSON object a line, from now on.
monitor() {
	local host=$1
	shift
	: >"$work/events.$host"
	# Not through on(): the job must be adit itself, so that it ends with
	# the stage and does not write into the next one's events.
	ip netns exec "$prefix$host" adit monitor -j "$@" \
		>"$work/events.$host" 2>&1 &
	wait_for 10 grep -q listening "$work/events.$host"
}

# events HOST PATTERN...: how many lines match all patterns.
events() {
	local file=$work/events.$1
	shift
	awk 'BEGIN { n = split(ARGV[2], p, "\n"); ARGC = 2 }
		{ for (i = 1; i <= n; i++) if ($0 !~ p[i]) next; count++ }
		END { print count + 0 }' "$file" "$(printf '%s\n' "$@")"
}

has_events() {
	local count=$1
	shift
	[ "$(events "$@")" -ge "$count" ]
}

# wait_event HOST PATTERN...: until there is one that matches all patterns.
wait_event() {
	wait_for 15 has_events 1 "$@" || {
		cat "$work/events.$1"
		return 1
	}
}

# --------------------------------------------------------------------- numbers

# query WORD...: a value out of the JSON on standard input. A word is a number
# (item of a list), KEY=VALUE (the first item that has it) or a key. Prints
# nothing if there is no such thing.
query() {
	/usr/bin/python3 -I -S -c '
import json, sys
value = json.load(sys.stdin)
for word in sys.argv[1:]:
    if isinstance(value, list):
        key, equals, want = word.partition("=")
        if equals:
            value = next((i for i in value if str(i.get(key)) == want), None)
        else:
            value = value[int(word)] if int(word) < len(value) else None
    else:
        value = value.get(word)
    if value is None:
        sys.exit()
print(value if isinstance(value, (str, int)) and not isinstance(value, bool)
      else json.dumps(value))' "$@"
}

# counter HOST DEV NAME: of an interface: tx_packets, rx_icv, ...
counter() {
	on "$1" ethtool -S "$2" | awk -v name="$3:" '
		$1 == name { print $2; found = 1 }
		END { exit !found }'
}

# drops HOST DEV: reasons that have a count, "name=count name=count".
drops() {
	on "$1" ethtool -S "$2" | awk '
		/^ *[tr]x_/ && !/_(packets|bytes):/ && $2 {
			sub(":", "", $1)
			list = list sep $1 "=" $2
			sep = " "
		}
		END { print list }'
}

# net_counter HOST NAME: of a network namespace: sas, unknown-spi, truncated.
net_counter() {
	on "$1" adit -j show net | query "$2"
}

# sa HOST in|out SPI FIELD...: of an SA of vpn0.
sa() {
	local host=$1 dir=$2 spi=$3
	shift 3
	on "$host" adit -s -j show vpn0 | /usr/bin/python3 -I -S -c '
import json, sys
print(json.dumps([sa for dev in json.load(sys.stdin) for peer in dev["peer"]
                  for child in peer["child"] for sa in child["sa"]
                  if sa["dir"] == sys.argv[1] and
                  int(sa["spi"], 16) == int(sys.argv[2], 16)]))' \
		"$dir" "$spi" | query 0 "$@"
}

# xfrm_packets HOST SPI: that one of the kernel's own SAs has seen.
xfrm_packets() {
	on "$1" ip -s xfrm state list spi "$2" | awk '
		/lifetime current:/ { current = 1; next }
		current { sub(/.*, /, ""); print $1 + 0; exit }'
}

# ------------------------------------------------------------------ assertions

# fail TEXT...
fail() {
	echo "$*"
	return 1
}

# expect_eq GOT WANT [WHAT]
expect_eq() {
	[ "$1" = "$2" ] || fail "${3:-value}: is '$1', should be '$2'"
}

# expect_le GOT LIMIT [WHAT], expect_ge GOT LIMIT [WHAT]
expect_le() {
	[ "$1" -le "$2" ] || fail "${3:-value}: is $1, should be at most $2"
}

expect_ge() {
	[ "$1" -ge "$2" ] || fail "${3:-value}: is $1, should be at least $2"
}

# expect_match TEXT PATTERN: an extended regular expression.
expect_match() {
	[[ $1 =~ $2 ]] || fail "'$1' should match '$2'"
}

# expect_fail PATTERN COMMAND...: it must fail, and say something that matches.
expect_fail() {
	local pattern=$1 text
	shift
	if text=$("$@" 2>&1); then
		fail "should fail: $*"
	fi
	expect_match "$text" "$pattern"
}

# expect_counter HOST DEV NAME WANT
expect_counter() {
	expect_eq "$(counter "$1" "$2" "$3")" "$4" "$1 $2 $3"
}

# expect_drops HOST WANT: all drop reasons of vpn0 with their counts.
expect_drops() {
	expect_eq "$(drops "$1" vpn0)" "$2" "drops on $1"
}

# expect_no_drops HOST...
expect_no_drops() {
	local host
	for host; do
		expect_drops "$host" ""
	done
}

# ------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || skip_all "only root can test this"
need ip adit ethtool
load
