// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap.h: sessions, and what is made of the MSK. */
#include "eap_ends.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../crypto/prf.h"
#include "../proto/v2.h"

enum eap_verdict eap_fail(struct eap_session *session, const char *fmt, ...)
{
	char text[sizeof(session->err.text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(&session->err, ERR_REFUSED, "%s", text);
	return EAP_BAD;
}

const struct ident *eap_server_ident(const struct eap_session *session)
{
	const struct env_auth *auth = session->auth;

	if (session->server)
		return auth->local;
	return auth->round->aaa_id.type == IDENT_ANY ? auth->remote :
						       &auth->round->aaa_id;
}

/* Names as people have them are text, of addresses too; DNs are not. */
void eap_add_name(const struct ident *ident, struct buf *out)
{
	char text[IDENT_TEXT_SIZE];

	if (ident->type == ID_IPV4_ADDR || ident->type == ID_IPV6_ADDR)
		buf_add_text(out, ident_show(ident, text));
	else
		buf_add(out, ident->data, ident->len);
}

/* ------------------------------------------------------------------ sessions */

static void drop(struct eap_sessions *sessions, struct eap_session **at)
{
	struct eap_session *session = *at;

	*at = session->next;
	sessions->n--;
	if (session->method)
		session->method->free(session);
	sk_X509_pop_free(session->chain, X509_free);
	ident_free(&session->name);
	OPENSSL_cleanse(session->msk, sizeof(session->msk));
	free(session);
}

void keys_eap_clear(struct eap_sessions *sessions)
{
	while (sessions->first)
		drop(sessions, &sessions->first);
}

static struct eap_session **find(struct eap_sessions *sessions, uint32_t id)
{
	struct eap_session **at = &sessions->first;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

STACK_OF(X509) * keys_eap_chain(struct eap_sessions *sessions,
				const struct env_auth *auth)
{
	const struct eap_session *session = *find(sessions, auth->session);

	return session && session->waits ? session->chain : NULL;
}

static void expire(struct eap_sessions *sessions, time_t now)
{
	struct eap_session **at = &sessions->first;

	while (*at) {
		if ((*at)->last + EAP_SESSION_SECONDS < now)
			drop(sessions, at);
		else
			at = &(*at)->next;
	}
}

static struct eap_session *begin(struct eap_sessions *sessions,
				 const struct env_auth *auth, time_t now,
				 struct err *err)
{
	struct eap_session *session;

	expire(sessions, now);
	if (sessions->n >= EAP_SESSIONS_MAX) {
		err_set(err, ERR_REFUSED,
			"%d peers are in the midst of EAP already",
			EAP_SESSIONS_MAX);
		return NULL;
	}
	session = calloc(1, sizeof(*session));
	if (!session) {
		err_set(err, ERR_REFUSED, "out of memory");
		return NULL;
	}
	session->id = auth->session;
	session->server = auth->eap == EAP_SERVER;
	session->next = sessions->first;
	sessions->first = session;
	sessions->n++;
	return session;
}

/* ----------------------------------------------------------------------- AUTH */

static int sign(const struct eap_session *session, struct keys_reply *reply)
{
	const struct env_auth *auth = session->auth;
	uint8_t *out = buf_extend(&reply->auth, prf_len(auth->prf));

	if (!out ||
	    keys_psk_auth(auth->prf, SPAN(session->msk), auth->octets, out))
		return -1;
	reply->reply.method = AUTH_PSK;
	return 0;
}

static int verify(struct eap_session *session)
{
	const struct env_auth *auth = session->auth;
	uint8_t want[PRF_LEN_MAX];
	bool same;

	if (auth->method != AUTH_PSK)
		return eap_fail(session,
				"the peer's AUTH is not of EAP's key, but %u",
				auth->method);
	if (keys_psk_auth(auth->prf, SPAN(session->msk), auth->octets, want))
		return eap_fail(session, "libcrypto cannot compute PRF %u",
				auth->prf);
	same = crypto_equal(span_of(want, prf_len(auth->prf)), auth->auth);
	OPENSSL_cleanse(want, sizeof(want));
	if (same)
		return 0;
	return eap_fail(session,
			"the peer's AUTH is not made with the key of EAP-%s",
			session->method->name);
}

static void do_auth(struct eap_session *session, struct keys_reply *reply)
{
	int rc;

	if (!session->over || !session->good)
		rc = eap_fail(session, "EAP is not over");
	else if (session->auth->verify)
		rc = verify(session);
	else
		rc = sign(session, reply);
	if (!rc && reply->auth.failed)
		rc = eap_fail(session, "out of memory");
	reply->reply.good = !rc;
	if (rc)
		reply->err = session->err;
}

static void do_packet(struct eap_session *session, struct keys_reply *reply)
{
	if (session->packets >= EAP_PACKETS_MAX || session->over)
		eap_fail(session, "EAP does not come to an end");
	else if (session->server)
		eap_serve(session, reply);
	else
		eap_answer(session, reply);
	session->packets++;
	reply->err = session->err;
}

static void close_reply(struct keys_reply *reply)
{
	if (reply->packet.failed)
		reply->reply.good = false;
	/* Also while the other one is still being told. */
	reply->reply.text = reply->reply.eap_done ? "" : reply->err.text;
	reply->reply.auth = buf_span(&reply->auth);
	reply->reply.packet = buf_span(&reply->packet);
	reply->reply.eap_id = reply->eap_id;
}

/* NULL with the error in the reply. */
static struct eap_session *session_of(struct eap_sessions *sessions,
				      const struct env_auth *auth, time_t now,
				      struct keys_reply *reply)
{
	struct eap_session *session = *find(sessions, auth->session);

	if (!session && auth->eap != EAP_MSK)
		return begin(sessions, auth, now, &reply->err);
	if (session && (auth->eap == EAP_MSK ||
			session->server == (auth->eap == EAP_SERVER)))
		return session;
	err_set(&reply->err, ERR_REFUSED, "EAP took too long, it is forgotten");
	return NULL;
}

bool keys_eap(struct eap_sessions *sessions, const struct keys_store *store,
	      const struct env_auth *auth, time_t now, struct keys_reply *reply)
{
	struct eap_session *session;
	bool waits = false;

	*reply = (struct keys_reply){ 0 };
	if (auth->eap == EAP_END) {
		if (*find(sessions, auth->session))
			drop(sessions, find(sessions, auth->session));
		return true;
	}
	session = session_of(sessions, auth, now, reply);
	if (session) {
		session->store = store;
		session->auth = auth;
		session->now = now;
		session->last = now;
		if (auth->eap == EAP_MSK)
			do_auth(session, reply);
		else
			do_packet(session, reply);
		session->store = NULL;
		session->auth = NULL;
		waits = session->waits;
	}
	close_reply(reply);
	return !waits;
}
