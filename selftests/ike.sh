#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# aditd and strongSwan's charon: each scenario is a row, and is played with
# either of them as the initiator. What a row says is put into the
# configurations of both ends, and then traffic has to come through.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ike.sh"
need aditd swanctl charon-systemd openssl ping nft
sites

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

# row NAME WORD...: with the ends as the initiator by turns, with both of them in
# "make check-long"; in brief every other row.
rows=0
row() {
	local name=$1 ends=(a b) end
	shift
	rows=$((rows + 1))
	if [ "${ADIT_BRIEF-}" ] && ((rows % 2 == 0)); then
		return
	elif [ "${ADIT_BRIEF-}" ]; then
		ends=("${ends[rows / 2 % 2]}")
	elif [ -z "${ADIT_LONG-}" ]; then
		ends=("${ends[rows % 2]}")
	fi
	for end in "${ends[@]}"; do
		stage "$name, from $end" test_site "$end" "$@"
	done
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
run_stages
