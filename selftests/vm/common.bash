# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the scripts of the test-bed share: where the cache is, how to tell the
# reader that a slow step is alive, and a lock between two invocations.

# A failing command substitution ends the script like any other command.
shopt -s inherit_errexit

cache=${ADIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/adit}
me=${0##*/}

# The distribution's own programs, Python above all, and no one else's make
# variables: these scripts may run below a make that has an O= of its own.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
unset O ARCH CROSS_COMPILE KBUILD_OUTPUT LOCALVERSION KCFLAGS

# Install what is missing, where the project's own installer is at hand.
need() {
	local deps
	deps=${BASH_SOURCE[0]%/*}/../../scripts/deps
	[ ! -x "$deps" ] || "$deps" "$@" >&2
}

say() {
	echo "$me: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# slow WHAT LOG COMMAND...
# Run a command that takes a while with its output in LOG. A terminal sees one
# line with the elapsed time, a log file one line in 30 seconds.
slow() {
	local what=$1 log=$2 start=$SECONDS next=30 pid rc=0 t
	shift 2
	mkdir -p "${log%/*}"
	"$@" >"$log" 2>&1 </dev/null 9>&- &
	pid=$!
	# A background child of a script ignores ^C; pass it on.
	trap 'kill $pid 2>/dev/null; exit 130' INT TERM
	[ -t 2 ] || say "$what ..."
	while kill -0 $pid 2>/dev/null; do
		sleep 0.2
		t=$((SECONDS - start))
		if [ -t 2 ]; then
			printf '\r%s: %s ... %d s ' "$me" "$what" "$t" >&2
		elif [ $t -ge $next ]; then
			say "$what ... $t s"
			next=$((next + 30))
		fi
	done
	wait $pid || rc=$?
	trap - INT TERM
	[ ! -t 2 ] || printf '\r\033[K' >&2
	if [ $rc != 0 ]; then
		say "$what: failed after $((SECONDS - start)) s; $log ends with:"
		tail -n 25 "$log" | sed 's/^/    /' >&2
		return $rc
	fi
	say "$what: $((SECONDS - start)) s"
}

# with_lock NAME COMMAND...
# Run a shell function under an exclusive lock, in a subshell.
with_lock() {
	local lock=$cache/lock/$1
	shift
	mkdir -p "$cache/lock"
	(
		exec 9>"$lock"
		if ! flock -n 9; then
			say "waiting for another invocation ($lock)"
			flock 9
		fi
		"$@"
	)
}
