// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * EAP-TLS (RFC 5216; with TLS 1.3: RFC 9190), server and peer: OpenSSL's TLS on
 * memory, cut into pieces. Behind the type of EAP:
 *
 *	+---------------+-----------------------------------------------+
 *	|L M S          |  TLS Message Length, if L is set, 4 octets
 *	+---------------+-----------------------------------------------+
 *	|  TLS Data ...
 *	+---------------------------------------------------------------+
 */
#include <openssl/err.h>
#include <stdlib.h>

#include "../proto/v2.h"
#include "eap_tls.h"

enum { FLAG_LENGTH = 0x80, FLAG_MORE = 0x40, FLAG_START = 0x20 };

enum {
	PIECE_LEN = 1024, /* what is in one packet, at most */
	FLIGHT_MAX = 64 * 1024, /* what the other end says at once */
};

struct state {
	SSL_CTX *ctx;
	SSL *ssl;
	struct buf in, out;
	size_t sent; /* of out */
	bool judged; /* what is thought of the other one's certificate */
	bool refused; /* which was nothing good, when no alert could say so */
	bool done; /* the handshake is; what is left are the last pieces */
};

static void free_state(struct eap_session *session)
{
	struct state *state = session->state;

	if (!state)
		return;
	SSL_free(state->ssl);
	SSL_CTX_free(state->ctx);
	buf_free(&state->in);
	buf_free(&state->out);
	free(state);
	session->state = NULL;
}

/* ----------------------------------------------------------------------- TLS */

static int set_up(struct eap_session *session, struct state *state)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	state->ssl = SSL_new(state->ctx);
	if (!state->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		return -1;
	}
	SSL_set_bio(state->ssl, in, out);
	if (session->server)
		SSL_set_accept_state(state->ssl);
	else
		SSL_set_connect_state(state->ssl);
	return 0;
}

static int set_up_context(struct eap_session *session, SSL_CTX *ctx)
{
	if (eap_tls_use_own(session, ctx))
		return -1;
	/* Neither tickets nor caches: each EAP authenticates anew. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* Nobody renegotiates, so not who cannot do it safely (RFC 5746). */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
					 SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_LEGACY_SERVER_CONNECT);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, eap_tls_on_verify, session);
	if (SSL_CTX_set_num_tickets(ctx, 0) &&
	    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
		return 0;
	return eap_fail(session, "EAP-TLS: OpenSSL has no TLS 1.2");
}

/* Once something has come from the other end: nothing is kept for strangers. */
static struct state *begin(struct eap_session *session)
{
	struct state *state = calloc(1, sizeof(*state));

	session->state = state;
	if (!state) {
		eap_fail(session, "out of memory");
		return NULL;
	}
	state->ctx = SSL_CTX_new(session->server ? TLS_server_method() :
						   TLS_client_method());
	if (!state->ctx || set_up_context(session, state->ctx) ||
	    set_up(session, state)) {
		session->bad = true;
		if (!*session->err.text)
			eap_fail(session, "out of memory");
		return NULL;
	}
	return state;
}

/* RFC 5216, 2.3; RFC 9190, 2.3. */
static int make_msk(struct eap_session *session, SSL *ssl)
{
	static const char old[] = "client EAP encryption";
	static const char new[] = "EXPORTER_EAP_TLS_Key_Material";
	const uint8_t type = EAP_TYPE_TLS;
	/* The exporter's result depends on the length, of MSK and EMSK. */
	uint8_t both[2 * EAP_MSK_LEN];
	int rc;

	if (SSL_version(ssl) == TLS1_3_VERSION)
		rc = SSL_export_keying_material(ssl, both, sizeof(both), new,
						sizeof(new) - 1, &type, 1, 1);
	else
		rc = SSL_export_keying_material(ssl, both, sizeof(both), old,
						sizeof(old) - 1, NULL, 0, 0);
	memcpy(session->msk, both, EAP_MSK_LEN);
	OPENSSL_cleanse(both, sizeof(both));
	return rc == 1 ? 0 : eap_fail(session, "EAP-TLS: no key");
}

/*
 * With TLS 1.3 a server says in an octet of data that it is content (RFC 9190,
 * 2.1.1): before that the peer could not know.
 */
static int confirm(struct eap_session *session, struct state *state)
{
	uint8_t octet = 0;
	int n;

	if (SSL_version(state->ssl) != TLS1_3_VERSION) {
		state->done = true;
		return 0;
	}
	if (session->server) {
		state->done = SSL_write(state->ssl, &octet, 1) == 1;
		return state->done ? 0 : -1;
	}
	n = SSL_read(state->ssl, &octet, 1);
	if (n == 1 && octet)
		return eap_fail(session,
				"EAP-TLS: the server sends data in TLS");
	state->done = n == 1;
	return n == 1 || SSL_get_error(state->ssl, n) == SSL_ERROR_WANT_READ ?
		       0 :
		       -1;
}

/* All was said: what comes now can only be an alert. */
static enum eap_verdict after_all(struct eap_session *session,
				  struct state *state)
{
	uint8_t octet;

	if (SSL_read(state->ssl, &octet, 1) > 0)
		eap_fail(session, "EAP-TLS: data that nobody wants");
	return EAP_BAD;
}

static void take_out(struct state *state)
{
	BIO *bio = SSL_get_wbio(state->ssl);
	size_t waiting = BIO_ctrl_pending(bio);
	uint8_t *to;

	buf_free(&state->out);
	state->sent = 0;
	if (!waiting)
		return;
	to = buf_extend(&state->out, waiting);
	if (to)
		BIO_read(bio, to, (int)waiting);
}

static void explain(struct eap_session *session)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	eap_fail(session, "EAP-TLS: %s",
		 reason ? reason : "the handshake failed");
}

/* Now the other one has proven who it is, as far as TLS goes. */
static enum eap_verdict end_handshake(struct eap_session *session,
				      struct state *state)
{
	if (!state->judged) {
		enum eap_verdict verdict = eap_tls_judge(session, state->ssl);

		if (verdict == EAP_WAIT)
			return EAP_WAIT;
		state->judged = true;
		state->refused = verdict == EAP_BAD;
	}
	if (state->refused) {
		/* It would say that all is well. */
		BIO_reset(SSL_get_wbio(state->ssl));
		return EAP_BAD;
	}
	if (confirm(session, state) ||
	    (state->done && make_msk(session, state->ssl)))
		return EAP_BAD;
	return EAP_GO_ON;
}

static bool put_in(struct state *state)
{
	struct span in = buf_span(&state->in);
	bool good = !in.len || BIO_write(SSL_get_rbio(state->ssl), in.data,
					 (int)in.len) == (int)in.len;

	buf_free(&state->in);
	return good;
}

static enum eap_verdict go_on(struct eap_session *session, struct state *state)
{
	int n;

	if (!put_in(state))
		return EAP_BAD;
	n = SSL_do_handshake(state->ssl);
	if (state->done)
		return after_all(session, state);
	if (n == 1)
		return end_handshake(session, state);
	return SSL_get_error(state->ssl, n) == SSL_ERROR_WANT_READ ? EAP_GO_ON :
								     EAP_BAD;
}

/*
 * A flight has come; the answer, perhaps an alert, is in state->out. If it waits,
 * the answer is made, but nobody gets it yet.
 */
static enum eap_verdict turn(struct eap_session *session, struct state *state)
{
	enum eap_verdict verdict;

	ERR_clear_error();
	session->err = (struct err){ 0 };
	verdict = go_on(session, state);
	if (verdict != EAP_WAIT) {
		take_out(state);
		session->bad = verdict == EAP_BAD;
		if (session->bad && !*session->err.text)
			explain(session);
	}
	ERR_clear_error();
	return verdict;
}

/* -------------------------------------------------------------------- pieces */

/* The next piece of what is to be sent; an empty one says "go on". */
static void put_piece(struct state *state, struct buf *out)
{
	size_t left = state->out.len - state->sent;
	bool more = left > PIECE_LEN, length = more && !state->sent;
	size_t len = more ? PIECE_LEN : left;

	if (!left) {
		buf_add_u8(out, 0);
		return;
	}
	buf_add_u8(out, (uint8_t)((length ? FLAG_LENGTH : 0) |
				  (more ? FLAG_MORE : 0)));
	if (length)
		buf_add_u32(out, (uint32_t)left);
	buf_add(out, state->out.data + state->sent, len);
	state->sent += len;
	if (state->sent == state->out.len) {
		buf_free(&state->out);
		state->sent = 0;
	}
}

static int read_piece(struct eap_session *session, struct span *data,
		      uint8_t *flags)
{
	uint32_t length = 0;

	if (span_take_u8(data, flags) &&
	    (!(*flags & FLAG_LENGTH) || span_take_u32(data, &length)) &&
	    length <= FLIGHT_MAX)
		return 0;
	return eap_fail(session, "EAP-TLS: a packet is malformed, or too long");
}

/*
 * A piece has come, to @state->in; true if it was the last one. Who has waited
 * had it before.
 */
static bool take_piece(struct eap_session *session, struct state *state,
		       struct span data, uint8_t flags)
{
	if (session->waits)
		return true;
	if (state->in.len + data.len > FLIGHT_MAX) {
		eap_fail(session, "EAP-TLS: more than %d octets at once",
			 FLIGHT_MAX);
		session->bad = true;
		return true;
	}
	buf_add_span(&state->in, data);
	return !(flags & FLAG_MORE);
}

static enum eap_verdict serve(struct eap_session *session, struct span data,
			      struct buf *out)
{
	struct state *state = session->state;
	enum eap_verdict verdict;
	uint8_t flags = 0;

	if (!state && !data.len) {
		buf_add_u8(out, FLAG_START);
		return EAP_GO_ON;
	}
	if (session->bad && (!state || !state->out.len))
		return EAP_BAD;
	if (!state)
		state = begin(session);
	if (!state || read_piece(session, &data, &flags))
		return EAP_BAD;
	if (!state->out.len && !(state->done && !data.len)) {
		if (!take_piece(session, state, data, flags)) {
			buf_add_u8(out, 0);
			return EAP_GO_ON;
		}
		verdict = session->bad ? EAP_BAD : turn(session, state);
		/* What is wrong the peer is told in an alert, before it is over. */
		if (verdict == EAP_WAIT || (session->bad && !state->out.len))
			return verdict;
	} else if (data.len) {
		return eap_fail(session, "EAP-TLS: a piece out of order");
	} else if (!state->out.len) {
		return EAP_GOOD;
	}
	if (!state->out.len)
		return eap_fail(session, "EAP-TLS: half a message");
	put_piece(state, out);
	return EAP_GO_ON;
}

static enum eap_verdict answer(struct eap_session *session, struct span data,
			       struct buf *out)
{
	struct state *state = session->state;
	enum eap_verdict verdict;
	uint8_t flags = 0;

	if (read_piece(session, &data, &flags))
		return EAP_BAD;
	if (!state && !(flags & FLAG_START))
		return eap_fail(session, "EAP-TLS: it does not start");
	if (!state)
		state = begin(session);
	if (!state || session->bad)
		return EAP_BAD;
	if (!state->out.len) {
		if (!take_piece(session, state, data, flags)) {
			buf_add_u8(out, 0);
			return EAP_GO_ON;
		}
		if (session->bad)
			return EAP_BAD;
		verdict = turn(session, state);
		/* No alert can tell that it is refused now; IKE does. */
		if (verdict == EAP_WAIT || state->refused)
			return verdict;
		/* It is told, or answered, and the server says that it is over. */
	} else if (data.len) {
		return eap_fail(session, "EAP-TLS: a piece out of order");
	}
	put_piece(state, out);
	return state->done && !session->bad && !state->out.len ? EAP_GOOD :
								 EAP_GO_ON;
}

const struct eap_method eap_tls = {
	.type = EAP_TYPE_TLS,
	.name = "tls",
	.usable = eap_tls_usable,
	.serve = serve,
	.answer = answer,
	.free = free_state,
};
