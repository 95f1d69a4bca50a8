# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lib.sh
#
# IKE daemons on hosts of a test: aditd, and strongSwan's charon as its peer.
# Each host has a folder like /etc/swanctl, a socket for VICI and a log.
#
#	ike_conf a <<-END
#		connections { ... }
#	END
#	ike_start a aditd
#	ike_start b charon
#	ike a --initiate --child net

ike_dir() {
	echo "$work/ike-$1"
}

# ike_conf HOST: its swanctl.conf, from standard input.
ike_conf() {
	local dir
	dir=$(ike_dir "$1")
	mkdir -p "$dir"/{x509,x509ca,private}
	(umask 077 && cat >"$dir/swanctl.conf")
}

# Of strongSwan's plugins those that the tests need: all fifty of them are most
# of the time that its programs take to start.
swanctl_plugins="random nonce openssl pem pkcs1 pkcs8 pkcs12 x509 pubkey"
charon_plugins="$swanctl_plugins revocation constraints pkcs7 curl md4 kdf hmac \
xcbc cmac ctr ccm gcm chapoly curve25519 kernel-netlink socket-default vici \
eap-identity eap-mschapv2 eap-tls eap-dynamic counters resolve"
swanctl_conf=$work/swanctl.strongswan.conf
echo "swanctl { load = $swanctl_plugins }" >"$swanctl_conf"

# ike HOST OPTION...: strongSwan's swanctl, with the daemon there.
ike() {
	local host=$1 dir
	shift
	dir=$(ike_dir "$host")
	SWANCTL_DIR=$dir STRONGSWAN_CONF=$swanctl_conf \
		on "$host" swanctl "$@" --uri "unix://$dir/vici"
}

# How the daemons run, for who wants them otherwise: of charon its own options,
# and what it logs; of aditd those of its command line.
charon_options="load = $charon_plugins
install_virtual_ip_on = lo
retransmit_timeout = 1
retransmit_tries = 3"
charon_log="ike = 2
cfg = 2
flush_line = yes"
aditd_options=(--log detail)

start_charon() {
	local dir
	dir=$(ike_dir "$1")
	cat >"$dir/strongswan.conf" <<-END
		charon-systemd {
			$charon_options
			plugins {
				vici {
					socket = unix://$dir/vici
				}
				bypass-lan {
					load = no
				}
				eap-radius {
					load = no
				}
				kernel-libipsec {
					load = no
				}
			}
			filelog {
				log {
					path = $dir/log
					default = 1
					$charon_log
				}
			}
		}
	END
	STRONGSWAN_CONF=$dir/strongswan.conf on "$1" charon-systemd \
		>"$dir/out" 2>&1 &
}

start_aditd() {
	local dir
	dir=$(ike_dir "$1")
	ASAN_OPTIONS=${ASAN_OPTIONS-}:log_path=$reports/$1 \
		on "$1" aditd --config "$dir" --vici "unix://$dir/vici" \
		--pid "$dir/pid" --state "$dir/state" "${aditd_options[@]}" \
		>"$dir/log" 2>&1 &
}

# Where a daemon that is built with sanitizers ("make -C tools sanitized") writes
# what it finds, also leaks at its end. Its processes are nobody's.
reports=$work.reports
mkdir -m 1777 "$reports"

# When all daemons have ended, which takes seconds when peers do not answer,
# none had an error. No second signal: it would end the search for leaks.
ended_well() {
	local dir file status=0
	for dir in "$work"/ike-*; do
		wait_for 30 is_gone "$dir" || status=1
	done
	for file in "$reports"/*; do
		[ -e "$file" ] || continue
		cat "$file"
		rm "$file"
		status=1
	done
	! grep -H ' was ended by ' "$work"/ike-*/log 2>/dev/null || status=1
	return $status
}
after_stage+=(ended_well)

# Not by its PID file, which goes before leaks are looked for.
is_gone() {
	! pgrep -f -- "--config $1 " >/dev/null
}

# Its socket first: starting swanctl takes time, too.
answers() {
	[ -S "$(ike_dir "$1")/vici" ] && ike "$1" --version >/dev/null 2>&1
}

# ike_start HOST aditd|charon: returns when it takes commands.
ike_start() {
	local dir
	dir=$(ike_dir "$1")
	"start_$2" "$1"
	wait_for 30 answers "$1" || {
		cat "$dir/log"
		fail "$2 does not run on $1"
	}
	[ "$2" = aditd ] || ike "$1" --load-all
}

# sites: two hosts with a router between them, and a network behind each.
sites() {
	local host
	topology
	for host in a b; do
		on $host ip -batch - <<-EOF
			addr add ${inner[${host}4]}/32 dev lo
			addr add ${inner[${host}6]}/128 dev lo nodad
		EOF
	done
}

# site HOST [FAMILY]: the configuration of a host, from the variables below,
# where "X" is of both ends, "aX" and "bX" of one of them.
site() {
	local host=$1 peer family=${2:-${family:-4}}
	peer=$(other "$host")
	cat <<-END
		connections {
			site {
				version = 2
				local_addrs = ${outer[$host$family]}
				remote_addrs = ${outer[$peer$family]}
				$(of "$host" conn)
				local {
					auth = $(of "$host" auth psk)
					id = $(of "$host" id "$host.example.org")
					$(of "$host" local)
				}
				remote {
					auth = $(of "$host" wants "$(of "$peer" auth psk)")
					id = $(of "$peer" id "$peer.example.org")
					$(of "$host" remote)
				}
				children {
					net {
						local_ts = $(of "$host" ts "${inner_net[${host}4]}")
						remote_ts = $(of "$host" to "$(of "$peer" ts "${inner_net[${peer}4]}")")
						$(of "$host" child)
					}
				}
			}
		}
		secrets {
			ike-site {
				secret = "$(of "$host" psk "a secret of both")"
			}
			$(of "$host" secrets)
		}
	END
}

# of HOST NAME [DEFAULT]: what this scenario says of it; words that are options
# are "key=value", with "~" for a blank.
of() {
	local value=${said[$1$2]-${said[$2]-${3-}}}
	case $2 in
	conn | local | remote | child | secrets)
		value=${value//=/ = }
		value=${value//;/$'\n'} ;;
	esac
	echo "${value//\~/ }"
}

declare -A said
said() {
	local word
	said=()
	for word; do
		said[${word%%=*}]=${word#*=}
	done
}

# begin: both daemons with what the scenario says; that of b is charon, unless it
# says "daemon".
begin() {
	local host
	for host in a b; do
		site "$host" "${said[family]:-4}" | ike_conf "$host"
		[ -z "${said[key]-}" ] || certificates "$host" "${said[key]}"
	done
	# What a starts at once finds b with its connections.
	ike_start b "${said[daemon]-charon}"
	ike_start a aditd
}

# connect INITIATOR WORD...: a tunnel of that scenario.
connect() {
	local initiator=$1
	shift
	said "$@"
	begin
	ike "$initiator" --initiate --child net
}

# test_refused INITIATOR TEXT WORD...: it does not come up, and a says why.
test_refused() {
	local initiator=$1 text=$2
	shift 2
	said "$@"
	begin
	if ike "$initiator" --initiate --child net --timeout 20; then
		fail "it came up"
	fi
	adit why site -u "unix://$(ike_dir a)/vici" >"$work/why" || :
	cat "$work/why" "$(ike_dir a)/log"
	grep -qE -- "$text" "$work/why" || fail "a does not say '$text'"
}

# A CA that both know, and a certificate of it for the host: made once.
certificates() {
	local host=$1 dir ca=$work/ca-$2 own=$work/$1-$2
	dir=$(ike_dir "$host")
	[ -e "$ca.crt" ] || {
		new_key "$2" "$ca.key"
		openssl req -x509 -key "$ca.key" -out "$ca.crt" -days 30 \
			-subj "/C=CH/O=adit/CN=CA $2" 2>&1
	}
	[ -e "$own.crt" ] || {
		new_key "$2" "$own.key"
		openssl req -new -key "$own.key" \
			-subj "/C=CH/O=adit/CN=$host.example.org" |
			openssl x509 -req -CA "$ca.crt" -CAkey "$ca.key" \
				-days 10 -CAcreateserial -out "$own.crt" -extfile \
				<(echo "subjectAltName = DNS:$host.example.org") 2>&1
	}
	cp -p "$own.key" "$dir/private/host.pem"
	cp "$own.crt" "$dir/x509/host.pem"
	cp "$ca.crt" "$dir/x509ca/ca.pem"
}

# new_key KIND FILE
new_key() {
	local options=()
	case $1 in
	rsa) options=(-algorithm RSA -pkeyopt rsa_keygen_bits:2048) ;;
	ecdsa) options=(-algorithm EC -pkeyopt ec_paramgen_curve:P-256) ;;
	*) options=(-algorithm "$1") ;;
	esac
	(umask 077 && openssl genpkey "${options[@]}" -out "$2") 2>/dev/null
}

ping_through() {
	local host
	for host in a b; do
		on "$host" ping -q -c 3 -i 0.2 -W 5 -I "${inner[$host$1]}" \
			"${inner[$(other "$host")$1]}"
	done
}

# What both agreed on is what the scenario is about.
expect_sa() {
	local host want
	for host in a b; do
		ike "$host" --list-sas >"$work/sas"
		for want in ${said[sa]-}; do
			grep -qF -- "$want" "$work/sas" || {
				cat "$work/sas"
				fail "$host has no $want"
			}
		done
	done
}

# No IKE SA is left.
gone() {
	wait_for 10 no_sas "$1"
}

no_sas() {
	[ -z "$(ike "$1" --list-sas)" ]
}

# listens HOST PORT: is there somebody who takes TCP connections?
listens() {
	on "$1" ss -Hltn "sport = :$2" | grep -q .
}
