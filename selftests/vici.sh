#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# strongSwan's swanctl with aditd: what it gives is what it gives with charon,
# by the names of all fields, and by values where both ends must have the same.
# Then our own commands for people.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping

sites

# site HOST [PROPOSALS]: one of every kind of section.
site() {
	local host=$1 peer
	peer=$(other "$host")
	cat <<-END
		connections {
			site {
				version = 2
				local_addrs = ${outer[${host}4]}
				remote_addrs = ${outer[${peer}4]}
				dpd_delay = 100s
				proposals = ${2:-default}
				local {
					auth = psk
					id = $host.example.org
				}
				remote {
					auth = psk
					id = $peer.example.org
				}
				children {
					net {
						local_ts = ${inner_net[${host}4]}
						remote_ts = ${inner_net[${peer}4]}
					}
					hosts {
						mode = transport
						priority = 7
					}
				}
			}
			other {
				remote_addrs = 203.0.113.1
				local {
					auth = pubkey
					certs = host.pem
					id = $host.example.org
				}
				remote {
					auth = pubkey
					cacerts = ca.pem
				}
				remote-2 {
					auth = eap-tls
					eap_id = me
				}
				children {
					net {
					}
				}
			}
		}
		pools {
			addresses {
				addrs = 10.99.0.0/24
				dns = 10.1.1.1
			}
		}
		authorities {
			main {
				cacert = ca.pem
				crl_uris = http://127.0.0.1/crl
			}
		}
		secrets {
			ike-site {
				secret = "a secret of both"
			}
		}
	END
}

# A key, its certificate, and the CA of both.
certificates() {
	local host=$1 dir ca=$work/ca
	dir=$(ike_dir "$host")
	[ -e "$ca.crt" ] || openssl req -x509 -newkey rsa:2048 -nodes \
		-keyout "$ca.key" -out "$ca.crt" -days 30 \
		-subj "/C=CH/O=adit/CN=CA"
	(umask 077 && openssl genpkey -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 -out "$dir/private/host.pem")
	openssl req -new -key "$dir/private/host.pem" \
		-subj "/C=CH/O=adit/CN=$host.example.org" |
		openssl x509 -req -CA "$ca.crt" -CAkey "$ca.key" -days 10 \
			-CAcreateserial -out "$dir/x509/host.pem" -extfile \
			<(echo "subjectAltName = DNS:$host.example.org")
	cp "$ca.crt" "$dir/x509ca/ca.pem"
} 2>/dev/null

# begin [PROPOSALS-OF-A PROPOSALS-OF-B]
begin() {
	site a "${1-}" | ike_conf a
	site b "${2-}" | ike_conf b
	certificates a
	certificates b
	ike_start b charon
	ike_start a aditd
}

begin_up() {
	begin
	ike a --initiate --child net
}

# flat: of what "swanctl --pretty" prints, a line "path value" for each value;
# numbers of SAs are not of their names.
flat() {
	awk '
		/^loaded|^opening|^successfully/ { next }
		{ sub(/^ +/, "") }
		/ (\{|= \[)$/ {
			sub(/ (\{|= \[)$/, "")
			sub(/-[0-9]+$/, /^(local|remote)-[0-9]$/ ? "&" : "")
			path[++depth] = $0
			next
		}
		/^[]}]$/ { depth--; next }
		depth {
			line = ""
			for (i = 1; i <= depth; i++)
				line = line path[i] "/"
			value = $0
			name = ""
			if (match($0, / = /)) {
				name = substr($0, 1, RSTART - 1)
				value = substr($0, RSTART + 3)
			}
			gsub(/ /, "_", line)
			print line name, value
		}'
}

# Fields that charon has and aditd not, each with the reason.
exceptions=(
	# Names of tasks inside charon.
	'tasks-(active|passive|queued)'
	# There is a reply without a name for single connections in charon.
	'counters/counters/site'
	# What the daemon has read itself is no client's, and charon reads nothing.
	'(get-(conns|keys|shared|authorities)|unload-key)_reply/'
	# Names of algorithms that are for IPsec of other kinds, or too weak.
	'get-algorithms'
)

# missing FILE-OF-CHARON FILE-OF-ADITD: names that aditd does not have.
missing() {
	comm -23 <(cut -d ' ' -f 1 "$1" | sort -u) \
		<(cut -d ' ' -f 1 "$2" | sort -u) |
		grep -vE "$(
			IFS='|'
			echo "${exceptions[*]}"
		)" || :
}

# same_fields OPTION...: of swanctl, with both daemons.
same_fields() {
	local host lost
	for host in a b; do
		ike "$host" "$@" --pretty >"$work/pretty" 2>&1 || :
		flat <"$work/pretty" >"$work/flat.$host"
	done
	[ -s "$work/flat.a" ] || [ ! -s "$work/flat.b" ] ||
		fail "swanctl $*: nothing of aditd"
	lost=$(missing "$work/flat.b" "$work/flat.a")
	[ -z "$lost" ] || {
		cat "$work/flat.a"
		fail "swanctl $*: aditd has no ${lost//$'\n'/ }"
	}
	rm "$work"/flat.[ab]
}

test_fields() {
	local options
	begin_up
	while read -ra options; do
		same_fields "${options[@]}"
	done <<-END
		--list-sas
		--list-sas --ike site --child net
		--list-sas --child nothing
		--list-sas --ike nothing
		--list-conns
		--list-pols
		--list-certs
		--list-certs --type X509 --flag CA
		--list-algs
		--list-pools
		--list-pools --leases
		--list-authorities
		--list-authorities --name main
		--stats
		--counters
		--counters --name site
		--counters --all
		--counters --reset
		--counters --reset --name site
		--version
		--load-all
		--load-conns
		--load-creds
		--load-pools
		--load-authorities
		--reload-settings
		--flush-certs
		--install --child hosts
		--list-pols --trap
		--uninstall --child hosts
		--uninstall --child hosts
		--initiate --child nothing
		--initiate --ike nothing
		--rekey --child nothing
		--terminate --child nothing
		--terminate --ike nothing
	END
}
stage "names of all fields" test_fields

# What a says of the SAs is what b says, with the ends exchanged.
exchanged() {
	sed -E 's/(spi|bytes|packets)-in /\1-TMP /
		s/(spi|bytes|packets)-out /\1-in /
		s/(spi|bytes|packets)-TMP /\1-out /
		s/\/local-/\/TMP-/; s/\/remote-/\/local-/; s/\/TMP-/\/remote-/' "$1"
}

# Without what is one end's own: its numbers, its timers, how it began.
shared_values() {
	grep -vE '/(uniqueid|reqid|rekey-time|life-time|initiator|use-in|use-out|established|install-time|tasks-.*) ' |
		sort
}

test_values() {
	local host times
	begin_up
	on a ping -q -c 3 -i 0.2 -W 5 -I "${inner[a4]}" "${inner[b4]}"
	for host in a b; do
		ike "$host" --list-sas --pretty | flat >"$work/flat.$host"
	done
	exchanged "$work/flat.b" | shared_values >"$work/want"
	shared_values <"$work/flat.a" | diff "$work/want" -
	mapfile -t times < <(grep -h /established "$work"/flat.[ab] |
		cut -d ' ' -f 2)
	expect_le $((times[0] - times[1])) 2 "established"
	expect_le $((times[1] - times[0])) 2 "established"
	# For people it is the same text, but for SPIs and times.
	ike a --list-sas | grep -E 'site: #[0-9]+, ESTABLISHED, IKEv2'
	ike a --list-sas | grep -E 'net: #[0-9]+, reqid [0-9]+, INSTALLED, TUNNEL'
}
stage "values of SAs" test_values

no_sas() {
	[ -z "$(ike "$1" --list-sas)" ]
}

# unique_of HOST PATH: a number of an SA.
unique_of() {
	ike "$1" --list-sas --pretty | flat | awk -v want="$2" '
		$1 == want { print $2 }' | tail -n 1
}

# Each way to name what is to go, and with each what is left of it.
test_terminate() {
	begin_up
	ike a --terminate --child net
	expect_eq "$(ike a --list-sas | grep -c INSTALLED)" 0
	ike a --initiate --child net
	ike a --terminate --child-id "$(unique_of a list-sa_event/site/child-sas/net/uniqueid)"
	ike a --list-sas | grep ESTABLISHED
	expect_eq "$(ike a --list-sas | grep -c INSTALLED)" 0
	ike a --terminate --ike-id "$(unique_of a list-sa_event/site/uniqueid)"
	wait_for 10 no_sas a
	ike a --initiate --child net
	ike a --terminate --ike site --force
	wait_for 10 no_sas a
	expect_fail 'no matching SAs' ike a --terminate --ike site
}
stage "ways to terminate" test_terminate

# watch HOST: its events, and its log.
watch() {
	local dir
	dir=$(ike_dir "$1")
	nsenter --net="/run/netns/$prefix$1" stdbuf -oL swanctl --monitor-sa \
		--pretty --uri "unix://$dir/vici" >"$work/monitor.$1" 2>&1 &
	watchers+=($!)
	nsenter --net="/run/netns/$prefix$1" stdbuf -oL swanctl --log --pretty \
		--uri "unix://$dir/vici" >"$work/log.$1" 2>&1 &
	watchers+=($!)
}

# Are both connected? They register for events next, of which nothing tells.
# aditd's socket had another name before it listened.
watching() {
	local n
	n=$(on "$1" grep -Ec " 03 .* $(ike_dir "$1")/vici(\.new)?\$" \
		/proc/net/unix)
	[ "$n" -ge 2 ]
}

# wait_events EVENT: until both have told it.
wait_events() {
	local host
	for host in a b; do
		wait_for 10 grep -q "^$1 event" "$work/monitor.$host" || {
			cat "$work/monitor.$host" "$(ike_dir a)/log"
			fail "$host tells of no $1"
		}
	done
}

test_events() {
	local host lost watchers=()
	begin
	watch a
	watch b
	wait_for 20 watching a
	wait_for 20 watching b
	sleep 1
	ike a --initiate --child net
	wait_events ike-updown
	wait_events child-updown
	# This swanctl shows no events of that, but lines of the log.
	ike a --rekey --child net
	sleep 2
	ike a --rekey --ike site
	sleep 2
	ike a --terminate --ike site
	wait_for 10 no_sas b
	sleep 1
	kill "${watchers[@]}"
	wait "${watchers[@]}" || :
	for host in a b; do
		flat <"$work/monitor.$host" >"$work/events.$host"
		flat <"$work/log.$host" >"$work/lines.$host"
	done
	lost=$(missing "$work/events.b" "$work/events.a"
		missing "$work/lines.b" "$work/lines.a")
	[ -z "$lost" ] || {
		cat "$work/monitor.a"
		fail "aditd does not tell ${lost//$'\n'/ }"
	}
}
stage "events and log" test_events

# on_a WORD...: our own command, with the daemon of a.
on_a() {
	on a adit "$@" -u "unix://$(ike_dir a)/vici"
}

test_people() {
	begin
	expect_match "$(on_a status)" 'site: down  198.51.100.1'
	on_a up site child net
	expect_match "$(on_a status site)" \
		'site: up  [a-z0-9-]+ 198.51.100.1  10.1.0.0/16 = 10.2.0.0/16  for .*in 0, out 0'
	expect_match "$(on_a status -v)" 'initiator-spi [0-9a-f]{16}'
	expect_eq "$(on_a status -j | query sas name=site state)" ESTABLISHED
	expect_eq "$(on_a status -j | query connections name=other version)" \
		IKEv1/2
	on_a rekey site child net
	on_a rekey site
	on_a reload
	expect_match "$(on_a status site)" 'site: up'
	expect_eq "$(on_a why site)" "site: nothing failed"
	expect_fail "there is no connection 'nothing'" on_a why nothing
	expect_fail "there is no connection 'nothing'" on_a up nothing
	expect_fail "there is no connection 'nothing'" on_a status nothing
	on_a down site
	wait_for 10 no_sas a
	expect_fail 'no matching SAs' on_a down site
	adit check "$(ike_dir a)"
}
stage "commands for people" test_people

# Secrets that VICI has brought are not of the folder.
test_keeps_creds() {
	local dir
	dir=$(ike_dir a)
	begin
	mkdir "$work/other"
	(umask 077 && sed -n '/^secrets/,$p' "$dir/swanctl.conf" \
		>"$work/other/swanctl.conf")
	sed -i '/^secrets/,$d' "$dir/swanctl.conf"
	on_a reload
	expect_fail 'key|secret' on_a up site child net timeout 5s
	SWANCTL_DIR=$work/other on a swanctl --load-creds --uri "unix://$dir/vici"
	on_a up site child net
	on_a down site
	# Nor does it take away what is of the folder.
	SWANCTL_DIR=$work/other on a swanctl --load-all --uri "unix://$dir/vici"
	ike a --list-conns | grep '^site:'
	ike a --list-pools | grep '^addresses '
	ike a --list-certs | grep 'has private key'
	printf 'secrets {\nike-more {\nid = x\nsecret = y\n}\n}\n' \
		>>"$dir/swanctl.conf"
	on_a reload
	on_a up site child net
}
stage "secrets that are loaded by VICI stay" test_keeps_creds

# Who waits is told what for, at the end and, on a terminal, meanwhile.
test_waiting() {
	begin
	on r nft -f - <<-END
		table inet mute {
			chain through {
				type filter hook forward priority filter
				udp dport { 500, 4500 } drop
			}
		}
	END
	trap 'on r nft delete table inet mute; end_jobs' EXIT
	expect_fail "not established after 2000ms; waiting: .*IKE_SA_INIT.*${outer[b4]}" \
		on_a up site child net timeout 2s
	nsenter --net="/run/netns/${prefix}a" script -qec \
		"adit up site child net timeout 3s -u unix://$(ike_dir a)/vici" \
		/dev/null >"$work/terminal" || :
	grep -aF 'waiting: ' "$work/terminal" | grep -aF "${outer[b4]}"
	grep -aF $'\r\033[K' "$work/terminal"
}
stage "what is waited for" test_waiting

# The other connections are loaded, and what was loaded before stays.
test_one_refused() {
	local conf
	conf=$(ike_dir a)/swanctl.conf
	begin
	on_a up site child net
	sed -i 's/remote_addrs = 203.0.113.1/& \n nonsense = 1/' "$conf"
	expect_fail "swanctl.conf:[0-9]*: .*'nonsense'" on_a reload
	expect_fail 'section or file would not be loaded' adit check "$(ike_dir a)"
	grep -E "swanctl.conf:[0-9]+: .*'nonsense'.*; 'other' is not loaded" \
		"$(ike_dir a)/log"
	expect_match "$(on_a status site)" 'site: up'
	expect_match "$(on_a status other)" 'other: down'
	expect_fail "'nonsense'" ike a --load-conns
	expect_match "$(on_a status site)" 'site: up'
	kill "$(cat "$(ike_dir a)/pid")"
	wait_for 10 no_daemon
	ike_start a aditd
	on_a up site child net
	expect_fail "there is no connection 'other'" on_a status other
	sed -i '/nonsense/d' "$conf"
	on_a reload
	expect_match "$(on_a status site)" 'site: up'
	expect_match "$(on_a status other)" 'other: down'
	expect_fail 'no such folder' adit check /nowhere
}

no_daemon() {
	[ ! -e "$(ike_dir a)/pid" ]
}
stage "a connection that is refused" test_one_refused

# Who was asked tells why it refused, too.
test_refuses() {
	begin aes256-sha512-modp3072 aes128-sha256-x25519
	! ike b --initiate --child net --timeout 5 || fail "it came up"
	on_a why site | tee "$work/why"
	grep -F "${outer[b4]}: peer offers" "$work/why" |
		grep -F CURVE_25519 | grep -F "; we allow"
	on_a why -j site | query 0 text | grep -F MODP_3072
	on_a why | grep -F "${outer[b4]}"
}
stage "a responder that refuses says why" test_refuses
run_stages
