/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an IKE SA of IKEv2 has beyond struct ike_sa. */
#ifndef ADITD_IKEV2_SA_H
#define ADITD_IKEV2_SA_H

#include "../core/child.h"
#include "../core/frag.h"
#include "../core/fsm.h"
#include "../core/natd.h"
#include "../crypto/kex.h"
#include "../crypto/prf.h"
#include "../crypto/seal.h"
#include "../payload/v2.h"

/* RFC 7296, 2.14. */
struct v2_keys {
	struct buf d, ai, ar, ei, er, pi, pr;
};

/* Additional key exchanges, one after the other (RFC 9370). */
struct v2_more {
	uint8_t n, done;
	uint16_t methods[PROPOSAL_ADDKE_MAX];
	struct kex *kex; /* ours, of methods[done] */
	struct buf secrets; /* SK(1) | SK(2) ... */
};

/* An exchange of ours, under way, that makes a Child SA or an IKE SA. */
struct v2_making {
	struct child_sa *child;
	uint32_t old; /* unique id of the Child SA that is rekeyed */
	struct ikev2_sa *ike;
	struct proposals *offer;
	struct kex *kex;
	struct buf nonce, peers_nonce, secret;
	struct v2_more more;
	struct buf link; /* what the peer wants to see in IKE_FOLLOWUP_KE */
	/* What the peer has made meanwhile for the same (RFC 7296, 2.8.1). */
	bool rivalled;
	uint32_t rival; /* unique id of it; 0 if that goes on, see followup.c */
	struct buf rival_nonce; /* the lower one of its two */
};

struct v2_message {
	struct ike_header header;
	const struct ike_path *path;
	struct span octets; /* of IKE_SA_INIT, as it was received */
	struct span plain; /* what the chain is of */
	uint8_t first; /* type of its first payload */
	struct chain chain; /* what is inside of SK, if there was one */
	uint64_t payloads; /* bits of their types */
};

struct ikev2_sa;

/* Goes on with a message when the keys process has answered. */
typedef enum fsm_verdict (*v2_then_fn)(struct ikev2_sa *sa,
				       struct v2_message *message,
				       const struct env_auth_reply *reply);

/* A post-quantum preshared key (RFC 8784). */
struct v2_ppk {
	bool peer; /* it has said USE_PPK */
	bool agreed; /* both have */
	bool mixed; /* into the keys that are in use */
	struct v2_keys other; /* SK_d, SK_pi and SK_pr with it, or without */
	struct buf no_auth; /* AUTH for who does not know it */
	v2_then_fn then; /* behind AUTH, when the keys are known */
};

struct v2_suspended {
	bool on;
	const struct fsm_row *row;
	v2_then_fn then;
	struct ike_header header;
	struct ike_path path;
	uint8_t first;
	struct buf plain;
};

enum v2_eap {
	V2_EAP_NONE,
	V2_EAP_RUNS,
	V2_EAP_AUTH, /* it went well; the initiator's AUTH of its key is due */
};

/*
 * IKE_AUTH in more than one exchange: EAP (RFC 7296, 2.16), and several rounds
 * of authentication (RFC 4739). Each side goes through its rounds on its own.
 */
struct v2_rounds {
	size_t local, remote; /* that are over */
	bool multiple; /* the peer knows RFC 4739 */
	bool eap_only; /* the peer does without our AUTH (RFC 5998) */
	enum v2_eap eap;
	uint32_t session; /* with the keys process, 0 for none */
	bool mutual; /* EAP's key says who the responder is, nothing else does */
	unsigned int exchanges;
	uint64_t until; /* it must be over */
	struct buf packet; /* of EAP, to be sent */
	char why[256]; /* EAP is going to fail */
	/* The responder's: the first request, which has what the child shall be. */
	struct buf request;
	uint8_t request_first;
};

/* Session resumption (RFC 5723). */
struct v2_resume {
	struct ticket *ticket; /* of both roles, until it is up; NULL for none */
	bool client; /* we made the first of these IKE SAs: tickets are for us */
	bool asked; /* for a ticket */
};

enum { COOKIE2_LEN = 16 };

/* Of RFC 4555, beyond struct ike_move. */
struct v2_mobike {
	uint8_t cookie2[COOKIE2_LEN]; /* of our request */
	struct addr asked; /* whose routability is being checked */
	/* Where the peer saw us last (3.8). */
	bool has_seen;
	uint8_t seen[NATD_LEN];
};

struct ikev2_sa {
	struct ike_sa ike; /* must be first */
	struct v2_keys keys;
	struct v2_keys before; /* if the last request came with others */
	uint64_t sealed; /* messages, for the IV */
	struct kex *kex; /* of IKE_SA_INIT */
	struct v2_more more; /* of IKE_INTERMEDIATE */
	/* IntAuth, of the initiator and of the responder (RFC 9242, 3.3.2). */
	struct buf int_auth[2];
	struct buf clear; /* what was not sealed of the peer's last one */
	uint32_t auth_id; /* of the first message of IKE_AUTH */
	struct buf nonce_i, nonce_r;
	struct buf message_1, message_2; /* RealMessage1 and 2, until AUTH */
	struct buf cookie, share; /* what IKE_SA_INIT is repeated with */
	unsigned int restarts; /* of IKE_SA_INIT */
	unsigned int repeats; /* of its answer */
	uint16_t ke; /* the method in use */
	struct buf peer_id; /* body of the peer's ID payload */
	struct buf certreqs;
	struct v2_rounds rounds;
	struct v2_ppk ppk;
	struct v2_resume resume;
	bool initial_contact;
	bool peer_fragments, peer_childless, peer_mobike, peer_natd;
	bool peer_asks_domains; /* INTERNAL_DNS_DOMAIN */
	uint32_t peer_hashes; /* RFC 7427, a bit each */
	uint32_t next_out, next_in; /* message ids */
	uint8_t asked; /* exchange type of our request */
	struct packets reply; /* to the request next_in - 1 */
	unsigned int forged; /* messages that were not authentic */
	struct frag requests, responses;
	struct v2_suspended suspended;
	struct v2_making making;
	struct v2_mobike mobike;
	struct buf peer_token; /* RFC 6290: who has it may say that it is gone */
	uint64_t hinted; /* last time that somebody said so without it */
	struct v2_following *following; /* what the peer makes */
	uint32_t rival_of; /* unique id of the IKE SA that the peer rekeyed */
	uint32_t successor; /* the one that has its children now */
	uint32_t predecessor; /* and the one that had them */
};

static inline struct ikev2_sa *v2_sa(struct ike_sa *ike)
{
	return (struct ikev2_sa *)ike;
}

#endif
