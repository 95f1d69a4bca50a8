/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An engine that only looks like one: what core/engine.h has for ctl. */
#ifndef ADITD_TESTS_IKE_MOCK_H
#define ADITD_TESTS_IKE_MOCK_H

#include "../core/engine.h"

enum { MOCK_CONNS = 64 };

struct mock {
	struct conn *conns[MOCK_CONNS];
	size_t n_conns;
	unsigned int adds; /* calls of engine_conn_add() */
	struct ike_sa *first;
	char asked[512]; /* what was called, in words */
	size_t matches; /* of terminate and rekey */
	bool at_once; /* done is called from within */
	engine_done_fn done;
	void *done_arg;
	const char *refuse; /* of initiate and trap */
	struct engine_failure failure;
	struct engine_counter counters[2];
};

extern struct mock mock;

#endif
