// SPDX-License-Identifier: GPL-2.0-or-later
/* See keys_eap_pair.h. */
#include "keys_eap_pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "../proto/v2.h"

void eap_pair_name(struct ident *ident, const char *text)
{
	struct err err;

	ident_free(ident);
	if (ident_parse(ident, text, &err))
		abort();
}

void eap_pair_init(struct eap_pair *pair, const char *method)
{
	*pair = (struct eap_pair){ 0 };
	eap_pair_name(&pair->names[EAP_PAIR_SERVER], "server.example");
	eap_pair_name(&pair->names[EAP_PAIR_PEER], "carol");
	for (unsigned int i = 0; i < 2; i++) {
		pair->rounds[i].auth = AUTH_WITH_EAP;
		pair->rounds[i].method = strdup(method);
	}
}

void eap_pair_free(struct eap_pair *pair)
{
	for (unsigned int i = 0; i < 2; i++) {
		keys_eap_clear(&pair->sessions[i]);
		keys_clear(&pair->stores[i]);
		ident_free(&pair->names[i]);
		ident_free(&pair->rounds[i].id);
		ident_free(&pair->rounds[i].eap_id);
		ident_free(&pair->rounds[i].aaa_id);
		free(pair->rounds[i].method);
	}
}

static void ask(struct eap_pair *pair, unsigned int of, struct env_auth *auth,
		struct keys_reply *reply)
{
	auth->session = EAP_PAIR_SESSION;
	auth->conn = &pair->conn;
	auth->round = &pair->rounds[of];
	auth->local = &pair->names[of];
	auth->remote = &pair->names[!of];
	auth->prf = PRF_HMAC_SHA2_256;
	auth->revocation = pair->revocation;
	if (!keys_eap(&pair->sessions[of], &pair->stores[of], auth, pair->now,
		      reply)) {
		if (pair->wait)
			pair->wait(pair, of, auth);
		keys_eap(&pair->sessions[of], &pair->stores[of], auth,
			 pair->now, reply);
	}
	pair->good[of] = reply->reply.good;
	pair->done[of] = reply->reply.eap_done;
	snprintf(pair->text[of], sizeof(pair->text[of]), "%s",
		 reply->reply.text ? reply->reply.text : "");
	if (*reply->eap_id)
		snprintf(pair->eap_id, sizeof(pair->eap_id), "%s",
			 reply->eap_id);
}

bool eap_pair_talk(struct eap_pair *pair)
{
	unsigned int of = EAP_PAIR_SERVER;
	struct buf packet = BUF_INIT;
	bool on = true;

	pair->good[EAP_PAIR_PEER] = true;
	while (on) {
		struct env_auth auth = {
			.eap = of == EAP_PAIR_SERVER ? EAP_SERVER : EAP_PEER,
			.packet = buf_span(&packet),
		};
		struct keys_reply reply;

		ask(pair, of, &auth, &reply);
		buf_free(&packet);
		buf_add_span(&packet, reply.reply.packet);
		keys_reply_free(&reply);
		pair->packets++;
		on = packet.len &&
		     (!pair->hook || pair->hook(pair, of, &packet));
		of = !of;
	}
	buf_free(&packet);
	return pair->good[0] && pair->good[1] && pair->done[0] && pair->done[1];
}

static bool check_auth(struct eap_pair *pair, unsigned int from)
{
	struct env_auth auth = { .eap = EAP_MSK,
				 .octets = span_of_text("what is signed") };
	struct keys_reply made, checked;
	bool good;

	ask(pair, from, &auth, &made);
	auth.verify = true;
	auth.method = made.reply.method;
	auth.auth = made.reply.auth;
	ask(pair, !from, &auth, &checked);
	good = made.reply.good && checked.reply.good;
	keys_reply_free(&made);
	keys_reply_free(&checked);
	return good;
}

bool eap_pair_auth(struct eap_pair *pair)
{
	return check_auth(pair, EAP_PAIR_PEER) &&
	       check_auth(pair, EAP_PAIR_SERVER);
}

void eap_pair_end(struct eap_pair *pair)
{
	struct env_auth auth = { .eap = EAP_END, .session = EAP_PAIR_SESSION };
	struct keys_reply reply;

	for (unsigned int i = 0; i < 2; i++)
		keys_eap(&pair->sessions[i], &pair->stores[i], &auth, pair->now,
			 &reply);
}
