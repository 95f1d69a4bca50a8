// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See eap.h: packets and identities, which method it is, and what is made of the
 * MSK. RFC 3748, 4:
 *
 *	+---------------+---------------+-------------------------------+
 *	|     Code      |  Identifier   |            Length             |
 *	+---------------+---------------+-------------------------------+
 *	|     Type      |  Type-Data, of requests and responses
 *	+---------------+-----------------------------------------------+
 */
#include "eap.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../crypto/prf.h"
#include "../proto/v2.h"

enum { TYPES_MAX = 8 };

/* A server offers them in that order. */
static const struct eap_method *const methods[] = { &eap_tls, &eap_mschapv2 };

struct packet {
	uint8_t code, id, type;
	struct span data;
};

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

/* What is behind its length is padding, of other links than IKE. */
static int read_packet(struct span from, struct packet *packet)
{
	uint16_t length;

	*packet = (struct packet){ 0 };
	if (!span_take_u8(&from, &packet->code) ||
	    !span_take_u8(&from, &packet->id) ||
	    !span_take_u16(&from, &length) || length < 4 ||
	    !span_take(&from, length - 4U, &packet->data))
		return -1;
	if (packet->code == EAP_CODE_SUCCESS ||
	    packet->code == EAP_CODE_FAILURE)
		return 0;
	return span_take_u8(&packet->data, &packet->type) ? 0 : -1;
}

static void put_packet(struct buf *to, uint8_t code, uint8_t id, uint8_t type,
		       struct span data)
{
	bool has_type = code == EAP_CODE_REQUEST || code == EAP_CODE_RESPONSE;

	buf_add_u8(to, code);
	buf_add_u8(to, id);
	buf_add_u16(to, (uint16_t)(4 + has_type + data.len));
	if (has_type)
		buf_add_u8(to, type);
	buf_add_span(to, data);
}

/* ------------------------------------------------------------------ sessions */

static void drop(struct eap_sessions *sessions, struct eap_session **at)
{
	struct eap_session *session = *at;

	*at = session->next;
	sessions->n--;
	if (session->method)
		session->method->free(session);
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

/* ---------------------------------------------------------------- identities */

const struct ident *eap_server_ident(const struct eap_session *session)
{
	const struct env_auth *auth = session->auth;

	if (session->server)
		return auth->local;
	return auth->round->aaa_id.type == IDENT_ANY ? auth->remote :
						       &auth->round->aaa_id;
}

static bool is_text(struct span span)
{
	for (size_t i = 0; i < span.len; i++)
		if (span.data[i] < ' ' || span.data[i] == 0x7f)
			return false;
	return span.len;
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

/* What it looks like; what means something else is just a name. */
static int read_name(struct ident *ident, struct span octets)
{
	struct buf wire = BUF_INIT;
	char text[EAP_NAME_MAX + 1];
	struct err err;
	int rc;

	*ident = (struct ident){ 0 };
	if (!octets.len || octets.len > EAP_NAME_MAX)
		return -1;
	if (is_text(octets)) {
		snprintf(text, sizeof(text), "%.*s", (int)octets.len,
			 (const char *)octets.data);
		if (!ident_parse(ident, text, &err) &&
		    ident->type != IDENT_ANY &&
		    ident->type != IDENT_IPV4_RANGE &&
		    ident->type != IDENT_IPV6_RANGE)
			return 0;
		ident_free(ident);
	}
	buf_add_u8(&wire, is_text(octets)	 ? ID_FQDN :
			  octets.data[0] == 0x30 ? ID_DER_ASN1_DN :
						   ID_KEY_ID);
	buf_add(&wire, "\0\0", 3);
	buf_add_span(&wire, octets);
	rc = wire.failed ? -1 : ident_from_wire(ident, buf_span(&wire), &err);
	buf_free(&wire);
	return rc;
}

/* Without being asked, the peer is who IKE says, or who we want it to be. */
static int assume_name(struct eap_session *session)
{
	const struct env_auth *auth = session->auth;
	const struct ident *want = &auth->round->eap_id;
	char got[IDENT_TEXT_SIZE], text[IDENT_TEXT_SIZE];
	bool pattern = want->type == IDENT_ANY ||
		       strchr(ident_show(want, text), '*');

	ident_free(&session->name);
	if (!pattern)
		return ident_copy(&session->name, want);
	if (ident_match(auth->remote, want))
		return ident_copy(&session->name, auth->remote);
	eap_fail(session, "the peer is %.200s, eap_id wants %.200s",
		 ident_show(auth->remote, got), text);
	return -1;
}

/* ------------------------------------------------------------------- methods */

/* "eap" and "eap-dynamic" are any of them. */
static bool is_allowed(const struct eap_session *session,
		       const struct eap_method *method)
{
	const char *text = session->auth->round->method;
	size_t len;

	if (!text || strncmp(text, "eap-", 4) != 0)
		return true;
	text += 4;
	len = strcspn(text, ":");
	return (len == strlen(method->name) &&
		strncmp(text, method->name, len) == 0) ||
	       (len == 7 && strncmp(text, "dynamic", 7) == 0);
}

static bool is_listed(uint8_t type, struct span types)
{
	return !types.data || memchr(types.data, type, types.len);
}

/* The first that is allowed, possible and, unless it is NULL, in the list. */
static int choose(struct eap_session *session, struct span types)
{
	struct err err = { 0 }, why;
	bool allowed = false;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!is_allowed(session, methods[i]) ||
		    !is_listed(methods[i]->type, types))
			continue;
		allowed = true;
		if (!methods[i]->usable(session, &why)) {
			session->method = methods[i];
			session->err = (struct err){ 0 };
			return 0;
		}
		/* Of the last one that people are likely to mean. */
		err = why;
	}
	if (allowed)
		session->err = err;
	else
		eap_fail(session, "of the methods of EAP that the peer wants "
				  "none is allowed here");
	return -1;
}

static void append_type(char *text, size_t size, uint8_t type)
{
	const char *name = type == EAP_TYPE_TLS	     ? "tls" :
			   type == EAP_TYPE_MSCHAPV2 ? "mschapv2" :
						       "";
	size_t len = strlen(text);

	if (len < size)
		snprintf(text + len, size - len, "%s%u%s%s%s", len ? ", " : "",
			 type, *name ? " (" : "", name, *name ? ")" : "");
}

static const char *show_types(struct span types, char *text, size_t size)
{
	*text = '\0';
	for (size_t i = 0; i < types.len && i < TYPES_MAX; i++)
		append_type(text, size, types.data[i]);
	return *text ? text : "none";
}

/* -------------------------------------------------------------------- server */

static void finish(struct eap_session *session, struct keys_reply *reply,
		   bool good)
{
	char text[IDENT_TEXT_SIZE];

	put_packet(&reply->packet, good ? EAP_CODE_SUCCESS : EAP_CODE_FAILURE,
		   session->request, 0, span_of(NULL, 0));
	session->good = good;
	session->over = true;
	reply->reply.good = good;
	reply->reply.eap_done = good;
	if (good)
		snprintf(reply->eap_id, sizeof(reply->eap_id), "%s",
			 ident_show(&session->name, text));
}

static void request(struct eap_session *session, struct keys_reply *reply,
		    uint8_t type, struct span data)
{
	put_packet(&reply->packet, EAP_CODE_REQUEST, ++session->request, type,
		   data);
	reply->reply.good = true;
}

static void serve(struct eap_session *session, struct span data,
		  struct keys_reply *reply)
{
	struct buf out = BUF_INIT;
	enum eap_verdict verdict = session->method->serve(session, data, &out);

	if (out.failed)
		verdict = eap_fail(session, "out of memory");
	if (verdict == EAP_GO_ON)
		request(session, reply, session->method->type, buf_span(&out));
	else
		finish(session, reply, verdict == EAP_GOOD);
	buf_free(&out);
}

static void start_method(struct eap_session *session, struct keys_reply *reply,
			 struct span types)
{
	if (choose(session, types))
		finish(session, reply, false);
	else
		serve(session, span_of(NULL, 0), reply);
}

static void on_nak(struct eap_session *session, const struct packet *packet,
		   struct keys_reply *reply)
{
	const struct eap_method *refused = session->method;
	char text[160];

	if (session->begun) {
		eap_fail(session, "the peer refuses method %s in its midst",
			 refused->name);
		finish(session, reply, false);
		return;
	}
	refused->free(session);
	session->method = NULL;
	/* Only once: it has said now what it wants. */
	session->begun = true;
	if (!is_listed(refused->type, packet->data) &&
	    !choose(session, packet->data)) {
		serve(session, span_of(NULL, 0), reply);
		return;
	}
	eap_fail(session,
		 "the peer does not want EAP-%s, but %s; what is there of that "
		 "is not allowed, or has no secret",
		 refused->name, show_types(packet->data, text, sizeof(text)));
	finish(session, reply, false);
}

static void on_response(struct eap_session *session,
			const struct packet *packet, struct keys_reply *reply)
{
	if (packet->code != EAP_CODE_RESPONSE ||
	    packet->id != session->request) {
		eap_fail(session, "the peer's packet of EAP is no answer");
	} else if (session->asks_name) {
		session->asks_name = false;
		if (packet->type == EAP_TYPE_IDENTITY &&
		    !read_name(&session->name, packet->data)) {
			start_method(session, reply, span_of(NULL, 0));
			return;
		}
		eap_fail(session, "the peer does not tell who it is in EAP");
	} else if (packet->type == EAP_TYPE_NAK) {
		on_nak(session, packet, reply);
		return;
	} else if (packet->type == session->method->type) {
		session->begun = true;
		serve(session, packet->data, reply);
		return;
	} else {
		eap_fail(session, "the peer answers EAP-%s with type %u",
			 session->method->name, packet->type);
	}
	finish(session, reply, false);
}

static void do_serve(struct eap_session *session, struct keys_reply *reply)
{
	struct packet packet;

	if (!session->auth->packet.len && !session->packets) {
		if (session->auth->round->ask_eap_id) {
			session->asks_name = true;
			request(session, reply, EAP_TYPE_IDENTITY,
				span_of(NULL, 0));
		} else if (assume_name(session)) {
			finish(session, reply, false);
		} else {
			start_method(session, reply, span_of(NULL, 0));
		}
	} else if (!session->method && !session->asks_name) {
		eap_fail(session, "EAP is over");
		finish(session, reply, false);
	} else if (read_packet(session->auth->packet, &packet)) {
		eap_fail(session, "the peer's packet of EAP is malformed");
		finish(session, reply, false);
	} else {
		on_response(session, &packet, reply);
	}
}

/* ---------------------------------------------------------------------- peer */

static void respond(struct keys_reply *reply, const struct packet *to,
		    uint8_t type, struct span data)
{
	put_packet(&reply->packet, EAP_CODE_RESPONSE, to->id, type, data);
	reply->reply.good = true;
}

static void say_name(struct eap_session *session, const struct packet *packet,
		     struct keys_reply *reply)
{
	struct buf name = BUF_INIT;

	eap_add_name(&session->name, &name);
	respond(reply, packet, EAP_TYPE_IDENTITY, buf_span(&name));
	buf_free(&name);
}

/* What we would like instead; RFC 3748, 5.3.1: 0 for nothing. */
static void say_nak(struct eap_session *session, const struct packet *packet,
		    struct keys_reply *reply)
{
	struct buf types = BUF_INIT;
	struct err why, none = { 0 };
	char text[160];

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!is_allowed(session, methods[i]))
			continue;
		if (methods[i]->usable(session, &why))
			none = why;
		else
			buf_add_u8(&types, methods[i]->type);
	}
	/* For when nothing comes of it. */
	eap_fail(session, "the server wants EAP method %s, we %s%s%.200s",
		 show_types(span_of(&packet->type, 1), text, sizeof(text)),
		 types.len ? "another one" : "have none",
		 *none.text ? ": " : "", none.text);
	if (!types.len)
		buf_add_u8(&types, 0);
	respond(reply, packet, EAP_TYPE_NAK, buf_span(&types));
	buf_free(&types);
}

static void answer(struct eap_session *session, const struct packet *packet,
		   struct keys_reply *reply)
{
	struct buf out = BUF_INIT;
	enum eap_verdict verdict =
		session->method->answer(session, packet->data, &out);

	if (out.failed)
		verdict = eap_fail(session, "out of memory");
	if (verdict != EAP_BAD)
		respond(reply, packet, packet->type, buf_span(&out));
	session->good = session->good || verdict == EAP_GOOD;
	buf_free(&out);
}

static bool takes(struct eap_session *session, uint8_t type)
{
	if (session->method)
		return session->method->type == type;
	return !choose(session, span_of(&type, 1));
}

static void on_request(struct eap_session *session, const struct packet *packet,
		       struct keys_reply *reply)
{
	if (packet->type == EAP_TYPE_IDENTITY) {
		say_name(session, packet, reply);
	} else if (packet->type == EAP_TYPE_NOTIFICATION) {
		respond(reply, packet, EAP_TYPE_NOTIFICATION, span_of(NULL, 0));
	} else if (takes(session, packet->type)) {
		answer(session, packet, reply);
	} else if (session->method) {
		eap_fail(session, "the server changes from EAP-%s to type %u",
			 session->method->name, packet->type);
	} else {
		say_nak(session, packet, reply);
	}
}

static void do_answer(struct eap_session *session, struct keys_reply *reply)
{
	const struct env_auth *auth = session->auth;
	struct packet packet;

	if (!session->name.type &&
	    ident_copy(&session->name, auth->round->eap_id.type == IDENT_ANY ?
					       auth->local :
					       &auth->round->eap_id)) {
		eap_fail(session, "out of memory");
	} else if (read_packet(auth->packet, &packet)) {
		eap_fail(session, "the server's packet of EAP is malformed");
	} else if (packet.code == EAP_CODE_REQUEST) {
		on_request(session, &packet, reply);
	} else if (packet.code == EAP_CODE_FAILURE) {
		if (!*session->err.text)
			eap_fail(session, "the server answers EAP-Failure%s%s",
				 session->method ? " to EAP-" : "",
				 session->method ? session->method->name : "");
	} else if (packet.code == EAP_CODE_SUCCESS && session->good) {
		session->over = true;
		reply->reply.good = true;
		reply->reply.eap_done = true;
	} else {
		eap_fail(
			session,
			"the server says that EAP is over, and has not proven who it is");
	}
	session->over = session->over || !reply->reply.good;
	session->good = session->good && reply->reply.good;
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
}

static void do_packet(struct eap_session *session, struct keys_reply *reply)
{
	if (session->packets >= EAP_PACKETS_MAX || session->over)
		eap_fail(session, "EAP does not come to an end");
	else if (session->server)
		do_serve(session, reply);
	else
		do_answer(session, reply);
	session->packets++;
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

void keys_eap(struct eap_sessions *sessions, const struct keys_store *store,
	      const struct env_auth *auth, time_t now, struct keys_reply *reply)
{
	struct eap_session **at = find(sessions, auth->session);
	struct eap_session *session = *at;

	*reply = (struct keys_reply){ 0 };
	if (auth->eap == EAP_END) {
		if (session)
			drop(sessions, at);
		return;
	}
	if (!session && auth->eap != EAP_MSK)
		session = begin(sessions, auth, now, &reply->err);
	else if (!session || (auth->eap != EAP_MSK &&
			      session->server != (auth->eap == EAP_SERVER)))
		session = NULL;
	if (session) {
		session->store = store;
		session->auth = auth;
		session->now = now;
		session->last = now;
		if (auth->eap == EAP_MSK)
			do_auth(session, reply);
		else
			do_packet(session, reply);
		if (auth->eap != EAP_MSK || !reply->reply.good)
			reply->err = session->err;
		session->store = NULL;
		session->auth = NULL;
	} else if (!*reply->err.text) {
		err_set(&reply->err, ERR_REFUSED,
			"EAP took too long, it is forgotten");
	}
	close_reply(reply);
}
