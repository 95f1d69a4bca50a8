// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A message as a peer may send it: header, chain, every body as every type, and
 * the line for the log. What is read, is built, and read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/ident.h"
#include "../core/ts.h"
#include "../core/vip.h"
#include "../payload/v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct span inner, struct span outer)
{
	return !inner.len || (inner.data >= outer.data &&
			      inner.data + inner.len <= outer.data + outer.len);
}

static void need(bool good)
{
	if (!good)
		abort();
}

/* The body of the one payload that was built. */
static struct span built(struct build *build, struct chain *chain)
{
	struct err err;
	uint8_t critical;

	need(!build->buf.failed);
	need(!chain_parse(chain, build_first(build), buf_span(&build->buf),
			  &critical, &err));
	need(chain->n == 1);
	return chain->payloads[0].body;
}

static bool can_be_built(const struct proposals *list)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < list->list[i].n; j++)
			if (list->list[i].transforms[j].bits ==
			    TRANSFORM_BITS_UNKNOWN)
				return false;
	return list->n;
}

static void check_sa(struct span body)
{
	char text[PROPOSAL_TEXT_SIZE];
	struct proposals list, again;
	struct build build;
	struct chain chain;
	struct err err;

	if (payload_sa(body, &list, &err))
		return;
	need(list.n <= PROPOSALS_MAX);
	proposal_show_list(&list, text, sizeof(text));
	if (!can_be_built(&list))
		return;
	/* Some were left out perhaps. */
	for (size_t i = 0; i < list.n; i++)
		list.list[i].number = (uint8_t)(i + 1);
	build_start_inner(&build);
	build_sa(&build, &list);
	need(!payload_sa(built(&build, &chain), &again, &err));
	need(again.n == list.n);
	for (size_t i = 0; i < list.n; i++) {
		need(again.list[i].n == list.list[i].n);
		need(again.list[i].spi_len == list.list[i].spi_len);
		for (size_t j = 0; j < list.list[i].n; j++)
			need(proposal_has(&again.list[i],
					  &list.list[i].transforms[j]));
	}
	build_free(&build);
}

static void check_built(struct build *build, struct span body)
{
	struct chain chain;
	struct span again = built(build, &chain);

	need(again.len == body.len);
	build_free(build);
}

static void check_notify(struct span body)
{
	struct payload_notify notify;
	struct build build;
	struct err err;

	if (payload_notify(body, &notify, &err))
		return;
	need(is_within(notify.spi, body) && is_within(notify.data, body));
	build_start_inner(&build);
	build_notify(&build, notify.protocol, notify.spi, notify.type,
		     notify.data);
	check_built(&build, body);
}

static void check_delete(struct span body)
{
	struct payload_delete delete;
	struct build build;
	struct err err;

	if (payload_delete(body, &delete, &err))
		return;
	need(is_within(delete.spis, body));
	need(delete.spis.len == (size_t) delete.count * delete.spi_len);
	build_start_inner(&build);
	build_delete(&build, delete.protocol, delete.spi_len, delete.spis);
	check_built(&build, body);
}

static void check_cp(struct span body)
{
	struct cp_attribute attribute;
	char domain[DOMAIN_SIZE];
	struct cp_value value;
	struct payload_cp cp;
	struct build build;
	struct err err;

	if (payload_cp(body, &cp, &err))
		return;
	build_start_inner(&build);
	build_cp(&build, cp.type);
	while (cp_next(&cp.attributes, &attribute)) {
		build_cp_attribute(&build, attribute.type, attribute.value);
		if (cp_value(&attribute, &value) &&
		    value.means == CP_MEANS_DOMAIN)
			domain_read(value.text, domain);
		need(is_within(attribute.value, body));
	}
	build_close(&build);
	need(!cp.attributes.len);
	check_built(&build, body);
}

static void check_plain(struct span body)
{
	struct payload_auth auth;
	struct payload_cert cert;
	struct payload_skf skf;
	struct payload_ke ke;
	struct build build;
	struct span nonce;
	struct err err;

	if (!payload_ke(body, &ke, &err)) {
		need(is_within(ke.share, body) && ke.share.len);
		build_start_inner(&build);
		build_ke(&build, ke.method, ke.share);
		check_built(&build, body);
	}
	if (!payload_auth(body, &auth, &err)) {
		need(is_within(auth.data, body));
		build_start_inner(&build);
		build_auth(&build, auth.method, auth.data);
		check_built(&build, body);
	}
	if (!payload_cert(body, &cert, &err)) {
		need(is_within(cert.data, body));
		build_start_inner(&build);
		build_cert(&build, cert.encoding, cert.data);
		check_built(&build, body);
	}
	if (!payload_skf(body, &skf, &err))
		need(is_within(skf.sealed, body) && skf.number &&
		     skf.number <= skf.total);
	if (!payload_nonce(body, &nonce, &err))
		need(nonce.len >= 16 && nonce.len <= 256);
}

static void check_core(struct span body)
{
	struct ts_list list;
	struct ident id;
	struct err err;

	if (!ident_from_wire(&id, body, &err))
		ident_free(&id);
	if (!ts_from_wire(&list, body, &err))
		need(list.n <= TS_MAX);
}

static void check_body(struct span body)
{
	check_sa(body);
	check_notify(body);
	check_delete(body);
	check_cp(body);
	check_plain(body);
	check_core(body);
}

/* With the bits that are reserved cleared, it is the same message again. */
static void check_chain(const struct ike_header *header,
			const struct chain *chain)
{
	struct build build;
	struct chain again;
	struct err err;
	uint8_t critical;

	build_start(&build, header);
	for (size_t i = 0; i < chain->n; i++)
		build_span(&build, chain->payloads[i].type,
			   chain->payloads[i].body);
	need(!build_finish(&build));
	need(build.buf.len == header->length);
	need(!chain_parse(&again, build_first(&build),
			  span_of(build.buf.data + IKE_HEADER_LEN,
				  build.buf.len - IKE_HEADER_LEN),
			  &critical, &err));
	need(again.n == chain->n);
	for (size_t i = 0; i < chain->n; i++)
		need(again.payloads[i].type == chain->payloads[i].type &&
		     span_equal(again.payloads[i].body,
				chain->payloads[i].body));
	build_free(&build);
}

static void check_message(const struct ike_header *header, struct span octets)
{
	struct payload_notify notify;
	struct chain chain;
	struct err err;
	uint8_t critical;
	char line[128];

	if (chain_parse(&chain, header->next, octets, &critical, &err))
		return;
	need(!critical && chain.n <= CHAIN_MAX);
	v2_show(header, &chain, line, sizeof(line));
	need(strlen(line) < sizeof(line));
	chain_notify(&chain, NOTIFY_COOKIE, &notify);
	check_chain(header, &chain);
	for (size_t i = 0; i < chain.n; i++) {
		need(is_within(chain.payloads[i].body, octets));
		check_body(chain.payloads[i].body);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_header header;
	struct buf buf = BUF_INIT;
	struct span at;
	struct err err;

	check_body(span_of(data, size));
	if (size < IKE_HEADER_LEN)
		return 0;
	/* Nobody gets the length right by chance. */
	buf_add(&buf, data, size);
	buf_put_u32(&buf, 24, (uint32_t)size);
	need(!ike_header_parse(buf_span(&buf), &header, &err));
	at = span_of(buf.data + IKE_HEADER_LEN, size - IKE_HEADER_LEN);
	check_message(&header, at);
	buf_free(&buf);
	return 0;
}
