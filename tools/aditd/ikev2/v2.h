/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKEv2 (RFC 7296): the calls between the files here. From outside only ikev2_ops
 * counts.
 */
#ifndef ADITD_IKEV2_V2_H
#define ADITD_IKEV2_V2_H

#include "sa.h"

extern const struct ike_version_ops ikev2_ops;

enum {
	V2_NONCE_LEN = 32,
	V2_SECONDS_TO_DELETE =
		60, /* a rekeyed one that the peer is to delete */
	V2_COOKIES_MAX = 5, /* restarts of IKE_SA_INIT, whoever asks for them */
	V2_TASK_TRIES = 12,
	V2_SECONDS_TO_FOLLOW = 60, /* until the next IKE_FOLLOWUP_KE */
};

/* states.c */
extern const struct fsm_row v2_rows[];
extern const size_t v2_n_rows;

/* input.c */
void v2_input(struct engine *engine, const struct ike_path *path,
	      struct span octets);
void v2_auth_done(struct ike_sa *ike, const struct env_auth_reply *reply);

/* Asks the keys process, and has the handler give up for now. */
enum fsm_verdict v2_suspend(struct ikev2_sa *sa, v2_then_fn then);

/* sk.c */
void v2_request(struct ikev2_sa *sa, uint8_t exchange, struct build *inner);
void v2_respond(struct ikev2_sa *sa, const struct v2_message *message,
		struct build *inner);
void v2_respond_notify(struct ikev2_sa *sa, const struct v2_message *message,
		       uint16_t type, struct span data);

struct ike_header v2_header(const struct ikev2_sa *sa, uint8_t exchange,
			    uint32_t id, bool response);

/* Count a message; @ike may be NULL. */
void v2_count(struct engine *engine, const struct ike_sa *ike, uint8_t exchange,
	      bool response, bool sent);

enum v2_open { OPEN_BAD, OPEN_MORE, OPEN_WHOLE };
enum v2_open v2_open(struct ikev2_sa *sa, const struct ike_header *header,
		     struct span message, struct buf *plain, uint8_t *first);

/* Does it say that it is, in its last payload? */
bool v2_is_sealed(const struct ike_header *header, struct span message);

/* Is it authentic, and does it ask for all of the last answer? */
bool v2_asks_again(const struct ikev2_sa *sa, const struct ike_header *header,
		   struct span message);

/* One datagram without protection, in answer to what has no SA; see build_*(). */
void v2_bare_send(struct engine *engine, const struct ike_path *path,
		  struct build *out);
void v2_bare_start(const struct ike_header *to, struct build *out);
void v2_bare_notify(struct engine *engine, const struct ike_path *path,
		    const struct ike_header *to, uint16_t type,
		    struct span data);

/* keymat.c */
int v2_keymat(struct ikev2_sa *sa, struct span secret);

/* SKEYSEED = prf(SK_d (old), SK(0) | Ni | Nr | SK(1) ...); @old may be @sa. */
int v2_keymat_rekey(struct ikev2_sa *sa, const struct ikev2_sa *old,
		    struct span secret, struct span more);

/* Of a session that is resumed, with the SK_d that it had. */
int v2_keymat_resume(struct ikev2_sa *sa, struct span key);
void v2_keys_free(struct v2_keys *keys);

/*
 * Keys of a Child SA are views of @keymat; @more are the secrets of additional
 * key exchanges.
 */
int v2_keymat_child(const struct ikev2_sa *sa, const struct child_sa *child,
		    bool initiator, const struct span nonces[2],
		    struct span secret, struct span more, struct buf *keymat,
		    struct child_keys *keys);

/* The octets that AUTH signs (RFC 7296, 2.15), of the initiator or not. */
int v2_auth_octets(const struct ikev2_sa *sa, bool initiator,
		   struct span id_body, struct buf *out);

/* init.c, init_respond.c */
void v2_init_send(struct ikev2_sa *sa);
void v2_init_restart(struct ikev2_sa *sa);
enum fsm_verdict v2_init_response(struct ike_sa *ike, void *message);
enum fsm_verdict v2_init_refused(struct ike_sa *ike, void *message);
void v2_init_request(struct engine *engine, const struct ike_header *header,
		     const struct ike_path *path, struct span octets);

/* The same without protection for any exchange: the initiator's first message. */
int v2_init_ask(struct ikev2_sa *sa, uint8_t exchange, struct build *out);

/* What an answer without protection says beside keys, and what it changes. */
void v2_init_answered(struct ikev2_sa *sa, const struct v2_message *message);

/* What somebody said without protection, if it is the first that says no. */
void v2_init_said(struct ikev2_sa *sa, const char *text);

/*
 * The responder's side of it. Is it a first message, and not one that was
 * answered before, and is again now? Has the peer paid with a cookie, or need
 * not? One of what it says; and its answer, which is kept.
 */
bool v2_init_is_new(struct engine *engine, const struct ike_header *header,
		    const struct ike_path *path, struct span octets);
bool v2_init_has_paid(struct engine *engine, const struct ike_header *header,
		      const struct ike_path *path, const struct chain *chain,
		      struct span nonce);
void v2_init_malformed(struct engine *engine, const struct ike_header *header,
		       const struct ike_path *path, uint8_t critical);
struct ikev2_sa *v2_init_new(struct engine *engine,
			     const struct ike_header *header,
			     const struct ike_path *path,
			     const struct chain *chain,
			     const struct conn *conn);
int v2_init_answer(struct ikev2_sa *sa, struct build *out, struct span octets);

/* Of a responder @conn fits the addresses, and may turn out to be another one. */
void v2_init_features(struct ikev2_sa *sa, const struct conn *conn,
		      struct build *out);
void v2_init_read_features(struct ikev2_sa *sa, const struct conn *conn,
			   const struct chain *chain);
void v2_add_natd(struct ikev2_sa *sa, struct build *out,
		 const struct ike_path *path, bool fake);
void v2_read_natd(struct ikev2_sa *sa, const struct chain *chain,
		  const struct ike_path *path);
/* The same outside of IKE_SA_INIT; false if the peer says nothing of it. */
bool v2_read_natd_again(struct ikev2_sa *sa, const struct chain *chain,
			const struct ike_path *path);
void v2_take_algorithms(struct ikev2_sa *sa, const struct proposal *chosen);

/*
 * certreq.c: which CAs the peer's certificate may be of (RFC 7296, 3.7): those of
 * the connection; of all that may turn out to be the one, which have @chosen.
 */
void v2_certreqs_add(struct ikev2_sa *sa, struct build *out);
void v2_certreqs_add_any(struct ikev2_sa *sa, const struct proposal *chosen,
			 struct build *out);
void v2_certreqs_take(struct ikev2_sa *sa, const struct chain *chain);

/* resume.c, resume_respond.c: IKE_SESSION_RESUME (RFC 5723), then IKE_AUTH. */
void v2_resume_send(struct ikev2_sa *sa);
enum fsm_verdict v2_resume_response(struct ike_sa *ike, void *message);
enum fsm_verdict v2_resume_refused(struct ike_sa *ike, void *message);
enum fsm_verdict v2_resume_auth_response(struct ikev2_sa *sa,
					 const struct v2_message *message);
enum fsm_verdict v2_resume_auth_refused(struct ikev2_sa *sa,
					const struct v2_message *message);
void v2_resume_request(struct engine *engine, const struct ike_header *header,
		       const struct ike_path *path, struct span octets);
enum fsm_verdict v2_resume_auth_request(struct ikev2_sa *sa,
					const struct v2_message *message);

/* Of both roles: notifies, AUTH of ours, and that of the peer with its ID. */
void v2_resume_features(const struct ikev2_sa *sa, struct build *out);
int v2_resume_sign(struct ikev2_sa *sa, uint8_t auth[PRF_LEN_MAX]);
int v2_resume_verify(struct ikev2_sa *sa, const struct v2_message *message,
		     struct err *err);
void v2_resume_end(struct ikev2_sa *sa);

/* ticket.c: asked for by the client, given to it. */
void v2_ticket_ask(struct ikev2_sa *sa, struct build *out);
void v2_ticket_renew(struct ikev2_sa *sa, struct build *out);
/* Is it put off (TICKET_ACK), so that we are to ask again? */
bool v2_ticket_read(struct ikev2_sa *sa, const struct chain *chain);
int v2_ticket_start(struct ikev2_sa *sa, struct task *task);
void v2_ticket_answer(struct ikev2_sa *sa, const struct chain *chain,
		      struct build *out);
void v2_ticket_follow(struct ikev2_sa *sa, const struct ikev2_sa *old);

/* auth.c, auth_initiate.c, auth_respond.c */
enum fsm_verdict v2_auth_begin(struct ikev2_sa *sa);
enum fsm_verdict v2_auth_response(struct ike_sa *ike, void *message);
enum fsm_verdict v2_auth_refused(struct ike_sa *ike, void *message);
enum fsm_verdict v2_auth_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_auth_next_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_auth_given_up(struct ike_sa *ike, void *message);
enum fsm_verdict v2_auth_sign(struct ikev2_sa *sa, v2_then_fn then);
enum fsm_verdict v2_auth_verify(struct ikev2_sa *sa,
				const struct v2_message *message,
				v2_then_fn then);
int v2_auth_own_id(struct ikev2_sa *sa);
void v2_auth_add_id(struct build *out, const struct ikev2_sa *sa);
void v2_auth_add(struct build *out, const struct ikev2_sa *sa,
		 const struct env_auth_reply *reply);
int v2_auth_peer_id(struct ikev2_sa *sa, const struct v2_message *message,
		    uint8_t type, struct err *err);

/* rounds.c: what both roles do in more than one exchange. */
const struct conf_round *v2_local_round(const struct ikev2_sa *sa);
const struct conf_round *v2_remote_round(const struct ikev2_sa *sa);

/* Hand a packet of EAP to the keys process; the responder's first is none. */
enum fsm_verdict v2_eap_ask(struct ikev2_sa *sa, struct span packet,
			    v2_then_fn then);

/* Keep what it answered to be sent, and who the peer is. */
int v2_eap_keep(struct ikev2_sa *sa, const struct env_auth_reply *reply);
void v2_eap_add(struct ikev2_sa *sa, struct build *out);
void v2_eap_end(struct ikev2_sa *sa);
void v2_rounds_free(struct ikev2_sa *sa);

/* Has the peer authenticated as often as we want, when it says that it has? */
int v2_rounds_check(const struct ikev2_sa *sa, const struct v2_message *message,
		    struct err *err);
void v2_rounds_add_another(const struct ikev2_sa *sa, struct build *out);

/* One more exchange of IKE_AUTH; false if there were too many. */
bool v2_rounds_count(struct ikev2_sa *sa);
/* cp.c: configuration payloads, of the initiator in IKE_AUTH ... */
void v2_cp_ask(const struct ikev2_sa *sa, struct build *out);
void v2_cp_take(struct ikev2_sa *sa, const struct v2_message *message);

/* ... and of the responder: what is asked for, and what it gets. */
int v2_cp_asked(struct ikev2_sa *sa, const struct v2_message *message);
void v2_cp_answer(const struct ikev2_sa *sa, struct build *out);

/*
 * The notify that refuses a child, 0 for none, since the peer has not got what
 * it needs; with the reason for people.
 */
uint16_t v2_cp_refusal(const struct ikev2_sa *sa, char text[400]);

/* Goes on with AUTH of ours; all is well with that of the peer; it is not. */
enum fsm_verdict v2_auth_send(struct ikev2_sa *sa, struct v2_message *message,
			      const struct env_auth_reply *reply);
enum fsm_verdict v2_auth_established(struct ikev2_sa *sa,
				     const struct v2_message *message);
void v2_auth_tell(struct ikev2_sa *sa, uint16_t notify);

/* Both sides have said all; the child is what the first request asked for. */
void v2_auth_finish(struct ikev2_sa *sa, const struct v2_message *first,
		    const struct v2_message *message, struct build *out);

/* auth_respond.c: no, in a way that tells strangers nothing, but us. */
enum fsm_verdict v2_auth_refuse(struct ikev2_sa *sa,
				const struct v2_message *message,
				const char *text, const char *hint);

/* ppk.c: post-quantum preshared keys (RFC 8784), when they are used, and how. */
void v2_ppk_free(struct v2_ppk *ppk);
bool v2_ppk_offers(const struct ikev2_sa *sa);

/* Of IKE_SA_INIT's answer: -1 with why not to go on. */
int v2_ppk_agree(struct ikev2_sa *sa, const struct v2_message *message,
		 struct err *err);

/*
 * Before the first AUTH, of ours or of the peer's: keys with it, if it shall be.
 * @then of v2_ppk_sign() gets our AUTH, that of v2_ppk_request() NULL.
 */
enum fsm_verdict v2_ppk_sign(struct ikev2_sa *sa, v2_then_fn then);
enum fsm_verdict v2_ppk_request(struct ikev2_sa *sa, struct v2_message *message,
				v2_then_fn then);
void v2_ppk_add(struct ikev2_sa *sa, struct build *out);

/* What AUTH has for us: instead of it NO_PPK_AUTH, if we don't know the PPK. */
struct span v2_ppk_auth(const struct ikev2_sa *sa,
			const struct v2_message *message, struct span auth);

/* The initiator's: does the answer use it? -1 with why that is not enough. */
int v2_ppk_answered(struct ikev2_sa *sa, const struct v2_message *message,
		    struct err *err);

/* offer.c: the part of a Child SA that all exchanges that make one share. */
int v2_offer_begin(struct ikev2_sa *sa, const struct task *task, bool with_ke);
void v2_offer_add(struct ikev2_sa *sa, struct build *out);
void v2_making_free(struct ikev2_sa *sa);

/* The first method of the first proposal that has one. */
uint16_t v2_first_ke(const struct proposals *proposals);

/* With another group, if the peer wants one of those offered. */
bool v2_offer_group(struct ikev2_sa *sa, const struct v2_message *message);

/*
 * What the peer answered: 1 if more key exchanges are to follow, -1 with what is
 * wrong. With its keys v2_offer_install() makes of it what is.
 */
int v2_offer_answered(struct ikev2_sa *sa, const struct v2_message *message,
		      struct err *err);
int v2_offer_install(struct ikev2_sa *sa, const struct span nonces[2],
		     struct err *err);

/*
 * traits.c: notifies of a Child SA; what the initiator offers, and makes of the
 * answer; what the responder chooses, and answers.
 */
void v2_traits_offer(struct child_sa *child, struct build *out);
void v2_traits_answered(struct child_sa *child, const struct chain *chain);
void v2_traits_choose(struct child_sa *child, const struct chain *chain);
void v2_traits_answer(const struct child_sa *child, struct build *out);

/* answer.c: the responder's side of it. */
void v2_take_child_proposal(struct child_sa *child,
			    const struct proposal *chosen);

struct v2_answer {
	const struct child_conf *conf;
	struct child_sa *old; /* what it replaces */
	struct child_sa *child;
	struct proposal chosen;
	struct ts_list *tsi, *tsr; /* as they are answered */
	struct span nonces[2];
	struct buf nonce, peers_nonce, share, secret;
	struct v2_more more;
	uint64_t link; /* of what follows */
	bool first; /* in IKE_AUTH: no KE and no nonces of its own */
	uint16_t notify; /* instead, with its data */
	struct buf data;
	char text[400]; /* why, for people */
};

/*
 * 0, or -1 and there is a notify to answer with. The child has no keys before
 * v2_answer_install() if more key exchanges follow.
 */
int v2_answer_child(struct ikev2_sa *sa, const struct v2_message *message,
		    struct v2_answer *answer);
int v2_answer_install(struct ikev2_sa *sa, struct v2_answer *answer,
		      struct child_sa *old);
void v2_answer_add(const struct v2_answer *answer, struct build *out);

/* That more key exchanges follow, if they do. */
void v2_answer_add_link(const struct v2_answer *answer, struct build *out);
void v2_answer_free(struct v2_answer *answer);

/* The KE payload against the method that was chosen; for IKE SAs too. */
int v2_answer_ke(const struct v2_message *message, uint16_t method,
		 struct v2_answer *answer);

/* tasks.c */
void v2_kick(struct ike_sa *ike);
void v2_gave_up(struct ike_sa *ike);
void v2_task_done(struct ikev2_sa *sa, int result, const char *text);
bool v2_task_again(struct ikev2_sa *sa, uint64_t pause_ms); /* not for ever */

/* Error notifies of an answer as text; NULL if there is none. */
const char *v2_refusal(const struct v2_message *message, uint16_t *type,
		       char buf[128]);

/* What to look at when a child is refused like that. */
const char *v2_child_hint(uint16_t type);

/* more.c: additional key exchanges, whatever they are for (RFC 9370). */
void v2_more_begin(struct v2_more *more, const uint16_t *addke);
bool v2_more_left(const struct v2_more *more);
void v2_more_free(struct v2_more *more);

/* The initiator's: its next KE payload, and the peer's one; -1 if not. */
int v2_more_offer(struct v2_more *more, struct build *out);
int v2_more_answered(struct v2_more *more, const struct v2_message *message,
		     struct buf *secret, struct err *err);

/* The responder's, both at once. */
int v2_more_answer(struct v2_more *more, const struct v2_message *message,
		   struct build *out, struct buf *secret, struct err *err);

/* intermediate.c: IKE_INTERMEDIATE (RFC 9242), if there is any, then IKE_AUTH. */
enum fsm_verdict v2_intermediate_begin(struct ikev2_sa *sa);
enum fsm_verdict v2_intermediate_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_intermediate_response(struct ike_sa *ike, void *message);

/* followup.c: IKE_FOLLOWUP_KE, behind CREATE_CHILD_SA (RFC 9370, 2.2.4). */
struct v2_following {
	struct ikev2_sa *sa;
	struct env_timer timer;
	struct v2_answer answer;
	uint32_t child; /* unique ids, of what is being made */
	uint32_t old; /* what it replaces */
	uint32_t next; /* or a new IKE SA */
};

/* As the initiator, -1 if the answer @message does not allow it. */
int v2_followup_send(struct ikev2_sa *sa, const struct v2_message *message,
		     struct err *err);
enum fsm_verdict v2_followup_response(struct ike_sa *ike, void *message);

/*
 * As the responder: what is in @answer goes on there, for a child or else @next.
 * At most one at a time, the one before it is forgotten.
 */
int v2_following_begin(struct ikev2_sa *sa, struct v2_answer *answer,
		       struct ikev2_sa *next);
bool v2_following_child(const struct ikev2_sa *sa, uint32_t old);
bool v2_following_ike(const struct ikev2_sa *sa);
void v2_following_end(struct ikev2_sa *sa);
enum fsm_verdict v2_followup_request(struct ike_sa *ike, void *message);

/* create.c: CREATE_CHILD_SA of Child SAs. */
int v2_child_start(struct ikev2_sa *sa, struct task *task);
int v2_child_rekey_start(struct ikev2_sa *sa, struct task *task);
enum fsm_verdict v2_child_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_child_response(struct ike_sa *ike, void *message);
enum fsm_verdict v2_child_refused(struct ike_sa *ike, void *message);

/* All its key exchanges are done, of ours or of the peer's; or can't be. */
void v2_child_made(struct ikev2_sa *sa);
void v2_child_answered(struct ikev2_sa *sa, struct v2_answer *answer,
		       struct child_sa *old);
void v2_child_failed(struct ikev2_sa *sa, const char *text);

/* rekey.c, rekey_respond.c: CREATE_CHILD_SA of the IKE SA. */
int v2_rekey_start(struct ikev2_sa *sa, struct task *task);
enum fsm_verdict v2_rekey_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_rekey_response(struct ike_sa *ike, void *message);
enum fsm_verdict v2_rekey_refused(struct ike_sa *ike, void *message);
void v2_rekey_made(struct ikev2_sa *sa);
void v2_rekey_answered(struct ikev2_sa *sa, struct ikev2_sa *next);
void v2_rekey_failed(struct ikev2_sa *sa, const char *text);
void v2_rekey_set_spi(struct proposal *proposal, uint64_t spi);
uint64_t v2_rekey_get_spi(const struct proposal *proposal); /* or 0 */
enum fsm_verdict v2_not_now(struct ike_sa *ike, void *message);

/*
 * rekey_settle.c: which IKE SA goes on. The new one is like the old one, but for
 * its keys; it succeeds it. Ours is there, and may have a rival of the peer's.
 */
int v2_rekey_inherit(struct ikev2_sa *sa, const struct ikev2_sa *from);
void v2_rekey_succeed(struct ike_sa *ike, struct ike_sa *old);
void v2_rekey_settle(struct ikev2_sa *sa);
bool v2_rekey_loses(const struct ikev2_sa *sa);
struct ike_sa *v2_rekey_rival(const struct ikev2_sa *sa); /* of ours, or NULL */
bool v2_rekey_adopt(struct ikev2_sa *sa); /* the rival of ours, if any */
void v2_rekey_abandon(struct ikev2_sa *sa); /* it goes, too */

/* The peer deletes the old one: it knows its successor. */
void v2_rekey_known(struct ikev2_sa *sa);

/* The peer uses it already: it has won against ours. */
void v2_rekey_used(struct ikev2_sa *sa);

/* Put off, or not known any more: the same again from the start. */
bool v2_is_again(uint16_t notify);
void v2_put_off(struct ikev2_sa *sa, uint16_t notify, uint64_t pause_ms);

/* Does ours have the lowest nonce of the four, so that it goes again? */
bool v2_is_loser(const struct v2_making *making, struct span ours,
		 struct span peers);
void v2_rivalled(struct v2_making *making, uint32_t rival, struct span nonce,
		 struct span other);

/* info.c */
int v2_liveness_start(struct ikev2_sa *sa, struct task *task);
int v2_child_delete_start(struct ikev2_sa *sa, struct task *task);
int v2_delete_start(struct ikev2_sa *sa, struct task *task);
void v2_farewell(struct ike_sa *ike);
enum fsm_verdict v2_info_request(struct ike_sa *ike, void *message);
enum fsm_verdict v2_info_response(struct ike_sa *ike, void *message);

/* said.c */

/* What one message says of addresses. */
struct v2_said {
	bool update;
	bool list; /* all where the sender is, besides where it sends from */
	size_t n;
	struct addr addrs[MOVE_ADDRS_MAX];
	struct span cookie2, no_nats;
	bool has_no_nats, has_natd;
};

int v2_said_read(const struct chain *chain, struct v2_said *said);

/* One that a host may have, beyond its own link. */
bool v2_said_is_host(const struct addr *addr);

/* Is there a NAT on that path, and what is ESP in, then? */
void v2_said_nat(struct ikev2_sa *sa, const struct chain *chain,
		 const struct ike_path *path);
void v2_said_keep(struct ikev2_sa *sa, const struct v2_said *said);

/* mobike.c, mobike_respond.c */
void v2_mobike_natd(struct ikev2_sa *sa, const struct ike_path *path,
		    struct build *out);
void v2_mobike_add(struct ikev2_sa *sa, struct build *out); /* to IKE_AUTH */
void v2_mobike_read(struct ikev2_sa *sa, const struct chain *chain);
void v2_mobike_inherit(struct ikev2_sa *sa, const struct ikev2_sa *from);
int v2_address_start(struct ikev2_sa *sa, struct task *task);
int v2_address_list_start(struct ikev2_sa *sa, struct task *task);
int v2_routability_start(struct ikev2_sa *sa, struct task *task);

/* Of a request: what is answered is put in. -1 if it is malformed. */
int v2_mobike_request(struct ikev2_sa *sa, const struct v2_message *message,
		      struct build *out);
/* When the answer is on its way. */
void v2_mobike_requested(struct ikev2_sa *sa, const struct v2_message *message);
void v2_mobike_liveness(struct ikev2_sa *sa, struct build *out);

/* What was asked for is answered; FSM_OK or what else the SA does then. */
enum fsm_verdict v2_mobike_response(struct ikev2_sa *sa,
				    const struct v2_message *message,
				    enum task_kind kind);

/* qcd.c: a peer that has restarted is known at once (RFC 6290). */
void v2_qcd_add(const struct ikev2_sa *sa, struct build *out);
void v2_qcd_read(struct ikev2_sa *sa, const struct chain *chain);
int v2_token_start(struct ikev2_sa *sa, struct task *task);

/* To what belongs to no SA: so that the peer knows. */
void v2_qcd_unknown(struct engine *engine, const struct ike_path *path,
		    const struct ike_header *to);

/* ESP or AH of no SA, see engine_unknown_spi(). */
void v2_qcd_unknown_spi(struct engine *engine, const struct ike_path *path,
			uint8_t protocol, uint32_t spi);

/* What somebody says without protection, of that SA, or of none. */
void v2_qcd_said(struct engine *engine, struct ikev2_sa *sa,
		 const struct ike_path *path, const struct ike_header *header,
		 struct span octets);

/* new.c */
struct ikev2_sa *v2_new(struct engine *engine, bool initiator);
struct ike_sa *v2_create(struct engine *engine);
void v2_destroy(struct ike_sa *ike);

#endif
