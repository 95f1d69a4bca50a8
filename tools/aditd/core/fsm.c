// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsm.h. */
#include "fsm.h"

#include "inner.h"

static bool is_for(const struct fsm_row *row, const struct ike_sa *sa,
		   const struct fsm_event *event)
{
	if (row->exchange != event->exchange ||
	    row->response != event->response)
		return false;
	if (!(row->from & FSM_STATE(sa->state)))
		return false;
	if (row->role != FSM_ANY &&
	    (row->role == FSM_INITIATOR) != sa->initiator)
		return false;
	return !row->tasks ||
	       (event->task >= 0 && row->tasks & 1U << event->task);
}

const struct fsm_row *fsm_find(const struct fsm_row *rows, size_t n,
			       const struct ike_sa *sa,
			       const struct fsm_event *event, bool *known)
{
	*known = false;
	for (size_t i = 0; i < n; i++) {
		const struct fsm_row *row = &rows[i];

		if (!is_for(row, sa, event))
			continue;
		*known = true;
		if ((event->payloads & row->required) == row->required &&
		    !(event->payloads & ~(row->required | row->optional)))
			return row;
	}
	return NULL;
}

void fsm_move(struct ike_sa *sa, const struct fsm_row *row)
{
	if (row->to != FSM_STAY)
		ike_sa_set_state(sa, (enum ike_state)row->to);
	ike_sa_schedule(sa);
}
