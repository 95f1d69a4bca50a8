#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# IKE SAs that are lost, and resumed with a ticket (RFC 5723), with aditd at both
# ends, as strongSwan 5.9.8 has no tickets: it is at the other end where there are
# none. So that nobody waits until retransmissions are given up, which takes three
# minutes, the client is told that its gateway knows nothing of it any more; with
# ADIT_LONG nothing gets through instead.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ike.sh
. "$(dirname "$0")/lib_ike.sh"
need aditd adit swanctl charon-systemd openssl ping python3 nft
sites

resumption='resumption=yes;mobike=no'
restart='achild=dpd_action=restart'

log_has() {
	grep -qE -- "$2" "$(ike_dir "$1")/log"
}

# count HOST TEXT: so many lines of its log have it.
count() {
	grep -cE -- "$2" "$(ike_dir "$1")/log" || :
}

# connect WORD...: up, and a has a ticket.
connect() {
	said daemon=aditd conn="$resumption" "$restart" "$@"
	begin
	ike a --initiate --child net
	log_has a 'the peer gave a ticket, good for'
	inits=$(count a 'received IKE_SA_INIT response') losses=0
	ping_through 4
}

# spi HOST initiator|responder
spi() {
	ike "$1" --list-sas --raw | grep -o "$2-spi=[0-9a-f]*" | cut -d = -f 2
}

# lose: a believes that b has lost their IKE SA.
lose() {
	on b python3 "$lib_dir/ike_lost.py" "$(ike_dir b)/state/qcd-secret" \
		"unix://$(ike_dir b)/vici" "$(spi a initiator)" "$(spi a responder)" \
		"${outer[b4]}" "${outer[a4]}"
	losses=$((losses + 1))
	wait_for 15 is_lost
}

is_lost() {
	[ "$(count a 'the peer has restarted.*QCD_TOKEN')" = "$losses" ]
}

is_up() {
	ike "$1" --list-sas | grep -q ' INSTALLED, '
}

is_resumed() {
	is_up "$1" && ike "$1" --list-sas --raw | grep -q 'resumed=yes'
}

is_up_again() {
	[ "$(count a 'up, resumed: ')" = "$1" ]
}

# expect_resumed [TIMES]: both ends are, with one IKE SA, and without IKE_SA_INIT.
expect_resumed() {
	local host
	wait_for 30 is_up_again "${1-1}" || :
	wait_for 30 is_resumed a || {
		tail -n 40 "$(ike_dir a)/log" "$(ike_dir b)/log"
		fail "it is not resumed"
	}
	for host in a b; do
		is_resumed "$host"
		[ "$(ike "$host" --list-sas --raw | grep -o 'initiator-spi=' |
			wc -l)" = 1 ]
	done
	[ "$(count a 'received IKE_SA_INIT response')" = "$inits" ]
	adit status -v -u "unix://$(ike_dir a)/vici" | grep -F 'resumed yes'
	ping_through 4
}

expect_not_resumed() {
	if is_resumed a; then
		fail "it is resumed"
	fi
}

# expect_anew TEXT: b refuses the ticket, and a connects as ever at once.
expect_anew() {
	wait_for 30 log_has a 'the ticket is refused.*TICKET_NACK' || {
		tail -n 40 "$(ike_dir a)/log" "$(ike_dir b)/log"
		fail "it is not refused"
	}
	wait_for 15 is_up a
	expect_not_resumed
	log_has b "its ticket is refused: $1"
	ping_through 4
}

# test_lost WORD...: twice, as the second time is with a ticket of the first.
test_lost() {
	connect "$@"
	lose
	expect_resumed 1
	lose
	expect_resumed 2
}
stage "lost and resumed, a secret" test_lost
stage "lost and resumed, certificates and EAP" test_lost aauth=eap-mschapv2 \
	bauth=pubkey key=ecdsa aid=carol \
	secrets='eap-carol~{;id=carol;secret="a~password";};'

# All that b had is gone: also the key of the ticket.
test_crash() {
	connect
	kill -9 "$(cat "$(ike_dir b)/pid")"
	wait_for 10 silent b
	ike_start b aditd
	lose
	expect_anew 'its key is not known'
}

silent() {
	! ike "$1" --version >/dev/null 2>&1
}
stage "the gateway was started since" test_crash

# Another secret of another connection, that of a connection, and the end of one.
test_changed() {
	connect
	said secrets='ike-more~{;id=x;secret=y;}' daemon=aditd \
		conn="$resumption"
	site b | ike_conf b
	adit reload -u "unix://$(ike_dir b)/vici"
	lose
	expect_anew 'its key is not known'
	said daemon=aditd conn="$resumption;dpd_delay=77s"
	site b | ike_conf b
	adit reload -u "unix://$(ike_dir b)/vici"
	lose
	wait_for 15 is_up a
	log_has b 'its ticket is refused: (connection site was changed|its key)'
	ping_through 4
	ike a --terminate --ike site
	gone b
	ike a --initiate --child net
	expect_not_resumed
	[ "$(count a 'resuming with the peer')" = 2 ]
}
stage "the gateway's configuration is another one" test_changed

test_charon() {
	said aconn="$resumption"
	begin
	ike "$1" --initiate --child net
	ping_through 4
	if log_has a 'gave a ticket'; then
		fail "charon gave a ticket"
	fi
}
stage "a peer without tickets, who is asked" test_charon a
stage "a peer without tickets, who asks for none" test_charon b

# For some minutes nothing gets through.
test_outage() {
	connect conn="$resumption;dpd_delay=2s;keyingtries=0"
	on r nft -f - <<-EOF
		table inet way {
			chain through {
				type filter hook forward priority filter
				drop
			}
		}
	EOF
	wait_for 240 log_has a 'no answer to INFORMATIONAL'
	on r nft flush ruleset
	expect_resumed
}
[ -z "${ADIT_LONG-}" ] || stage "an outage" test_outage
run_stages
