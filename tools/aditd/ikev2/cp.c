// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Configuration payloads in IKE_AUTH (RFC 7296, 2.19, 3.15; RFC 8598): inner
 * addresses, and name servers with the domains they are for. What comes in
 * other exchanges is answered with nothing, as the RFC allows.
 */
#include <stdio.h>
#include <stdlib.h>

#include "v2.h"

static const struct span nothing = { NULL, 0 };

/* ----------------------------------------------------------------- initiator */

static bool asks_family(const struct ikev2_sa *sa, uint8_t len)
{
	for (size_t i = 0; i < sa->ike.vips.asked.n; i++)
		if (sa->ike.vips.asked.list[i].len == len)
			return true;
	return false;
}

void v2_cp_ask(const struct ikev2_sa *sa, struct build *out)
{
	const struct addrs *asked = &sa->ike.vips.asked;

	if (!sa->ike.conn->vips.n)
		return;
	build_cp(out, CP_REQUEST);
	for (size_t i = 0; i < asked->n; i++)
		build_cp_host(out, &asked->list[i]);
	if (asks_family(sa, 4))
		build_cp_attribute(out, CP_INTERNAL_IP4_DNS, nothing);
	if (asks_family(sa, 16))
		build_cp_attribute(out, CP_INTERNAL_IP6_DNS, nothing);
	build_cp_attribute(out, CP_INTERNAL_DNS_DOMAIN, nothing);
	build_close(out);
}

/* No more of a family than was asked for, and nothing that would do harm. */
static const char *take_host(struct ikev2_sa *sa, const struct cp_value *value)
{
	struct ike_sa *ike = &sa->ike;
	size_t asked = 0, got = 0;

	for (size_t i = 0; i < ike->vips.asked.n; i++)
		asked += ike->vips.asked.list[i].len == value->addr.len;
	for (size_t i = 0; i < ike->vips.local.n; i++)
		got += ike->vips.local.list[i].len == value->addr.len;
	if (got >= asked)
		return "it was not asked for";
	if (!vip_is_host(&value->addr))
		return "no host can have it";
	/* Packets to the gateway would stay here. */
	if (addr_compare(&value->addr, &ike->path.remote) == 0)
		return "it is the gateway's own";
	if (!addrs_have(&ike->vips.local, &value->addr))
		addrs_add(&ike->vips.local, &value->addr);
	return NULL;
}

static const char *take_server(struct ikev2_sa *sa,
			       const struct cp_value *value)
{
	struct addrs *servers = &sa->ike.vips.names->servers;

	if (!vip_is_host(&value->addr))
		return "no host can have it";
	if (!addrs_have(servers, &value->addr) &&
	    !addrs_add(servers, &value->addr))
		return "there are too many";
	return NULL;
}

static const char *take_domain(struct ikev2_sa *sa,
			       const struct cp_value *value)
{
	struct vip_names *names = sa->ike.vips.names;

	if (names->n_domains == DOMAINS_MAX)
		return "there are too many";
	if (!domain_read(value->text, names->domains[names->n_domains]))
		return "it is no name of a domain";
	names->n_domains++;
	return NULL;
}

static const char *take_value(struct ikev2_sa *sa,
			      const struct cp_attribute *attribute)
{
	static const char *(*const takers[])(struct ikev2_sa * sa,
					     const struct cp_value *value) = {
		[CP_MEANS_HOST] = take_host,
		[CP_MEANS_SERVER] = take_server,
		[CP_MEANS_DOMAIN] = take_domain,
	};
	struct cp_value value;

	if (!cp_value(attribute, &value))
		return "it has a length that it can't have";
	if (value.means == CP_MEANS_OTHER)
		return "it has no use here";
	if (value.empty)
		return "it is empty";
	return takers[value.means](sa, &value);
}

static void take_attribute(struct ikev2_sa *sa,
			   const struct cp_attribute *attribute)
{
	const char *name = cp_attribute_name(attribute->type);
	const char *why = take_value(sa, attribute);

	if (why)
		ike_sa_log(&sa->ike, LEVEL_DETAIL,
			   "%s (%u) of the peer is not taken: %s",
			   name ? name : "attribute", attribute->type, why);
}

void v2_cp_take(struct ikev2_sa *sa, const struct v2_message *message)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_CP, NULL);
	struct ike_sa *ike = &sa->ike;
	char text[ADDR_TEXT_SIZE];
	struct cp_attribute attribute;
	struct payload_cp cp;
	struct err err;

	if (!payload || !ike->conn->vips.n)
		return;
	if (payload_cp(payload->body, &cp, &err)) {
		ike_sa_log(ike, LEVEL_ERROR, "%s", err.text);
		return;
	}
	if (!ike->vips.names)
		ike->vips.names = calloc(1, sizeof(*ike->vips.names));
	if (cp.type != CP_REPLY || !ike->vips.names)
		return;
	while (cp_next(&cp.attributes, &attribute))
		take_attribute(sa, &attribute);
	for (size_t i = 0; i < ike->vips.local.n; i++)
		ike_sa_log(ike, LEVEL_INFO, "the peer gives us %s",
			   addr_digits(&ike->vips.local.list[i], text));
}

/* ----------------------------------------------------------------- responder */

int v2_cp_asked(struct ikev2_sa *sa, const struct v2_message *message)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_CP, NULL);
	struct cp_attribute attribute;
	struct cp_value value;
	struct payload_cp cp;
	struct err err;

	sa->ike.vips.asked.n = 0;
	sa->peer_asks_domains = false;
	if (!payload)
		return 0;
	if (payload_cp(payload->body, &cp, &err))
		return -1;
	if (cp.type != CP_REQUEST)
		return 0;
	while (cp_next(&cp.attributes, &attribute)) {
		/* What can't be an address asks for any. */
		cp_value(&attribute, &value);
		if (value.means == CP_MEANS_HOST)
			addrs_add(&sa->ike.vips.asked, &value.addr);
		else if (value.means == CP_MEANS_DOMAIN)
			sa->peer_asks_domains = true;
	}
	return 0;
}

/* What goes with addresses of that pool. */
static void add_attributes(const struct ikev2_sa *sa,
			   const struct pool_conf *conf, struct build *out)
{
	for (size_t i = 0; i < conf->n_attributes; i++) {
		const struct pool_attribute *attribute = &conf->attributes[i];

		/* RFC 8598, 3.2: only to who asks for it. */
		if (attribute->type == CP_INTERNAL_DNS_DOMAIN &&
		    !sa->peer_asks_domains)
			continue;
		build_cp_attribute(out, attribute->type,
				   buf_span(&attribute->value));
	}
}

static bool is_first_of_pool(const struct ike_sa *ike, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ike->vips.leases[i]->pool == ike->vips.leases[at]->pool)
			return false;
	return true;
}

void v2_cp_answer(const struct ikev2_sa *sa, struct build *out)
{
	const struct ike_sa *ike = &sa->ike;

	if (!ike->vips.remote.n)
		return;
	build_cp(out, CP_REPLY);
	for (size_t i = 0; i < ike->vips.remote.n; i++)
		build_cp_host(out, &ike->vips.remote.list[i]);
	for (size_t i = 0; i < ike->vips.remote.n; i++)
		if (is_first_of_pool(ike, i))
			add_attributes(sa, ike->vips.leases[i]->pool->conf,
				       out);
	build_close(out);
}

static const char *missing_pool(const struct ike_sa *ike)
{
	const struct conf_texts *names = &ike->conn->pools;

	for (size_t i = 0; i < names->n; i++)
		if (!pool_find(&ike->engine->pools, names->texts[i]))
			return names->texts[i];
	return NULL;
}

uint16_t v2_cp_refusal(const struct ikev2_sa *sa, char text[400])
{
	const struct ike_sa *ike = &sa->ike;
	const char *missing = missing_pool(ike);
	char id[IDENT_TEXT_SIZE];

	if (ike->vips.remote.n)
		return 0;
	if (!ike->vips.asked.n) {
		if (!ike->conn->pools.n)
			return 0;
		snprintf(
			text, 400,
			"the peer does not ask for an inner address, and connection %s has pools",
			ike->conn->name);
		return NOTIFY_FAILED_CP_REQUIRED;
	}
	ident_show(ike_sa_peer_id(ike), id);
	if (!ike->conn->pools.n)
		snprintf(
			text, 400,
			"%.200s asks for an inner address; connection %s has no pools",
			id, ike->conn->name);
	else if (missing)
		snprintf(
			text, 400,
			"%.200s asks for an inner address; there is no pool '%.64s'",
			id, missing);
	else
		snprintf(
			text, 400,
			"%.200s asks for an inner address; pool %.64s has none left",
			id, ike->conn->pools.texts[0]);
	return NOTIFY_INTERNAL_ADDRESS_FAILURE;
}
