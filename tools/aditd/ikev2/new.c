// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE SAs of IKEv2, made and freed; and what the engine calls. See v2.h. */
#include <stdlib.h>

#include "../proto/names.h"
#include "v2.h"

struct ikev2_sa *v2_new(struct engine *engine, bool initiator)
{
	struct ikev2_sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return NULL;
	sa->ike.initiator = initiator;
	if (ike_sa_add(engine, &sa->ike, &ikev2_ops)) {
		free(sa);
		return NULL;
	}
	return sa;
}

struct ike_sa *v2_create(struct engine *engine)
{
	struct ikev2_sa *sa = v2_new(engine, true);

	return sa ? &sa->ike : NULL;
}

void v2_destroy(struct ike_sa *ike)
{
	struct ikev2_sa *sa = v2_sa(ike);

	v2_keys_free(&sa->keys);
	v2_keys_free(&sa->before);
	v2_ppk_free(&sa->ppk);
	ticket_put(sa->resume.ticket);
	kex_free(sa->kex);
	v2_more_free(&sa->more);
	buf_free(&sa->int_auth[0]);
	buf_free(&sa->int_auth[1]);
	buf_free(&sa->clear);
	buf_free(&sa->nonce_i);
	buf_free(&sa->nonce_r);
	buf_free(&sa->message_1);
	buf_free(&sa->message_2);
	buf_free(&sa->cookie);
	buf_free(&sa->share);
	buf_free(&sa->peer_id);
	buf_free(&sa->certreqs);
	buf_free(&sa->peer_token);
	packets_free(&sa->reply);
	frag_free(&sa->requests);
	frag_free(&sa->responses);
	buf_free(&sa->suspended.plain);
	v2_rounds_free(sa);
	free(sa);
}

static void abandon(struct ike_sa *ike)
{
	v2_rekey_abandon(v2_sa(ike));
	v2_making_free(v2_sa(ike));
	v2_eap_end(v2_sa(ike));
	v2_following_end(v2_sa(ike));
}

static void start(struct ike_sa *ike)
{
	struct ikev2_sa *sa = v2_sa(ike);

	ticket_put(sa->resume.ticket);
	sa->resume.ticket = ticket_for(ike);
	if (sa->resume.ticket)
		v2_resume_send(sa);
	else
		v2_init_send(sa);
}

static void restart(struct ike_sa *ike)
{
	v2_init_restart(v2_sa(ike));
}

static const char *doing(const struct ike_sa *ike)
{
	const struct ikev2_sa *sa = (const struct ikev2_sa *)ike;

	return v2_exchange_name(sa->asked);
}

const struct ike_version_ops ikev2_ops = {
	.major = 2,
	.create = v2_create,
	.destroy = v2_destroy,
	.abandon = abandon,
	.start = start,
	.restart = restart,
	.kick = v2_kick,
	.gave_up = v2_gave_up,
	.input = v2_input,
	.auth_done = v2_auth_done,
	.unknown_spi = v2_qcd_unknown_spi,
	.doing = doing,
	.farewell = v2_farewell,
};
