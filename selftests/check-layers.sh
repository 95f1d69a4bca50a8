#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# check-layers.sh - is the order of the source's layers kept?
#
# The module: the table below has its files from the bottom to the top, a
# layer in each line. A header includes only headers that stand before it; a
# source file those of its own layer, too. So there are no circles, and what
# is below can be read, tested and replaced without what is above.
# The tools: lib/ knows nothing of its users, headers include none in a circle.
# The daemon: a folder is a layer, and includes only from itself and those below.
#
# Says what is wrong and exits with 1.
set -eu

cd "$(dirname "$0")/.."

# "io" is the seam where packets go upwards: lower layers call what upper ones
# define. "kernel" is the kernel's words for tests in userspace.
layers="
compat kernel
proto drop io
defer alarm stats trace skb
segment superpacket
replay alg selector mutable
crypto mac outer transport natcsum ipcomp spd flow
sa xform esp ah
sadb netns path sock
udp_gro
attr batch raw udp tcp tcp_conn tcp_in tcp_tls tcp_out tcp_ike tcp_open tcp_listen
peer child natflow dev mtu link life too_big output send recv
genl/adit nl nl_fill nl_dev nl_peer nl_socket nl_child nl_keys nl_sa_read nl_sa nl_event
selftest/
main
"

includes() {
	grep -HoE '^#[[:space:]]*include[[:space:]]+"[^"]+"' "$@" |
		sed -E 's,^([^:]*):[^"]*"([^"]+)",\1 \2,'
}

module() {
	(cd kmod && includes ./*.[ch] genl/*.[ch] selftest/*.[ch]) |
	awk -v table="$layers" '
	function say(text) {
		print "kmod/" $1 ": " text
		bad = 1
	}

	# The name in the table; all selftests are one.
	function entry(file) {
		sub(/\.[ch]$/, "", file)
		if (file ~ /^selftest\//)
			file = "selftest/"
		if (!(file in place))
			say(file " is in no layer of selftests/check-layers.sh")
		return file
	}

	BEGIN {
		n = split(table, lines, "\n")
		for (i = 1; i <= n; i++) {
			m = split(lines[i], names, " ")
			for (j = 1; j <= m; j++) {
				place[names[j]] = ++count
				layer[names[j]] = i
			}
		}
	}

	{
		sub(/^\.\//, "", $1)
		folder = $1
		if (!sub(/[^\/]*$/, "", folder))
			folder = ""
		target = $2
		# As the compiler looks: beside the file, then in kmod/.
		if (target ~ /^\.\.\//)
			sub(/^\.\.\//, "", target)
		else if (folder == "selftest/" || (folder == "genl/" && target == "adit.h"))
			target = folder target
		from = entry($1)
		to = entry(target)
		if (from == to || !(from in place) || !(to in place))
			next
		if ($1 ~ /\.h$/ ? place[to] >= place[from] : layer[to] > layer[from])
			say("includes " target ", which is above it")
	}

	END { exit bad }'
}

tools() {
	local status=0
	if includes tools/lib/*.[ch] | grep -E ' \.\./'; then
		echo "tools/lib: it includes from its users, see above"
		status=1
	fi
	includes tools/*/*.h | sed -E 's,^[^ ]*/([^ ]+) ([^ ]*/)?,\1 ,' |
		tsort 2>&1 >/dev/null | sed 's/^tsort: -:* */tools: circle: /' |
		grep . && status=1
	return $status
}

daemon() {
	local order
	order=$(sed -n 's/^aditd_layers := //p' tools/Makefile)
	includes tools/aditd/*/*.[ch] | grep -v '^tools/aditd/tests/' |
	awk -v order="$order" '
	BEGIN {
		n = split(order, names, " ")
		for (i = 1; i <= n; i++)
			level[names[i]] = i
	}

	{
		split($1, path, "/")
		layer = path[3]
		if ($2 ~ /^\.\.\/\.\.\/lib\// || $2 !~ /\//)
			next
		split($2, target, "/")
		if (target[1] == ".." && level[target[2]] &&
		    level[target[2]] <= level[layer])
			next
		print $1 ": includes " $2 ", which is not below it"
		bad = 1
	}

	END { exit bad }'
}

status=0
module || status=1
tools || status=1
daemon || status=1
exit $status
