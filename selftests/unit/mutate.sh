#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mutate.sh - do the unit tests notice a mistake?
#
# Makes one mistake after the other in the module's pure files (in a copy) and
# runs their tests: they have to fail. Prints KTAP.

# shellcheck disable=SC2016 # no expansion is meant in a mutation
set -u
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# FILE WHAT: a sed command that changes exactly one line.
mutations=(
	'replay a word more than the window is missing:s/BITS_PER_LONG) + 1)/BITS_PER_LONG))/'
	'replay the window is one too wide:s/top - seq >= replay->window/top - seq > replay->window/'
	'replay the window is one too narrow:s/top - seq >= replay->window/top - seq + 1 >= replay->window/'
	'replay number 0 is accepted:s/if (!seq)/if (0)/'
	'replay the highest number is new again:/replay_verdict adit_replay_check/,/^}/s/seq > replay->top/seq >= replay->top/'
	'replay duplicates are accepted:s/ADIT_REPLAY_DUPLICATE : ADIT_REPLAY_NEW/ADIT_REPLAY_NEW : ADIT_REPLAY_NEW/'
	'replay the current word is cleared:s/for (i = 1; i <= steps/for (i = 0; i <= steps/'
	'replay one word too few is cleared:s/i <= steps; i++/i < steps; i++/'
	'replay no word is cleared after a long jump:s/steps = replay->blocks;/steps = 0;/'
	'replay the commit does not check:s/verdict = adit_replay_check(replay, seq);/verdict = ADIT_REPLAY_NEW;/'
	'replay the highest number is not kept:s/^\treplay->top = seq;//'
	'replay no number is marked:s/|= 1UL <</|= 0UL <</'
	'replay the left end of the window is off by one:s/top_low - span + 1/top_low - span/'
	'replay case A begins one too late:s/top_low >= span - 1/top_low >= span/'
	'replay case A takes the wrong upper half:s/\t\t\thigh++;//'
	'replay case B takes the wrong upper half:s/\t\t\thigh--;//'
	'replay what cannot be is wrapped around:s/if (high == U32_MAX)/if (0)/'
	'replay what is left of 0 is wrapped around:s/if (!high)/if (0)/'
	'replay what was seen elsewhere is new:s/>> (i % 8) \& 1)/>> (i % 8) \& 0)/'
	'replay what is not known is new:s/i \/ 8 >= len || /i \/ 8 < len \&\& /'
	'replay the window is moved back:s/if (top < replay->top)/if (0)/'
	'replay the saved map is off by one:s/seen(replay, replay->top - i)/seen(replay, replay->top - i + 1)/'
	'selector IPv6 addresses are one word:s/family == AF_INET6 ? 4 : 1/family == AF_INET6 ? 1 : 1/'
	'selector a mask is one bit short:s/~0U << (32 - len)/~0U << (33 - len)/'
	'selector the last word of IPv6 does not count:s/addr->word\[2\] | addr->word\[3\]/addr->word[2]/'
	'selector ports begin at 1:s/port_start == 0 \&\&/port_start <= 1 \&\&/'
	'selector a fragment matches ports:s/return flow->has_ports \&\& port/return port/'
	'selector OPAQUE is a port:s/!flow->has_ports \&\& !flow->overlaps/!flow->overlaps/'
	'selector OPAQUE takes what overlaps:s/!flow->has_ports \&\& !flow->overlaps/!flow->has_ports/'
	'selector 65535 to anything is OPAQUE:s/ \&\& ts->port_end == 0;/;/'
	'selector a hull of OPAQUE is no port:s/^\t\thull->port_start = 0;/\t\thull->port_start = 1;/'
	'selector the last port is outside:s/port <= ts->port_end/port < ts->port_end/'
	'selector no selectors match nothing:/^bool adit_ts_match/,/^}/s/!count/0/'
	'selector the family does not count:s/ts->family == flow->family \&\&/1 \&\&/'
	'selector the protocol does not count:s/ts->proto == flow->proto/1/'
	'selector the first address is outside:s/\&ts->start) >= 0/\&ts->start) > 0/'
	'selector the last address is outside:s/\&ts->end) <= 0/\&ts->end) < 0/'
	'selector in is out:/^bool adit_selectors_match_in/,/^}/s/flow, true/flow, false/'
	'selector only our side asks for ports:s/local_count + selectors->remote_count/local_count/'
	'selector the last word is not compared:/^unsigned int adit_addr_common/,/^}/s/i < words_of(family)/i < 1/'
	'selector the beginning is one bit too long:s/32 \* (i + 1) -/32 * (i + 1) + 1 -/'
	'selector a hull has the last start:s/\&hull->start) < 0/\&hull->start) != 0/'
	'selector a hull has the first end:s/\&hull->end) > 0/\&hull->end) > 1/'
	'selector a hull has one protocol of two:s/ts->proto != hull->proto/0/'
	'selector a hull has the first ports:s/min(hull->port_start, ts->port_start)/hull->port_start/'
	'selector a hull has the first last port:s/max(hull->port_end, ts->port_end)/hull->port_end/'
	'selector a hull has both families:s/ts\[i\].family != family/0/'
	'selector prefixes reach beyond the end:s/\&last, \&ts->end) > 0/\&last, \&ts->end) > 1/'
	'selector the last prefix is missing:s/while (count < max)/while (count + 1 < max)/'
	'selector no carry:s/while (len--) {/if (len--) {/'
	'mutable the TTL is covered:s/header\[IP4_TTL\] = 0;//'
	'mutable the flags are covered:s/memset(header + IP4_FLAGS, 0, 2);//'
	'mutable the flow label is covered:s/memset(header + 1, 0, 3);//'
	'mutable the traffic class is covered:s/header\[0\] \&= 0xf0;//'
	'mutable a router alert is not covered:s/^\tcase ROUTER_ALERT:$//'
	'mutable other options are covered:s/memset(header + at, 0, option_len);//'
	'mutable the destination of a source route is that of the packet:s/option + len - ADDR, ADDR/header + IP4_DADDR, ADDR/'
	'mutable a source route at its end is followed:s/ \&\& option\[2\] <= len)/)/'
	'mutable the end of the options is none:s/\&\& header\[at\] != END//'
	'mutable an option may be too long:s/ || option_len > len - at//'
	'mutable all options of IPv6 are covered:s/if (options\[at\] \& MAY_CHANGE)/if (0)/'
	'mutable no option of IPv6 is covered:s/if (options\[at\] \& MAY_CHANGE)/if (1)/'
	'mutable the addresses left are counted from the front:s/addrs + (count - left)/addrs + left - left/'
	'mutable a route may have more left than there is:s/ || left > count)/)/'
	'mutable a route of any type is followed:s/if ((route\[TYPE\] != TYPE_0 .*/if (left > count)/'
	'mutable segments stay left:s/route\[LEFT\] = 0;//'
	'mutable destination options are refused:s/^\tcase DESTINATION:$//'
	'mutable what is behind the header counts:s/(header\[0\] \& 0xf) \* 4U != len/0/'
)

cflags=(-std=gnu17 -I. -O1)

# Tests and models do not change: built once.
for file in replay_test replay_model selector_test selector_model \
	mutable_test mutable_model tap; do
	gcc "${cflags[@]}" -c -o "$work/$file.o" $file.c || exit 1
done

# What does not build, or finds nothing to change, says so.
survives() {
	local subject=$1 mutation=$2 copy=$work/$1.c
	sed "$mutation" "../../kmod/$subject.c" >"$copy"
	if cmp -s "$copy" "../../kmod/$subject.c"; then
		echo "nothing is changed"
	elif ! gcc "${cflags[@]}" -I../../kmod -w -o "$work/test" "$copy" \
		"$work/$subject"_{test,model}.o "$work/tap.o"; then
		echo "it does not build"
	elif timeout 20 "$work/test" -q >/dev/null 2>&1; then
		echo "no test fails"
	else
		return 1
	fi
}

echo "1..${#mutations[@]}"
number=0 status=0
for mutation in "${mutations[@]}"; do
	number=$((number + 1))
	subject=${mutation%% *} mutation=${mutation#* }
	if why=$(survives "$subject" "${mutation#*:}" 2>&1); then
		echo "# $why"
		echo "not ok $number mutation: $subject: ${mutation%%:*}"
		status=1
	else
		echo "ok $number mutation: $subject: ${mutation%%:*}"
	fi
done
exit $status
