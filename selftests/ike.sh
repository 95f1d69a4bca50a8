#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# aditd and strongSwan's charon: each scenario is a row, and is played with
# either of them as the initiator. What a row says is put into the
# configurations of both ends, and then traffic has to come through.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping nft

topology
for host in a b; do
	on $host ip -batch - <<-EOF
		addr add ${inner[${host}4]}/32 dev lo
		addr add ${inner[${host}6]}/128 dev lo nodad
	EOF
done

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
					auth = $(of "$peer" auth psk)
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
		}
	END
}

# of HOST NAME [DEFAULT]: what this scenario says of it; words that are options
# are "key=value", with "~" for a blank.
of() {
	local value=${said[$1$2]-${said[$2]-${3-}}}
	case $2 in
	conn | local | remote | child)
		tr ';' '\n' <<<"${value//=/ = }" | tr '~' ' ' ;;
	*) tr '~' ' ' <<<"$value" ;;
	esac
}

declare -A said
said() {
	local word
	said=()
	for word; do
		said[${word%%=*}]=${word#*=}
	done
}

# begin: both daemons with what the scenario says.
begin() {
	local host
	for host in a b; do
		site "$host" "${said[family]:-4}" | ike_conf "$host"
		[ -z "${said[key]-}" ] || certificates "$host" "${said[key]}"
	done
	ike_start b charon
	ike_start a aditd
}

# A CA that both know, and a certificate of it for the host.
certificates() {
	local host=$1 dir ca=$work/ca-$2
	dir=$(ike_dir "$host")
	[ -e "$ca.crt" ] || {
		new_key "$2" "$ca.key"
		openssl req -x509 -key "$ca.key" -out "$ca.crt" -days 30 \
			-subj "/C=CH/O=adit/CN=CA $2" 2>&1
	}
	new_key "$2" "$dir/private/host.pem"
	openssl req -new -key "$dir/private/host.pem" \
		-subj "/C=CH/O=adit/CN=$host.example.org" |
		openssl x509 -req -CA "$ca.crt" -CAkey "$ca.key" -days 10 \
			-CAcreateserial -out "$dir/x509/host.pem" -extfile \
			<(echo "subjectAltName = DNS:$host.example.org") 2>&1
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

# test_site INITIATOR WORD...
test_site() {
	local initiator=$1
	shift
	said "$@"
	begin
	ike "$initiator" --initiate --child net
	expect_sa
	ping_through "${said[ping]:-4}"
	ike "$initiator" --terminate --ike site
	gone a
	gone b
}

gone() {
	wait_for 10 no_sas "$1"
}

no_sas() {
	[ -z "$(ike "$1" --list-sas)" ]
}

# row NAME WORD...: with each end as the initiator.
row() {
	local name=$1
	shift
	stage "$name, from a" test_site a "$@"
	stage "$name, from b" test_site b "$@"
}

row "what both propose themselves"
row "AES-CBC-256, SHA2-384, MODP-3072" conn='proposals=aes256-sha384-modp3072' \
	child='esp_proposals=aes256-sha384' \
	sa='AES_CBC-256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_3072'
row "AES-GCM, ECP-384" conn='proposals=aes256gcm16-prfsha384-ecp384' \
	child='esp_proposals=aes256gcm16' \
	sa='AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384 ESP:AES_GCM_16-256'
row "ChaCha20-Poly1305, X25519" conn='proposals=chacha20poly1305-prfsha256-x25519' \
	child='esp_proposals=chacha20poly1305' sa='CHACHA20_POLY1305 CURVE_25519'
row "AES-CCM, Brainpool" conn='proposals=aes128ccm16-prfsha256-ecp256bp' \
	child='esp_proposals=aes128ccm16' sa='AES_CCM_16-128 ECP_256_BP'
row "AES-CTR, SHA2-512, ECP-521" conn='proposals=aes256ctr-sha512-ecp521' \
	child='esp_proposals=aes192ctr-sha512' sa='AES_CTR-256 ECP_521 AES_CTR-192'
row "Camellia, XCBC, MODP-2048" conn='proposals=camellia256-aesxcbc-modp2048' \
	child='esp_proposals=camellia128-aesxcbc' sa='CAMELLIA_CBC-256/AES_XCBC_96'
row "CMAC, X448" conn='proposals=aes128-aescmac-prfaescmac-curve448' \
	child='esp_proposals=aes128-aescmac' sa='AES_CMAC_96 PRF_AES128_CMAC CURVE_448'
row "3DES, SHA1, MODP-1024, since they are named" \
	conn='proposals=3des-sha1-modp1024' child='esp_proposals=3des-sha1' \
	sa='3DES_CBC/HMAC_SHA1_96 MODP_1024'
row "AH" child='ah_proposals=sha256' sa='AH:HMAC_SHA2_256_128'
row "64-bit sequence numbers" child='esp_proposals=aes128gcm16-esn' sa='ESN'
row "over IPv6" family=6
row "identities that are DNs" aid='C=CH,~O=adit,~CN=a' bid='C=CH,~O=adit,~CN=b'
row "identities that are e-mail and a key id" aid='user@a.example.org' \
	bid='keyid:gateway'
row "identities that are addresses" aid='192.0.2.1' bid='198.51.100.1'
row "UDP though there is no NAT" conn='encap=yes' sa='TUNNEL-in-UDP'
row "RSA certificates" auth=pubkey key=rsa
row "ECDSA certificates" auth=pubkey key=ecdsa
row "Ed25519 certificates" auth=pubkey key=ed25519

# What follows has one initiator, since what is tested is not symmetrical.

# connect INITIATOR WORD...: as test_site, and it stays.
connect() {
	local initiator=$1
	shift
	said "$@"
	begin
	ike "$initiator" --initiate --child net
}

# spi_of HOST: what it receives with.
spi_of() {
	ike "$1" --list-sas | awk '$1 == "in" { sub(",", "", $2); print $2 }' | tail -n 1
}

# All echoes of a flow come back, whatever happens meanwhile.
start_flow() {
	on a ping -q -i 0.05 -w "$1" -I "${inner[a4]}" "${inner[b4]}" \
		>"$work/flow" &
	flow=$!
}

expect_no_loss() {
	wait "$flow" || :
	grep -q ' 0% packet loss' "$work/flow" || {
		cat "$work/flow"
		return 1
	}
}

has_new_spi() {
	[ "$(spi_of "$1")" != "$2" ]
}

one_child() {
	[ "$(ike "$1" --list-sas | grep -c ' INSTALLED, ')" = 1 ]
}

# test_rekey WHO WHAT: while packets flow, none is lost.
test_rekey() {
	local old
	connect a child='esp_proposals=aes128gcm16-x25519,aes128gcm16'
	start_flow 6
	sleep 0.5
	old=$(spi_of a)
	ike "$1" --rekey "--$2" "$([ "$2" = child ] && echo net || echo site)"
	[ "$2" != child ] || wait_for 10 has_new_spi a "$old"
	expect_no_loss
	wait_for 10 one_child a
	wait_for 10 one_child b
	ping_through 4
}

for host in a b; do
	stage "Child SA rekeyed by $host under traffic" test_rekey $host child
	stage "IKE SA rekeyed by $host under traffic" test_rekey $host ike
done

# A NAT in front of a, which b sees as the router.
with_nat() {
	on r nft -f - <<-EOF
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname to_b masquerade
			}
		}
	EOF
}

without_nat() {
	on r nft delete table ip nat
}

test_nat() {
	trap 'without_nat; end_jobs' EXIT
	with_nat
	said bconn='remote_addrs=%any' sa='TUNNEL-in-UDP'
	begin
	ike a --initiate --child net
	expect_sa
	ping_through 4
	ike b --list-sas | grep -qF "@ ${gateway[b4]}"
}
stage "behind NAT" test_nat

# refused INITIATOR TEXT WORD...: it does not come up, and a says why.
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

for host in a b; do
	stage "pre-shared keys differ, from $host" test_refused $host \
		'pre-shared key|AUTHENTICATION_FAILED' apsk=one bpsk=another
	stage "no proposal in common, from $host" test_refused $host \
		'NO_PROPOSAL_CHOSEN|peer offers' \
		aconn='proposals=aes256-sha512-modp3072' \
		bconn='proposals=aes128-sha256-x25519'
	stage "no selector in common, from $host" test_refused $host \
		'TS_UNACCEPTABLE|selector' ato=10.9.0.0/24
done
run_stages
