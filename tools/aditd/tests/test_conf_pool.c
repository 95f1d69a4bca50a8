// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools of swanctl.conf: which addresses, and what clients are told beside. */
#include "../conf/pool.h"

#include <stdlib.h>

#include "../../tests/tap.h"
#include "../conf/option.h"
#include "conf_show.h"

/* As conf/load.h makes a message of it: all but "addrs" are lists. */
static struct setting *shape(const struct setting *from)
{
	struct setting *pool = setting_new_at(NULL, from->kind, from->name,
					      span_of(NULL, 0), from);

	for (const struct setting *i = from->first; i; i = i->next) {
		if (strcmp(i->name, "addrs") == 0)
			setting_new_at(pool, SETTING_VALUE, i->name,
				       span_of(i->data, i->len), i);
		else
			CHECK(!conf_split(setting_new_at(pool, SETTING_LIST,
							 i->name,
							 span_of(NULL, 0), i),
					  i));
	}
	return pool;
}

static int read_pool(const char *text, struct pool_conf **conf, struct err *err)
{
	struct setting *root = parse_settings(text, err), *pool;
	int rc = -1;

	*conf = NULL;
	if (root) {
		pool = shape(root->first);
		rc = conf_pool_read(pool, conf, err);
		setting_free(pool);
	}
	setting_free(root);
	return rc;
}

static const struct {
	const char *addrs, *first, *last;
	uint32_t size;
} ranges[] = {
	{ "10.9.0.0/24", "10.9.0.1", "10.9.0.254", 254 },
	{ "10.9.0.77/24", "10.9.0.1", "10.9.0.254", 254 },
	{ "10.9.0.4/31", "10.9.0.4", "10.9.0.5", 2 },
	{ "10.9.0.4/32", "10.9.0.4", "10.9.0.4", 1 },
	{ "10.9.0.4", "10.9.0.4", "10.9.0.4", 1 },
	{ "10.0.0.0/8", "10.0.0.1", "10.255.255.254", 16777214 },
	{ "10.9.0.0-10.9.0.255", "10.9.0.0", "10.9.0.255", 256 },
	{ "10.9.0.255-10.9.1.0", "10.9.0.255", "10.9.1.0", 2 },
	{ "10.9.255.250-10.10.0.5", "10.9.255.250", "10.10.0.5", 12 },
	{ "2001:db8::/120", "2001:db8::1", "2001:db8::fe", 254 },
	{ "2001:db8::ffff-2001:db8::1:0", "2001:db8::ffff", "2001:db8::1:0",
	  2 },
	{ "2001:db8::/64", "2001:db8::1", NULL, POOL_SIZE_MAX - 2 },
	{ "::/0", "::1", NULL, POOL_SIZE_MAX - 2 },
};

static void addresses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		char text[128], first[ADDR_TEXT_SIZE];
		struct addr last;
		struct pool_conf *conf;
		uint32_t n;
		struct err err;

		snprintf(text, sizeof(text), "p { addrs = %s\n }",
			 ranges[i].addrs);
		if (!CHECK_ROW(!read_pool(text, &conf, &err), text))
			continue;
		CHECK_TEXT(conf->name, "p");
		CHECK_TEXT(addr_digits(&conf->first, first), ranges[i].first);
		CHECK_ROW(conf->size == ranges[i].size, text);
		last = conf->first;
		n = conf->size - 1;
		/* What is behind the first one by so many. */
		for (unsigned int j = last.len; ranges[i].last && j-- > 0;) {
			n += last.octets[j];
			last.octets[j] = (uint8_t)n;
			n >>= 8;
		}
		if (ranges[i].last)
			CHECK_TEXT(addr_digits(&last, first), ranges[i].last);
		pool_conf_free(conf);
	}
}

static const struct {
	const char *line;
	const char *value[2]; /* the type, and octets */
} attributes[] = {
	{ "dns = 10.9.0.1", { "3:0a090001" } },
	{ "dns = 10.9.0.1, 2001:db8::1",
	  { "3:0a090001", "10:20010db8000000000000000000000001" } },
	{ "nbns = 10.9.0.1", { "4:0a090001" } },
	{ "dhcp = 10.9.0.1", { "6:0a090001" } },
	{ "netmask = 255.255.255.0", { "2:ffffff00" } },
	{ "server = 10.9.0.1", { "23456:0a090001" } },
	{ "subnet = 10.1.0.0/16", { "13:0a010000ffff0000" } },
	{ "subnet = 10.1.2.3/16, 10.2.0.1",
	  { "13:0a010000ffff0000", "13:0a020001ffffffff" } },
	{ "subnet = 0.0.0.0/0", { "13:0000000000000000" } },
	{ "subnet = 2001:db8::/32",
	  { "15:20010db800000000000000000000000020" } },
	{ "split_include = 10.1.0.0/16", { "28676:0a010000ffff0000" } },
	{ "split_exclude = 10.1.0.0/16", { "28678:0a010000ffff0000" } },
	{ "split_dns = example.org", { "25:6578616d706c652e6f7267" } },
	{ "77 = 10.9.0.1", { "77:0a090001" } },
	{ "77 = 10.1.0.0/16", { "77:0a010000ffff0000" } },
	{ "77 = hello", { "77:68656c6c6f" } },
};

static void tells(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		char text[128], shown[128];
		struct pool_conf *conf;
		struct err err;
		size_t n = 0;

		snprintf(text, sizeof(text), "p { addrs = 10.9.0.0/24\n %s\n }",
			 attributes[i].line);
		if (!CHECK_ROW(!read_pool(text, &conf, &err), text))
			continue;
		for (; n < 2 && attributes[i].value[n]; n++) {
			const struct pool_attribute *a = &conf->attributes[n];
			int len =
				snprintf(shown, sizeof(shown), "%u:", a->type);

			for (size_t j = 0; j < a->value.len; j++)
				len += snprintf(shown + len,
						sizeof(shown) - (size_t)len,
						"%02x", a->value.data[j]);
			CHECK_TEXT(shown, attributes[i].value[n]);
		}
		CHECK_ROW(conf->n_attributes == n, text);
		pool_conf_free(conf);
	}
}

#define P "p { addrs = 10.9.0.0/24\n "

static const struct {
	const char *text, *error;
} refusals[] = {
	{ "p = 10.9.0.0/24", "t:1: 'p' is no pool, write 'p { ... }'" },
	{ "p { }", "t:1: p: 'addrs' is missing, what to give addresses from" },
	{ "p {\n addrs = 10.9.0.0/33\n }", "t:2: p: addrs: " },
	{ "p {\n addrs = dynamic\n }",
	  "t:2: p: addrs: 'dynamic' is no subnet or range" },
	{ "p {\n addrs = 10.9.0.0/24[tcp]\n }",
	  "t:2: p: addrs: '10.9.0.0/24[tcp]' is no subnet or range" },
	{ "a123456789a123456789a123456789a123456789a123456789a123456789a1234 { }",
	  "t:1: 'a123456789a123456789a123456789a123456789a123456789a123456789a1234' has not 1 to 63 characters" },
	{ P "dns = 10.9.0.1, 10.9.0.300\n }",
	  "t:2: p: '10.9.0.300' is no value of dns" },
	{ P "dns = 10.1.0.0/16\n }",
	  "t:2: p: '10.1.0.0/16' is no value of dns" },
	{ P "subnet = 10.1.0.0/33\n }",
	  "t:2: p: '10.1.0.0/33' is no value of subnet" },
	{ P "subnet = 10.1.0.0-10.1.0.2\n }",
	  "t:2: p: '10.1.0.0-10.1.0.2' is no value of subnet" },
	{ P "split_dns = not a name\n }",
	  "t:2: p: 'not a name' is no value of split_dns" },
};

static void refuses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct pool_conf *conf;
		struct err err;

		CHECK_ROW(read_pool(refusals[i].text, &conf, &err) == -1,
			  refusals[i].text);
		CHECK_ROW(!conf, refusals[i].text);
		if (strncmp(err.text, refusals[i].error,
			    strlen(refusals[i].error)) != 0)
			CHECK_TEXT(err.text, refusals[i].error);
	}
}

/* As a message of VICI has them: lists of any name. */
static int read_list(const char *name, size_t n, const char *value,
		     struct err *err)
{
	struct setting *pool =
		setting_new(NULL, SETTING_SECTION, "p", span_of(NULL, 0));
	struct pool_conf *conf = NULL;
	struct setting *list;
	int rc;

	setting_new(pool, SETTING_VALUE, "addrs", span_of_text("10.9.0.0/24"));
	list = setting_new(pool, SETTING_LIST, name, span_of(NULL, 0));
	for (size_t i = 0; i < n; i++)
		setting_new(list, SETTING_VALUE, NULL, span_of_text(value));
	rc = conf_pool_read(pool, &conf, err);
	if (!rc)
		pool_conf_free(conf);
	setting_free(pool);
	return rc;
}

static void bounds(void)
{
	static char large[300];
	struct err err;

	CHECK(!read_list("dns", POOL_ATTRIBUTES_MAX, "10.9.0.1", &err));
	CHECK(read_list("dns", POOL_ATTRIBUTES_MAX + 1, "10.9.0.1", &err));
	CHECK(strstr(err.text, "more than 64 attributes"));
	memset(large, 'x', 255);
	CHECK(!read_list("77", 1, large, &err));
	memset(large, 'x', 256);
	CHECK(read_list("77", 1, large, &err));
	CHECK(strstr(err.text, "is no value of 77"));
	CHECK(!read_list("32767", 1, "x", &err));
	CHECK(read_list("32768", 1, "x", &err));
	CHECK(read_list("0", 1, "x", &err));
	CHECK(read_list("", 1, "x", &err));
}

static const struct tap_test tests[] = {
	{ "which addresses there are", addresses },
	{ "what clients are told", tells },
	{ "what is wrong is refused", refuses },
	{ "how much there may be", bounds },
};

TAP_MAIN(tests)
