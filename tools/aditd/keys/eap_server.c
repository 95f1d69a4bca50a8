// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap_ends.h: the server. */
#include <stdio.h>
#include <string.h>

#include "../proto/v2.h"
#include "eap_ends.h"

static bool is_text(struct span span)
{
	for (size_t i = 0; i < span.len; i++)
		if (span.data[i] < ' ' || span.data[i] == 0x7f)
			return false;
	return span.len;
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

static void finish(struct eap_session *session, struct keys_reply *reply,
		   bool good)
{
	char text[IDENT_TEXT_SIZE];

	eap_packet_put(&reply->packet,
		       good ? EAP_CODE_SUCCESS : EAP_CODE_FAILURE,
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
	eap_packet_put(&reply->packet, EAP_CODE_REQUEST, ++session->request,
		       type, data);
	reply->reply.good = true;
}

static void serve(struct eap_session *session, struct span data,
		  struct keys_reply *reply)
{
	struct buf out = BUF_INIT;
	enum eap_verdict verdict = session->method->serve(session, data, &out);

	if (out.failed)
		verdict = eap_fail(session, "out of memory");
	session->waits = verdict == EAP_WAIT;
	if (verdict == EAP_GO_ON)
		request(session, reply, session->method->type, buf_span(&out));
	else if (!session->waits)
		finish(session, reply, verdict == EAP_GOOD);
	buf_free(&out);
}

static void start_method(struct eap_session *session, struct keys_reply *reply,
			 struct span types)
{
	if (eap_choose(session, types))
		finish(session, reply, false);
	else
		serve(session, span_of(NULL, 0), reply);
}

static void on_nak(struct eap_session *session, const struct eap_packet *packet,
		   struct keys_reply *reply)
{
	const struct eap_method *refused = session->method;
	char text[EAP_TYPES_TEXT_SIZE];

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
	if (!eap_is_listed(refused->type, packet->data) &&
	    !eap_choose(session, packet->data)) {
		serve(session, span_of(NULL, 0), reply);
		return;
	}
	eap_fail(session,
		 "the peer does not want EAP-%s, but %s; what is there of that "
		 "is not allowed, or has no secret",
		 refused->name, eap_show_types(packet->data, text));
	finish(session, reply, false);
}

static void on_response(struct eap_session *session,
			const struct eap_packet *packet,
			struct keys_reply *reply)
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

void eap_serve(struct eap_session *session, struct keys_reply *reply)
{
	struct eap_packet packet;

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
	} else if (eap_packet_read(session->auth->packet, &packet)) {
		eap_fail(session, "the peer's packet of EAP is malformed");
		finish(session, reply, false);
	} else {
		on_response(session, &packet, reply);
	}
}
