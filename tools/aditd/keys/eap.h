/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP (RFC 3748), both the server and the peer, where passwords and keys are:
 * the ike process passes packets, and gets AUTH made of the MSK.
 */
#ifndef ADITD_KEYS_EAP_H
#define ADITD_KEYS_EAP_H

#include "auth.h"

enum {
	EAP_SESSIONS_MAX = 512,
	EAP_SESSION_SECONDS = 120, /* without a packet */
	EAP_PACKETS_MAX = 200, /* of a session */
	EAP_NAME_MAX = 253, /* octets of an identity (RFC 7542, 2.2) */
	EAP_MSK_LEN = 64,
};

struct eap_session;

struct eap_sessions {
	struct eap_session *first;
	size_t n;
};

/*
 * Anything that env_auth asks of EAP. It may answer that it has failed; a server's
 * answer is then the packet that says it to the peer. False if there is no answer
 * yet, as somebody has to be asked first who is revoked: with the same once more
 * it answers by what is known then.
 */
bool keys_eap(struct eap_sessions *sessions, const struct keys_store *store,
	      const struct env_auth *auth, time_t now,
	      struct keys_reply *reply);

/* Whom it waits to know of; NULL if it does not wait, or is gone. */
STACK_OF(X509) * keys_eap_chain(struct eap_sessions *sessions,
				const struct env_auth *auth);
void keys_eap_clear(struct eap_sessions *sessions);

/* ------------------------------------------------------------------ methods */

enum eap_verdict {
	EAP_BAD = -1, /* session->err says why */
	EAP_GO_ON, /* what is in @out is sent */
	EAP_GOOD, /* the same; or as a server, there is nothing more to say */
	EAP_WAIT, /* is session->chain revoked? Then it is called again */
};

struct eap_method {
	uint8_t type;
	const char *name; /* as it is written behind "eap-" */

	/* Is there a secret or a certificate for it? The error says which. */
	int (*usable)(const struct eap_session *session, struct err *err);

	/* A server's @data is empty at first. Both are without the type. */
	enum eap_verdict (*serve)(struct eap_session *session, struct span data,
				  struct buf *out);
	enum eap_verdict (*answer)(struct eap_session *session,
				   struct span data, struct buf *out);
	void (*free)(struct eap_session *session); /* its state */
};

extern const struct eap_method eap_tls, eap_mschapv2;

struct eap_session {
	struct eap_session *next;
	uint32_t id;
	bool server;
	time_t last;
	unsigned int packets;
	uint8_t request; /* identifier of the last one, the server's */
	bool asks_name; /* the server's request of the identity is under way */
	const struct eap_method *method; /* NULL for none yet */
	bool begun; /* it is not to be changed any more */
	void *state; /* of the method */
	bool good; /* the method has said so, and made the MSK */
	bool over; /* nothing follows; if it was good, AUTH does */
	bool bad; /* it failed, the other one is being told */
	bool waits; /* EAP_WAIT was the last verdict */
	STACK_OF(X509) * chain;
	struct ident name; /* who the peer is in EAP */
	uint8_t msk[EAP_MSK_LEN];
	struct err err;
	/* Only as long as a call. */
	const struct keys_store *store;
	const struct env_auth *auth;
	time_t now;
};

/* Fail with that reason, EAP_BAD. */
enum eap_verdict eap_fail(struct eap_session *session, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* What the other one is to be in a method: of the peer, of the server. */
const struct ident *eap_server_ident(const struct eap_session *session);

/* An identity's octets as EAP has them. */
void eap_add_name(const struct ident *ident, struct buf *out);

#endif
