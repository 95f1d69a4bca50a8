// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of payloads: as the RFC has them, and malformed in every way. */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../payload/v2.h"

#define ROW(...)                                    \
	{                                           \
		sizeof((uint8_t[]){ __VA_ARGS__ }), \
		{                                   \
			__VA_ARGS__                 \
		}                                   \
	}

/* What each reader takes, in one form. */
static int ke(struct span body, struct err *err)
{
	struct payload_ke out;

	return payload_ke(body, &out, err);
}

static int notify(struct span body, struct err *err)
{
	struct payload_notify out;

	return payload_notify(body, &out, err);
}

static int delete (struct span body, struct err *err)
{
	struct payload_delete out;

	return payload_delete(body, &out, err);
}

static int auth(struct span body, struct err *err)
{
	struct payload_auth out;

	return payload_auth(body, &out, err);
}

static int cert(struct span body, struct err *err)
{
	struct payload_cert out;

	return payload_cert(body, &out, err);
}

static int skf(struct span body, struct err *err)
{
	struct payload_skf out;

	return payload_skf(body, &out, err);
}

static int configuration(struct span body, struct err *err)
{
	struct payload_cp out;

	return payload_cp(body, &out, err);
}

static void malformed(void)
{
	static const struct {
		int (*read)(struct span body, struct err *err);
		struct {
			size_t len;
			uint8_t octets[16];
		} in;
	} rows[] = {
		{ ke, { 0, { 0 } } },
		{ ke, ROW(0, 14, 0) },
		{ ke, ROW(0, 14, 0, 0) },
		{ notify, { 0, { 0 } } },
		{ notify, ROW(3, 4, 0x40) },
		{ notify, ROW(3, 4, 0x40, 9, 1, 2, 3) },
		{ notify, ROW(3, 255, 0x40, 9, 1, 2, 3, 4) },
		{ delete, { 0, { 0 } } },
		{ delete, ROW(1, 0, 0) },
		{ delete, ROW(0, 0, 0, 0) },
		{ delete, ROW(4, 4, 0, 1, 1, 2, 3, 4) },
		{ delete, ROW(1, 8, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8) },
		{ delete, ROW(1, 0, 0, 0, 1) },
		{ delete, ROW(3, 0, 0, 1) },
		{ delete, ROW(3, 3, 0, 1, 1, 2, 3) },
		{ delete, ROW(3, 4, 0, 2, 1, 2, 3, 4) },
		{ delete, ROW(3, 4, 0, 1, 1, 2, 3, 4, 5) },
		{ delete, ROW(3, 4, 0xff, 0xff, 1, 2, 3, 4) },
		{ auth, { 0, { 0 } } },
		{ auth, ROW(2, 0, 0, 0) },
		{ cert, { 0, { 0 } } },
		{ skf, ROW(0, 1, 0) },
		{ skf, ROW(0, 0, 0, 1) },
		{ skf, ROW(0, 0, 0, 0) },
		{ skf, ROW(0, 3, 0, 2) },
		{ configuration, { 0, { 0 } } },
		{ configuration, ROW(1, 0, 0) },
		{ configuration, ROW(1, 0, 0, 0, 0) },
		{ configuration, ROW(1, 0, 0, 0, 0, 1, 0) },
		{ configuration, ROW(1, 0, 0, 0, 0, 1, 0, 4, 1, 2, 3) },
		{ configuration, ROW(1, 0, 0, 0, 0, 1, 0, 0, 1) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* On the heap, where the sanitizer sees what is behind it. */
		size_t len = rows[i].in.len;
		uint8_t *octets = malloc(len + !len);
		struct err err = { 0 };
		char row[8];

		memcpy(octets, rows[i].in.octets, len);
		snprintf(row, sizeof(row), "%zu", i);
		CHECK_ROW(rows[i].read(span_of(octets, len), &err) == -1, row);
		CHECK_ROW(*err.text, row);
		free(octets);
	}
}

/* The body of the only payload that was built. */
static struct span built(struct build *build, uint8_t type, struct chain *chain)
{
	struct err err;
	uint8_t critical;

	CHECK(build_first(build) == type);
	CHECK(!chain_parse(chain, type, buf_span(&build->buf), &critical,
			   &err));
	CHECK(chain->n == 1);
	return chain->payloads[0].body;
}

static void key_exchange(void)
{
	static const uint8_t want[] = { 0, 31, 0, 0, 1, 2, 3 };
	static const uint8_t share[] = { 1, 2, 3 };
	struct payload_ke out;
	struct build build;
	struct chain chain;
	struct span body;
	struct err err;

	build_start_inner(&build);
	build_ke(&build, KE_CURVE25519, SPAN(share));
	body = built(&build, PAYLOAD_KE, &chain);
	CHECK(span_equal(body, SPAN(want)));
	CHECK(!payload_ke(body, &out, &err));
	CHECK(out.method == KE_CURVE25519);
	CHECK(span_equal(out.share, SPAN(share)));
	build_free(&build);
}

static void notifies(void)
{
	static const uint8_t want[] = { 3, 4, 0x40, 0x09, 1, 2, 3, 4, 0xdd };
	static const uint8_t spi[] = { 1, 2, 3, 4 };
	static const uint8_t data[] = { 0xdd };
	struct payload_notify out;
	struct build build;
	struct chain chain;
	struct span body;
	struct err err;

	build_start_inner(&build);
	build_notify(&build, PROTOCOL_ESP, SPAN(spi), NOTIFY_REKEY_SA,
		     SPAN(data));
	body = built(&build, PAYLOAD_NOTIFY, &chain);
	CHECK(span_equal(body, SPAN(want)));
	CHECK(!payload_notify(body, &out, &err));
	CHECK(out.protocol == PROTOCOL_ESP && out.type == NOTIFY_REKEY_SA);
	CHECK(span_equal(out.spi, SPAN(spi)));
	CHECK(span_equal(out.data, SPAN(data)));
	build_free(&build);
}

static void deletes(void)
{
	static const uint8_t spis[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const uint8_t ike[] = { 1, 0, 0, 0 };
	struct payload_delete out;
	struct build build;
	struct chain chain;
	struct err err;

	build_start_inner(&build);
	build_delete(&build, PROTOCOL_ESP, 4, SPAN(spis));
	CHECK(!payload_delete(built(&build, PAYLOAD_DELETE, &chain), &out,
			      &err));
	CHECK(out.protocol == PROTOCOL_ESP && out.spi_len == 4);
	CHECK(out.count == 2 && span_equal(out.spis, SPAN(spis)));
	build_free(&build);
	build_start_inner(&build);
	build_delete(&build, PROTOCOL_IKE, 0, span_of(NULL, 0));
	CHECK(span_equal(built(&build, PAYLOAD_DELETE, &chain), SPAN(ike)));
	CHECK(!payload_delete(SPAN(ike), &out, &err));
	CHECK(out.protocol == PROTOCOL_IKE && !out.count && !out.spis.len);
	build_free(&build);
}

static void auths_and_certs(void)
{
	static const uint8_t want[] = { 14, 0, 0, 0, 9, 8 };
	static const uint8_t data[] = { 9, 8 };
	struct payload_auth auth_out;
	struct payload_cert cert_out;
	struct build build;
	struct chain chain;
	struct span body;
	struct err err;

	build_start_inner(&build);
	build_auth(&build, AUTH_DIGITAL_SIGNATURE, SPAN(data));
	body = built(&build, PAYLOAD_AUTH, &chain);
	CHECK(span_equal(body, SPAN(want)));
	CHECK(!payload_auth(body, &auth_out, &err));
	CHECK(auth_out.method == AUTH_DIGITAL_SIGNATURE);
	CHECK(span_equal(auth_out.data, SPAN(data)));
	build_free(&build);
	build_start_inner(&build);
	build_cert(&build, CERT_X509_SIGNATURE, SPAN(data));
	CHECK(!payload_cert(built(&build, PAYLOAD_CERT, &chain), &cert_out,
			    &err));
	CHECK(cert_out.encoding == CERT_X509_SIGNATURE);
	CHECK(span_equal(cert_out.data, SPAN(data)));
	build_free(&build);
}

static void nonces(void)
{
	static const uint8_t octets[257];
	struct span out;
	struct err err;

	for (size_t len = 0; len <= sizeof(octets); len++)
		CHECK(!payload_nonce(span_of(octets, len), &out, &err) ==
		      (len >= 16 && len <= 256));
}

static void fragments(void)
{
	static const uint8_t octets[] = { 0, 2, 1, 0, 7, 7 };
	struct payload_skf out;
	struct err err;

	CHECK(!payload_skf(SPAN(octets), &out, &err));
	CHECK(out.number == 2 && out.total == 256 && out.sealed.len == 2);
}

static void attributes(void)
{
	static const uint8_t octets[] = {
		CP_REPLY, 0,  0, 0, 0x80, 1, 0,
		4,	  10, 3, 0, 1,	  0, CP_INTERNAL_IP4_DNS,
		0,	  0,
	};
	struct cp_attribute attribute;
	struct payload_cp out;
	struct err err;

	CHECK(!payload_cp(SPAN(octets), &out, &err));
	CHECK(out.type == CP_REPLY);
	CHECK(cp_next(&out.attributes, &attribute));
	/* The first bit is reserved. */
	CHECK(attribute.type == CP_INTERNAL_IP4_ADDRESS);
	CHECK(attribute.value.len == 4 && attribute.value.data[0] == 10);
	CHECK(cp_next(&out.attributes, &attribute));
	CHECK(attribute.type == CP_INTERNAL_IP4_DNS && !attribute.value.len);
	CHECK(!cp_next(&out.attributes, &attribute));
}

static void values(void)
{
	static const struct addr v6 = { 16, { 0xfd, 3, [15] = 9 } };
	static const struct {
		uint16_t type;
		size_t len;
		bool good;
		enum cp_means means;
	} rows[] = {
		{ CP_INTERNAL_IP4_ADDRESS, 0, true, CP_MEANS_HOST },
		{ CP_INTERNAL_IP4_ADDRESS, 4, true, CP_MEANS_HOST },
		{ CP_INTERNAL_IP4_ADDRESS, 5, false, CP_MEANS_HOST },
		{ CP_INTERNAL_IP6_ADDRESS, 16, true, CP_MEANS_HOST },
		{ CP_INTERNAL_IP6_ADDRESS, 17, true, CP_MEANS_HOST },
		{ CP_INTERNAL_IP6_ADDRESS, 4, false, CP_MEANS_HOST },
		{ CP_INTERNAL_IP4_DNS, 16, false, CP_MEANS_SERVER },
		{ CP_INTERNAL_IP6_DNS, 16, true, CP_MEANS_SERVER },
		{ CP_INTERNAL_DNS_DOMAIN, 5, true, CP_MEANS_DOMAIN },
		{ CP_INTERNAL_IP4_NBNS, 3, true, CP_MEANS_OTHER },
	};
	static const uint8_t octets[17] = { 0xfd, 3, [15] = 9, 64 };
	struct cp_attribute attribute;
	struct cp_value value;
	struct payload_cp cp;
	struct build build;
	struct chain chain;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = cp_attribute_name(rows[i].type);

		attribute =
			(struct cp_attribute){ rows[i].type,
					       span_of(octets, rows[i].len) };
		CHECK_ROW(cp_value(&attribute, &value) == rows[i].good, name);
		CHECK_ROW(value.means == rows[i].means, name);
		CHECK_ROW(value.empty == !rows[i].len, name);
	}
	build_start_inner(&build);
	build_cp(&build, CP_REQUEST);
	build_cp_host(&build, &v6);
	build_close(&build);
	CHECK(!payload_cp(built(&build, PAYLOAD_CP, &chain), &cp, &err));
	CHECK(cp.type == CP_REQUEST && cp_next(&cp.attributes, &attribute));
	CHECK(cp_value(&attribute, &value) && !cp.attributes.len);
	CHECK(attribute.value.len == 17 && !addr_compare(&value.addr, &v6));
	build_free(&build);
}

static const struct tap_test tests[] = {
	{ "malformed bodies are refused", malformed },
	{ "KE", key_exchange },
	{ "N", notifies },
	{ "D", deletes },
	{ "AUTH and CERT", auths_and_certs },
	{ "nonces have 16 to 256 octets", nonces },
	{ "SKF", fragments },
	{ "CP", attributes },
	{ "values of CP", values },
};

TAP_MAIN(tests)
