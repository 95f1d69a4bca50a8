/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A server and a peer of EAP, with stores of their own, that talk. */
#ifndef ADITD_TESTS_KEYS_EAP_PAIR_H
#define ADITD_TESTS_KEYS_EAP_PAIR_H

#include "../keys/eap.h"

enum { EAP_PAIR_SERVER, EAP_PAIR_PEER, EAP_PAIR_SESSION = 7 };

struct eap_pair {
	struct keys_store stores[2];
	struct eap_sessions sessions[2];
	struct conf_round rounds[2];
	enum conf_revocation revocation; /* the peer wants of the server */
	struct conn conn;
	struct ident names[2]; /* of IKE */
	time_t now;
	/* Say no to end it; @from has made the packet. */
	bool (*hook)(struct eap_pair *pair, unsigned int from,
		     struct buf *packet);
	/* One waits to know who is revoked; it is asked once more after that. */
	void (*wait)(struct eap_pair *pair, unsigned int of,
		     const struct env_auth *auth);
	unsigned int packets;
	bool good[2], done[2]; /* of the last answers */
	char text[2][512];
	char eap_id[IDENT_TEXT_SIZE];
	unsigned int hook_arg;
};

/* "server.example" and "carol", both with @method, as "eap-tls". */
void eap_pair_init(struct eap_pair *pair, const char *method);
void eap_pair_free(struct eap_pair *pair);
void eap_pair_name(struct ident *ident, const char *text);

/* Until both have said that it is over, or one that it is not. */
bool eap_pair_talk(struct eap_pair *pair);

/* Each checks the AUTH that the other one makes; then both sessions end. */
bool eap_pair_auth(struct eap_pair *pair);
void eap_pair_end(struct eap_pair *pair);

#endif
