// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CERTREQ (RFC 7296, 3.7): which CAs a certificate may come from, by their key
 * ids. They are a hint which one to send, so that nothing else hangs on them.
 */
#include "v2.h"

enum { ID_LEN = 20, IDS_MAX = 512 * ID_LEN };

struct wanted {
	bool any; /* of the CAs that we trust */
	struct buf ids;
};

static bool has_id(const struct buf *ids, struct span id)
{
	struct span rest = buf_span(ids), one;

	while (span_take(&rest, ID_LEN, &one))
		if (span_equal(one, id))
			return true;
	return false;
}

static void add_ids(struct buf *to, struct span ids)
{
	struct span one;

	while (to->len < IDS_MAX && span_take(&ids, ID_LEN, &one))
		if (!has_id(to, one))
			buf_add_span(to, one);
}

/* Only who signs with the key of a certificate sends one. */
static bool wants_cert(const struct conf_round *round)
{
	return round->auth != AUTH_WITH_PSK && round->auth != AUTH_WITH_EAP &&
	       !round->pubkeys.n;
}

static void want(struct wanted *wanted, const struct conn *conn)
{
	if (!conn->send_certreq)
		return;
	for (size_t i = 0; i < conn->remote_n; i++) {
		const struct conf_round *round = &conn->remote[i];

		if (!wants_cert(round))
			continue;
		if (round->ca_ids.len)
			add_ids(&wanted->ids, buf_span(&round->ca_ids));
		else
			wanted->any = true;
	}
}

/* It is used up. */
static void add(struct ikev2_sa *sa, struct wanted *wanted, struct build *out)
{
	const struct env *env = &sa->ike.engine->env;
	struct buf body = BUF_INIT, all = BUF_INIT;

	if (wanted->any && env->ops->certreqs)
		env->ops->certreqs(env->world, &all);
	add_ids(&wanted->ids, buf_span(&all));
	buf_add_u8(&body, CERT_X509_SIGNATURE);
	buf_add_span(&body, buf_span(&wanted->ids));
	if (wanted->ids.len && !body.failed && !wanted->ids.failed)
		build_span(out, PAYLOAD_CERTREQ, buf_span(&body));
	buf_free(&body);
	buf_free(&all);
	buf_free(&wanted->ids);
}

void v2_certreqs_add(struct ikev2_sa *sa, struct build *out)
{
	struct wanted wanted = { .ids = BUF_INIT };

	want(&wanted, sa->ike.conn);
	add(sa, &wanted, out);
}

void v2_certreqs_add_any(struct ikev2_sa *sa, const struct proposal *chosen,
			 struct build *out)
{
	const struct engine *engine = sa->ike.engine;
	struct wanted wanted = { .ids = BUF_INIT };
	struct err ignored;

	for (const struct conn_slot *slot = engine->slots; slot;
	     slot = slot->next)
		if (slot->conn->version != 1 &&
		    conn_slot_match(slot, &sa->ike.path) &&
		    !proposal_check(&slot->conn->proposals, chosen, 0,
				    &ignored))
			want(&wanted, slot->conn);
	add(sa, &wanted, out);
}

void v2_certreqs_take(struct ikev2_sa *sa, const struct chain *chain)
{
	const struct payload *payload = NULL;

	buf_free(&sa->certreqs);
	while ((payload = chain_find(chain, PAYLOAD_CERTREQ, payload)) != NULL)
		if (payload->body.len > 1 && payload->body.len % ID_LEN == 1 &&
		    payload->body.data[0] == CERT_X509_SIGNATURE &&
		    sa->certreqs.len < 16384)
			buf_add(&sa->certreqs, payload->body.data + 1,
				payload->body.len - 1);
}
