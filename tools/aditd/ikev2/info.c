// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * INFORMATIONAL (RFC 7296, 1.4): deletes of Child SAs and IKE SAs, and whether
 * the peer is still there.
 */
#include "v2.h"

enum { DELETES_MAX = 256, TICKET_LATER_MS = 60 * 1000 };

int v2_liveness_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	build_start_inner(&out);
	v2_mobike_liveness(sa, &out);
	v2_ticket_renew(sa, &out);
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return 0;
}

int v2_child_delete_start(struct ikev2_sa *sa, struct task *task)
{
	struct child_sa *child = child_of_unique(sa->ike.engine, task->child);
	struct build out;
	uint8_t spi[4];

	if (!child || child->ike != &sa->ike)
		return 1;
	child_set_state(child, CHILD_DELETING);
	for (unsigned int i = 0; i < 4; i++)
		spi[i] = (uint8_t)(child->spi_in >> 8 * (3 - i));
	build_start_inner(&out);
	build_delete(&out, child->protocol, 4, SPAN(spi));
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return 0;
}

static void add_ike_delete(struct build *out)
{
	build_start_inner(out);
	build_delete(out, PROTOCOL_IKE, 0, span_of(NULL, 0));
}

int v2_delete_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	ike_sa_set_state(&sa->ike, IKE_DELETING);
	sa->ike.give_up_at = 0;
	add_ike_delete(&out);
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return 0;
}

void v2_farewell(struct ike_sa *ike)
{
	struct build out;

	/* The peer takes nothing new as long as it owes us an answer. */
	if (ike->retx.running || ike->state < IKE_ESTABLISHED)
		return;
	add_ike_delete(&out);
	v2_request(v2_sa(ike), EXCHANGE_INFORMATIONAL, &out);
	retx_stop(ike);
}

/* What the deletes of one message mean. */
struct deletes {
	bool ike;
	size_t n;
	struct child_sa *children[DELETES_MAX];
	struct buf esp, ah; /* SPIs of our own, for the answer */
};

/* If both ends delete it, the answer to neither names it (1.4.1). */
static bool is_being_deleted(const struct child_sa *child)
{
	const struct task *active = child->ike->active;

	return active && active->kind == TASK_CHILD_DELETE &&
	       active->child == child->unique;
}

static void read_delete(struct ike_sa *ike, const struct payload_delete *delete,
			struct deletes *deletes)
{
	struct span spis = delete->spis;
	struct child_sa *child;
	uint32_t spi;

	if (delete->protocol == PROTOCOL_IKE) {
		deletes->ike = true;
		return;
	}
	if (delete->spi_len != 4)
		return;
	while (span_take_u32(&spis, &spi)) {
		child = child_of_spi(ike, delete->protocol, spi, false);
		if (!child || deletes->n >= DELETES_MAX)
			continue;
		/* Twice the same in one message. */
		for (size_t i = 0; i < deletes->n; i++)
			if (deletes->children[i] == child)
				child = NULL;
		if (!child)
			continue;
		deletes->children[deletes->n++] = child;
		if (!is_being_deleted(child))
			buf_add_u32(child->protocol == PROTOCOL_AH ?
					    &deletes->ah :
					    &deletes->esp,
				    child->spi_in);
	}
}

static int read_deletes(struct ike_sa *ike, const struct v2_message *message,
			struct deletes *deletes)
{
	const struct payload *payload = NULL;
	struct payload_delete delete;
	struct err err;

	while ((payload = chain_find(&message->chain, PAYLOAD_DELETE,
				     payload)) != NULL) {
		if (payload_delete(payload->body, &delete, &err))
			return -1;
		read_delete(ike, &delete, deletes);
	}
	return 0;
}

static void remove_children(struct deletes *deletes)
{
	struct child_sa *child;
	bool closed;

	for (size_t i = 0; i < deletes->n; i++) {
		child = deletes->children[i];
		closed = (child->state == CHILD_INSTALLED ||
			  child->state == CHILD_REKEYING) &&
			 !child_has_heir(child) && !child_give_back(child);
		ike_sa_log(child->ike, LEVEL_INFO,
			   "the peer has deleted child %s{%u}",
			   child->conf->name, child->unique);
		child_remove(child);
		if (closed)
			child_closed(child);
	}
}

/* The peer deletes the IKE SA; the answer is on its way. */
static void end(struct ikev2_sa *sa)
{
	struct ike_sa *ike = &sa->ike;

	if (ike->state == IKE_ESTABLISHED && !ike->orphaned) {
		/* It means that it has rekeyed it, while ours is under way. */
		if (v2_rekey_adopt(sa))
			ike_sa_remove(ike, "it is rekeyed");
		else
			ike_sa_closed(ike);
	} else {
		v2_rekey_known(sa);
		ike_sa_remove(ike, "it is deleted");
	}
}

/* Does it say that it could do nothing with our IKE_AUTH (2.21.2)? */
static const char *auth_failed(const struct chain *chain)
{
	struct payload_notify notify;

	if (chain_notify(chain, NOTIFY_AUTHENTICATION_FAILED, &notify))
		return "the peer does not believe our AUTH";
	if (chain_notify(chain, NOTIFY_INVALID_SYNTAX, &notify) ||
	    chain_notify(chain, NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD, &notify))
		return "the peer does not understand our answer to IKE_AUTH";
	return NULL;
}

enum fsm_verdict v2_info_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct deletes deletes = { .esp = BUF_INIT, .ah = BUF_INIT };
	const char *failed;
	struct build out;
	int ret;

	ret = read_deletes(ike, message, &deletes);
	build_start_inner(&out);
	if (!ret && !deletes.ike && deletes.esp.len)
		build_delete(&out, PROTOCOL_ESP, 4, buf_span(&deletes.esp));
	if (!ret && !deletes.ike && deletes.ah.len)
		build_delete(&out, PROTOCOL_AH, 4, buf_span(&deletes.ah));
	buf_free(&deletes.esp);
	buf_free(&deletes.ah);
	if (!ret)
		ret = v2_mobike_request(sa, message, &out);
	if (!ret)
		v2_ticket_answer(sa, &message->chain, &out);
	if (ret) {
		build_free(&out);
		return FSM_SYNTAX;
	}
	v2_respond(sa, message, &out);
	v2_mobike_requested(sa, message);
	v2_qcd_read(sa, &message->chain);
	v2_ticket_read(sa, &message->chain);
	failed = auth_failed(&message->chain);
	if (failed) {
		engine_fail(ike->engine, ike, ike->conn->name, failed,
			    "the peer's log says why");
		ike_sa_closed(ike);
		return FSM_DONE;
	}
	if (deletes.ike) {
		end(sa);
		return FSM_DONE;
	}
	remove_children(&deletes);
	return FSM_OK;
}

enum fsm_verdict v2_info_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct child_sa *child;
	enum task_kind kind;
	bool later;

	/* Of whatever it is the answer to (RFC 6290, 4.4). */
	v2_qcd_read(sa, &message->chain);
	if (!ike->active)
		return FSM_OK;
	if (ike->active->kind == TASK_IKE_DELETE) {
		v2_task_done(sa, 0, "");
		ike_sa_remove(ike, "it is deleted");
		return FSM_DONE;
	}
	if (ike->active->kind == TASK_CHILD_DELETE) {
		child = child_of_unique(ike->engine, ike->active->child);
		/* It may have moved to the SA that follows this one. */
		v2_task_done(sa, 0, "");
		if (child)
			child_remove(child);
		return FSM_OK;
	}
	kind = ike->active->kind;
	later = v2_ticket_read(sa, &message->chain);
	if (later && kind == TASK_TICKET)
		v2_task_again(sa, TICKET_LATER_MS);
	else
		v2_task_done(sa, 0, "");
	return v2_mobike_response(sa, message, kind);
}
