// SPDX-License-Identifier: GPL-2.0-or-later
/* MS-CHAP-V2 with the vectors of RFC 2759 (9.2) and RFC 3079 (3.5.3). */
#include "../keys/mschap.h"

#include "../../tests/tap.h"
#include "crypto_hex.h"

static const uint8_t server_challenge[] = {
	0x5b, 0x5d, 0x7c, 0x7d, 0x7b, 0x3f, 0x2f, 0x3e,
	0x3c, 0x2c, 0x60, 0x21, 0x32, 0x26, 0x26, 0x28,
};
static const uint8_t peer_challenge[] = {
	0x21, 0x40, 0x23, 0x24, 0x25, 0x5e, 0x26, 0x2a,
	0x28, 0x29, 0x5f, 0x2b, 0x3a, 0x33, 0x7c, 0x7e,
};
static const uint8_t response[] = {
	0x82, 0x30, 0x9e, 0xcd, 0x8d, 0x70, 0x8b, 0x5e, 0xa0, 0x8f, 0xaa, 0x39,
	0x81, 0xcd, 0x83, 0x54, 0x42, 0x33, 0x11, 0x4a, 0x3d, 0x85, 0xd6, 0xdf,
};
static const uint8_t hash[] = {
	0x44, 0xeb, 0xba, 0x8d, 0x53, 0x12, 0xb8, 0xd6,
	0x11, 0x47, 0x44, 0x11, 0xf5, 0x69, 0x89, 0xae,
};

static struct mschap_providers providers;

static bool is(const void *got, const void *want, size_t len)
{
	return memcmp(got, want, len) == 0;
}

static void loads(void)
{
	struct err err;

	mschap_load(&providers);
	if (mschap_check(&err))
		printf("# %s\n", err.text);
	CHECK(!mschap_check(&err));
}

static void rfc2759(void)
{
	static const uint8_t proof[] = {
		0x40, 0x7a, 0x55, 0x89, 0x11, 0x5f, 0xd0, 0xd6, 0x20, 0x9f,
		0x51, 0x0f, 0xe9, 0xc0, 0x45, 0x66, 0x93, 0x2c, 0xda, 0x56,
	};
	struct mschap mschap = { .name = span_of_text("User") };
	uint8_t got[MSCHAP_RESPONSE_LEN], got_proof[MSCHAP_PROOF_LEN];

	memcpy(mschap.server, server_challenge, sizeof(server_challenge));
	memcpy(mschap.peer, peer_challenge, sizeof(peer_challenge));
	CHECK(!mschap_hash(span_of_text("clientPass"), mschap.hash));
	CHECK(is(mschap.hash, hash, sizeof(hash)));
	CHECK(!mschap_response(&mschap, got));
	CHECK(is(got, response, sizeof(response)));
	CHECK(!mschap_proof(&mschap, got, got_proof));
	CHECK(is(got_proof, proof, sizeof(proof)));
	/* RFC 2759 has 7-bit text alone; what others make of the rest: */
	mschap.name = span_of_text("user");
	CHECK(!mschap_response(&mschap, got));
	CHECK(!is(got, response, sizeof(response)));
}

static void rfc3079(void)
{
	/* 3.5.3: what the server sends with, of 128 bits. */
	static const uint8_t send[] = {
		0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
		0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
	};
	static const uint8_t zeros[32];
	uint8_t msk[MSCHAP_MSK_LEN];

	CHECK(!mschap_msk(hash, response, msk));
	CHECK(is(msk + 16, send, sizeof(send)));
	CHECK(is(msk + 32, zeros, sizeof(zeros)));
	CHECK(!is(msk, send, sizeof(send)));
}

/* What UTF-8 is, and what is none: hashes of the UTF-16 that is meant. */
static void characters(void)
{
	static const struct {
		const char *password, *same;
	} rows[] = {
		/* "p\u00e4ss", once in UTF-8, once as Latin-1 has it */
		{ "p\xc3\xa4ss", "p\xe4ss" },
		/* cut off in the midst of a character */
		{ "x\xc3", "x\xc3\x83" },
		{ "x\xe2\x82", "x\xc3\xa2\xc2\x82" },
		/* no UTF-8, though it looks so: too long a form */
		{ "\xc0\x80", "\xc3\x80\xc2\x80" },
	};
	char longest[MSCHAP_PASSWORD_MAX + 2];
	uint8_t a[MSCHAP_HASH_LEN], b[MSCHAP_HASH_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(!mschap_hash(span_of_text(rows[i].password), a) &&
		      !mschap_hash(span_of_text(rows[i].same), b));
		CHECK_ROW(is(a, b, sizeof(a)), rows[i].password);
	}
	CHECK(!mschap_hash(span_of_text("\xe2\x82\xac"), a));
	CHECK(!mschap_hash(span_of_text("\xf0\x9f\x94\x91"), b));
	CHECK(!is(a, b, sizeof(a)));
	memset(longest, 'x', sizeof(longest));
	CHECK(!mschap_hash(span_of(longest, MSCHAP_PASSWORD_MAX), a));
	CHECK(mschap_hash(span_of(longest, MSCHAP_PASSWORD_MAX + 1), a));
}

static void goes(void)
{
	struct err err;

	mschap_unload(&providers);
	CHECK(mschap_check(&err));
	CHECK(strstr(err.text, "provider 'legacy' (legacy.so)"));
}

static const struct tap_test tests[] = {
	{ "OpenSSL's legacy provider", loads },
	{ "RFC 2759, 9.2", rfc2759 },
	{ "RFC 3079, 3.5.3, and the MSK", rfc3079 },
	{ "passwords in UTF-8", characters },
	{ "without the provider there is an error that names it", goes },
};

TAP_MAIN(tests)
