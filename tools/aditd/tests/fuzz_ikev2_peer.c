// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One end, and in place of the other one whatever a peer that knows the keys
 * could say: requests, and answers to what is on its way, one after the other.
 * Nothing may crash, leak, grow or go on for ever, and nobody gets in who has not
 * shown who it is.
 *
 *	scenario (what it begins with, and of enum more), enum other, then steps: an
 *	octet that says which, with what it takes behind it
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ikev2_forge.h"

/* What the pair finds strange is an error here. */
static int strange(const char *fmt, ...);
#define printf strange
#include "ikev2_pair.c" // NOLINT(bugprone-suspicious-include)
#undef printf

enum { STEPS_MAX = 40, SAS_MAX = 12 };

static int strange(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (!getenv("PAIR_LOG"))
		abort();
	return 0;
}

static struct {
	struct span rest; /* of the input */
	struct pair *pair;
	struct engine *b;
	unsigned int proofs; /* of the peer's that were good */
} in;

static uint8_t take_octet(void)
{
	uint8_t value = 0;

	span_take_u8(&in.rest, &value);
	return value;
}

/* Its AUTH is good if it begins with that. */
enum { GOOD = 'g' };

static void fuzz_auth(void *world, const struct env_auth *auth)
{
	struct pair_end *end = world;
	struct pair_call *call;

	world_auth(world, auth);
	if (auth->eap == EAP_END || !auth->verify)
		return;
	for (call = end->pair->calls; call->next; call = call->next)
		;
	call->good = auth->auth.len && auth->auth.data[0] == GOOD;
	in.proofs += call->good;
}

/* ------------------------------------------------------------------ payloads */

static struct ikev2_sa *pick_sa(uint8_t nth)
{
	struct ike_sa *sa = in.b->first;

	for (; sa && sa->next && nth; nth--)
		sa = sa->next;
	return sa ? v2_sa(sa) : NULL;
}

static const struct child_sa *pick_child(const struct ikev2_sa *sa, uint8_t nth)
{
	const struct child_sa *child = sa->ike.children;

	for (; child && child->next && nth; nth--)
		child = child->next;
	return child;
}

static const struct conn *conn_of(const struct ikev2_sa *sa)
{
	return sa->ike.conn ? sa->ike.conn : in.b->slots->conn;
}

static void add_proposals(const struct ikev2_sa *sa, bool ike, uint8_t how,
			  struct build *out)
{
	const struct proposals *ours = ike ? &conn_of(sa)->proposals :
					     &conn_of(sa)->children->proposals;
	struct proposals *list = calloc(1, sizeof(*list));
	size_t n;

	if (!list)
		abort();
	proposals_copy(list, ours);
	list->n = how & 1 ? 1 : list->n;
	for (size_t i = 0; i < list->n; i++) {
		struct proposal *one = &list->list[i];

		one->number = (uint8_t)(i + 1);
		one->spi_len = how & 2 ? 0 : ike ? 8 : 4;
		memset(one->spi, how | 1, one->spi_len);
		n = 0;
		for (size_t j = 0; j < one->n; j++)
			if (!(how & 4) ||
			    !transform_is_addke(&one->transforms[j]))
				one->transforms[n++] = one->transforms[j];
		one->n = (uint8_t)n;
	}
	build_sa(out, list);
	free(list);
}

static void add_ke(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	static const uint16_t methods[] = { KE_CURVE25519, KE_ECP_256,
					    KE_CURVE448, KE_MODP_2048 };
	uint16_t method = methods[how % ARRAY_SIZE(methods)];
	struct buf share = BUF_INIT;

	(void)sa;
	kex_free(kex_start(method, &share));
	build_ke(out, method, buf_span(&share));
	buf_free(&share);
}

static void add_ts(uint8_t type, uint8_t how, struct build *out)
{
	static const char *const texts[] = {
		"10.1.0.0/16",	       "10.2.0.0/16", "0.0.0.0/0",
		"10.1.2.3/32[tcp/80]", "::/0",	      "192.0.2.1/32"
	};
	struct ts_list list = { 0 };
	struct err err;

	if (ts_parse(&list, texts[how % ARRAY_SIZE(texts)], &err))
		abort();
	build_ts(out, type, &list);
}

static void add_tsi(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	(void)sa;
	add_ts(PAYLOAD_TSI, how, out);
}

static void add_tsr(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	(void)sa;
	add_ts(PAYLOAD_TSR, how, out);
}

static void add_link(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	struct buf link = BUF_INIT;

	(void)how;
	buf_add_u64(&link, sa->following ? sa->following->answer.link : 1);
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_ADDITIONAL_KEY_EXCHANGE, buf_span(&link));
	buf_free(&link);
}

static void spi_of(const struct child_sa *child, uint8_t spi[4])
{
	uint32_t value = child ? child->spi_out : 0;

	for (unsigned int i = 0; i < 4; i++)
		spi[i] = (uint8_t)(value >> 8 * (3 - i));
}

static void add_notify(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	static const uint16_t types[] = {
		NOTIFY_INVALID_KE_PAYLOAD,
		NOTIFY_AUTHENTICATION_FAILED,
		NOTIFY_NO_ADDITIONAL_SAS,
		NOTIFY_TEMPORARY_FAILURE,
		NOTIFY_CHILD_SA_NOT_FOUND,
		NOTIFY_NO_PROPOSAL_CHOSEN,
		NOTIFY_STATE_NOT_FOUND,
		NOTIFY_UPDATE_SA_ADDRESSES,
		NOTIFY_NO_ADDITIONAL_ADDRESSES,
		NOTIFY_INITIAL_CONTACT,
		NOTIFY_USE_TRANSPORT_MODE,
		NOTIFY_ANOTHER_AUTH_FOLLOWS,
		NOTIFY_MULTIPLE_AUTH_SUPPORTED,
		NOTIFY_EAP_ONLY_AUTHENTICATION,
		NOTIFY_MOBIKE_SUPPORTED,
		NOTIFY_TICKET_REQUEST,
		NOTIFY_TICKET_ACK,
		NOTIFY_TICKET_NACK,
		NOTIFY_UNACCEPTABLE_ADDRESSES,
		NOTIFY_USE_PPK,
	};
	static const uint8_t method[] = { 0, KE_ECP_256 };
	uint16_t type = types[how % ARRAY_SIZE(types)];
	bool has_data = type == NOTIFY_INVALID_KE_PAYLOAD;

	(void)sa;
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), type,
		     has_data ? SPAN(method) : span_of(NULL, 0));
}

/* Those with data of their own. */
static void add_other(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	static const uint8_t data[24] = { PPK_ID_FIXED, 'p', 2, 3 };
	static const struct {
		uint16_t type;
		uint8_t len;
	} rows[] = {
		{ NOTIFY_COOKIE2, 16 },
		{ NOTIFY_PPK_IDENTITY, 2 },
		{ NOTIFY_NO_PPK_AUTH, 20 },
		{ NOTIFY_TICKET_LT_OPAQUE, 24 },
		{ NOTIFY_QUICK_CRASH_DETECTION, 24 },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 4 },
		{ NOTIFY_IPCOMP_SUPPORTED, 3 },
	};
	size_t i = how % ARRAY_SIZE(rows);
	bool right = rows[i].type == NOTIFY_COOKIE2 && how & 0x80;

	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), rows[i].type,
		     right ? SPAN(sa->mobike.cookie2) :
			     span_of(data, rows[i].len));
}

static void add_id(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	const struct conf_round *round = &in.b->slots->conn->remote[0];
	struct buf body = BUF_INIT;

	(void)sa;
	if (how & 1) {
		buf_add_u32(&body, (uint32_t)ID_FQDN << 24);
		buf_add_text(&body, "someone");
	} else {
		ident_to_wire(how & 2 ? &in.b->slots->conn->local[0].id :
					&round->id,
			      &body);
	}
	build_span(out, how & 4 ? PAYLOAD_IDR : PAYLOAD_IDI, buf_span(&body));
	buf_free(&body);
}

static void add_eap(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	const uint8_t packet[] = { (uint8_t)(how % 5), (uint8_t)(how / 5), 0,
				   4 };

	(void)sa;
	build_span(out, PAYLOAD_EAP, SPAN(packet));
}

static void add_cp(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	static const struct addr vip = { 4, { 10, 9, 0, 1 } };

	(void)sa;
	build_cp(out, how & 1 ? CP_REQUEST : CP_REPLY);
	build_cp_host(out, &vip);
	build_cp_attribute(out, CP_INTERNAL_DNS_DOMAIN,
			   span_of_text(how & 2 ? "example.org" : "a b;$(c)"));
	build_close(out);
}

static void add_child_sa(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	add_proposals(sa, false, how, out);
}

static void add_ike_sa(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	add_proposals(sa, true, how, out);
}

static void add_nonce(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	static const uint8_t nonce[32];

	(void)sa;
	build_span(out, PAYLOAD_NONCE, span_of(nonce, 32 - how % 20));
}

static void add_rekey(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	uint8_t spi[4];

	spi_of(pick_child(sa, how & 7), spi);
	build_notify(out, PROTOCOL_ESP, SPAN(spi), NOTIFY_REKEY_SA,
		     span_of(NULL, 0));
}

static void add_delete(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	uint8_t spi[4];

	spi_of(pick_child(sa, how & 7), spi);
	build_delete(out, PROTOCOL_ESP, 4, SPAN(spi));
}

static void add_ike_delete(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	(void)sa;
	(void)how;
	build_delete(out, PROTOCOL_IKE, 0, span_of(NULL, 0));
}

static void add_auth(struct ikev2_sa *sa, uint8_t how, struct build *out)
{
	const uint8_t auth[32] = { how & 1 ? 'b' : GOOD };

	(void)sa;
	build_auth(out, how & 2 ? AUTH_DIGITAL_SIGNATURE : AUTH_PSK,
		   SPAN(auth));
}

static void add_block(struct ikev2_sa *sa, struct build *out)
{
	static void (*const adders[])(struct ikev2_sa * sa, uint8_t how,
				      struct build * out) = {
		add_child_sa, add_ike_sa,     add_nonce,  add_ke,
		add_tsi,      add_tsr,	      add_link,	  add_rekey,
		add_delete,   add_ike_delete, add_notify, add_other,
		add_id,	      add_auth,	      add_eap,	  add_cp,
	};
	uint8_t what = take_octet(), how = take_octet();

	adders[what % ARRAY_SIZE(adders)](sa, how, out);
}

/* ------------------------------------------------------------------ messages */

/* What goes together, so that not all has to be found out. */
static const char *const usual[] = {
	"\x00\x04\x02\x00\x03\x00\x04\x00\x05\x01", /* a child */
	"\x07\x00\x00\x04\x02\x00\x03\x00\x04\x00\x05\x01", /* that is rekeyed */
	"\x07\x01\x00\x04\x02\x00\x03\x00\x04\x00\x05\x01",
	"\x00\x00\x02\x00\x03\x00\x04\x00\x05\x01", /* with more keys */
	"\x07\x00\x00\x00\x02\x00\x03\x00\x04\x00\x05\x01",
	"\x01\x04\x02\x00\x03\x00", /* an IKE SA */
	"\x01\x00\x02\x00\x03\x00",
	"\x03\x01\x06\x00", /* IKE_FOLLOWUP_KE */
	"\x03\x02\x06\x00",
	"\x08\x00",
	"\x08\x01",
	"\x09\x00",
	"\x0a\x07",
	"\x0a\x00",
	"\x0a\x03",
	"\x0c\x00\x0d\x00\x00\x04\x04\x00\x05\x01", /* IKE_AUTH */
	"\x0c\x00\x00\x04\x04\x00\x05\x01",
	"\x0c\x04\x0d\x00\x00\x05\x04\x01\x05\x00",
	"\x0c\x04\x0d\x00\x0e\x01",
	"\x0d\x00",
	"\x0e\x02",
	"\x0e\x03",
};
/* A NUL is part of them: so long each. */
static const uint8_t usual_len[] = { 10, 12, 12, 10, 12, 6, 6,	4, 4, 2, 2,
				     2,	 2,  2,	 2,  10, 8, 10, 6, 2, 2, 2 };

static void add_usual(struct ikev2_sa *sa, uint8_t which, struct build *out)
{
	struct span rest = in.rest;
	size_t i = which % ARRAY_SIZE(usual);

	in.rest = span_of((const uint8_t *)usual[i], usual_len[i]);
	while (in.rest.len)
		add_block(sa, out);
	in.rest = rest;
}

static void say(bool response)
{
	static const uint8_t exchanges[] = { EXCHANGE_CREATE_CHILD_SA,
					     EXCHANGE_INFORMATIONAL,
					     EXCHANGE_IKE_FOLLOWUP_KE,
					     EXCHANGE_IKE_AUTH,
					     EXCHANGE_IKE_INTERMEDIATE };
	uint8_t which = take_octet(), n = take_octet();
	struct ikev2_sa *sa = pick_sa(which >> 5);
	struct build inner;

	if (!sa)
		return;
	build_start_inner(&inner);
	if (n & 0x80)
		add_usual(sa, n & 0x1f, &inner);
	n = n >> 5 & 3;
	for (unsigned int i = 0; i < n; i++)
		add_block(sa, &inner);
	forge(sa,
	      response ? sa->asked :
			 exchanges[(which & 0x1f) % ARRAY_SIZE(exchanges)],
	      response, &inner);
}

/* The proposal that is answered has to be one of ours, with one of each. */
static void answer_making(struct ikev2_sa *sa, uint8_t how)
{
	const struct v2_making *making = &sa->making;
	struct proposals *list = calloc(1, sizeof(*list));
	struct proposal chosen;
	struct build inner;
	struct err err;

	if (!list)
		abort();
	build_start_inner(&inner);
	if (making->offer &&
	    !proposal_select(making->offer, making->offer,
			     making->nonce.len ?
				     (how & 1 ? PROPOSAL_NO_ADDKE : 0) :
				     PROPOSAL_NO_KE,
			     &chosen, &err)) {
		list->n = 1;
		list->list[0] = chosen;
		memset(list->list[0].spi, how | 1, sizeof(list->list[0].spi));
		build_sa(&inner, list);
	}
	free(list);
	if (making->nonce.len) {
		build_span(&inner, PAYLOAD_NONCE, buf_span(&making->nonce));
		add_ke(sa, how & 2 ? 1 : 0, &inner);
	}
	if (making->child) {
		build_ts(&inner, PAYLOAD_TSI, &making->child->local_ts);
		build_ts(&inner, PAYLOAD_TSR, &making->child->remote_ts);
	}
	if (how & 4)
		add_link(sa, 0, &inner);
	if (!making->nonce.len)
		add_usual(sa, 17, &inner);
	forge(sa, sa->asked, true, &inner);
}

/* What anybody could say who has seen the SPIs. */
static void say_bare(uint8_t how)
{
	static const uint16_t types[] = {
		NOTIFY_INVALID_IKE_SPI,
		NOTIFY_INVALID_SPI,
		NOTIFY_COOKIE,
		NOTIFY_INVALID_KE_PAYLOAD,
		NOTIFY_NO_PROPOSAL_CHOSEN,
		NOTIFY_TICKET_NACK,
	};
	static const uint8_t data[] = { 0, 19, 1, 1 };
	struct ikev2_sa *sa = pick_sa(how >> 5);
	struct ike_header header;
	struct ike_path path;
	struct build out;

	if (!sa)
		return;
	path = sa->ike.path;
	header = v2_header(sa, how & 8 ? EXCHANGE_INFORMATIONAL : sa->asked, 0,
			   !(how & 16));
	header.flags ^= IKE_FLAG_INITIATOR;
	build_start(&out, &header);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
		     types[(how & 7) % ARRAY_SIZE(types)], SPAN(data));
	if (sa->peer_token.len)
		build_notify(&out, PROTOCOL_IKE, span_of(NULL, 0),
			     NOTIFY_QUICK_CRASH_DETECTION,
			     buf_span(&sa->peer_token));
	if (!build_finish(&out))
		engine_input(in.b, &path, buf_span(&out.buf));
	build_free(&out);
}

static void want(uint8_t what)
{
	struct engine_pick ike = { .ike = "net" }, child = { .child = "net" };

	switch (what % 7) {
	case 0:
		engine_rekey(in.b, &child, false);
		break;
	case 1:
		engine_rekey(in.b, &ike, false);
		break;
	case 2:
		engine_terminate(in.b, &child, false, NULL, NULL);
		break;
	case 3:
		engine_terminate(in.b, &ike, what & 0x80, NULL, NULL);
		break;
	case 4:
		engine_rekey(in.b, &ike, true);
		break;
	case 5:
		in.pair->ends[PAIR_B].addr.octets[3] ^= 8;
		pair_network(in.pair, PAIR_B);
		break;
	default:
		pair_initiate(in.pair, PAIR_B, "net", "net");
	}
}

static void step_of_peer(void)
{
	struct ikev2_sa *sa;
	uint8_t how;

	switch (take_octet() % 9) {
	case 0:
	case 1:
	case 2:
		say(false);
		break;
	case 3:
		say(true);
		break;
	case 4:
	case 5:
		how = take_octet();
		sa = pick_sa(how >> 5);
		if (sa)
			answer_making(sa, how);
		break;
	case 6:
		want(take_octet());
		break;
	case 8:
		say_bare(take_octet());
		break;
	default:
		how = take_octet();
		pair_run(in.pair, how & 0x80 ? (how & 0x7fU) * 1000UL : how);
	}
	/* What the keys process says. */
	pair_run(in.pair, 1);
}

/* ------------------------------------------------------------------- configure */

enum more {
	MORE = 0x04,
	MOBILE = 0x08,
	PPK = 0x10,
	EAP = 0x20,
	ROUNDS = 0x40,
	RESUMPTION = 0x80
};

enum other {
	ASKS = 0x01,
	GIVES = 0x02,
	RESTARTS = 0x04,
	COMPRESSES = 0x08,
	TRANSPORT = 0x10,
	CHILDLESS = 0x20,
	REPLACES = 0x40,
	EARLY = 0x80,
};

static void add_pool(struct pair *pair)
{
	struct pool_conf *conf = calloc(1, sizeof(*conf));
	struct err err;

	if (!conf)
		abort();
	snprintf(conf->name, sizeof(conf->name), "four");
	conf->first = (struct addr){ 4, { 10, 2, 3, 1 } };
	conf->base = conf->first;
	conf->size = 3;
	if (engine_pool_add(pair->ends[PAIR_B].engine, conf, &err))
		abort();
}

static void configure(struct pair *pair, unsigned int end, struct conn *conn,
		      uint8_t other)
{
	struct child_conf *child = conn->children;

	if (end == PAIR_B && other & ASKS)
		pair_add_text(&conn->vips, "0.0.0.0");
	if (end == PAIR_B && other & GIVES) {
		add_pool(pair);
		pair_add_text(&conn->pools, "four");
	}
	if (end == PAIR_B && other & RESTARTS) {
		conn->dpd_delay = 30;
		child->dpd_action = DPD_RESTART;
		child->close_action = START_START | START_TRAP;
	}
	child->ipcomp = other & COMPRESSES;
	if (other & TRANSPORT)
		child->mode = MODE_TRANSPORT;
	if (end == PAIR_A && other & TRANSPORT) {
		pair->ends[end].behind_nat = true;
		pair->ends[end].nat_addr =
			(struct addr){ 4, { 203, 0, 113, 7 } };
	}
	if (other & CHILDLESS)
		conn->childless = CHILDLESS_PREFER;
	if (other & REPLACES)
		conn->unique = UNIQUE_REPLACE;
}

static void add_round(struct conf_round *rounds, size_t *n)
{
	rounds[1].auth = AUTH_WITH_PSK;
	if (ident_copy(&rounds[1].id, &rounds[0].id))
		abort();
	*n = 2;
}

static void load(struct pair *pair, uint8_t flags, uint8_t other)
{
	const uint8_t secret[ENGINE_SECRET_LEN] = { 1 };

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn =
			flags & MORE ? pair_more(pair, end,
						 "x25519-ke1_ecp256-ke2_x448",
						 "x25519-ke1_ecp256-ke2_x448") :
				       pair_usual(pair, end);

		conn->mobike = flags & MOBILE;
		conn->resumption = flags & RESUMPTION;
		if (flags & MOBILE)
			engine_set_secret(pair->ends[end].engine, secret);
		if (flags & PPK) {
			pair->ends[end].ppk_id = "p";
			pair->ends[end].ppk = "a post-quantum preshared key";
			pair_ppk(conn, "p", flags & MOBILE);
		}
		/* Of B: who connects is asked for it. */
		if (flags & EAP)
			(end ? conn->remote : conn->local)[0].auth =
				AUTH_WITH_EAP;
		if (flags & ROUNDS) {
			add_round(conn->local, &conn->local_n);
			add_round(conn->remote, &conn->remote_n);
		}
		configure(pair, end, conn, other);
		pair_load(pair, end, conn);
	}
}

/* B's first answer, or its second message, is the last of the true ones. */
static bool only_first(struct pair *pair, struct pair_packet *packet)
{
	return packet->nth < pair->hook_arg;
}

static void begin(uint8_t scenario, uint8_t other)
{
	struct pair *pair = in.pair;

	switch (scenario & 3) {
	case 0:
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		break;
	case 1:
		pair_initiate(pair, PAIR_B, "net", "net");
		pair_settle(pair);
		break;
	default:
		pair->hook = only_first;
		pair->hook_arg = other & EARLY ? 1 : 2;
		pair_initiate(pair, scenario & 1 ? PAIR_A : PAIR_B, "net",
			      "net");
		pair_run(pair, 100);
	}
	pair->mute = true;
}

static bool is_up(void)
{
	for (const struct ike_sa *sa = in.b->first; sa; sa = sa->next)
		if (sa->state >= IKE_ESTABLISHED)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct env_ops trusting;
	uint8_t more, other;

	if (size < 2)
		return 0;
	trusting = ops;
	trusting.auth = fuzz_auth;
	in.rest = span_of(data, size);
	in.pair = pair_new();
	in.b = in.pair->ends[PAIR_B].engine;
	in.proofs = 0;
	more = take_octet();
	other = take_octet();
	load(in.pair, more, other);
	begin(more, other);
	in.b->env.ops = &trusting;
	if (more & 2 && is_up())
		abort();
	for (unsigned int i = 0; i < STEPS_MAX && in.rest.len; i++) {
		step_of_peer();
		if (in.b->n_sas > SAS_MAX)
			abort();
		if (more & 2 && is_up() &&
		    in.proofs < in.b->slots->conn->remote_n)
			abort();
	}
	pair_run(in.pair, 400UL * 1000);
	/* Nothing is left of what nobody answers for, but what is up. */
	for (const struct ike_sa *sa = in.b->first; sa; sa = sa->next)
		if (sa->orphaned ||
		    (sa->state != IKE_ESTABLISHED && !sa->initiator))
			abort();
	pair_free(in.pair);
	return 0;
}
