// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02), server and peer. Behind the
 * type of EAP:
 *
 *	+---------------+---------------+-------------------------------+
 *	|    OpCode     | MS-CHAPv2-ID  |           MS-Length           |
 *	+---------------+---------------+-------------------------------+
 *	Challenge:  Value-Size 16 | Challenge 16 | Name
 *	Response:   Value-Size 49 | Peer-Challenge 16 | Reserved 8 |
 *	            NT-Response 24 | Flags 1 | Name
 *	Success:    "S=" 40 hexadecimal digits " M=" text
 *	Failure:    "E=691 R=0 C=" 32 hexadecimal digits " V=3 M=" text
 *
 * Answers to the last two have the OpCode alone. A server behaves the same with
 * names that it does not know.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "../crypto/prf.h"
#include "../proto/v2.h"
#include "eap.h"
#include "mschap.h"

enum op { OP_CHALLENGE = 1, OP_RESPONSE, OP_SUCCESS, OP_FAILURE };

enum {
	HEADER_LEN = 4,
	VALUE_LEN = 49, /* of a response */
	RESERVED_LEN = 8,
	HEX_PROOF_LEN = 2 * MSCHAP_PROOF_LEN,
	MESSAGE_MAX = 100, /* of what the other end says, for people */
};

struct state {
	enum op sent;
	uint8_t id;
	struct mschap mschap;
	uint8_t response[MSCHAP_RESPONSE_LEN];
	uint8_t proof[MSCHAP_PROOF_LEN]; /* that the peer waits for */
};

struct message {
	uint8_t op, id;
	struct span data;
};

/* Of an answer there may be the OpCode alone. */
static int read_message(struct span data, struct message *message)
{
	uint16_t length;

	*message = (struct message){ 0 };
	if (!span_take_u8(&data, &message->op))
		return -1;
	if (!data.len)
		return 0;
	if (!span_take_u8(&data, &message->id) ||
	    !span_take_u16(&data, &length) || length < HEADER_LEN ||
	    !span_take(&data, length - (size_t)HEADER_LEN, &message->data))
		return -1;
	return 0;
}

static void put_message(struct buf *out, enum op op, uint8_t id,
			struct span data)
{
	buf_add_u8(out, (uint8_t)op);
	buf_add_u8(out, id);
	buf_add_u16(out, (uint16_t)(HEADER_LEN + data.len));
	buf_add_span(out, data);
}

/* What the other one says, for a log. */
static const char *printable(struct span said, char text[MESSAGE_MAX])
{
	size_t n = 0;

	for (; n < said.len && n < MESSAGE_MAX - 1; n++)
		text[n] = (char)(said.data[n] < ' ' || said.data[n] > '~' ?
					 '?' :
					 said.data[n]);
	text[n] = '\0';
	return text;
}

static void free_state(struct eap_session *session)
{
	struct state *state = session->state;

	if (state)
		OPENSSL_cleanse(state, sizeof(*state));
	free(state);
	session->state = NULL;
}

static struct state *begin(struct eap_session *session)
{
	if (!session->state)
		session->state = calloc(1, sizeof(struct state));
	if (!session->state)
		eap_fail(session, "out of memory");
	return session->state;
}

/* ------------------------------------------------------------------- secrets */

static bool is_of(const struct keys_shared *shared, const struct ident *name)
{
	for (size_t i = 0; i < shared->n_owners; i++)
		if (ident_match(name, &shared->owners[i]))
			return true;
	return !shared->n_owners;
}

/* One of that name, of two the one that is also the server's. */
static const struct keys_shared *find_secret(const struct eap_session *session,
					     const struct ident *name)
{
	const struct ident *server = eap_server_ident(session);
	const struct keys_pair pairs[] = {
		{ .local = server, .remote = name },
		{ .local = name, .remote = name },
	};
	const struct keys_shared *shared;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		shared = keys_find_shared(
			session->store, (enum keys_kind)(KEYS_EAP | KEYS_NTLM),
			&pairs[i]);
		if (shared && is_of(shared, name))
			return shared;
	}
	return NULL;
}

static int hash_of(const struct keys_shared *shared,
		   uint8_t out[MSCHAP_HASH_LEN])
{
	if (!(shared->kind & KEYS_NTLM))
		return mschap_hash(buf_span(&shared->secret), out);
	if (shared->secret.len != MSCHAP_HASH_LEN)
		return -1;
	memcpy(out, shared->secret.data, MSCHAP_HASH_LEN);
	return 0;
}

static int no_secret(const struct eap_session *session,
		     const struct ident *name, struct err *err)
{
	char who[IDENT_TEXT_SIZE], all[200];

	keys_show_shared(session->store, (enum keys_kind)(KEYS_EAP | KEYS_NTLM),
			 all, sizeof(all));
	return err_set(err, ERR_REFUSED,
		       "EAP-MSCHAPv2: no eap secret for %.100s (there are: %s)",
		       ident_show(name, who), all);
}

static int usable(const struct eap_session *session, struct err *err)
{
	const struct keys_shared *i = session->store->shared;

	if (mschap_check(err))
		return -1;
	if (!session->server && find_secret(session, &session->name))
		return 0;
	while (i && !(i->kind & (KEYS_EAP | KEYS_NTLM)))
		i = i->next;
	/* Whose secrets a server has, it does not show. */
	return session->server && i ? 0 :
				      no_secret(session, &session->name, err);
}

/* "DOMAIN\user" is the user. */
static struct span without_domain(struct span name)
{
	const uint8_t *slash = name.len ? memchr(name.data, '\\', name.len) :
					  NULL;

	if (!slash)
		return name;
	return span_of(slash + 1, name.len - (size_t)(slash + 1 - name.data));
}

/* -------------------------------------------------------------------- server */

static enum eap_verdict challenge(struct eap_session *session, struct buf *out)
{
	struct state *state = begin(session);
	struct buf data = BUF_INIT;
	char name[IDENT_TEXT_SIZE];

	if (!state ||
	    crypto_random(state->mschap.server, MSCHAP_CHALLENGE_LEN) ||
	    crypto_random(&state->id, 1))
		return eap_fail(session, "no random numbers");
	buf_add_u8(&data, MSCHAP_CHALLENGE_LEN);
	buf_add(&data, state->mschap.server, MSCHAP_CHALLENGE_LEN);
	buf_add_text(&data, ident_show(eap_server_ident(session), name));
	put_message(out, OP_CHALLENGE, state->id, buf_span(&data));
	state->sent = OP_CHALLENGE;
	buf_free(&data);
	return EAP_GO_ON;
}

static enum eap_verdict accept(struct eap_session *session, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	struct state *state = session->state;
	uint8_t proof[MSCHAP_PROOF_LEN];
	struct buf text = BUF_INIT;

	if (mschap_proof(&state->mschap, state->response, proof) ||
	    mschap_msk(state->mschap.hash, state->response, session->msk))
		return eap_fail(session, "libcrypto cannot do MS-CHAPv2");
	buf_add_text(&text, "S=");
	for (size_t i = 0; i < sizeof(proof); i++) {
		buf_add_u8(&text, (uint8_t)digits[proof[i] >> 4]);
		buf_add_u8(&text, (uint8_t)digits[proof[i] & 15]);
	}
	buf_add_text(&text, " M=Welcome");
	put_message(out, OP_SUCCESS, state->id, buf_span(&text));
	state->sent = OP_SUCCESS;
	buf_free(&text);
	return EAP_GO_ON;
}

/* Why, is in session->err; the peer learns that it was wrong. */
static enum eap_verdict reject(struct eap_session *session, struct buf *out)
{
	struct state *state = session->state;
	uint8_t random[MSCHAP_CHALLENGE_LEN];
	char text[128];
	size_t len;

	if (crypto_random(random, sizeof(random)))
		return EAP_BAD;
	len = (size_t)snprintf(text, sizeof(text), "E=691 R=0 C=");
	for (size_t i = 0; i < sizeof(random); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%02X",
					random[i]);
	snprintf(text + len, sizeof(text) - len,
		 " V=3 M=Wrong name or password");
	put_message(out, OP_FAILURE, state->id, span_of_text(text));
	state->sent = OP_FAILURE;
	return EAP_GO_ON;
}

/* The name in the method is the one that EAP, or IKE, has told? */
static bool is_name(const struct eap_session *session, struct span name)
{
	struct buf want = BUF_INIT;
	struct span bare;
	bool same;

	eap_add_name(&session->name, &want);
	bare = without_domain(buf_span(&want));
	same = span_equal(bare, without_domain(name)) &&
	       (bare.len == want.len || span_equal(buf_span(&want), name) ||
		without_domain(name).len == name.len);
	buf_free(&want);
	return same;
}

/*
 * Of a name that is not there a hash is made as well, of what nobody knows: it
 * takes the same way, and gets the same answer.
 */
static int take_hash(struct eap_session *session, struct span name)
{
	uint8_t dummy[MSCHAP_HASH_LEN] = { 0 };
	struct state *state = session->state;
	const struct keys_shared *shared = find_secret(session, &session->name);
	char said[MESSAGE_MAX], who[IDENT_TEXT_SIZE];
	int rc;

	rc = crypto_random(dummy, sizeof(dummy));
	if (!rc && shared)
		rc = hash_of(shared, state->mschap.hash);
	else if (!rc)
		rc = mschap_hash(SPAN(dummy), state->mschap.hash);
	if (rc)
		return eap_fail(session,
				"EAP-MSCHAPv2: the secret of %.100s "
				"is none",
				ident_show(&session->name, who));
	if (!is_name(session, name))
		return eap_fail(
			session,
			"EAP-MSCHAPv2: the user %s is not the peer %.100s; with eap_id = %%any it is asked for",
			printable(name, said), ident_show(&session->name, who));
	if (shared)
		return 0;
	no_secret(session, &session->name, &session->err);
	return -1;
}

static enum eap_verdict on_response(struct eap_session *session,
				    struct span data, struct buf *out)
{
	struct state *state = session->state;
	struct span value, peer, reserved, response;
	uint8_t want[MSCHAP_RESPONSE_LEN], size;
	char who[IDENT_TEXT_SIZE];
	bool known, same;

	if (!span_take_u8(&data, &size) || size != VALUE_LEN ||
	    !span_take(&data, size, &value) || data.len > EAP_NAME_MAX)
		return eap_fail(session,
				"EAP-MSCHAPv2: the response is malformed");
	span_take(&value, MSCHAP_CHALLENGE_LEN, &peer);
	span_take(&value, RESERVED_LEN, &reserved);
	span_take(&value, MSCHAP_RESPONSE_LEN, &response);
	memcpy(state->mschap.peer, peer.data, peer.len);
	memcpy(state->response, response.data, response.len);
	state->mschap.name = without_domain(data);
	known = !take_hash(session, data);
	if (mschap_response(&state->mschap, want))
		return eap_fail(session, "libcrypto cannot do MS-CHAPv2");
	same = crypto_equal(SPAN(want), response);
	OPENSSL_cleanse(want, sizeof(want));
	if (known && same)
		return accept(session, out);
	if (known)
		eap_fail(session, "EAP-MSCHAPv2: %.100s has another password",
			 ident_show(&session->name, who));
	return reject(session, out);
}

static enum eap_verdict serve(struct eap_session *session, struct span data,
			      struct buf *out)
{
	struct state *state = session->state;
	struct message message;

	if (!state)
		return challenge(session, out);
	if (state->sent == OP_FAILURE)
		return EAP_BAD;
	if (read_message(data, &message))
		return eap_fail(session, "EAP-MSCHAPv2: malformed");
	if (state->sent == OP_CHALLENGE && message.op == OP_RESPONSE)
		return on_response(session, message.data, out);
	if (state->sent == OP_SUCCESS && message.op == OP_SUCCESS)
		return EAP_GOOD;
	if (state->sent == OP_SUCCESS && message.op == OP_FAILURE)
		return eap_fail(
			session,
			"EAP-MSCHAPv2: the peer does not believe that we know its password");
	return eap_fail(session, "EAP-MSCHAPv2: OpCode %u out of order",
			message.op);
}

/* ---------------------------------------------------------------------- peer */

static enum eap_verdict on_challenge(struct eap_session *session,
				     const struct message *message,
				     struct buf *out)
{
	const struct keys_shared *shared = find_secret(session, &session->name);
	struct buf data = BUF_INIT, name = BUF_INIT;
	struct state *state = begin(session);
	struct span rest = message->data, value;
	uint8_t size;
	bool good;

	if (!state)
		return EAP_BAD;
	if (!span_take_u8(&rest, &size) || size != MSCHAP_CHALLENGE_LEN ||
	    !span_take(&rest, size, &value))
		return eap_fail(session,
				"EAP-MSCHAPv2: the challenge is malformed");
	memcpy(state->mschap.server, value.data, value.len);
	if (!shared || hash_of(shared, state->mschap.hash) ||
	    crypto_random(state->mschap.peer, MSCHAP_CHALLENGE_LEN))
		return eap_fail(
			session,
			"EAP-MSCHAPv2: no secret, or none of that length");
	eap_add_name(&session->name, &name);
	state->mschap.name = without_domain(buf_span(&name));
	buf_add_u8(&data, VALUE_LEN);
	buf_add(&data, state->mschap.peer, MSCHAP_CHALLENGE_LEN);
	buf_extend(&data, RESERVED_LEN);
	good = !mschap_response(&state->mschap, state->response) &&
	       !mschap_proof(&state->mschap, state->response, state->proof) &&
	       !mschap_msk(state->mschap.hash, state->response, session->msk);
	buf_add(&data, state->response, MSCHAP_RESPONSE_LEN);
	buf_add_u8(&data, 0);
	buf_add_span(&data, buf_span(&name));
	put_message(out, OP_RESPONSE, message->id, buf_span(&data));
	state->sent = OP_RESPONSE;
	buf_free(&data);
	buf_free(&name);
	return good ? EAP_GO_ON :
		      eap_fail(session, "libcrypto cannot do MS-CHAPv2");
}

static int hex_digit(uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at && (c > '9' || at - digits < 10) ? (int)(at - digits) : -1;
}

static enum eap_verdict on_success(struct eap_session *session,
				   struct span data, struct buf *out)
{
	struct state *state = session->state;
	uint8_t got[MSCHAP_PROOF_LEN] = { 0 };
	struct span prefix, hex = { 0 };
	bool good;

	good = span_take(&data, 2, &prefix) &&
	       span_equal(prefix, span_of_text("S=")) &&
	       span_take(&data, HEX_PROOF_LEN, &hex);
	for (size_t i = 0; good && i < sizeof(got); i++) {
		int high = hex_digit(hex.data[2 * i]);
		int low = hex_digit(hex.data[2 * i + 1]);

		good = high >= 0 && low >= 0;
		got[i] = good ? (uint8_t)(high << 4 | low) : 0;
	}
	if (!good || !crypto_equal(SPAN(got), SPAN(state->proof)))
		return eap_fail(
			session,
			"EAP-MSCHAPv2: the server does not know our password");
	buf_add_u8(out, OP_SUCCESS);
	return EAP_GOOD;
}

static enum eap_verdict on_failure(struct eap_session *session,
				   struct span data, struct buf *out)
{
	char who[IDENT_TEXT_SIZE], said[MESSAGE_MAX];
	struct span wrong = span_of_text("E=691");
	bool password = data.len >= wrong.len &&
			memcmp(data.data, wrong.data, wrong.len) == 0;

	eap_fail(session, "EAP-MSCHAPv2: the server refuses %.100s%s: %s",
		 ident_show(&session->name, who),
		 password ? ", its name or its password" : "",
		 printable(data, said));
	buf_add_u8(out, OP_FAILURE);
	return EAP_GO_ON;
}

static enum eap_verdict answer(struct eap_session *session, struct span data,
			       struct buf *out)
{
	struct state *state = session->state;
	struct message message;

	if (read_message(data, &message))
		return eap_fail(session, "EAP-MSCHAPv2: malformed");
	if (!state && message.op == OP_CHALLENGE)
		return on_challenge(session, &message, out);
	if (state && state->sent == OP_RESPONSE && !session->good) {
		if (message.op == OP_SUCCESS)
			return on_success(session, message.data, out);
		if (message.op == OP_FAILURE)
			return on_failure(session, message.data, out);
	}
	return eap_fail(session, "EAP-MSCHAPv2: OpCode %u out of order",
			message.op);
}

const struct eap_method eap_mschapv2 = {
	.type = EAP_TYPE_MSCHAPV2,
	.name = "mschapv2",
	.usable = usable,
	.serve = serve,
	.answer = answer,
	.free = free_state,
};
