// SPDX-License-Identifier: GPL-2.0-or-later
/* See pool.h. */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "../core/vip.h"
#include "../proto/v2.h"
#include "option.h"

/* Of other registries than IKEv2's, but known to clients. */
enum {
	CP_INTERNAL_IP6_NETMASK = 9,
	CP_INTERNAL_IP6_NBNS = 11,
	CP_INTERNAL_IP4_SERVER = 23456,
	CP_INTERNAL_IP6_SERVER = 23457,
	CP_UNITY_SPLIT_INCLUDE = 28676,
	CP_UNITY_LOCAL_LAN = 28678,
	VALUE_MAX = 255,
};

/* What a name of swanctl.conf is called on the wire, by family. */
static const struct attribute_name {
	const char *name;
	uint16_t type4, type6;
	bool net; /* a subnet, not an address */
} attribute_names[] = {
	{ "dns", CP_INTERNAL_IP4_DNS, CP_INTERNAL_IP6_DNS, false },
	{ "nbns", CP_INTERNAL_IP4_NBNS, CP_INTERNAL_IP6_NBNS, false },
	{ "dhcp", CP_INTERNAL_IP4_DHCP, CP_INTERNAL_IP6_DHCP, false },
	{ "netmask", CP_INTERNAL_IP4_NETMASK, CP_INTERNAL_IP6_NETMASK, false },
	{ "server", CP_INTERNAL_IP4_SERVER, CP_INTERNAL_IP6_SERVER, false },
	{ "subnet", CP_INTERNAL_IP4_SUBNET, CP_INTERNAL_IP6_SUBNET, true },
	{ "split_include", CP_UNITY_SPLIT_INCLUDE, CP_UNITY_SPLIT_INCLUDE,
	  true },
	{ "split_exclude", CP_UNITY_LOCAL_LAN, CP_UNITY_LOCAL_LAN, true },
};

static const struct attribute_name *find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(attribute_names); i++)
		if (strcmp(attribute_names[i].name, name) == 0)
			return &attribute_names[i];
	return NULL;
}

/* ---------------------------------------------------------------- addresses */

/* How many, two of a subnet left out: they mean the subnet, and all of it. */
static void measure(struct pool_conf *conf, const struct ts *ts, bool subnet)
{
	uint64_t n = 0;

	conf->base = ts->start;
	conf->first = ts->start;
	for (unsigned int i = 0; i < ts->start.len && n < POOL_SIZE_MAX; i++)
		n = n * 256 + ts->end.octets[i] - ts->start.octets[i];
	if (n < POOL_SIZE_MAX)
		n++;
	else
		n = POOL_SIZE_MAX;
	if (subnet && n > 2) {
		n -= 2;
		conf->first.octets[ts->start.len - 1]++;
	}
	conf->size = (uint32_t)n;
}

static int read_addrs(const struct setting *setting, struct pool_conf *conf,
		      struct err *err)
{
	const struct setting *addrs = setting_find(setting, "addrs");
	struct ts_list list = { .n = 0 };
	const char *text;
	struct err why;

	if (!addrs || addrs->kind != SETTING_VALUE)
		return setting_err(
			setting, err,
			"%.64s: 'addrs' is missing, what to give addresses from",
			setting->name);
	text = (const char *)addrs->data;
	if (ts_parse(&list, text, &why))
		return setting_err(addrs, err, "%.64s: addrs: %s",
				   setting->name, why.text);
	if (list.n != 1 || list.ts[0].dynamic || list.ts[0].proto)
		return setting_err(
			addrs, err,
			"%.64s: addrs: '%.64s' is no subnet or range",
			setting->name, text);
	measure(conf, &list.ts[0], !strchr(text, '-'));
	return 0;
}

/* --------------------------------------------------------------- attributes */

/* "10.1.0.0/16": IPv4 has a mask on the wire, IPv6 the prefix' length. */
static bool put_subnet(const char *text, struct buf *value, uint8_t *family_len)
{
	struct ts_list list = { .n = 0 };
	struct addr mask, first;
	struct err ignored;
	const uint8_t ones[16] = { 255, 255, 255, 255, 255, 255, 255, 255,
				   255, 255, 255, 255, 255, 255, 255, 255 };
	int plen;

	if (ts_parse(&list, text, &ignored) || list.n != 1 ||
	    list.ts[0].dynamic || list.ts[0].proto)
		return false;
	plen = addr_range_prefix(&list.ts[0].start, &list.ts[0].end);
	if (plen < 0)
		return false;
	*family_len = list.ts[0].start.len;
	buf_add(value, list.ts[0].start.octets, *family_len);
	if (*family_len == 16) {
		buf_add_u8(value, (uint8_t)plen);
		return true;
	}
	first = (struct addr){ .len = 4 };
	memcpy(first.octets, ones, 4);
	addr_prefix_range(&first, (unsigned int)plen, &mask, &first);
	buf_add(value, mask.octets, 4);
	return true;
}

static bool put_addr(const char *text, struct buf *value, uint8_t *family_len)
{
	struct addr addr;
	struct err ignored;

	if (addr_parse_digits(&addr, text, &ignored))
		return false;
	*family_len = addr.len;
	buf_add(value, addr.octets, addr.len);
	return true;
}

static bool put_any(const char *text, struct buf *value, uint8_t *family_len)
{
	return strchr(text, '/') ? put_subnet(text, value, family_len) :
				   put_addr(text, value, family_len);
}

static bool put_domain(struct span text, struct buf *value)
{
	char domain[DOMAIN_SIZE];

	if (!domain_read(text, domain))
		return false;
	buf_add_text(value, domain);
	return true;
}

/* The number that other names are, 0 for none. */
static uint16_t number_of(const char *name)
{
	unsigned long number;
	char *end;

	number = strtoul(name, &end, 10);
	return *name && !*end && number <= 0x7fff ? (uint16_t)number : 0;
}

static bool read_value(const char *name, const struct setting *item,
		       struct pool_attribute *out)
{
	const struct attribute_name *row = find_name(name);
	const char *text = (const char *)item->data;
	uint8_t family_len = 4;

	if (strcmp(name, "split_dns") == 0) {
		out->type = CP_INTERNAL_DNS_DOMAIN;
		return put_domain(span_of(item->data, item->len), &out->value);
	}
	if (row) {
		if (!(row->net ? put_subnet : put_addr)(text, &out->value,
							&family_len))
			return false;
		out->type = family_len == 4 ? row->type4 : row->type6;
		return true;
	}
	out->type = number_of(name);
	if (!put_any(text, &out->value, &family_len)) {
		buf_cut(&out->value, 0);
		buf_add(&out->value, item->data, item->len);
	}
	return true;
}

static int read_attribute(const struct setting *pool,
			  const struct setting *list, struct pool_conf *conf,
			  struct err *err)
{
	if (!find_name(list->name) && strcmp(list->name, "split_dns") != 0 &&
	    !number_of(list->name))
		return setting_err(
			list, err,
			"%.64s: '%.64s' is no attribute, nor the number of one",
			pool->name, list->name);
	for (const struct setting *i = list->first; i; i = i->next) {
		struct pool_attribute *attribute;

		if (conf->n_attributes == POOL_ATTRIBUTES_MAX)
			return setting_err(list, err,
					   "%.64s: more than %d attributes",
					   pool->name, POOL_ATTRIBUTES_MAX);
		attribute = &conf->attributes[conf->n_attributes++];
		if (!read_value(list->name, i, attribute) ||
		    attribute->value.len > VALUE_MAX || attribute->value.failed)
			return setting_err(
				list, err,
				"%.64s: '%.64s' is no value of %.64s",
				pool->name, (const char *)i->data, list->name);
	}
	return 0;
}

static int read_pool(const struct setting *setting, struct pool_conf *conf,
		     struct err *err)
{
	if (!*setting->name || strlen(setting->name) >= CONF_NAME_MAX)
		return setting_err(setting, err,
				   "'%.80s' has not 1 to %d characters",
				   setting->name, CONF_NAME_MAX - 1);
	snprintf(conf->name, sizeof(conf->name), "%s", setting->name);
	if (conf_check(&conf_pool_section, setting, err) ||
	    read_addrs(setting, conf, err))
		return -1;
	for (const struct setting *i = setting->first; i; i = i->next)
		if (i->kind == SETTING_LIST &&
		    read_attribute(setting, i, conf, err))
			return -1;
	return 0;
}

int conf_pool_read(const struct setting *setting, struct pool_conf **conf,
		   struct err *err)
{
	struct pool_conf *new;

	if (setting->kind != SETTING_SECTION)
		return setting_err(setting, err,
				   "'%.64s' is no pool, write '%.64s { ... }'",
				   setting->name, setting->name);
	new = calloc(1, sizeof(*new));
	if (!new)
		return setting_err(setting, err, "no memory");
	if (read_pool(setting, new, err)) {
		pool_conf_free(new);
		return -1;
	}
	*conf = new;
	return 0;
}
