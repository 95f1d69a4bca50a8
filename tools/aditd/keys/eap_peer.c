// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap_ends.h: the peer. */
#include "../proto/v2.h"
#include "eap_ends.h"

static void respond(struct keys_reply *reply, const struct eap_packet *to,
		    uint8_t type, struct span data)
{
	eap_packet_put(&reply->packet, EAP_CODE_RESPONSE, to->id, type, data);
	reply->reply.good = true;
}

static void say_name(struct eap_session *session,
		     const struct eap_packet *packet, struct keys_reply *reply)
{
	struct buf name = BUF_INIT;

	eap_add_name(&session->name, &name);
	respond(reply, packet, EAP_TYPE_IDENTITY, buf_span(&name));
	buf_free(&name);
}

/* What we would like instead; RFC 3748, 5.3.1: 0 for nothing. */
static void say_nak(struct eap_session *session,
		    const struct eap_packet *packet, struct keys_reply *reply)
{
	struct buf types = BUF_INIT;
	struct err none = { 0 };
	char text[EAP_TYPES_TEXT_SIZE];

	eap_add_possible(session, &types, &none);
	/* For when nothing comes of it. */
	eap_fail(session, "the server wants EAP method %s, we %s%s%.200s",
		 eap_show_types(span_of(&packet->type, 1), text),
		 types.len ? "another one" : "have none",
		 *none.text ? ": " : "", none.text);
	if (!types.len)
		buf_add_u8(&types, 0);
	respond(reply, packet, EAP_TYPE_NAK, buf_span(&types));
	buf_free(&types);
}

static void answer(struct eap_session *session, const struct eap_packet *packet,
		   struct keys_reply *reply)
{
	struct buf out = BUF_INIT;
	enum eap_verdict verdict =
		session->method->answer(session, packet->data, &out);

	if (out.failed)
		verdict = eap_fail(session, "out of memory");
	session->waits = verdict == EAP_WAIT;
	if (verdict != EAP_BAD && !session->waits)
		respond(reply, packet, packet->type, buf_span(&out));
	session->good = session->good || verdict == EAP_GOOD;
	buf_free(&out);
}

static bool takes(struct eap_session *session, uint8_t type)
{
	if (session->method)
		return session->method->type == type;
	return !eap_choose(session, span_of(&type, 1));
}

static void on_request(struct eap_session *session,
		       const struct eap_packet *packet,
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

void eap_answer(struct eap_session *session, struct keys_reply *reply)
{
	const struct env_auth *auth = session->auth;
	struct eap_packet packet;

	if (!session->name.type &&
	    ident_copy(&session->name, auth->round->eap_id.type == IDENT_ANY ?
					       auth->local :
					       &auth->round->eap_id)) {
		eap_fail(session, "out of memory");
	} else if (eap_packet_read(auth->packet, &packet)) {
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
	if (session->waits)
		return;
	session->over = session->over || !reply->reply.good;
	session->good = session->good && reply->reply.good;
}
