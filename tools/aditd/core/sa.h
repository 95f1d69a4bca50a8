/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE SAs and Child SAs, what they are whatever the version: who asks for
 * status reads this, the versions' own folders embed it.
 *
 *	        init                 auth               verified
 *	CREATED ----> CONNECTING ------> AUTHENTICATING ------> ESTABLISHED
 *	                 |                     |                 |      |
 *	                 +---------------------+----------> DELETING <--REKEYED
 *	                                                        |
 *	                                                      gone
 */
#ifndef ADITD_CORE_SA_H
#define ADITD_CORE_SA_H

#include "../../lib/buf.h"
#include "env.h"

enum ike_state {
	IKE_CREATED,
	IKE_CONNECTING,
	IKE_AUTHENTICATING, /* also while the keys process computes */
	IKE_ESTABLISHED,
	IKE_REKEYED, /* another one has its children */
	IKE_DELETING,
	IKE_STATES,
};

enum child_state {
	CHILD_CREATED,
	CHILD_INSTALLING, /* asked for, no answer yet */
	CHILD_INSTALLED,
	CHILD_REKEYING, /* a successor is being made */
	CHILD_REKEYED, /* it is there, this one drains */
	CHILD_DELETING,
	CHILD_STATES,
};

struct child_sa {
	struct child_sa *next;
	struct ike_sa *ike;
	const struct child_conf *conf;
	uint32_t unique; /* for people and VICI */
	uint32_t id; /* of the child on the device, over rekeys */
	enum child_state state;
	enum conf_mode mode;
	uint8_t protocol;
	uint32_t spi_in, spi_out;
	uint16_t encr, encr_bits, integ, dh;
	bool esn;
	bool outbound; /* it is the one that sends */
	struct ts_list local_ts, remote_ts;
	uint64_t installed; /* env_now() */
	uint64_t rekey_at, expire_at; /* 0 for never */
	struct env_timer timer;
};

struct ike_version_ops;

struct ike_sa {
	struct ike_sa *next; /* of the engine */
	struct engine *engine;
	const struct ike_version_ops *ops;
	struct conn *conn; /* counted; NULL with a responder that has none yet */
	uint32_t unique;
	uint32_t peer; /* id on the device */
	char interface[16];
	unsigned int version;
	bool initiator;
	enum ike_state state;
	uint64_t spi_i, spi_r;
	struct ike_path path;
	bool nat_here, nat_there;
	enum conf_encap encap;
	struct ident local_id, remote_id;
	uint16_t encr, encr_bits, integ, prf, dh;
	uint64_t established;
	uint64_t rekey_at, reauth_at;
	unsigned int tries; /* retransmissions of what is on its way */
	char waits_for[128]; /* "answer to IKE_SA_INIT from 203.0.113.5:500" */
	struct child_sa *children;
};

const char *ike_state_name(enum ike_state state); /* as VICI shows it */
const char *child_state_name(enum child_state state);

#endif
