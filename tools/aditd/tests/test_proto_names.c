// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers that RFCs print, and their names. */
#include "../../tests/tap.h"
#include "../proto/names.h"
#include "../proto/v2.h"

static void numbers(void)
{
	CHECK(EXCHANGE_IKE_SA_INIT == 34 && EXCHANGE_IKE_FOLLOWUP_KE == 44);
	CHECK(PAYLOAD_SA == 33 && PAYLOAD_EAP == 48 && PAYLOAD_SKF == 53);
	CHECK(TRANSFORM_ESN == 5 && TRANSFORM_ADDKE7 == 12);
	CHECK(ENCR_NULL == 11 && ENCR_AES_GCM_16 == 20);
	CHECK(ENCR_CHACHA20_POLY1305 == 28);
	CHECK(PRF_HMAC_SHA2_512 == 7 && INTEG_HMAC_SHA2_512_256 == 14);
	CHECK(KE_MODP_8192 == 18 && KE_CURVE448 == 32 && KE_ML_KEM_768 == 36);
	CHECK(NOTIFY_AUTHENTICATION_FAILED == 24);
	CHECK(NOTIFY_CHILD_SA_NOT_FOUND == 44);
	CHECK(NOTIFY_INITIAL_CONTACT == 16384);
	CHECK(NOTIFY_MOBIKE_SUPPORTED == 16396); /* RFC 4555 */
	CHECK(NOTIFY_TICKET_OPAQUE == 16413); /* RFC 5723 */
	CHECK(NOTIFY_CHILDLESS_IKEV2_SUPPORTED == 16418); /* RFC 6023 */
	CHECK(NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED == 16430); /* RFC 7383 */
	CHECK(NOTIFY_SIGNATURE_HASH_ALGORITHMS == 16431); /* RFC 7427 */
	CHECK(NOTIFY_NO_PPK_AUTH == 16437); /* RFC 8784 */
	CHECK(NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED == 16438);
	CHECK(NOTIFY_ADDITIONAL_KEY_EXCHANGE == 16441); /* RFC 9370 */
	CHECK(ID_KEY_ID == 11 && AUTH_DIGITAL_SIGNATURE == 14);
	CHECK(CP_INTERNAL_DNS_DOMAIN == 25); /* RFC 8598 */
}

static void names(void)
{
	CHECK_TEXT(v2_exchange_name(EXCHANGE_CREATE_CHILD_SA),
		   "CREATE_CHILD_SA");
	CHECK_TEXT(v2_payload_name(PAYLOAD_IDI), "IDi");
	CHECK_TEXT(v2_notify_name(NOTIFY_TS_UNACCEPTABLE), "TS_UNACCEPTABLE");
	CHECK_TEXT(v2_notify_name(NOTIFY_COOKIE2), "COOKIE2");
	CHECK_TEXT(v2_auth_name(AUTH_PSK), "shared key");
	CHECK_TEXT(v2_id_name(ID_NULL), "NULL");
	CHECK_TEXT(v2_protocol_name(PROTOCOL_ESP), "ESP");
	CHECK_TEXT(v2_transform_name(TRANSFORM_ADDKE1), "ADDKE1");
	CHECK_TEXT(v2_exchange_name(0), "unknown");
	CHECK_TEXT(v2_payload_name(PAYLOAD_NONE), "unknown");
	CHECK_TEXT(v2_notify_name(UINT16_MAX), "unknown");
}

static const struct tap_test tests[] = {
	{ "numbers are those of the RFCs", numbers },
	{ "names belong to them", names },
};

TAP_MAIN(tests)
