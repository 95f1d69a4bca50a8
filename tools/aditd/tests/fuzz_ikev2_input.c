// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two engines talk, and one of their messages is changed on its way: inside of
 * what is sealed, as only a peer that knows the keys could do it. Or whole
 * messages are made up. Nothing may crash, leak, or go on for ever.
 *
 *	scenario (and 0x40 for ends that move, 0x18 which; else 0x08 for a session
 *	that is resumed, 0x10 to change what is in the ticket instead; 0x20 for
 *	rounds of authentication), which message (and 0x10 for EAP alone), then edits: op,
 *	position (2), value
 */
/* A fuzzer is built of one file. */
#include "ikev2_pair.c" // NOLINT(bugprone-suspicious-include)

enum { SCENARIOS = 8, EDITS_MAX = 24 };

enum edit_op { EDIT_XOR, EDIT_SET, EDIT_CUT, EDIT_ADD, EDIT_REPLACE, EDITS };

static struct {
	size_t nth; /* the message that is changed */
	const uint8_t *edits;
	size_t len;
} input;

static void edit(struct buf *buf, uint8_t *first)
{
	struct span rest = span_of(input.edits, input.len);
	uint8_t op, value;
	uint16_t at;

	for (int i = 0; i < EDITS_MAX; i++) {
		if (!span_take_u8(&rest, &op) || !span_take_u16(&rest, &at) ||
		    !span_take_u8(&rest, &value))
			return;
		if (buf->len && op % EDITS <= EDIT_SET) {
			at %= (uint16_t)buf->len;
			buf->data[at] = op % EDITS == EDIT_SET ?
						value :
						buf->data[at] ^ value;
		} else if (op % EDITS == EDIT_CUT) {
			buf_cut(buf, at);
		} else if (op % EDITS == EDIT_ADD) {
			buf_add_u8(buf, value);
		} else if (op % EDITS == EDIT_REPLACE) {
			buf_cut(buf, 0);
			buf_add_span(buf, rest);
			*first = value;
			return;
		}
	}
}

static bool change(struct pair *pair, struct pair_packet *packet)
{
	uint8_t unused;

	if (packet->nth != input.nth)
		return true;
	if (packet->header.next == PAYLOAD_SK ||
	    packet->header.next == PAYLOAD_SKF) {
		pair_edit(pair, packet, edit);
	} else {
		edit(&packet->octets, &unused);
		if (packet->octets.len >= IKE_HEADER_LEN)
			buf_put_u32(&packet->octets, 24,
				    (uint32_t)packet->octets.len);
	}
	return true;
}

static void run(struct pair *pair, unsigned int scenario)
{
	struct engine_pick ike = { .ike = "net" }, child = { .child = "net" };
	struct engine *a = pair->ends[PAIR_A].engine;
	struct engine *b = pair->ends[PAIR_B].engine;

	switch (scenario) {
	case 1:
		engine_rekey(a, &child, false);
		break;
	case 2:
		engine_rekey(a, &ike, false);
		break;
	case 3:
		engine_rekey(a, &child, false);
		engine_rekey(b, &child, false);
		break;
	case 4:
		engine_rekey(a, &ike, false);
		engine_rekey(b, &ike, false);
		break;
	case 5:
		engine_terminate(a, &child, false, NULL, NULL);
		break;
	case 6:
		engine_terminate(b, &child, false, NULL, NULL);
		pair_initiate(pair, PAIR_B, "net", "net");
		break;
	case 7:
		engine_terminate(a, &ike, false, NULL, NULL);
		break;
	default:
		break;
	}
}

/* More key exchanges, a PPK, and one that is needed. */
enum { MORE = 1, PPK = 2, PPK_REQUIRED = 4 };

static void load(struct pair *pair, bool mobile, bool resumption,
		 unsigned int keys)
{
	for (unsigned int end = 0; end < 2; end++) {
		const uint8_t secret[ENGINE_SECRET_LEN] = { (uint8_t)end };
		struct conn *conn =
			keys & MORE ? pair_more(pair, end,
						"x25519-ke1_ecp256-ke2_x448",
						"x25519-ke1_ecp256") :
				      pair_usual(pair, end);

		conn->mobike = mobile;
		conn->resumption = resumption;
		if (mobile)
			engine_set_secret(pair->ends[end].engine, secret);
		if (keys & PPK) {
			pair->ends[end].ppk_id = "p";
			pair->ends[end].ppk = "a post-quantum preshared key";
			pair_ppk(conn, "p", keys & PPK_REQUIRED);
		}
		pair_load(pair, end, conn);
	}
}

/* One end after the other, and both at once, are somewhere else. */
static void move(struct pair *pair, unsigned int which)
{
	for (unsigned int end = 0; end < 2; end++) {
		if (!(which & 1U << end))
			continue;
		pair->ends[end].addr.octets[3] += 10;
		pair_network(pair, end);
		if (which == 3)
			pair_run(pair, 15);
	}
}

/* What B has sealed, so that nobody but itself could change it. */
static void change_ticket(struct pair *pair, struct ticket *ticket)
{
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ticket_mark marks[TICKET_KEYS] = { 0 };
	struct buf state = BUF_INIT;
	struct err err;
	uint8_t unused;

	/* It stays one of the same IKE SA. */
	if (!ticket_open(&b->tickets, &b->env, buf_span(&ticket->opaque),
			 &marks[b->tickets.newest], &state, &err)) {
		edit(&state, &unused);
		buf_cut(&ticket->opaque, 0);
		ticket_seal(&b->tickets, &b->env, marks, buf_span(&state),
			    &ticket->opaque);
	}
	buf_free(&state);
}

/* A has lost B, and comes back. */
static void resume(struct pair *pair, bool inside)
{
	struct engine *a = pair->ends[PAIR_A].engine;
	struct conn_slot *slot = conn_slot(a, "net");
	struct ike_sa *sa = pair_ike(pair, PAIR_A);

	if (sa) {
		engine_enter(a);
		ike_sa_lost(sa, "it is lost");
		engine_leave(a);
	}
	if (inside && slot->ticket)
		change_ticket(pair, slot->ticket);
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
}

static void add_round(struct conf_round *rounds, size_t *n, enum conf_auth how)
{
	rounds[1].auth = AUTH_WITH_PSK;
	if (ident_copy(&rounds[1].id, &rounds[0].id))
		abort();
	rounds[0].auth = how;
	*n = 2;
}

/* IKE_AUTH with EAP, alone or not, and then once more. */
static void use_rounds(struct pair *pair, enum conf_auth responder)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = engine_conn(pair->ends[end].engine, "net");

		add_round(end ? conn->remote : conn->local,
			  end ? &conn->remote_n : &conn->local_n,
			  AUTH_WITH_EAP);
		add_round(end ? conn->local : conn->remote,
			  end ? &conn->local_n : &conn->remote_n, responder);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char cert[3000];
	bool moves, resumes, inside;
	struct pair *pair;

	if (size < 2)
		return 0;
	pair = pair_new();
	if (data[0] & 0x80) {
		memset(cert, 'c', sizeof(cert) - 1);
		pair->ends[PAIR_A].cert = cert;
		pair->ends[PAIR_B].cert = cert;
	}
	moves = data[0] & 0x40;
	resumes = !moves && data[0] & 0x08;
	inside = resumes && data[0] & 0x10;
	load(pair, moves, resumes, data[1] >> 5);
	if (data[0] & 0x20)
		use_rounds(pair,
			   data[1] & 0x10 ? AUTH_WITH_EAP : AUTH_WITH_PSK);
	input.nth = inside ? SIZE_MAX : data[1] & 31;
	input.edits = data + 2;
	input.len = size - 2;
	pair->hook = change;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	run(pair, data[0] % SCENARIOS);
	if (moves)
		move(pair, data[0] >> 3 & 3);
	if (resumes)
		resume(pair, inside);
	pair_run(pair, 300UL * 1000);
	/* Whatever it was, a new connection is possible. */
	input.nth = SIZE_MAX;
	pair_free(pair);
	return 0;
}
