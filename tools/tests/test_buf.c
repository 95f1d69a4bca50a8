// SPDX-License-Identifier: GPL-2.0-or-later
/* Growing buffers and the spans that read them. */
#include "../lib/buf.h"

#include "tap.h"

static void numbers(void)
{
	struct buf buf = BUF_INIT;
	static const uint8_t want[] = { 0x01, 0x02, 0x03, 0x04, 0x05,
					0x06, 0x07, 0x08, 0x09, 0x0a,
					0x0b, 0x0c, 0x0d, 0x0e, 0x0f };

	buf_add_u8(&buf, 0x01);
	buf_add_u16(&buf, 0x0203);
	buf_add_u32(&buf, 0x04050607);
	buf_add_u64(&buf, 0x08090a0b0c0d0e0f);
	CHECK(span_equal(buf_span(&buf), SPAN(want)));
	buf_put_u8(&buf, 0, 0xff);
	buf_put_u16(&buf, 1, 0xfefd);
	buf_put_u32(&buf, 3, 0xfcfbfaf9);
	CHECK(buf.data[0] == 0xff && buf.data[1] == 0xfe &&
	      buf.data[2] == 0xfd && buf.data[3] == 0xfc &&
	      buf.data[6] == 0xf9 && buf.data[7] == 0x08);
	/* Not behind what is there. */
	buf_put_u32(&buf, 12, 0);
	CHECK(buf.data[12] == 0x0d && buf.len == sizeof(want));
	buf_free(&buf);
	CHECK(!buf.data && !buf.len && !buf.failed);
}

static void grows(void)
{
	struct buf buf = BUF_INIT;
	bool same = true;

	for (unsigned int i = 0; i < 1000; i++)
		buf_add(&buf, &i, sizeof(i));
	CHECK(buf.len == 4000 && buf.size >= 4000);
	for (unsigned int i = 0; i < 1000; i++)
		same &= memcmp(buf.data + 4 * (size_t)i, &i, sizeof(i)) == 0;
	CHECK(same);
	buf_free(&buf);
}

/* What is cut off is wiped, since it may be a secret. */
static void cuts(void)
{
	struct buf buf = BUF_INIT;

	buf_add_text(&buf, "public secret");
	buf_cut(&buf, 7);
	CHECK(buf.len == 7);
	CHECK(!buf.data[7] && !buf.data[12]);
	buf_cut(&buf, 8);
	CHECK(buf.len == 7);
	buf_free(&buf);
}

static void fails(void)
{
	struct buf buf = BUF_INIT;

	buf_add_text(&buf, "before");
	CHECK(!buf_extend(&buf, SIZE_MAX - 8));
	CHECK(buf.failed);
	buf_add_text(&buf, "after");
	CHECK(!buf_span(&buf).len);
	buf_free(&buf);
	CHECK(!buf.failed);
}

static void spans(void)
{
	static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct span from = SPAN(octets), part;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	CHECK(span_take_u64(&from, &u64) && u64 == 0x0102030405060708);
	CHECK(from.len == 1);
	CHECK(!span_take_u16(&from, &u16) && from.len == 1);
	CHECK(!span_take_u32(&from, &u32) && !span_take_u64(&from, &u64));
	CHECK(!span_take(&from, 2, &part) && from.len == 1);
	CHECK(span_take_u8(&from, &u8) && u8 == 9);
	CHECK(!span_take_u8(&from, &u8));
	CHECK(span_take(&from, 0, &part) && !part.len);
	CHECK(span_equal(span_of(NULL, 0), span_of_text("")));
	CHECK(!span_equal(span_of_text("ab"), span_of_text("abc")));
	CHECK(!span_equal(span_of_text("ab"), span_of_text("ac")));
}

static const struct tap_test tests[] = {
	{ "numbers are in network byte order, and only over what is there",
	  numbers },
	{ "a buffer keeps what is in it while it grows", grows },
	{ "what is cut off is wiped", cuts },
	{ "without memory it takes nothing any more", fails },
	{ "a read of more than there is takes nothing", spans },
};

TAP_MAIN(tests)
