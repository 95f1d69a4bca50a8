#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# EAP, and several rounds of authentication, between aditd (a) and strongSwan's
# charon (b), each as the client and as the server; where strongSwan 5.9.8 has
# something not, with aditd on both ends.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping nft
sites

# With "c:" in front a word is of the client, who initiates, with "s:" of the server.
parts() {
	local client=$1 word
	shift
	words=()
	for word; do
		case $word in
		c:*) words+=("$client${word#c:}") ;;
		s:*) words+=("$(other "$client")${word#s:}") ;;
		*) words+=("$word") ;;
		esac
	done
}

# secret NAME PASSWORD [KIND]: a section of swanctl.conf's secrets.
secret() {
	echo "${3-eap}-$1~{;id=$1;secret=$2;};"
}

carol=$(secret carol '"a~password"')
mschapv2=(c:auth=eap-mschapv2 s:auth=pubkey key=ecdsa c:id=carol
	c:secrets="$carol" s:secrets="$carol$(secret dave another)")
tls=(c:auth=eap-tls s:auth=pubkey key=ecdsa)

connect() {
	local client=$1
	shift
	parts "$client" "$@"
	said "${words[@]}"
	begin
	ike "$client" --initiate --child net || {
		cat "$(ike_dir a)/log"
		return 1
	}
}

# test_eap CLIENT WORD...
test_eap() {
	connect "$@"
	expect_sa
	ping_through 4
	ike "$1" --terminate --ike site
	gone a
	gone b
}

# row NAME WORD...: with each end as the client.
row() {
	local name=$1
	shift
	stage "$name, aditd is the client" test_eap a "$@"
	stage "$name, aditd is the server" test_eap b "$@"
}

# refused NAME CLIENT TEXT WORD...: it does not come up, and aditd says why, in
# its log too; with TEXT of both if both are aditd, the client's first.
test_refused() {
	local client=$1 text=$2 other_text=$3
	shift 3
	if connect "$client" "$@" >"$work/out" 2>&1; then
		fail "it came up"
	fi
	says a "$text"
	[ -z "$other_text" ] || says b "$other_text"
}

says() {
	local dir
	dir=$(ike_dir "$1")
	adit why site -u "unix://$dir/vici" >"$work/why" || :
	if ! grep -qF -- "$2" "$work/why" || ! grep -qF -- "$2" "$dir/log"; then
		cat "$work/why" "$dir/log"
		fail "$1 does not say '$2'"
	fi
}

row "MSCHAPv2" "${mschapv2[@]}"
row "MSCHAPv2, the name is asked for" "${mschapv2[@]}" \
	c:id=client.example.org c:local='eap_id=carol' s:remote='eap_id=%any'
row "MSCHAPv2, the server has a shared key" "${mschapv2[@]}" s:auth=psk
# charon does not want that as a client.
stage "MSCHAPv2 alone (RFC 5998), aditd is the client" test_eap a \
	"${mschapv2[@]}" s:auth=eap-mschapv2
quantum="ppk-quantum~{;id=quantum.example.org;secret=0x0123456789abcdef;};"
row "MSCHAPv2 and a PPK (RFC 8784)" "${mschapv2[@]}" \
	conn='ppk_id=quantum.example.org;ppk_required=yes' \
	c:secrets="$carol$quantum" s:secrets="$carol$quantum"
row "MSCHAPv2, and a PPK that the server does not know" "${mschapv2[@]}" \
	c:conn='ppk_id=quantum.example.org' c:secrets="$carol$quantum" \
	s:secrets="$carol${quantum//quantum.ex/another.ex}"
row "TLS" "${tls[@]}"
row "TLS, RSA" "${tls[@]}" key=rsa
row "TLS alone (RFC 5998)" "${tls[@]}" s:auth=eap-tls
row "a certificate, then MSCHAPv2 (RFC 4739)" c:auth=pubkey s:auth=pubkey \
	key=ecdsa c:secrets="$carol" s:secrets="$carol" \
	c:conn='local2~{;round=2;auth=eap-mschapv2;id=carol;}' \
	s:conn='remote2~{;round=2;auth=eap-mschapv2;id=carol;}'
row "two rounds of both (RFC 4739)" c:auth=pubkey s:auth=pubkey key=ecdsa \
	conn='local2~{;round=2;auth=psk;};remote2~{;round=2;auth=psk;}'
stage "the client decides which method" test_eap b "${mschapv2[@]}" \
	awants=eap-dynamic
stage "TLS 1.3, aditd on both ends" test_eap a "${tls[@]}" daemon=aditd
stage "an NTLM hash, aditd is the server" test_eap b "${mschapv2[@]}" \
	s:secrets="$(secret carol 0xf021e6125cd8ef84a6d6fc3f22de4fe4 ntlm)"
for daemon in charon aditd; do
	wrong=another
	stage "a wrong password, the server is $daemon" test_refused a \
		"its name or its password" \
		"$([ $daemon = charon ] || echo "carol has another password")" \
		"${mschapv2[@]}" daemon=$daemon \
		c:secrets="$(secret carol "$wrong")"
done
stage "a wrong password, the client is charon" test_refused b \
	"carol has another password" "" "${mschapv2[@]}" \
	c:secrets="$(secret carol "$wrong")"
stage "an unknown name" test_refused a "its name or its password" \
	"no eap secret for mallory (there are: dave, carol)" "${mschapv2[@]}" \
	c:id=mallory c:secrets="$(secret mallory "$wrong")" daemon=aditd
stage "no method in common" test_refused a \
	"the server wants EAP method 26 (mschapv2), we" \
	"the peer does not want EAP-mschapv2, but 13 (tls)" "${mschapv2[@]}" \
	c:auth=eap-tls c:id=a.example.org s:wants=eap-mschapv2 daemon=aditd
stage "the server has another name in its certificate" test_refused a \
	"aaa.example.org is not in the certificate" "alert" "${tls[@]}" \
	c:local='aaa_id=aaa.example.org' daemon=aditd
stage "EAP where a certificate is wanted" test_refused a \
	"AUTHENTICATION_FAILED" "" "${tls[@]}" daemon=aditd s:wants=pubkey
run_stages
