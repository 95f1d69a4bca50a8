#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Inner addresses from pools, and name servers with them (RFC 7296, 2.19), between
# aditd (a) and strongSwan's charon (b), either of them as the gateway.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd ping
sites

# Of the gateway; the client has 0.0.0.0 and ::, and no other network.
pools="pools {
	four {
		addrs = 10.3.0.0/\$size
		dns = 10.2.0.53
		split_dns = corp.example
	}
	six {
		addrs = fd00:3::/120
		dns = fd00:2::53
	}
}"

# roles GATEWAY [SIZE]: what each says. charon knows no domains.
roles() {
	local server=$1 client size=${2:-24}
	client=$(other "$server")
	said "${client}conn=vips=0.0.0.0,::" "${server}conn=pools=four,six" \
		"${client}ts=dynamic" \
		"${server}ts=${inner_net[${server}4]},${inner_net[${server}6]}" \
		"${server}to=dynamic"
	this_pools=${pools//\$size/$size}
	[ "$server" = a ] || this_pools=${this_pools//split_dns*example/}
}

# begin_with GATEWAY: as begin(), with the gateway's pools, for clients of any id.
begin_with() {
	local host
	for host in a b; do
		if [ "$host" = "$1" ]; then
			site "$host" 4 | sed '/remote {/,/}/s/id = .*/id = %any/'
			echo "$this_pools"
		else
			site "$host" 4
		fi | ike_conf "$host"
	done
	ike_start b charon
	ike_start a aditd
}

# has_address HOST DEVICE ADDRESS
has_address() {
	on "$1" ip -br addr show dev "$2" 2>/dev/null | grep -qF " $3/"
}

has_no_address() {
	[ -z "$(on "$1" ip -o addr show dev "$2" scope global)" ]
}

# The client's inner addresses, of both families, to the gateway's network.
ping_vips() {
	local server=$1 client
	client=$(other "$server")
	on "$client" ping -q -c 2 -i 0.2 -W 5 "${inner[${server}4]}"
	on "$client" ping -q -c 2 -i 0.2 -W 5 "${inner[${server}6]}"
	on "$server" ping -q -c 2 -i 0.2 -W 5 -I "${inner[${server}4]}" 10.3.0.1
}

lists() {
	local host=$1 text=$2
	shift 2
	ike "$host" "$@" >"$work/list"
	grep -qE -- "$text" "$work/list" || {
		cat "$work/list"
		fail "$host does not list '$text' in $*"
	}
}

# leases HOST ONLINE OFFLINE, of each of its pools
leases() {
	lists "$1" "four +10.3.0.0 +$2 / $3 / [0-9]+" --list-pools
	lists "$1" "six +fd00:3:: +$2 / $3 / [0-9]+" --list-pools
}

as_gateway() {
	roles a
	begin_with a
	ike b --initiate --child net
	ping_vips a
	leases a 1 0
	lists a '10.3.0.1 +online +.b.example.org' --list-pools --leases
}
stage "charon gets addresses of a" as_gateway

as_client() {
	cp /etc/resolv.conf "$work/resolv"
	roles b
	begin_with b
	ike a --initiate --child net
	ping_vips b
	leases b 1 0
	lists a "\[[0-9]+\] \[10.3.0.1 fd00:3::1\]" --list-sas
}
stage "charon gives addresses to a" as_client

# A client that has one family, and a gateway with networks of both.
one_family() {
	roles b
	said[aconn]=vips=0.0.0.0
	begin_with b
	ike a --initiate --child net
	on a ping -q -c 2 -i 0.2 -W 5 "${inner[b4]}"
	lists a "remote +${inner_net[b4]}\$" --list-sas
}
stage "an address of one family" one_family

# Two clients, and one address: the first one keeps it, the second is told, and
# gets it when the first is gone.
exhausted() {
	local dir
	dir=$(ike_dir b)
	roles a
	said[aconn]=pools=four said[bconn]=vips=0.0.0.0
	this_pools=${this_pools/10.3.0.0\/24/10.3.0.1-10.3.0.1}
	begin_with a
	sed 's/^site {/second {/; s/^net {/net2 {/; s/id = b\./id = second./
		/^secrets {/,$d' "$dir/swanctl.conf" >"$work/second"
	cat "$work/second" >>"$dir/swanctl.conf"
	ike b --load-all
	ike b --initiate --child net
	on b ping -q -c 2 -i 0.2 -W 5 "${inner[a4]}"
	! ike b --initiate --child net2 --timeout 20 ||
		fail "the second one is up, too"
	grep -F 'pool four has none left' "$(ike_dir a)/log"
	lists a "net: .* INSTALLED, " --list-sas
	on b ping -q -c 2 -i 0.2 -W 5 "${inner[a4]}"
	lists a '10.3.0.1 +online +.b.example.org' --list-pools --leases
	ike b --terminate --ike site
	ike b --terminate --ike second || :
	gone a
	ike b --initiate --child net2
	lists a '10.3.0.1 +online +.second.example.org' --list-pools --leases
	on b ping -q -c 2 -i 0.2 -W 5 "${inner[a4]}"
}
stage "a pool that has none left" exhausted

# On demand: the first packet can't have the address that only the server gives, and
# is dropped; the next one has it.
on_demand() {
	roles b
	said[achild]='start_action=trap'
	begin_with b
	wait_for 10 on a ip route get "${inner[b4]}"
	if on a ping -q -c 1 -W 10 "${inner[b4]}"; then
		fail "a packet of another address went through"
	fi
	on a adit show -s | grep -E 'dropped 1 +tx-no-selector'
	ping_vips b
}
stage "on demand" on_demand

# What a daemon had that is killed; and what one leaves that ends.
ends() {
	cp /etc/resolv.conf "$work/resolv"
	roles b
	begin_with b
	ike a --initiate --child net
	wait_for 5 grep -qx 'nameserver 10.2.0.53' /etc/resolv.conf
	kill -KILL "$(cat "$(ike_dir a)/pid")"
	wait_for 5 cmp -s /etc/resolv.conf "$work/resolv"
	rm -f "$(ike_dir a)/pid"
	ike_start a aditd
	ike a --initiate --child net
	ping_vips b
	wait_for 5 grep -qx 'nameserver 10.2.0.53' /etc/resolv.conf
	kill "$(cat "$(ike_dir a)/pid")"
	wait_for 10 cmp -s /etc/resolv.conf "$work/resolv"
	gone b
}
stage "name servers and addresses go with the daemon" ends

# On an interface of an admin's, addresses go though it stays.
own_interface() {
	roles b
	said[aconn]+=';interface=vpn0'
	on a ip link add vpn0 type adit
	trap 'on a ip link del vpn0; end_jobs' EXIT
	begin_with b
	ike a --initiate --child net
	ping_vips b
	has_address a vpn0 10.3.0.1
	ike a --terminate --ike site
	gone b
	on a ip -br link show dev vpn0
	wait_for 5 has_no_address a vpn0
}
stage "on an interface that is there" own_interface

# The admin's own address is not the daemon's to remove, though it is the same.
own_address() {
	roles b
	said[aconn]+=';interface=vpn0'
	on a ip link add vpn0 type adit
	trap 'on a ip link del vpn0; end_jobs' EXIT
	on a ip addr add 10.3.0.1/32 dev vpn0
	begin_with b
	ike a --initiate --child net
	ping_vips b
	ike a --terminate --ike site
	gone b
	wait_for 5 no_address_of_6 a vpn0
	has_address a vpn0 10.3.0.1
}

no_address_of_6() {
	[ -z "$(on "$1" ip -6 -o addr show dev "$2" scope global)" ]
}
stage "an address that the interface has already" own_address

run_stages
