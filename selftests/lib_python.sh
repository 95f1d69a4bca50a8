# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lib.sh
#
# Tests whose cases are written in Python: each case is a stage. All run in one
# interpreter, in order, when the first of them is asked for; it leaves a file
# for each that says how it went (adit_lab.py, main()).
#
#	. "$(dirname "$0")/lib.sh"
#	. "$(dirname "$0")/lib_python.sh"
#	lay_out() {
#		pair
#	}
#	python_stages malformed.py
#	run_stages

python=/usr/bin/python3

# need_python MODULE...
need_python() {
	local module
	need "$python"
	for module; do
		"$python" -c "import $module" 2>/dev/null ||
			skip_all "$python has no module $module"
	done
}

# python_stages FILE: a stage for each of its cases.
python_stages() {
	local number name
	mkdir "$work/cases"
	while read -r number name; do
		stage "$name" told "$1" "$number"
	done < <("$python" -B "$lib_dir/$1" list)
}

# Run the cases that the pattern in ADIT_STAGES chooses.
play() {
	touch "$work/played"
	lay_out
	ADIT_CASES=$work/cases "$python" -B "$lib_dir/$1" >"$work/said" 2>&1 || :
}

# told FILE NUMBER: how a case went.
told() {
	local said=$work/cases/$2
	[ -e "$work/played" ] || play "$1"
	if [ -e "$said.ok" ]; then
		cat "$said.ok"
	elif [ -e "$said.skip" ]; then
		skip "$(<"$said.skip")"
	elif [ -e "$said.fail" ]; then
		cat "$said.fail"
		return 1
	else
		tail -n 30 "$work/said"
		fail "there is no result"
	fi
}

# pair: two hosts on one wire; see adit_lab.py.
pair() {
	local host number=1
	add_hosts left right
	ip -n "${prefix}left" link add veth0 type veth peer name veth0 \
		netns "${prefix}right"
	for host in left right; do
		on $host ip -batch - <<-EOF
			link set veth0 up
			addr add 192.0.2.$number/24 dev veth0
			addr add 2001:db8::$number/64 dev veth0 nodad
		EOF
		number=$((number + 1))
	done
	export NS_LEFT=${prefix}left NS_RIGHT=${prefix}right
}

# tunnel [OPTION...]: vpn0 on the left host, without peers.
tunnel() {
	on left ip link add vpn0 type adit "$@"
	on left ip -batch - <<-EOF
		link set vpn0 up
		addr add 10.9.1.1/24 dev vpn0
		addr add fd09:1::1/64 dev vpn0 nodad
		route add 10.9.2.0/24 dev vpn0
		route add fd09:2::/64 dev vpn0
	EOF
}
