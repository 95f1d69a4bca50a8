// SPDX-License-Identifier: GPL-2.0-or-later
/* Headers and chains of payloads, read, built and shown. */
#include "../../tests/tap.h"
#include "../payload/v2.h"

#define SPIS 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9

static const uint8_t message[] = {
	SPIS,
	/* N, version 2, INFORMATIONAL, initiator; message 7, 45 octets */
	41,
	0x20,
	37,
	0x08,
	0,
	0,
	0,
	7,
	0,
	0,
	0,
	45,
	/* N(COOKIE2) */
	42,
	0,
	0,
	9,
	0,
	0,
	0x40,
	0x11,
	0xaa,
	/* D, ESP, no SPI */
	0,
	0,
	0,
	8,
	3,
	4,
	0,
	0,
};

static void headers(void)
{
	struct buf buf = BUF_INIT;
	struct ike_header header;
	struct err err;

	CHECK(!ike_header_parse(SPAN(message), &header, &err));
	CHECK(header.spi_i == 0x0102030405060708 && header.spi_r == 9);
	CHECK(header.next == PAYLOAD_NOTIFY && header.version == IKE_V2);
	CHECK(header.exchange == EXCHANGE_INFORMATIONAL);
	CHECK(header.flags == IKE_FLAG_INITIATOR);
	CHECK(header.id == 7 && header.length == sizeof(message));
	ike_header_build(&buf, &header);
	CHECK(span_equal(buf_span(&buf), span_of(message, IKE_HEADER_LEN)));
	buf_free(&buf);
	for (size_t len = 0; len < sizeof(message); len++)
		CHECK(ike_header_parse(span_of(message, len), &header, &err) ==
		      -1);
	CHECK_TEXT(err.text, "message of 44 octets says it has 45");
}

/* A chain that is expected to be good. */
static void parse(struct chain *chain, uint8_t first, struct span octets)
{
	struct err err = { 0 };
	uint8_t critical;

	if (!CHECK(!chain_parse(chain, first, octets, &critical, &err)))
		printf("# %s\n", err.text);
	CHECK(!critical);
}

static void chains(void)
{
	static const struct span body = { message + IKE_HEADER_LEN,
					  sizeof(message) - IKE_HEADER_LEN };
	struct payload_notify notify;
	struct chain chain;
	struct err err;
	uint8_t critical;

	parse(&chain, PAYLOAD_NOTIFY, body);
	CHECK(chain.n == 2 && !chain.inner);
	CHECK(chain.payloads[0].type == PAYLOAD_NOTIFY);
	CHECK(chain.payloads[0].body.len == 5);
	CHECK(chain.payloads[1].type == PAYLOAD_DELETE);
	CHECK(chain_find(&chain, PAYLOAD_DELETE, NULL) == &chain.payloads[1]);
	CHECK(!chain_find(&chain, PAYLOAD_DELETE, &chain.payloads[1]));
	CHECK(!chain_find(&chain, PAYLOAD_SA, NULL));
	CHECK(chain_notify(&chain, NOTIFY_COOKIE2, &notify));
	CHECK(notify.data.len == 1 && notify.data.data[0] == 0xaa);
	CHECK(!chain_notify(&chain, NOTIFY_COOKIE, &notify));
	for (size_t len = 0; len < body.len; len++)
		CHECK(chain_parse(&chain, PAYLOAD_NOTIFY,
				  span_of(body.data, len), &critical,
				  &err) == -1);
	/* Nothing is a chain as well; something is not nothing. */
	parse(&chain, PAYLOAD_NONE, span_of(NULL, 0));
	CHECK(!chain.n);
	CHECK(chain_parse(&chain, PAYLOAD_NONE, body, &critical, &err) == -1);
}

#define ROW(...)                                    \
	{                                           \
		sizeof((uint8_t[]){ __VA_ARGS__ }), \
		{                                   \
			__VA_ARGS__                 \
		}                                   \
	}

static void bad_chains(void)
{
	static const struct {
		uint8_t first;
		struct {
			size_t len;
			uint8_t octets[24];
		} in;
		uint8_t critical;
	} rows[] = {
		{ PAYLOAD_NONCE, ROW(0, 0, 0, 3), 0 },
		{ PAYLOAD_NONCE, ROW(0, 0, 0, 0), 0 },
		{ PAYLOAD_NONCE, ROW(0, 0, 0, 5), 0 },
		{ PAYLOAD_NONCE, ROW(0, 0, 0, 4, 0), 0 },
		{ PAYLOAD_NONCE, ROW(PAYLOAD_VENDOR, 0, 0, 4), 0 },
		{ 200, ROW(0, 0x80, 0, 4), 200 },
		{ PAYLOAD_NONCE, ROW(32, 0, 0, 4, 0, 0x80, 0, 4), 32 },
		{ PAYLOAD_GSA, ROW(0, 0x80, 0, 4), PAYLOAD_GSA },
		/* Not critical: the seven other bits mean nothing. */
		{ 200, ROW(0, 0x7f, 0, 5), 0 },
		/* There is nothing behind SK. */
		{ PAYLOAD_SK, ROW(PAYLOAD_IDI, 0, 0, 4, 0, 0, 0, 4), 0 },
		{ PAYLOAD_SKF, ROW(PAYLOAD_IDI, 0, 0, 4, 0), 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct chain chain;
		struct err err = { 0 };
		uint8_t critical;
		char row[8];

		snprintf(row, sizeof(row), "%zu", i);
		CHECK_ROW(
			chain_parse(&chain, rows[i].first,
				    span_of(rows[i].in.octets, rows[i].in.len),
				    &critical, &err) == -1,
			row);
		CHECK_ROW(critical == rows[i].critical, row);
		CHECK_ROW(*err.text, row);
	}
}

static void odd_chains(void)
{
	static const uint8_t unknown[] = { 201, 0, 0, 5, 1, 0, 0, 0, 4 };
	static const uint8_t critical[] = { 0, 0x80, 0, 4 };
	static const uint8_t sealed[] = { PAYLOAD_SK,  0, 0, 4,
					  PAYLOAD_IDI, 0, 0, 7,
					  1,	       2, 3 };
	struct chain chain;

	parse(&chain, 200, SPAN(unknown));
	CHECK(chain.n == 2 && chain.payloads[0].type == 200);
	CHECK(!chain.payloads[0].critical);
	/* Of what is known the bit is ignored (RFC 7296, 2.5). */
	parse(&chain, PAYLOAD_VENDOR, SPAN(critical));
	CHECK(chain.n == 1 && chain.payloads[0].critical);
	parse(&chain, PAYLOAD_VENDOR, SPAN(sealed));
	CHECK(chain.n == 2 && chain.inner == PAYLOAD_IDI);
	CHECK(chain.payloads[1].body.len == 3);
}

static void long_chain(void)
{
	struct buf buf = BUF_INIT;
	struct chain chain;
	struct err err;
	uint8_t critical;

	for (size_t i = 1; i < CHAIN_MAX; i++)
		buf_add(&buf, (uint8_t[]){ PAYLOAD_VENDOR, 0, 0, 4 }, 4);
	buf_add(&buf, (uint8_t[]){ PAYLOAD_NONE, 0, 0, 4 }, 4);
	parse(&chain, PAYLOAD_VENDOR, buf_span(&buf));
	CHECK(chain.n == CHAIN_MAX);
	buf_put_u8(&buf, buf.len - 4, PAYLOAD_VENDOR);
	buf_add(&buf, (uint8_t[]){ PAYLOAD_NONE, 0, 0, 4 }, 4);
	CHECK(chain_parse(&chain, PAYLOAD_VENDOR, buf_span(&buf), &critical,
			  &err) == -1);
	buf_free(&buf);
}

static void building(void)
{
	static const struct ike_header start = {
		.spi_i = 0x0102030405060708,
		.spi_r = 9,
		.next = 77, /* is put right */
		.version = IKE_V2,
		.exchange = EXCHANGE_INFORMATIONAL,
		.flags = IKE_FLAG_INITIATOR,
		.id = 7,
	};
	static const uint8_t cookie[] = { 0xaa };
	struct build build;

	build_start(&build, &start);
	CHECK(!build_first(&build));
	build_notify(&build, PROTOCOL_NONE, span_of(NULL, 0), NOTIFY_COOKIE2,
		     SPAN(cookie));
	build_delete(&build, PROTOCOL_ESP, 4, span_of(NULL, 0));
	CHECK(!build_finish(&build));
	CHECK(span_equal(buf_span(&build.buf), SPAN(message)));
	CHECK(build_first(&build) == PAYLOAD_NOTIFY);
	build_free(&build);

	build_start(&build, &start);
	CHECK(!build_finish(&build));
	CHECK(build.buf.len == IKE_HEADER_LEN && !build.buf.data[16] &&
	      build.buf.data[27] == IKE_HEADER_LEN);
	build_free(&build);
}

static void building_inner(void)
{
	static const uint8_t want[] = {
		PAYLOAD_NONCE, 0, 0, 6, 1, 2, 0, 0, 0, 5, 3
	};
	static const uint8_t sealed[] = { PAYLOAD_IDI, 0, 0, 5, 0xee };
	static const struct ike_header header = { .version = IKE_V2 };
	struct build inner, outer;
	struct chain chain;

	build_start_inner(&inner);
	CHECK(!build_first(&inner));
	build_span(&inner, PAYLOAD_IDI, SPAN(((uint8_t[]){ 1, 2 })));
	build_span(&inner, PAYLOAD_NONCE, SPAN(((uint8_t[]){ 3 })));
	CHECK(build_first(&inner) == PAYLOAD_IDI);
	CHECK(span_equal(buf_span(&inner.buf), SPAN(want)));
	/* As SK payloads are made: their next payload is the first inside. */
	build_start(&outer, &header);
	build_open(&outer, PAYLOAD_SK);
	buf_put_u8(&outer.buf, outer.next_at, build_first(&inner));
	buf_add_u8(&outer.buf, 0xee);
	build_close(&outer);
	CHECK(!build_finish(&outer));
	CHECK(span_equal(span_of(outer.buf.data + IKE_HEADER_LEN,
				 outer.buf.len - IKE_HEADER_LEN),
			 SPAN(sealed)));
	parse(&chain, PAYLOAD_SK, SPAN(sealed));
	CHECK(chain.inner == PAYLOAD_IDI);
	build_free(&inner);
	build_free(&outer);
}

static void too_long(void)
{
	static const struct ike_header header = { .version = IKE_V2 };
	static uint8_t octets[65536];
	struct build build;

	build_start(&build, &header);
	build_span(&build, PAYLOAD_VENDOR, span_of(octets, 65535 - 4));
	CHECK(!build.buf.failed);
	CHECK(build_finish(&build) == -1);
	build_free(&build);
	build_start(&build, &header);
	build_span(&build, PAYLOAD_VENDOR, span_of(octets, 65536 - 4));
	CHECK(build_finish(&build) == -1);
	build_free(&build);
	build_start(&build, &header);
	build_notify(&build, PROTOCOL_ESP, span_of(octets, 256), 1,
		     span_of(NULL, 0));
	CHECK(build_finish(&build) == -1);
	build_free(&build);
}

static void shown(void)
{
	static const uint8_t octets[] = {
		PAYLOAD_NONCE,
		0,
		0,
		5,
		1, /* SA */
		PAYLOAD_NOTIFY,
		0,
		0,
		5,
		1, /* nonce */
		PAYLOAD_NOTIFY,
		0,
		0,
		8,
		0,
		0,
		0x40,
		0x04, /* N(NATD...) */
		PAYLOAD_NOTIFY,
		0,
		0,
		8,
		0,
		0,
		0xa0,
		0x00, /* N(40960) */
		200,
		0,
		0,
		4, /* N, too short */
		PAYLOAD_SKF,
		0,
		0,
		4, /* 200 */
		PAYLOAD_IDI,
		0,
		0,
		8,
		0,
		1,
		0,
		3,
	};
	struct ike_header header = { .exchange = EXCHANGE_IKE_AUTH, .id = 1 };
	struct chain chain;
	char buf[256];

	parse(&chain, PAYLOAD_SA, SPAN(octets));
	v2_show(&header, &chain, buf, sizeof(buf));
	CHECK_TEXT(
		buf,
		"IKE_AUTH request 1 [ SA Ni N(NAT_DETECTION_SOURCE_IP) N(40960) N(?) payload-200 SKF(1/3) ]");
	header.flags = IKE_FLAG_RESPONSE;
	header.exchange = 99;
	chain.n = 2;
	v2_show(&header, &chain, buf, sizeof(buf));
	CHECK_TEXT(buf, "exchange-99 response 1 [ SA Nr ]");
	v2_show(&header, &chain, buf, 20);
	CHECK_TEXT(buf, "exchange-99 resp...");
	chain.n = 0;
	v2_show(&header, &chain, buf, 28);
	CHECK_TEXT(buf, "exchange-99 response 1 [ ]");
}

static const struct tap_test tests[] = {
	{ "headers are read and built", headers },
	{ "chains are read", chains },
	{ "malformed chains are refused", bad_chains },
	{ "odd chains are taken", odd_chains },
	{ "chains are not endless", long_chain },
	{ "messages are built", building },
	{ "what is sealed is built", building_inner },
	{ "what is too long is not built", too_long },
	{ "messages are shown", shown },
};

TAP_MAIN(tests)
