// SPDX-License-Identifier: GPL-2.0-or-later
/* Post-quantum preshared keys: which one it is, and what comes of it. */
#include "../../tests/tap.h"
#include "../crypto/prf.h"
#include "../keys/auth.h"
#include "../proto/v2.h"

static void add(struct keys_store *store, enum keys_kind kind,
		const char *secret, const char *owner)
{
	struct err err = { 0 };

	CHECK(!keys_add_shared(store, kind, "", span_of_text(secret), &owner,
			       owner ? 1 : 0, &err));
}

static void fill(struct keys_store *store)
{
	add(store, KEYS_IKE, "ike", "one.example.org");
	add(store, KEYS_PPK, "one", "one.example.org");
	add(store, KEYS_PPK, "mail", "user@example.org");
	add(store, KEYS_PPK, "star", "*@example.net");
	add(store, KEYS_PPK, "key", "@#0001fe");
}

static void which_one(void)
{
	static const struct {
		const char *id;
		size_t len;
		const char *secret;
	} rows[] = {
		{ "one.example.org", 15, "one" },
		{ "user@example.org", 16, "mail" },
		{ "any@example.net", 15, "star" },
		{ "\0\1\xfe", 3, "key" },
		{ "two.example.org", 15, NULL },
		{ "one.example.org\0", 16, NULL },
		{ "%any", 4, NULL },
		{ "*@example.net", 0, NULL },
	};
	struct keys_store store = KEYS_STORE_INIT;

	CHECK(!keys_has_ppk(&store));
	add(&store, KEYS_IKE, "ike", "one.example.org");
	CHECK(!keys_has_ppk(&store));
	fill(&store);
	CHECK(keys_has_ppk(&store));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct keys_shared *found =
			keys_find_ppk(&store, span_of(rows[i].id, rows[i].len));

		CHECK_ROW(!found == !rows[i].secret, rows[i].id);
		if (found && rows[i].secret)
			CHECK_ROW(span_equal(buf_span(&found->secret),
					     span_of_text(rows[i].secret)),
				  rows[i].id);
	}
	/* One of nobody's is everybody's, but not before that of a name. */
	add(&store, KEYS_PPK, "all", NULL);
	CHECK(keys_find_ppk(&store, span_of_text("two")));
	CHECK(span_equal(
		buf_span(&keys_find_ppk(&store, span_of_text("one.example.org"))
				  ->secret),
		span_of_text("one")));
	keys_clear(&store);
}

static void mixed(void)
{
	struct keys_store store = KEYS_STORE_INIT;
	struct env_ppk ppk = {
		.id = span_of_text("one.example.org"),
		.prf = PRF_HMAC_SHA2_256,
	};
	struct buf want = BUF_INIT;
	struct keys_reply reply;
	uint8_t keys[96];

	for (size_t i = 0; i < sizeof(keys); i++)
		keys[i] = (uint8_t)i;
	ppk.keys = SPAN(keys);
	fill(&store);
	for (size_t i = 0; i < 3; i++) {
		const struct span key = span_of(keys + 32 * i, 32);

		CHECK(!prf_plus(ppk.prf, span_of_text("one"), &key, 1, 32,
				&want));
	}
	keys_ppk(&store, &ppk, &reply);
	CHECK(reply.reply.good);
	CHECK(span_equal(reply.reply.auth, buf_span(&want)));
	keys_reply_free(&reply);
	buf_free(&want);

	ppk.keys.len--;
	keys_ppk(&store, &ppk, &reply);
	CHECK(!reply.reply.good && !reply.reply.auth.len);
	CHECK_TEXT(reply.reply.text, "95 octets are not three keys of PRF 5");
	keys_reply_free(&reply);
	ppk.id = span_of_text("two");
	keys_ppk(&store, &ppk, &reply);
	CHECK(!reply.reply.good);
	CHECK(strstr(reply.reply.text, "there is no PPK 'two' (there are: "));
	printf("# %s\n", reply.reply.text);
	keys_reply_free(&reply);
	keys_clear(&store);
}

static const struct tap_test tests[] = {
	{ "which PPK it is", which_one },
	{ "keys with a PPK in them", mixed },
};

TAP_MAIN(tests)
