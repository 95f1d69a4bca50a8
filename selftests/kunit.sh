#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The tests inside the kernel (kmod/selftest), all rows of them: as KUnit suites
# where the kernel has KUnit, else while the module is loaded. A module that is
# built without them (see ADIT_SELFTEST in kmod/Kbuild) skips.

# Only while it is loaded can KUnit be enabled. It must not run suites by itself
# when the module is loaded, for they want to be told to run all rows first.
modprobe -qr kunit
modprobe -q kunit enable=1 autorun=0

# Here they run though they may have run in this boot before.
if modinfo -F parm "${ADIT_KO:-adit}" 2>/dev/null | grep -q '^selftest:'; then
	ADIT_KO_ARGS=selftest=1
fi

# shellcheck disable=SC2154 # variables of lib.sh
. "$(dirname "$0")/lib.sh"

suites=(replay selector alg esp ah trailer skb segment later)
full=/sys/module/adit/parameters/selftest_full
kunit=/sys/kernel/debug/kunit

need_selftests() {
	[ -e "$full" ] || skip "the module is built without ADIT_SELFTEST"
}

need_kunit() {
	need_selftests
	[ -d "$kunit" ] || skip "the kernel has no KUnit, or no debugfs"
	[ "$(echo "$kunit"/adit-*)" != "$kunit/adit-*" ] ||
		skip "KUnit was loaded before, and not enabled"
}

need_load() {
	need_selftests
	[ "${loaded_here-}" ] || skip "the module was loaded before"
}

# loads COUNT: so often was the module loaded, and has passed its selftests.
loads() {
	expect_eq "$(our_log | grep -c 'adit: selftest: [1-9].* 0 failed$')" \
		"$1" "loads that passed"
}

# A sample of the rows.
test_load() {
	need_load
	loads 1
}

test_all_suites() {
	need_kunit
	expect_eq "$(cd "$kunit" && printf '%s\n' adit-* | sort)" \
		"$(printf 'adit-%s\n' "${suites[@]}" | sort)" "suites"
}

# Each case is a parameter of the suite's one test.
test_suite() {
	local results=$kunit/adit-$1/results
	need_kunit
	echo Y >"$full"
	echo run >"$kunit/adit-$1/run"
	echo N >"$full"
	cat "$results"
	if grep -q 'not ok\|# SKIP' "$results"; then
		our_log | grep 'adit: selftest: '
		return 1
	fi
	note "$(grep -c '^ \{8\}ok ' "$results") cases"
}

# What KUnit does above.
test_load_full() {
	need_load
	if (need_kunit); then skip "KUnit has run all rows"; fi
	rmmod adit
	ADIT_KO_ARGS="${ADIT_KO_ARGS-} selftest_full=1" load
	loads 2
}

stage "selftests pass at load" test_load
stage "KUnit has each suite" test_all_suites
for suite in "${suites[@]}"; do
	stage "KUnit: $suite" test_suite "$suite"
done
stage "all rows pass at load" test_load_full
run_stages
