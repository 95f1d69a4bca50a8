# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of "run", which includes this
#
# Part of "run": counting what the tests say, and what they do not say.

passed=0 failed=0 skipped=0 block=''

# A line of the results. Beside other machines, a test's lines come together.
emit() {
	if [ "${ADIT_SHARE-}" ]; then
		block+=$1$'\n'
	else
		printf '%s\n' "$1"
	fi
}

flush() {
	[ "$block" ] || return 0
	flock "${ADIT_SHARE%/*}/lock" printf '%s' "$block"
	block=
}

# Test points that are not the scripts' own.
point() {
	emit "$*"
	count_point "$*"
}

count_point() {
	case $1 in
	*'# SKIP'* | *'# skip'*) skipped=$((skipped + 1)) ;;
	ok*) passed=$((passed + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
}

# One line of a test's output.
take_line() {
	local line=$1
	emit "$line"
	case $line in
	'ok '* | 'not ok '*)
		points=$((points + 1))
		[[ $line != not* ]] || points_failed=1
		count_point "$line" ;;
	'1..0'*SKIP* | '1..0'*skip*)
		points=$((points + 1))
		count_point "ok $line" ;;
	'1..'*)
		planned=${line#1..}
		planned=${planned%%[!0-9]*} ;;
	'Bail out!'*)
		points_failed=1
		count_point "not ok $line" ;;
	*SKIP*)
		reason=${line#*SKIP} ;;
	esac
}

begin_test() {
	current=$1 points=0 points_failed='' planned='' reason=''
	began=$SECONDS
	emit "# selftests: $current"
}

# end_test STATUS: what the script says must agree with its exit status.
end_test() {
	local status=$1
	if [ -n "$planned" ] && [ "$planned" != "$points" ] &&
		[ "$planned" != 0 ] && [ "$status" != timeout ]; then
		point "not ok - $current # planned $planned points, ran $points"
	elif [ "$status" = timeout ]; then
		point "not ok - $current # not finished within $limit s"
	elif [ "$points" = 0 ]; then
		case $status in
		0) point "ok - $current" ;;
		4) point "ok - $current # SKIP ${reason:-gives no reason}" ;;
		*) point "not ok - $current # exit status $status" ;;
		esac
	elif [ "$status" != 0 ] && [ "$status" != 4 ] && [ -z "$points_failed" ]; then
		point "not ok - $current # exit status $status"
	fi
	mkdir -p "$cache/times/$kernel"
	echo $((SECONDS - began)) >"$cache/times/$kernel/$current"
	current='' done_tests=$((done_tests + 1))
	flush
}

# Follow the machine's console to its end. Nothing may take longer than its
# limit: booting, a test (which the machine itself ends before we do), the
# clean-up.
follow() {
	local line rc deadline=$((SECONDS + 180)) margin=30
	[ "$guest_limit" ] || margin=0
	while :; do
		rc=0
		IFS= read -r -t $((deadline > SECONDS ? deadline - SECONDS : 1)) \
			line <&"$console" || rc=$?
		line=${line%$'\r'}
		case $line in
		'#@ start '*)
			begin_test "${line#\#@ start }"
			deadline=$((SECONDS + limit + margin)) ;;
		'#@ end '*)
			end_test "${line##* }"
			deadline=$((SECONDS + 180)) ;;
		'#@ fail '*)
			point "not ok - ${line#\#@ fail }" ;;
		?*)
			take_line "$line" ;;
		'')
			[ $rc != 0 ] || emit '' ;;
		esac
		if [ $rc -gt 128 ]; then
			hung=1
			return
		elif [ $rc != 0 ]; then
			return # the console is closed
		fi
	done
}

# The machine is gone or must go: what should have come and did not?
account_for_rest() {
	local why='the machine ended early'
	[ ! -e "$out/done" ] || return 0
	[ -z "$hung" ] || why='the machine hangs'
	if [ "$current" ]; then
		point "not ok - $current # $why"
		done_tests=$((done_tests + 1))
	elif [ "$done_tests" -ge ${#tests[@]} ]; then
		point "not ok - clean-up # $why"
	fi
	while [ "$done_tests" -lt ${#tests[@]} ]; do
		point "not ok - $(basename "${tests[$done_tests]}" .sh) # not run, $why"
		done_tests=$((done_tests + 1))
	done
}

# name_addresses: put function and line behind what kmemleak gives as a mere
# address, because the module is gone. Where it was the tests tell the kernel
# log: "adit-vm: text ADDRESS" after each insmod.
name_addresses() {
	local line word base
	while IFS= read -r line; do
		word=${line##* }
		if [[ $word =~ ^0x[0-9a-f]+$ ]]; then
			for base in $(sed -n 's/.*adit-vm: text //p' "$log" | sort -u); do
				[ $((word - base)) -ge 0 ] || continue
				line+=$(addr2line -ipsf -j .text -e "$out/adit.ko" \
					"$(printf '0x%x' $((word - base - 1)))" |
					sed -n '/??/!s/^/ /p' | tr -d '\n')
			done
		fi
		printf '%s\n' "$line"
	done
}

# Findings go to standard output.
check_log() {
	if [ -s "$out/kmemleak" ]; then
		echo 'adit-vm: kmemleak:' >>"$log"
		name_addresses <"$out/kmemleak" >"$out/kmemleak.named"
		cat "$out/kmemleak.named" >>"$log"
	fi
	"$here/check-log" "$log" | sed 's/^/# /'
	return "${PIPESTATUS[0]}"
}

# gcov wants what the compiler noted beside what the run counted.
take_coverage() {
	[ -d "$out/gcov" ] || return 0
	rsync -a "$out/gcno/" "$out/gcov/"
	keep_coverage
}

keep_coverage() {
	[ -z "${ADIT_GCOV_OUT-}" ] || [ ! -d "$out/gcov" ] ||
		merge_coverage "$out/gcov" "$ADIT_GCOV_OUT"
}

# merge_coverage FROM INTO
merge_coverage() {
	if [ -d "$2" ]; then
		gcov-tool merge -o "$2.new" "$1" "$2" >/dev/null
		rsync -a --ignore-existing "$1/" "$2.new/"
		rm -rf "$2"
		mv "$2.new" "$2"
	else
		mkdir -p "$2"
		rsync -a "$1/" "$2/"
	fi
}

# finish: print the sum, which is also the exit status; beside other machines,
# leave it to the parent.
finish() {
	flush
	if [ "${ADIT_SHARE-}" ]; then
		echo "$passed $failed $skipped" >"$ADIT_SHARE"
	else
		echo "$passed passed, $failed failed, $skipped skipped"
	fi
	[ $failed = 0 ]
}
