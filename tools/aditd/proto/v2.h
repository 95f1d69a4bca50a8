/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of IKEv2, as IANA's registry "Internet Key Exchange Version 2
 * (IKEv2) Parameters" has them. Each is in one list, of which the constants
 * and what proto/names.c shows are made: X(NAME, number).
 */
#ifndef ADITD_PROTO_V2_H
#define ADITD_PROTO_V2_H

/* Exchange types (RFC 7296, 3.1; RFC 5723, RFC 9242, RFC 9370). */
#define V2_EXCHANGES(X)           \
	X(IKE_SA_INIT, 34)        \
	X(IKE_AUTH, 35)           \
	X(CREATE_CHILD_SA, 36)    \
	X(INFORMATIONAL, 37)      \
	X(IKE_SESSION_RESUME, 38) \
	X(GSA_AUTH, 39)           \
	X(GSA_REGISTRATION, 40)   \
	X(GSA_REKEY, 41)          \
	X(GSA_INBAND_REKEY, 42)   \
	X(IKE_INTERMEDIATE, 43)   \
	X(IKE_FOLLOWUP_KE, 44)

#define V2_ENUM(name, number) EXCHANGE_##name = (number),
enum { V2_EXCHANGES(V2_ENUM) };
#undef V2_ENUM

/* Payload types (RFC 7296, 3.2), with how people write them. */
#define V2_PAYLOADS(X)            \
	X(SA, 33, "SA")           \
	X(KE, 34, "KE")           \
	X(IDI, 35, "IDi")         \
	X(IDR, 36, "IDr")         \
	X(CERT, 37, "CERT")       \
	X(CERTREQ, 38, "CERTREQ") \
	X(AUTH, 39, "AUTH")       \
	X(NONCE, 40, "Nonce")     \
	X(NOTIFY, 41, "N")        \
	X(DELETE, 42, "D")        \
	X(VENDOR, 43, "V")        \
	X(TSI, 44, "TSi")         \
	X(TSR, 45, "TSr")         \
	X(SK, 46, "SK")           \
	X(CP, 47, "CP")           \
	X(EAP, 48, "EAP")         \
	X(GSPM, 49, "GSPM")       \
	X(IDG, 50, "IDg")         \
	X(GSA, 51, "GSA")         \
	X(KD, 52, "KD")           \
	X(SKF, 53, "SKF")         \
	X(PS, 54, "PS")

#define V2_ENUM(name, number, text) PAYLOAD_##name = (number),
enum { PAYLOAD_NONE = 0, V2_PAYLOADS(V2_ENUM) };
#undef V2_ENUM

/* Transform types (RFC 7296, 3.3.2; RFC 9370). */
#define V2_TRANSFORMS(X) \
	X(ENCR, 1)       \
	X(PRF, 2)        \
	X(INTEG, 3)      \
	X(KE, 4)         \
	X(ESN, 5)        \
	X(ADDKE1, 6)     \
	X(ADDKE2, 7)     \
	X(ADDKE3, 8)     \
	X(ADDKE4, 9)     \
	X(ADDKE5, 10)    \
	X(ADDKE6, 11)    \
	X(ADDKE7, 12)    \
	X(KWA, 13)       \
	X(GCAUTH, 14)

#define V2_ENUM(name, number) TRANSFORM_##name = (number),
enum { V2_TRANSFORMS(V2_ENUM) };
#undef V2_ENUM

#define V2_ENCR(X)                      \
	X(DES_IV64, 1)                  \
	X(DES, 2)                       \
	X(3DES, 3)                      \
	X(RC5, 4)                       \
	X(IDEA, 5)                      \
	X(CAST, 6)                      \
	X(BLOWFISH, 7)                  \
	X(3IDEA, 8)                     \
	X(DES_IV32, 9)                  \
	X(NULL, 11)                     \
	X(AES_CBC, 12)                  \
	X(AES_CTR, 13)                  \
	X(AES_CCM_8, 14)                \
	X(AES_CCM_12, 15)               \
	X(AES_CCM_16, 16)               \
	X(AES_GCM_8, 18)                \
	X(AES_GCM_12, 19)               \
	X(AES_GCM_16, 20)               \
	X(NULL_AUTH_AES_GMAC, 21)       \
	X(CAMELLIA_CBC, 23)             \
	X(CAMELLIA_CTR, 24)             \
	X(CAMELLIA_CCM_8, 25)           \
	X(CAMELLIA_CCM_12, 26)          \
	X(CAMELLIA_CCM_16, 27)          \
	X(CHACHA20_POLY1305, 28)        \
	X(AES_CCM_8_IIV, 29)            \
	X(AES_GCM_16_IIV, 30)           \
	X(CHACHA20_POLY1305_IIV, 31)    \
	X(KUZNYECHIK_MGM_KTREE, 32)     \
	X(MAGMA_MGM_KTREE, 33)          \
	X(KUZNYECHIK_MGM_MAC_KTREE, 34) \
	X(MAGMA_MGM_MAC_KTREE, 35)

#define V2_PRF(X)           \
	X(HMAC_MD5, 1)      \
	X(HMAC_SHA1, 2)     \
	X(HMAC_TIGER, 3)    \
	X(AES128_XCBC, 4)   \
	X(HMAC_SHA2_256, 5) \
	X(HMAC_SHA2_384, 6) \
	X(HMAC_SHA2_512, 7) \
	X(AES128_CMAC, 8)   \
	X(HMAC_STREEBOG_512, 9)

/* The last one is of private use: strongSwan's sha256_96, as old Linux has it. */
#define V2_INTEG(X)              \
	X(NONE, 0)               \
	X(HMAC_MD5_96, 1)        \
	X(HMAC_SHA1_96, 2)       \
	X(DES_MAC, 3)            \
	X(KPDK_MD5, 4)           \
	X(AES_XCBC_96, 5)        \
	X(HMAC_MD5_128, 6)       \
	X(HMAC_SHA1_160, 7)      \
	X(AES_CMAC_96, 8)        \
	X(AES_128_GMAC, 9)       \
	X(AES_192_GMAC, 10)      \
	X(AES_256_GMAC, 11)      \
	X(HMAC_SHA2_256_128, 12) \
	X(HMAC_SHA2_384_192, 13) \
	X(HMAC_SHA2_512_256, 14) \
	X(HMAC_SHA2_256_96, 1026)

#define V2_KE(X)                 \
	X(NONE, 0)               \
	X(MODP_768, 1)           \
	X(MODP_1024, 2)          \
	X(MODP_1536, 5)          \
	X(MODP_2048, 14)         \
	X(MODP_3072, 15)         \
	X(MODP_4096, 16)         \
	X(MODP_6144, 17)         \
	X(MODP_8192, 18)         \
	X(ECP_256, 19)           \
	X(ECP_384, 20)           \
	X(ECP_521, 21)           \
	X(MODP_1024_160, 22)     \
	X(MODP_2048_224, 23)     \
	X(MODP_2048_256, 24)     \
	X(ECP_192, 25)           \
	X(ECP_224, 26)           \
	X(BRAINPOOL_224, 27)     \
	X(BRAINPOOL_256, 28)     \
	X(BRAINPOOL_384, 29)     \
	X(BRAINPOOL_512, 30)     \
	X(CURVE25519, 31)        \
	X(CURVE448, 32)          \
	X(GOST3410_2012_256, 33) \
	X(GOST3410_2012_512, 34) \
	X(ML_KEM_512, 35)        \
	X(ML_KEM_768, 36)        \
	X(ML_KEM_1024, 37)

#define V2_ESN(X) \
	X(NO, 0)  \
	X(YES, 1)

#define V2_ENUM(name, number) ENCR_##name = (number),
enum { V2_ENCR(V2_ENUM) };
#undef V2_ENUM

#define V2_ENUM(name, number) PRF_##name = (number),
enum { V2_PRF(V2_ENUM) };
#undef V2_ENUM

#define V2_ENUM(name, number) INTEG_##name = (number),
enum { V2_INTEG(V2_ENUM) };
#undef V2_ENUM

#define V2_ENUM(name, number) KE_##name = (number),
enum { V2_KE(V2_ENUM) };
#undef V2_ENUM

#define V2_ENUM(name, number) ESN_##name = (number),
enum { V2_ESN(V2_ENUM) };
#undef V2_ENUM

/* Attributes of transforms (RFC 7296, 3.3.5), of which there is one. */
enum {
	ATTRIBUTE_KEY_LENGTH = 14,
	ATTRIBUTE_TV = 0x8000, /* the value is where the length would be */
};

/* What is behind a substructure (RFC 7296, 3.3.1 and 3.3.2). */
enum { SUBSTRUCTURE_LAST = 0, PROPOSAL_MORE = 2, TRANSFORM_MORE = 3 };

/* Protocol identifiers (RFC 7296, 3.3.1). */
#define V2_PROTOCOLS(X)     \
	X(NONE, 0)          \
	X(IKE, 1)           \
	X(AH, 2)            \
	X(ESP, 3)           \
	X(FC_ESP_HEADER, 4) \
	X(FC_CT, 5)         \
	X(GIKE_UPDATE, 6)

#define V2_ENUM(name, number) PROTOCOL_##name = (number),
enum { V2_PROTOCOLS(V2_ENUM) };
#undef V2_ENUM

/* Notify message types that are errors (RFC 7296, 3.10.1). */
#define V2_NOTIFY_ERRORS(X)                \
	X(UNSUPPORTED_CRITICAL_PAYLOAD, 1) \
	X(INVALID_IKE_SPI, 4)              \
	X(INVALID_MAJOR_VERSION, 5)        \
	X(INVALID_SYNTAX, 7)               \
	X(INVALID_MESSAGE_ID, 9)           \
	X(INVALID_SPI, 11)                 \
	X(NO_PROPOSAL_CHOSEN, 14)          \
	X(INVALID_KE_PAYLOAD, 17)          \
	X(AUTHENTICATION_FAILED, 24)       \
	X(SINGLE_PAIR_REQUIRED, 34)        \
	X(NO_ADDITIONAL_SAS, 35)           \
	X(INTERNAL_ADDRESS_FAILURE, 36)    \
	X(FAILED_CP_REQUIRED, 37)          \
	X(TS_UNACCEPTABLE, 38)             \
	X(INVALID_SELECTORS, 39)           \
	X(UNACCEPTABLE_ADDRESSES, 40)      \
	X(UNEXPECTED_NAT_DETECTED, 41)     \
	X(USE_ASSIGNED_HOA, 42)            \
	X(TEMPORARY_FAILURE, 43)           \
	X(CHILD_SA_NOT_FOUND, 44)          \
	X(INVALID_GROUP_ID, 45)            \
	X(AUTHORIZATION_FAILED, 46)        \
	X(STATE_NOT_FOUND, 47)             \
	X(TS_MAX_QUEUE, 48)                \
	X(REGISTRATION_FAILED, 49)

/* Those that tell a status. */
#define V2_NOTIFY_STATUS(X)                           \
	X(INITIAL_CONTACT, 16384)                     \
	X(SET_WINDOW_SIZE, 16385)                     \
	X(ADDITIONAL_TS_POSSIBLE, 16386)              \
	X(IPCOMP_SUPPORTED, 16387)                    \
	X(NAT_DETECTION_SOURCE_IP, 16388)             \
	X(NAT_DETECTION_DESTINATION_IP, 16389)        \
	X(COOKIE, 16390)                              \
	X(USE_TRANSPORT_MODE, 16391)                  \
	X(HTTP_CERT_LOOKUP_SUPPORTED, 16392)          \
	X(REKEY_SA, 16393)                            \
	X(ESP_TFC_PADDING_NOT_SUPPORTED, 16394)       \
	X(NON_FIRST_FRAGMENTS_ALSO, 16395)            \
	X(MOBIKE_SUPPORTED, 16396)                    \
	X(ADDITIONAL_IP4_ADDRESS, 16397)              \
	X(ADDITIONAL_IP6_ADDRESS, 16398)              \
	X(NO_ADDITIONAL_ADDRESSES, 16399)             \
	X(UPDATE_SA_ADDRESSES, 16400)                 \
	X(COOKIE2, 16401)                             \
	X(NO_NATS_ALLOWED, 16402)                     \
	X(AUTH_LIFETIME, 16403)                       \
	X(MULTIPLE_AUTH_SUPPORTED, 16404)             \
	X(ANOTHER_AUTH_FOLLOWS, 16405)                \
	X(REDIRECT_SUPPORTED, 16406)                  \
	X(REDIRECT, 16407)                            \
	X(REDIRECTED_FROM, 16408)                     \
	X(TICKET_LT_OPAQUE, 16409)                    \
	X(TICKET_REQUEST, 16410)                      \
	X(TICKET_ACK, 16411)                          \
	X(TICKET_NACK, 16412)                         \
	X(TICKET_OPAQUE, 16413)                       \
	X(LINK_ID, 16414)                             \
	X(USE_WESP_MODE, 16415)                       \
	X(ROHC_SUPPORTED, 16416)                      \
	X(EAP_ONLY_AUTHENTICATION, 16417)             \
	X(CHILDLESS_IKEV2_SUPPORTED, 16418)           \
	X(QUICK_CRASH_DETECTION, 16419)               \
	X(IKEV2_MESSAGE_ID_SYNC_SUPPORTED, 16420)     \
	X(IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED, 16421) \
	X(IKEV2_MESSAGE_ID_SYNC, 16422)               \
	X(IPSEC_REPLAY_COUNTER_SYNC, 16423)           \
	X(SECURE_PASSWORD_METHODS, 16424)             \
	X(PSK_PERSIST, 16425)                         \
	X(PSK_CONFIRM, 16426)                         \
	X(ERX_SUPPORTED, 16427)                       \
	X(IFOM_CAPABILITY, 16428)                     \
	X(GROUP_SENDER, 16429)                        \
	X(IKEV2_FRAGMENTATION_SUPPORTED, 16430)       \
	X(SIGNATURE_HASH_ALGORITHMS, 16431)           \
	X(CLONE_IKE_SA_SUPPORTED, 16432)              \
	X(CLONE_IKE_SA, 16433)                        \
	X(PUZZLE, 16434)                              \
	X(USE_PPK, 16435)                             \
	X(PPK_IDENTITY, 16436)                        \
	X(NO_PPK_AUTH, 16437)                         \
	X(INTERMEDIATE_EXCHANGE_SUPPORTED, 16438)     \
	X(IP4_ALLOWED, 16439)                         \
	X(IP6_ALLOWED, 16440)                         \
	X(ADDITIONAL_KEY_EXCHANGE, 16441)             \
	X(USE_AGGFRAG, 16442)                         \
	X(SUPPORTED_AUTH_METHODS, 16443)              \
	X(SA_RESOURCE_INFO, 16444)                    \
	X(USE_PPK_INT, 16445)                         \
	X(PPK_IDENTITY_KEY, 16446)

#define V2_ENUM(name, number) NOTIFY_##name = (number),
enum {
	V2_NOTIFY_ERRORS(V2_ENUM) V2_NOTIFY_STATUS(V2_ENUM)
	/* Below it are errors. */
	NOTIFY_STATUS = 16384,
};
#undef V2_ENUM

/* Identification types (RFC 7296, 3.5). */
#define V2_IDS(X)          \
	X(IPV4_ADDR, 1)    \
	X(FQDN, 2)         \
	X(RFC822_ADDR, 3)  \
	X(IPV6_ADDR, 5)    \
	X(DER_ASN1_DN, 9)  \
	X(DER_ASN1_GN, 10) \
	X(KEY_ID, 11)      \
	X(FC_NAME, 12)     \
	X(NULL, 13)

#define V2_ENUM(name, number) ID_##name = (number),
enum { V2_IDS(V2_ENUM) };
#undef V2_ENUM

/*
 * Authentication methods (RFC 7296, 3.8), with the names for people. AUTH_PSK
 * is the RFC's "Shared Key Message Integrity Code", also that of EAP.
 */
#define V2_AUTHS(X)                                       \
	X(RSA_SIG, 1, "RSA signature")                    \
	X(PSK, 2, "shared key")                           \
	X(DSS_SIG, 3, "DSS signature")                    \
	X(ECDSA_256, 9, "ECDSA with SHA2-256 on P-256")   \
	X(ECDSA_384, 10, "ECDSA with SHA2-384 on P-384")  \
	X(ECDSA_521, 11, "ECDSA with SHA2-512 on P-521")  \
	X(SECURE_PASSWORD, 12, "generic secure password") \
	X(NULL, 13, "NULL")                               \
	X(DIGITAL_SIGNATURE, 14, "digital signature")

#define V2_ENUM(name, number, text) AUTH_##name = (number),
enum { V2_AUTHS(V2_ENUM) };
#undef V2_ENUM

/* Codes of packets of EAP, and its types (RFC 3748, 4 and 5). */
enum {
	EAP_CODE_REQUEST = 1,
	EAP_CODE_RESPONSE,
	EAP_CODE_SUCCESS,
	EAP_CODE_FAILURE,
};

enum {
	EAP_TYPE_IDENTITY = 1,
	EAP_TYPE_NOTIFICATION = 2,
	EAP_TYPE_NAK = 3,
	EAP_TYPE_TLS = 13,
	EAP_TYPE_MSCHAPV2 = 26,
	EAP_TYPE_EXPANDED = 254,
};

/* Certificate encodings (RFC 7296, 3.6). */
#define V2_CERTS(X)            \
	X(PKCS7, 1)            \
	X(PGP, 2)              \
	X(DNS_SIGNED_KEY, 3)   \
	X(X509_SIGNATURE, 4)   \
	X(KERBEROS_TOKEN, 6)   \
	X(CRL, 7)              \
	X(ARL, 8)              \
	X(SPKI, 9)             \
	X(X509_ATTRIBUTE, 10)  \
	X(RAW_RSA_KEY, 11)     \
	X(HASH_URL_X509, 12)   \
	X(HASH_URL_BUNDLE, 13) \
	X(OCSP, 14)            \
	X(RAW_PUBLIC_KEY, 15)

#define V2_ENUM(name, number) CERT_##name = (number),
enum { V2_CERTS(V2_ENUM) };
#undef V2_ENUM

/* Traffic selector types (RFC 7296, 3.13.1). */
#define V2_TS(X)              \
	X(IPV4_ADDR_RANGE, 7) \
	X(IPV6_ADDR_RANGE, 8) \
	X(FC_ADDR_RANGE, 9)   \
	X(SECLABEL, 10)

#define V2_ENUM(name, number) TS_##name = (number),
enum { V2_TS(V2_ENUM) };
#undef V2_ENUM

/* Types of configuration payloads, and their attributes (RFC 7296, 3.15). */
#define V2_CPS(X)     \
	X(REQUEST, 1) \
	X(REPLY, 2)   \
	X(SET, 3)     \
	X(ACK, 4)

#define V2_ENUM(name, number) CP_##name = (number),
enum { V2_CPS(V2_ENUM) };
#undef V2_ENUM

#define V2_CP_ATTRIBUTES(X)                      \
	X(INTERNAL_IP4_ADDRESS, 1)               \
	X(INTERNAL_IP4_NETMASK, 2)               \
	X(INTERNAL_IP4_DNS, 3)                   \
	X(INTERNAL_IP4_NBNS, 4)                  \
	X(INTERNAL_IP4_DHCP, 6)                  \
	X(APPLICATION_VERSION, 7)                \
	X(INTERNAL_IP6_ADDRESS, 8)               \
	X(INTERNAL_IP6_DNS, 10)                  \
	X(INTERNAL_IP6_DHCP, 12)                 \
	X(INTERNAL_IP4_SUBNET, 13)               \
	X(SUPPORTED_ATTRIBUTES, 14)              \
	X(INTERNAL_IP6_SUBNET, 15)               \
	X(MIP6_HOME_PREFIX, 16)                  \
	X(INTERNAL_IP6_LINK, 17)                 \
	X(INTERNAL_IP6_PREFIX, 18)               \
	X(HOME_AGENT_ADDRESS, 19)                \
	X(P_CSCF_IP4_ADDRESS, 20)                \
	X(P_CSCF_IP6_ADDRESS, 21)                \
	X(FTT_KAT, 22)                           \
	X(EXTERNAL_SOURCE_IP4_NAT_INFO, 23)      \
	X(TIMEOUT_PERIOD_FOR_LIVENESS_CHECK, 24) \
	X(INTERNAL_DNS_DOMAIN, 25)               \
	X(INTERNAL_DNSSEC_TA, 26)                \
	X(ENCDNS_IP4, 27)                        \
	X(ENCDNS_IP6, 28)                        \
	X(ENCDNS_DIGEST_INFO, 29)

#define V2_ENUM(name, number) CP_##name = (number),
enum { V2_CP_ATTRIBUTES(V2_ENUM) };
#undef V2_ENUM

/* Hash algorithms of digital signatures (RFC 7427, 7; RFC 8420). */
#define V2_HASHES(X)       \
	X(SHA1, 1)         \
	X(SHA2_256, 2)     \
	X(SHA2_384, 3)     \
	X(SHA2_512, 4)     \
	X(IDENTITY, 5)     \
	X(STREEBOG_256, 6) \
	X(STREEBOG_512, 7)

#define V2_ENUM(name, number) HASH_##name = (number),
enum { V2_HASHES(V2_ENUM) };
#undef V2_ENUM

/* Types of PPK_IDENTITY (RFC 8784, 5.1). */
#define V2_PPK_IDS(X) \
	X(OPAQUE, 1)  \
	X(FIXED, 2)

#define V2_ENUM(name, number) PPK_ID_##name = (number),
enum { V2_PPK_IDS(V2_ENUM) };
#undef V2_ENUM

/* Transforms of IPCOMP_SUPPORTED (RFC 7296, 3.10.1). */
#define V2_IPCOMPS(X) \
	X(OUI, 1)     \
	X(DEFLATE, 2) \
	X(LZS, 3)     \
	X(LZJH, 4)

#define V2_ENUM(name, number) IPCOMP_##name = (number),
enum { V2_IPCOMPS(V2_ENUM) };
#undef V2_ENUM

#endif
