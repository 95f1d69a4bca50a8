/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an IKE SA does with a message is a row of a table: from which state, of
 * which exchange, with which payloads, who handles it, and what is then.
 */
#ifndef ADITD_CORE_FSM_H
#define ADITD_CORE_FSM_H

#include "sa.h"

enum fsm_verdict {
	FSM_OK, /* on to the row's state */
	FSM_IGNORE, /* as if it had not come */
	FSM_SUSPEND, /* goes on when the keys process has answered */
	FSM_SYNTAX, /* malformed: INVALID_SYNTAX */
	FSM_DONE, /* the handler has done it all, the SA may be gone */
};

enum fsm_role { FSM_ANY, FSM_INITIATOR, FSM_RESPONDER };

/* Payloads are bits by type; notifies and vendor ids may be everywhere. */
#define FSM_PAYLOAD(type) (1ULL << (type))
#define FSM_STATE(state) (1U << (state))

enum { FSM_STAY = -1 };

struct fsm_row {
	const char *story;
	uint32_t from;
	uint8_t exchange;
	bool response;
	enum fsm_role role; /* of the IKE SA, not of the exchange */
	uint32_t tasks; /* responses: bits of what was asked, 0 for any */
	uint64_t required;
	uint64_t optional;
	enum fsm_verdict (*handle)(struct ike_sa *sa, void *message);
	int to;
};

struct fsm_event {
	uint8_t exchange;
	bool response;
	int task; /* -1 for none */
	uint64_t payloads;
};

/*
 * The first row that fits, NULL if none does; @known then says whether that
 * exchange is right here, and only its payloads are wrong.
 */
const struct fsm_row *fsm_find(const struct fsm_row *rows, size_t n,
			       const struct ike_sa *sa,
			       const struct fsm_event *event, bool *known);

/* After the handler said FSM_OK. */
void fsm_move(struct ike_sa *sa, const struct fsm_row *row);

#endif
