#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Revoked certificates: aditd (a) asks web servers and OCSP, on the router,
# about the certificates of its peer (b), which is strongSwan's charon, and what
# it does if they are gone, or send nonsense. Then what else can be wrong with
# authentication, where both ends have to say what it is.
#
# Each row is a connection of its own, with its own certificate of b; all of
# them are there at once.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ike.sh
. "$(dirname "$0")/lib_ike.sh"
need aditd adit swanctl charon-systemd openssl python3 ping

sites
web=http://${gateway[a4]}
ocsp=http://${gateway[a4]}:8080
mkdir "$work/web"

declare -A extension=() policy=() want=()
names=()

# row NAME POLICY EXTENSION [WANT]: what its certificate says, and why a does not
# take it; with "+" in front, what a logs when it does.
row() {
	names+=("$1")
	policy[$1]=$2
	extension[$1]=$3
	want[$1]=${4-}
}

cdp() {
	echo "crlDistributionPoints = URI:$1"
}

aia() {
	echo "authorityInfoAccess = OCSP;URI:$1"
}

row crl strict "$(cdp "$web/ca.crl")"
row cached ifuri "$(cdp "$web/ca.crl")"
row chunked strict "$(cdp "$web/chunked")"
row moved strict "$(cdp "$web/moved")"
row ipv6 strict "$(cdp "http://[${gateway[a6]}]/ca.crl")"
row second strict "$(cdp "$web/none.crl, URI:$web/ca.crl")"
row ocsp strict "$(aia "$ocsp")"
# Of the authority, which b's certificate knows nothing of.
row authority strict ""

since='\(since 2024-01-02 03:04:05 UTC: keyCompromise\)'
row revoked strict "$(cdp "$web/ca.crl")" \
	"CN=revoked.example.org is revoked, says the CRL of .*CN=CA $since"
row revoked2 relaxed "$(cdp "$web/ca.crl")" \
	"CN=revoked2.example.org is revoked, says the CRL of .*CN=CA $since"
row revoked3 relaxed "$(aia "$ocsp")" \
	"CN=revoked3.example.org is revoked, says OCSP of .*CN=CA $since"

refused="$web:81/ca.crl: no connection: Connection refused"
row gone-strict strict "$(cdp "$web:81/ca.crl")" \
	"the CRL of .*CN=CA is missing, .*revocation = strict.*$refused"
row gone-ifuri ifuri "$(cdp "$web:81/ca.crl")" \
	"the CRL of .*CN=CA is missing, .*revocation = ifuri.*$refused"
row gone-relaxed relaxed "$(cdp "$web:81/ca.crl")" \
	"+accepted, but nobody says whether .*CN=gone-relaxed.* is revoked: $refused"
row gone-ocsp ifuri "$(aia "$web:81")" "$web:81: no connection"
row nobody ifuri ""
row nobody-strict strict "" 'the CRL of .*CN=CA is missing'
row missing ifuri "$(cdp "$web/none.crl")" "it answers 'HTTP/1.. 404"
row old ifuri "$(cdp "$web/old.crl")" "$web/old.crl: the CRL of .*CN=CA expired on"
row others ifuri "$(cdp "$web/other.crl")" \
	"it is a CRL of .*CN=other, not of the issuer .*CN=CA"
row no-ocsp ifuri "$(aia "$web/")" "it answers 'HTTP/1.. 501"
row unknown ifuri "$(aia "$ocsp")" 'OCSP does not know .*CN=unknown'
row endless ifuri "$(cdp "$web/endless")" 'more than the 1048576 octets'
# A web server of this host, which has nothing to say in this.
row inside ifuri "$(cdp "$web/inside")" \
	'a server has sent us to 127.0.0.1, which is nearer'
row loop ifuri "$(cdp "$web/loop")" 'it is elsewhere'
row https ifuri "$(cdp "https://${gateway[a4]}/ca.crl")" 'only http:// is'
# As the client in EAP-TLS, which only b can be.
row good-tls strict "$(cdp "$web/ca.crl")"
row revoked-tls strict "$(cdp "$web/ca.crl")" \
	"EAP-TLS: certificate of .*CN=revoked-tls.* is revoked, says the CRL"
row drip ifuri "$(cdp "$web/drip")" 'drip: no whole answer in 10 seconds'

# ------------------------------------------------------------------- the servers

# new_ca FILE NAME
new_ca() {
	new_key ecdsa "$1.key"
	openssl req -x509 -key "$1.key" -out "$1.crt" -days 30 \
		-subj "/C=CH/O=adit/CN=$2" 2>&1
}

# certificate HOST NAME CA SERIAL DAYS [EXTENSION]: of the host's one key.
certificate() {
	local dir
	dir=$(ike_dir "$1")
	[ -e "$dir/private/host.pem" ] || new_key ecdsa "$dir/private/host.pem"
	openssl req -new -key "$dir/private/host.pem" \
		-subj "/C=CH/O=adit/CN=$2.example.org" |
		openssl x509 -req -CA "$3.crt" -CAkey "$3.key" -days "$5" \
			-set_serial "$4" -out "$dir/x509/$2.pem" -extfile \
			<(echo "subjectAltName = DNS:$2.example.org"
				echo "${6-}") 2>&1
}

# known NAME SERIAL: what the CA says of it.
known() {
	case $1 in
	unknown) ;;
	revoked*) printf 'R\t351231235959Z\t240102030405Z,keyCompromise\t%04X\tunknown\t/CN=%s\n' \
		"$2" "$1" ;;
	*) printf 'V\t351231235959Z\t\t%04X\tunknown\t/CN=%s\n' "$2" "$1" ;;
	esac
}

# make_crl CA FILE [OPTION...]
make_crl() {
	local ca=$1 file=$2
	shift 2
	cat >"$work/ca.conf" <<-END
		[ca]
		default_ca = x
		[x]
		database = $work/index
		default_md = sha256
		private_key = $ca.key
		certificate = $ca.crt
	END
	openssl ca -gencrl -config "$work/ca.conf" "$@" -out "$work/crl.pem" 2>&1
	openssl crl -in "$work/crl.pem" -outform DER -out "$work/web/$file"
}

start_servers() {
	on r python3 "$(dirname "$0")/ike_revoke.py" "$work/web" &
	on r openssl ocsp -port 8080 -index "$work/index" -CA "$work/ca.crt" \
		-rsigner "$work/ca.crt" -rkey "$work/ca.key" >"$work/ocsp.log" 2>&1 &
	wait_for 10 listens r 80
	wait_for 10 listens r 8080
}

# ----------------------------------------------------------------- configuration

# connection HOST NAME LOCAL REMOTE: both ends of a row.
connection() {
	local host=$1 peer
	peer=$(other "$host")
	cat <<-END
		$2 {
			version = 2
			local_addrs = ${outer[${host}4]}
			remote_addrs = ${outer[${peer}4]}
			local {
				$3
			}
			remote {
				$4
			}
			children {
				$2 {
					local_ts = ${inner_net[${host}4]}
					remote_ts = ${inner_net[${peer}4]}
				}
			}
		}
	END
}

# auth_of NAME: b's.
auth_of() {
	case $1 in
	*-tls) echo eap-tls ;;
	*) echo pubkey ;;
	esac
}

config_a() {
	local name
	echo 'connections {'
	for name in "${names[@]}"; do
		connection a "$name" "auth = pubkey
			id = a.example.org" "auth = $(auth_of "$name")
			id = $name.example.org
			revocation = ${policy[$name]}"
	done
	connection a psk "auth = psk
		id = a.psk" "auth = psk
		id = b.psk"
	cat <<-END
		}
		secrets {
			ike-psk {
				secret = "a secret of both"
			}
		}
		authorities {
			ca {
				cacert = ca.pem
				$1
			}
		}
	END
}

config_b() {
	local name
	echo 'connections {'
	for name in "${names[@]}"; do
		connection b "$name" "auth = $(auth_of "$name")
			certs = $name.pem
			id = $name.example.org" "auth = pubkey
			id = a.example.org"
	done
	connection b psk "auth = psk
		id = b.psk" "auth = psk
		id = a.psk"
	cat <<-END
		}
		secrets {
			ike-psk {
				secret = "a secret of both"
			}
		}
	END
}

make_files() {
	local host i
	config_a "${1-}" | ike_conf a
	config_b | ike_conf b
	new_ca "$work/ca" CA
	new_ca "$work/other" other
	for host in a b; do
		cp "$work/ca.crt" "$(ike_dir "$host")/x509ca/ca.pem"
	done
	certificate a a "$work/ca" 1 10
	: >"$work/index"
	for i in "${!names[@]}"; do
		certificate b "${names[i]}" "$work/ca" $((i + 256)) 10 \
			"${extension[${names[i]}]}"
		known "${names[i]}" $((i + 256)) >>"$work/index"
	done >/dev/null
	make_crl "$work/ca" ca.crl -crldays 1
	make_crl "$work/ca" old.crl -crlsec 1
	make_crl "$work/other" other.crl -crldays 1
}

# What a has for itself, in a container with a password.
make_pkcs12() {
	local dir
	dir=$(ike_dir a)
	mkdir "$dir/pkcs12"
	(umask 077 && openssl pkcs12 -export -in "$dir/x509/a.pem" \
		-inkey "$dir/private/host.pem" -passout "pass:open sesame" \
		-out "$dir/pkcs12/a.p12")
	rm "$dir/x509/a.pem" "$dir/private/host.pem"
	echo 'secrets { pkcs12-a { file = a.p12; secret = "open sesame" } }' |
		tr ';' '\n' >>"$dir/swanctl.conf"
}

# -------------------------------------------------------------------------- rows

ike_log() {
	cat "$(ike_dir "$1")/log"
}

log_has() {
	ike_log "$1" | grep -qE -- "$2"
}

why() {
	adit why "$2" -u "unix://$(ike_dir "$1")/vici" || :
}

# expect_why HOST NAME TEXT: what it says for people, and what it logs.
expect_why() {
	local text
	text=$(why "$1" "$2")
	grep -qE -- "$3" <<<"$text" || {
		tail -n 20 "$(ike_dir "$1")/log"
		fail "row $2: $1 does not say '$3' but '$text'"
	}
	log_has "$1" "$3" || {
		tail -n 20 "$(ike_dir "$1")/log"
		fail "row $2: $1 does not log '$3'"
	}
}

play() {
	local initiator=$1 name=$2 text=${want[$2]}
	ike a --flush-certs
	if [ -n "$text" ] && [ "${text#+}" = "$text" ]; then
		! ike "$initiator" --initiate --child "$name" --timeout 20 ||
			fail "row $name: it came up"
		expect_why a "$name" "$text"
		return 0
	fi
	ike "$initiator" --initiate --child "$name" --timeout 20 || {
		tail -n 20 "$(ike_dir a)/log"
		fail "row $name: it does not come up"
	}
	log_has a "${text#+}" || fail "row $name: a does not log '${text#+}'"
}

stop_row() {
	ike a --terminate --ike "$1" >/dev/null 2>&1 || :
	gone a
	gone b
}

# With servers, and both daemons.
begin_all() {
	make_files "${1-}" >/dev/null
	"${2-:}"
	start_servers
	ike_start b charon >/dev/null
	ike_start a aditd
}

asked() {
	grep -c "$1" "$work/web/asked"
}

# What charon has, list-certs and flush-certs have, too.
lists() {
	local type=$1
	ike a --list-certs --type "$type" | grep -q .
	ike a --flush-certs --type "$type"
	! ike a --list-certs --type "$type" | grep -q . ||
		fail "$type is not forgotten"
}

test_rows() {
	local name
	begin_all
	for name in "${names[@]}"; do
		case $name in
		drip | authority) continue ;;
		*-tls) [ "$1" = b ] || continue ;;
		esac
		play "$1" "$name" >"$work/row" 2>&1 || {
			cat "$work/row"
			return 1
		}
		case $name in
		crl)
			ping_through 4
			stop_row crl
			play_cached "$1"
			lists x509_crl
			;;
		ocsp) lists ocsp_response ;;
		esac
		stop_row "$name"
	done
}

# Nobody is asked again.
play_cached() {
	local before
	before=$(asked ca.crl)
	ike "$1" --initiate --child cached >/dev/null
	stop_row cached
	expect_eq "$(asked ca.crl)" "$before" "fetched again"
}
stage "rows, from a" test_rows a
stage "rows, from b" test_rows b

# Where the configuration of a says whom to ask.
test_authority() {
	begin_all "$@"
	play b authority
}
stage "crl_uris of an authority" test_authority \
	"crl_uris = $web/none.crl, $web/ca.crl"
stage "ocsp_uris of an authority, and a PKCS#12 file" test_authority \
	"ocsp_uris = $ocsp" make_pkcs12

# Meanwhile others come up, and the peer's retransmissions do no harm.
test_drip() {
	local pid
	begin_all
	ike b --initiate --child drip --timeout 30 >"$work/drip.log" 2>&1 &
	pid=$!
	wait_for 5 grep -qs drip "$work/web/asked"
	ike a --initiate --child psk --timeout 4
	ping_through 4
	! wait "$pid" || fail "it came up"
	expect_why a drip "${want[drip]}"
	[ "$(ike a --list-sas | grep -c ESTABLISHED)" = 1 ]
}
stage "a web server that drips" test_drip

# ------------------------------------------------------------- what else is wrong

# wrong NAME LOCAL-A REMOTE-A LOCAL-B REMOTE-B
wrong() {
	connection a "$1" "$2" "$3" >>"$work/a.conf"
	connection b "$1" "$4" "$5" >>"$work/b.conf"
}

secret() {
	echo "} secrets { ike-x { secret = \"$1\" } }"
}

# both_say NAME TEXT-OF-A TEXT-OF-B
both_say() {
	! ike a --initiate --child "$1" --timeout 20 || fail "$1 came up"
	expect_why a "$1" "$2"
	expect_why b "$1" "$3"
}

# aditd at both ends; a begins, and b finds something, or a.
test_both() {
	local host failed=AUTHENTICATION_FAILED
	local a='auth = pubkey
		id = a.example.org' b='auth = pubkey
		id = b.example.org'
	echo 'connections {' | tee "$work/a.conf" >"$work/b.conf"
	wrong secret "auth = psk
		id = a.psk" "auth = psk
		id = b.psk" "auth = psk
		id = b.psk" "auth = psk
		id = a.psk"
	wrong stranger "auth = pubkey
		id = stranger.example.org
		certs = stranger.pem" "$b" "$b
		certs = b.pem" 'auth = pubkey
		id = stranger.example.org'
	wrong expired "auth = pubkey
		id = expired.example.org
		certs = expired.pem" "$b" "$b
		certs = b.pem" 'auth = pubkey
		id = expired.example.org'
	# With a wildcard b is not told whom a wants.
	wrong ident "$a
		certs = a.pem" 'auth = pubkey
		id = *.ident.example.org' 'auth = pubkey
		id = other.example.org
		certs = other.pem' "$a"
	for host in a b; do
		secret "of $host" >>"$work/$host.conf"
		ike_conf "$host" <"$work/$host.conf"
	done
	new_ca "$work/ca" CA
	new_ca "$work/other" other
	for host in a b; do
		cp "$work/ca.crt" "$(ike_dir "$host")/x509ca/ca.pem"
	done
	certificate a a "$work/ca" 1 10
	certificate a stranger "$work/other" 1 10
	certificate a expired "$work/ca" 2 -1
	certificate b b "$work/ca" 3 10
	certificate b other "$work/ca" 4 10
	ike_start b aditd
	ike_start a aditd
	both_say secret "$failed" 'the pre-shared keys differ'
	both_say stranger "$failed" \
		'no trusted CA: certificate of .*CN=stranger.* is issued by .*CN=other'
	both_say expired "$failed" 'certificate of .*CN=expired.* expired on 20'
	both_say ident 'the peer is other.example.org; we expect \*.ident.example.org' \
		'the peer does not believe our AUTH'
}
stage "wrong secret, CA, date, identity, at both ends" test_both
run_stages
