// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Post-quantum preshared keys (RFC 8784): who has one, who wants one, and which
 * keys come out of it.
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

/* One end: the PPK that it has, what its connection says of it. */
struct side {
	const char *id, *ppk;
	const char *conn_id; /* NULL for none */
	bool required;
};

/* How the initiator, and the responder authenticate. */
struct auths {
	enum conf_auth a, b;
};

static const struct auths psk = { AUTH_WITH_PSK, AUTH_WITH_PSK };

static void set_auths(struct pair *pair, unsigned int end,
		      const struct side *side, const struct auths *auths)
{
	struct conn *conn = pair_usual(pair, end);

	conn->local[0].auth = end ? auths->b : auths->a;
	conn->remote[0].auth = end ? auths->a : auths->b;

	pair->ends[end].ppk_id = side->id;
	pair->ends[end].ppk = side->ppk;
	if (side->conn_id)
		pair_ppk(conn, side->conn_id, side->required);
	conn->ppk_required = side->required;
	pair_load(pair, end, conn);
}

static void set(struct pair *pair, unsigned int end, const struct side *side)
{
	set_auths(pair, end, side, &psk);
}

enum want { WITH, WITHOUT, FAILS };

static const struct row {
	const char *name;
	struct side a, b;
	enum want want;
	unsigned int end; /* whose text it is */
	const char *text; /* of "why" */
} table[] = {
	{ "both have it",
	  { "p", "secret", "p", false },
	  { "p", "secret", "p", false },
	  WITH },
	{ "both have it, and both want it",
	  { "p", "secret", "p", true },
	  { "p", "secret", "p", true },
	  WITH },
	{ "the responder needs no name for it",
	  { "p", "secret", "p", true },
	  { "p", "secret", NULL, true },
	  WITH },
	{ "the responder has none",
	  { "p", "secret", "p", false },
	  { NULL, NULL, NULL, false },
	  WITHOUT },
	{ "the responder has none, and the initiator wants one",
	  { "p", "secret", "p", true },
	  { NULL, NULL, NULL, false },
	  FAILS,
	  PAIR_A,
	  "the peer has no PPK, and ppk_required is yes" },
	{ "the responder has another one",
	  { "p", "secret", "p", false },
	  { "q", "secret", "q", false },
	  WITHOUT },
	{ "the responder has another one, and the initiator wants its own",
	  { "p", "secret", "p", true },
	  { "q", "secret", NULL, false },
	  FAILS,
	  PAIR_B,
	  "there is no such PPK" },
	{ "the responder has another one, and wants any",
	  { "p", "secret", "p", false },
	  { "q", "secret", NULL, true },
	  FAILS,
	  PAIR_B,
	  "there is no such PPK" },
	{ "the responder has it for another connection",
	  { "p", "secret", "p", false },
	  { "p", "secret", "q", false },
	  WITHOUT },
	{ "the responder has it for another connection, and wants its own",
	  { "p", "secret", "p", false },
	  { "p", "secret", "q", true },
	  FAILS,
	  PAIR_B,
	  "is not the one of ppk_id" },
	{ "the responder has it for another connection, and the initiator wants it",
	  { "p", "secret", "p", true },
	  { "p", "secret", "q", false },
	  FAILS,
	  PAIR_B,
	  "is not the one of ppk_id" },
	{ "the responder has it for several",
	  { "x.example", "secret", "x.example", true },
	  { "x.example", "secret", "*.example", true },
	  WITH },
	{ "the responder has it for all",
	  { "p", "secret", "p", true },
	  { "p", "secret", "%any", true },
	  WITH },
	{ "of that name, but another secret",
	  { "p", "secret", "p", false },
	  { "p", "Secret", "p", false },
	  FAILS,
	  PAIR_B,
	  "the peer has another secret" },
	{ "the initiator has none",
	  { NULL, NULL, NULL, false },
	  { "p", "secret", "p", false },
	  WITHOUT },
	{ "the initiator has none, and the responder wants one",
	  { NULL, NULL, NULL, false },
	  { "p", "secret", "p", true },
	  FAILS,
	  PAIR_B,
	  "the peer does not use a PPK" },
	{ "the initiator only has its name",
	  { NULL, NULL, "p", false },
	  { "p", "secret", "p", false },
	  WITHOUT },
	{ "the initiator only has its name, and wants it",
	  { NULL, NULL, "p", true },
	  { "p", "secret", "p", false },
	  FAILS,
	  PAIR_A,
	  "there is no such PPK" },
	{ "the initiator wants one, and does not say which",
	  { "p", "secret", NULL, true },
	  { "p", "secret", "p", false },
	  FAILS,
	  PAIR_A,
	  "ppk_required is yes, and there is no ppk_id" },
};

static void who_has_and_wants(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct row *row = &table[i];
		struct pair *pair = pair_new();
		bool up;

		set(pair, PAIR_A, &row->a);
		set(pair, PAIR_B, &row->b);
		up = pair_up(pair);
		pair_run(pair, 300 * 1000ULL);
		CHECK_ROW(up == (row->want != FAILS), row->name);
		for (unsigned int end = 0; up && end < 2; end++)
			CHECK_ROW(pair_ike(pair, end)->algs.ppk ==
					  (row->want == WITH),
				  row->name);
		if (row->text)
			CHECK_ROW(strstr(pair_why(pair, row->end, "net"),
					 row->text),
				  row->name);
		if (!up)
			CHECK_ROW(!pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) &&
					  !pair_ikes(pair, PAIR_B,
						     IKE_ESTABLISHED),
				  row->name);
		pair_free(pair);
	}
}

/*
 * With EAP the first AUTH is the responder's, or both are of EAP's key alone: the
 * same comes out of it, and both AUTH are with the PPK, or both without.
 */
static void with_eap(void)
{
	static const struct auths auths[] = {
		{ AUTH_WITH_EAP, AUTH_WITH_PSK },
		{ AUTH_WITH_EAP, AUTH_WITH_EAP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table) * ARRAY_SIZE(auths); i++) {
		const struct row *row = &table[i / ARRAY_SIZE(auths)];
		const struct auths *how = &auths[i % ARRAY_SIZE(auths)];
		struct pair *pair = pair_new();
		bool up;

		set_auths(pair, PAIR_A, &row->a, how);
		set_auths(pair, PAIR_B, &row->b, how);
		up = pair_up(pair);
		CHECK_ROW(up == (row->want != FAILS), row->name);
		for (unsigned int end = 0; up && end < 2; end++)
			CHECK_ROW(pair_ike(pair, end)->algs.ppk ==
					  (row->want == WITH),
				  row->name);
		pair_run(pair, 300 * 1000ULL);
		if (!up)
			CHECK_ROW(!pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) &&
					  !pair_ikes(pair, PAIR_B,
						     IKE_ESTABLISHED),
				  row->name);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(!pair->ends[end].eap_open, row->name);
		pair_free(pair);
	}
}

/* RFC 8784, 3: who has agreed on USE_PPK names one, or is refused. */
static void hide_name(struct buf *plain, uint8_t *first)
{
	struct span octets = buf_span(plain);
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, octets, &critical, &err));
	while ((payload = chain_find(&chain, PAYLOAD_NOTIFY, payload)) != NULL)
		if (!payload_notify(payload->body, &notify, &err) &&
		    notify.type == NOTIFY_PPK_IDENTITY)
			plain->data[payload->body.data - octets.data + 2] =
				0x9f;
}

static bool hides_name(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange == EXCHANGE_IKE_AUTH &&
	    !(packet->header.flags & IKE_FLAG_RESPONSE))
		pair_edit(pair, packet, hide_name);
	return true;
}

static void without_a_name(void)
{
	static const struct auths auths[] = {
		{ AUTH_WITH_PSK, AUTH_WITH_PSK },
		{ AUTH_WITH_EAP, AUTH_WITH_PSK },
	};
	static const struct side side = { "p", "secret", "p", false };

	for (size_t i = 0; i < ARRAY_SIZE(auths); i++) {
		struct pair *pair = pair_new();

		set_auths(pair, PAIR_A, &side, &auths[i]);
		set_auths(pair, PAIR_B, &side, &auths[i]);
		pair->hook = hides_name;
		CHECK(!pair_up(pair));
		CHECK(strstr(pair_why(pair, PAIR_B, "net"), "and not which"));
		CHECK(strstr(pair_why(pair, PAIR_A, "net"),
			     "AUTHENTICATION_FAILED"));
		pair_free(pair);
	}
}

/* Who has none of that name has not agreed on one, when AUTH comes. */
static struct {
	unsigned int inits, offers, auths;
} said;

static bool count_offers(struct pair *pair, struct pair_packet *packet)
{
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	(void)pair;
	if (packet->header.flags & IKE_FLAG_RESPONSE)
		return true;
	said.auths += packet->header.exchange == EXCHANGE_IKE_AUTH;
	if (packet->header.exchange != EXCHANGE_IKE_SA_INIT)
		return true;
	said.inits++;
	CHECK(!chain_parse(&chain, packet->header.next,
			   span_of(packet->octets.data + IKE_HEADER_LEN,
				   packet->octets.len - IKE_HEADER_LEN),
			   &critical, &err));
	said.offers += chain_notify(&chain, NOTIFY_USE_PPK, &notify);
	return true;
}

static void takes_it_back(void)
{
	static const struct side a = { NULL, NULL, "p", false };
	static const struct side b = { "p", "secret", "p", false };
	struct pair *pair = pair_new();

	set(pair, PAIR_A, &a);
	set(pair, PAIR_B, &b);
	memset(&said, 0, sizeof(said));
	pair->hook = count_offers;
	CHECK(pair_up(pair));
	CHECK(said.inits == 2 && said.offers == 1 && said.auths == 1);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	pair_free(pair);
}

/* prf+(PPK, SK_d), and that is what later keys are made of. */
static void later_keys_have_it(void)
{
	static const struct side side = { "p", "secret", "p", true };
	struct engine_pick pick = { .ike = "net" };
	struct pair *pair = pair_new();

	set(pair, PAIR_A, &side);
	set(pair, PAIR_B, &side);
	CHECK(pair_up(pair));
	CHECK(span_equal(buf_span(&v2_sa(pair_ike(pair, PAIR_A))->keys.d),
			 buf_span(&v2_sa(pair_ike(pair, PAIR_B))->keys.d)));
	engine_rekey(pair->ends[PAIR_B].engine, &pick, false);
	pair_settle(pair);
	CHECK(pair_agrees(pair));
	CHECK(pair_ike(pair, PAIR_A)->algs.ppk &&
	      pair_ike(pair, PAIR_B)->algs.ppk);
	pair_free(pair);
}

static bool twice(struct pair *pair, struct pair_packet *packet)
{
	pair_copy(pair, packet, 3);
	return packet->nth % 3 != pair->hook_arg;
}

static void lost_and_twice(void)
{
	static const struct side side = { "p", "secret", "p", false };

	for (unsigned int i = 0; i < 3; i++) {
		struct pair *pair = pair_new();

		set(pair, PAIR_A, &side);
		set(pair, PAIR_B, &side);
		pair->hook = twice;
		pair->hook_arg = i;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 100 * 1000ULL);
		CHECK(pair_ike(pair, PAIR_A) &&
		      pair_ike(pair, PAIR_A)->algs.ppk);
		CHECK(pair_ike(pair, PAIR_B) &&
		      pair_ike(pair, PAIR_B)->algs.ppk);
		CHECK(pair_agrees(pair));
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "a row for each of who has a PPK and who wants one",
	  who_has_and_wants },
	{ "with EAP, and EAP alone, the same", with_eap },
	{ "no name of a PPK that was agreed on", without_a_name },
	{ "the initiator has none of that name", takes_it_back },
	{ "keys that come later are made of it", later_keys_have_it },
	{ "messages are lost, and come twice", lost_and_twice },
};

TAP_MAIN(tests)
