// SPDX-License-Identifier: GPL-2.0-or-later
/* SA payloads: as the RFC has them, and malformed in every way. */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../payload/v2.h"

/* Transforms; the first octet says whether another one follows. */
#define AES(more, bits) more, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 0, bits
#define SHA(more) more, 0, 0, 8, 3, 0, 0, 12
#define NOESN(more) more, 0, 0, 8, 5, 0, 0, 0
#define SPI 0xc0, 1, 2, 3

#define ROW(...)                                    \
	{                                           \
		sizeof((uint8_t[]){ __VA_ARGS__ }), \
		{                                   \
			__VA_ARGS__                 \
		}                                   \
	}

/* Two of ESP: aes128-sha256-noesn, and aes192-noesn, which nobody takes. */
static const uint8_t good[] = {
	/* clang-format off */
	2, 0, 0, 40, 1, 3, 4, 3, SPI, AES(3, 128), SHA(3), NOESN(0),
	0, 0, 0, 32, 2, 3, 4, 2, SPI, AES(3, 192), NOESN(0),
	/* clang-format on */
};

static void known_octets(void)
{
	struct proposals list, again;
	struct build build;
	char text[128];
	struct err err = { 0 };

	if (!CHECK(!payload_sa(SPAN(good), &list, &err)))
		printf("# %s\n", err.text);
	CHECK(list.n == 2);
	proposal_show_list(&list, text, sizeof(text));
	CHECK_TEXT(
		text,
		"AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ, AES_CBC_192/NO_EXT_SEQ");
	for (size_t i = 0; i < list.n; i++) {
		CHECK(list.list[i].number == i + 1);
		CHECK(list.list[i].protocol == PROTOCOL_ESP);
		CHECK(list.list[i].spi_len == 4);
		CHECK(memcmp(list.list[i].spi, "\xc0\1\2\3", 4) == 0);
	}
	build_start_inner(&build);
	build_sa(&build, &list);
	CHECK(build.buf.len == sizeof(good) + 4);
	CHECK(memcmp(build.buf.data + 4, good, sizeof(good)) == 0);
	build_free(&build);
	for (size_t len = 0; len < sizeof(good); len++)
		CHECK(payload_sa(span_of(good, len), &again, &err) == -1);
}

static void malformed(void)
{
	static const struct {
		const char *what;
		struct {
			size_t len;
			uint8_t octets[64];
		} in;
	} rows[] = {
		/* clang-format off */
		{ "no proposals", { 0, { 0 } } },
		{ "no transforms", ROW(0, 0, 0, 12, 1, 3, 4, 0, SPI) },
		{ "no transforms, but octets",
		  ROW(0, 0, 0, 20, 1, 3, 4, 0, SPI, SHA(0)) },
		{ "length of 0", ROW(0, 0, 0, 0, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "length less than a header",
		  ROW(0, 0, 0, 7, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "length too small for the SPI",
		  ROW(0, 0, 0, 11, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "length too large", ROW(0, 0, 0, 21, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "more, and none follows",
		  ROW(2, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "more is 1", ROW(1, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "last, and one follows",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0),
		      0, 0, 0, 20, 2, 3, 4, 1, SPI, SHA(0)) },
		{ "number 0", ROW(0, 0, 0, 20, 0, 3, 4, 1, SPI, SHA(0)) },
		{ "two of a number",
		  ROW(2, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0),
		      0, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0)) },
		{ "a number left out",
		  ROW(2, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(0),
		      0, 0, 0, 20, 3, 3, 4, 1, SPI, SHA(0)) },
		{ "first of two is 2",
		  ROW(2, 0, 0, 20, 2, 3, 4, 1, SPI, SHA(0),
		      0, 0, 0, 20, 3, 3, 4, 1, SPI, SHA(0)) },
		{ "ESP without SPI", ROW(0, 0, 0, 16, 1, 3, 0, 1, SHA(0)) },
		{ "ESP with an SPI of 3",
		  ROW(0, 0, 0, 19, 1, 3, 3, 1, 1, 2, 3, SHA(0)) },
		{ "AH with an SPI of 8",
		  ROW(0, 0, 0, 24, 1, 2, 8, 1, SPI, SPI, SHA(0)) },
		{ "IKE with an SPI of 4",
		  ROW(0, 0, 0, 20, 1, 1, 4, 1, SPI, SHA(0)) },
		{ "fewer transforms than said",
		  ROW(0, 0, 0, 20, 1, 3, 4, 2, SPI, SHA(0)) },
		{ "more transforms than said",
		  ROW(0, 0, 0, 28, 1, 3, 4, 1, SPI, SHA(0), SHA(0)) },
		{ "transform says more",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, SHA(3)) },
		{ "transform says last",
		  ROW(0, 0, 0, 28, 1, 3, 4, 2, SPI, SHA(0), SHA(0)) },
		{ "transform says 2",
		  ROW(0, 0, 0, 28, 1, 3, 4, 2, SPI, SHA(2), SHA(0)) },
		{ "transform of length 7",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, 0, 0, 0, 7, 3, 0, 0, 12) },
		{ "transform of length 0",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, 0, 0, 0, 0, 3, 0, 0, 12) },
		{ "transform longer than the proposal",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, 0, 0, 0, 9, 3, 0, 0, 12) },
		{ "half an attribute",
		  ROW(0, 0, 0, 22, 1, 3, 4, 1, SPI, 0, 0, 0, 10, 1, 0, 0, 12,
		      0x80, 14) },
		{ "attribute too long",
		  ROW(0, 0, 0, 26, 1, 3, 4, 1, SPI, 0, 0, 0, 14, 1, 0, 0, 12,
		      0, 14, 0, 3, 0, 128) },
		{ "octets behind the attribute",
		  ROW(0, 0, 0, 25, 1, 3, 4, 1, SPI, 0, 0, 0, 13, 1, 0, 0, 12,
		      0x80, 14, 0, 128, 0) },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = rows[i].in.len;
		uint8_t *octets = malloc(len + !len);
		struct proposals list;
		struct err err = { 0 };

		memcpy(octets, rows[i].in.octets, len);
		CHECK_ROW(payload_sa(span_of(octets, len), &list, &err) == -1,
			  rows[i].what);
		CHECK_ROW(*err.text, rows[i].what);
		free(octets);
	}
}

/* What is not known, or odd, is not malformed (RFC 7296, 3.3.6). */
static void odd(void)
{
	static const struct {
		const char *what;
		struct {
			size_t len;
			uint8_t octets[64];
		} in;
		const char *shown;
	} rows[] = {
		/* clang-format off */
		{ "key length with a length",
		  ROW(0, 0, 0, 26, 1, 3, 4, 1, SPI, 0, 0, 0, 14, 1, 0, 0, 12,
		      0, 14, 0, 2, 0, 128), "AES_CBC_?" },
		{ "another attribute",
		  ROW(0, 0, 0, 24, 1, 3, 4, 1, SPI, 0, 0, 0, 12, 1, 0, 0, 12,
		      0x80, 15, 0, 128), "AES_CBC_?" },
		{ "one more attribute",
		  ROW(0, 0, 0, 28, 1, 3, 4, 1, SPI, 0, 0, 0, 16, 1, 0, 0, 12,
		      0x80, 14, 0, 128, 0x80, 15, 0, 1), "AES_CBC_?" },
		{ "two key lengths",
		  ROW(0, 0, 0, 28, 1, 3, 4, 1, SPI, 0, 0, 0, 16, 1, 0, 0, 12,
		      0x80, 14, 0, 128, 0x80, 14, 0, 192), "AES_CBC_?" },
		{ "a key length of 0",
		  ROW(0, 0, 0, 24, 1, 3, 4, 1, SPI, AES(0, 0)), "AES_CBC_?" },
		{ "a transform that is not known",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, 0, 0, 0, 8, 1, 0, 4, 0),
		  "ENCR_1024" },
		{ "a type that is not known",
		  ROW(0, 0, 0, 20, 1, 3, 4, 1, SPI, 0, 0, 0, 8, 99, 0, 0, 1),
		  "TYPE99_1" },
		{ "an answer has the number that was chosen",
		  ROW(0, 0, 0, 20, 9, 3, 4, 1, SPI, SHA(0)),
		  "HMAC_SHA2_256_128" },
		{ "IKE with an SPI, as when it is rekeyed",
		  ROW(0, 0, 0, 24, 1, 1, 8, 1, SPI, SPI, SHA(0)),
		  "HMAC_SHA2_256_128" },
		{ "a protocol that is not known",
		  ROW(2, 0, 0, 20, 1, 9, 4, 1, SPI, SHA(0),
		      0, 0, 0, 28, 2, 3, 4, 2, SPI, SHA(3), NOESN(0)),
		  "HMAC_SHA2_256_128/NO_EXT_SEQ" },
		{ "only a protocol that is not known",
		  ROW(0, 0, 0, 28, 1, 9, 12, 1, SPI, SPI, SPI, SHA(0)), "" },
		{ "the same twice",
		  ROW(0, 0, 0, 28, 1, 3, 4, 2, SPI, SHA(3), SHA(0)),
		  "HMAC_SHA2_256_128" },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proposals list;
		struct err err = { 0 };
		char text[128];

		CHECK_ROW(
			!payload_sa(span_of(rows[i].in.octets, rows[i].in.len),
				    &list, &err),
			rows[i].what);
		if (*err.text)
			printf("# %s\n", err.text);
		proposal_show_list(&list, text, sizeof(text));
		CHECK_TEXT(text, rows[i].shown);
	}
}

/* More than there is room for: left out whole, never half. */
static void much(void)
{
	static const uint8_t one[] = { 2, 0, 0, 16, 1, 1, 0, 1, SHA(0) };
	struct proposals list;
	struct buf buf = BUF_INIT;
	struct err err = { 0 };

	for (unsigned int i = 1; i <= 100; i++) {
		buf_add_span(&buf, SPAN(one));
		buf_put_u8(&buf, buf.len - sizeof(one) + 4, (uint8_t)i);
	}
	buf_put_u8(&buf, buf.len - sizeof(one), 0);
	CHECK(!payload_sa(buf_span(&buf), &list, &err));
	CHECK(list.n == PROPOSALS_MAX);
	buf_free(&buf);
	/* One of 200 transforms, one of a single one. */
	buf_add(&buf, (uint8_t[]){ 2, 0, 0x06, 0x48, 1, 1, 0, 200 }, 8);
	for (unsigned int i = 1; i <= 200; i++)
		buf_add(&buf,
			(uint8_t[]){ i < 200 ? 3 : 0, 0, 0, 8, 1, 0, 0,
				     (uint8_t)i },
			8);
	buf_add(&buf, (uint8_t[]){ 0, 0, 0, 16, 2, 1, 0, 1, SHA(0) }, 16);
	CHECK(!payload_sa(buf_span(&buf), &list, &err));
	CHECK(list.n == 1 && list.list[0].number == 2);
	buf_free(&buf);
}

static void round_trip(void)
{
	static const uint8_t protocols[] = { PROTOCOL_IKE, PROTOCOL_ESP,
					     PROTOCOL_AH };

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct proposals list = { 0 }, again;
		struct build build;
		struct err err = { 0 };

		proposal_defaults(&list, protocols[i]);
		for (size_t j = 0; j < list.n; j++) {
			if (protocols[i] != PROTOCOL_IKE)
				list.list[j].spi_len = 4;
			memset(list.list[j].spi, 5, list.list[j].spi_len);
		}
		build_start_inner(&build);
		build_sa(&build, &list);
		CHECK(!payload_sa(span_of(build.buf.data + 4,
					  build.buf.len - 4),
				  &again, &err));
		CHECK(again.n == list.n);
		for (size_t j = 0; j < list.n; j++) {
			const struct proposal *a = &list.list[j];
			const struct proposal *b = &again.list[j];

			CHECK(a->number == b->number && a->n == b->n);
			CHECK(a->protocol == b->protocol);
			CHECK(a->spi_len == b->spi_len &&
			      memcmp(a->spi, b->spi, sizeof(a->spi)) == 0);
			for (size_t k = 0; k < a->n; k++)
				CHECK(proposal_has(b, &a->transforms[k]));
		}
		build_free(&build);
	}
}

static const struct tap_test tests[] = {
	{ "octets are those of the RFC", known_octets },
	{ "malformed payloads are refused", malformed },
	{ "what is not known is taken", odd },
	{ "what is too much is left out", much },
	{ "what is built is read", round_trip },
};

TAP_MAIN(tests)
