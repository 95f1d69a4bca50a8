/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of IKEv2 (RFC 7296, 3): octets to views of them and back. Pure: no
 * allocation when reading, no reply, no SA.
 */
#ifndef ADITD_PAYLOAD_V2_H
#define ADITD_PAYLOAD_V2_H

#include "../../lib/buf.h"
#include "../../lib/err.h"
#include "../core/proposal.h"
#include "../core/ts.h"
#include "../proto/ike.h"
#include "../proto/v2.h"

struct ike_header {
	uint64_t spi_i;
	uint64_t spi_r;
	uint8_t next;
	uint8_t version;
	uint8_t exchange;
	uint8_t flags;
	uint32_t id;
	uint32_t length;
};

/* Of either version; the length must be that of @message. */
int ike_header_parse(struct span message, struct ike_header *header,
		     struct err *err);
void ike_header_build(struct buf *buf, const struct ike_header *header);

enum { CHAIN_MAX = 128 };

struct payload {
	uint8_t type;
	bool critical;
	struct span body; /* behind the generic header */
};

struct chain {
	size_t n;
	struct payload payloads[CHAIN_MAX];
	/* What is behind an SK or SKF payload's header names the first inside. */
	uint8_t inner;
};

/*
 * Cut @octets into payloads, the first of that type. An SK or SKF payload must
 * be the last. -1 if lengths do not fit; a critical payload that is not known
 * is an error of its own, with its type in @critical, which is 0 with all others
 * (RFC 7296, 2.5). Payloads that are not known, and not critical, are in it.
 */
int chain_parse(struct chain *chain, uint8_t first, struct span octets,
		uint8_t *critical, struct err *err);

/* The first of that type behind @after (NULL for the start), or NULL. */
const struct payload *chain_find(const struct chain *chain, uint8_t type,
				 const struct payload *after);

/* Bodies. Each: -1 with an error if it is malformed. */
struct payload_ke {
	uint16_t method;
	struct span share;
};

struct payload_notify {
	uint8_t protocol;
	uint16_t type;
	struct span spi;
	struct span data;
};

struct payload_delete {
	uint8_t protocol;
	uint8_t spi_len;
	uint16_t count;
	struct span spis;
};

struct payload_auth {
	uint8_t method;
	struct span data;
};

struct payload_cert {
	uint8_t encoding;
	struct span data;
};

struct payload_skf {
	uint16_t number;
	uint16_t total;
	struct span sealed;
};

struct payload_cp {
	uint8_t type;
	struct span attributes;
};

struct cp_attribute {
	uint16_t type;
	struct span value;
};

/*
 * Proposals of protocols that are not known, and what is beyond the limits of
 * proposal.h, are left out: none may be left. With several, they are numbered
 * from 1.
 */
int payload_sa(struct span body, struct proposals *out, struct err *err);
int payload_ke(struct span body, struct payload_ke *out, struct err *err);
int payload_notify(struct span body, struct payload_notify *out,
		   struct err *err);
int payload_delete(struct span body, struct payload_delete *out,
		   struct err *err);
int payload_auth(struct span body, struct payload_auth *out, struct err *err);
int payload_cert(struct span body, struct payload_cert *out, struct err *err);
int payload_nonce(struct span body, struct span *out, struct err *err);
int payload_skf(struct span body, struct payload_skf *out, struct err *err);
int payload_cp(struct span body, struct payload_cp *out, struct err *err);

/* Take the next attribute of a payload that payload_cp() has read. */
bool cp_next(struct span *attributes, struct cp_attribute *out);

/* What is in it, of those that mean something here. */
enum cp_means {
	CP_MEANS_OTHER,
	CP_MEANS_HOST,
	CP_MEANS_SERVER,
	CP_MEANS_DOMAIN
};

struct cp_value {
	enum cp_means means;
	bool empty; /* it is only asked for */
	struct addr addr; /* with its length even if that is any */
	struct span text;
};

/* False if its length is none that it may have; then the address is any. */
bool cp_value(const struct cp_attribute *attribute, struct cp_value *out);

/* NULL if it is not known. */
const char *cp_attribute_name(uint16_t type);

/* The first notify of that type; false if there is none. */
bool chain_notify(const struct chain *chain, uint16_t type,
		  struct payload_notify *out);

/*
 * Building: a message is its payloads one behind the other, each names the
 * next. Lengths and "next payload" are put in as it goes.
 */
struct build {
	struct buf buf; /* with the header, if there is one */
	size_t next_at; /* where the type of the next payload belongs */
	size_t open_at; /* start of the payload that is being built */
	uint8_t first; /* type of the first payload, 0 if there is none yet */
};

/* There is no such place: the first of an inner chain. */
#define BUILD_NOWHERE SIZE_MAX

/*
 * To seal: build_open() an SK payload, put build_first() of what goes into it at
 * next_at, and go on behind its generic header.
 */

/* A whole message; or without a header, what is going to be sealed. */
void build_start(struct build *build, const struct ike_header *header);
void build_start_inner(struct build *build);
void build_open(struct build *build, uint8_t type);
void build_close(struct build *build);

/* Type of the first payload of an inner chain, 0 if it is empty. */
uint8_t build_first(const struct build *build);

void build_span(struct build *build, uint8_t type, struct span body);
void build_sa(struct build *build, const struct proposals *proposals);
void build_ke(struct build *build, uint16_t method, struct span share);
void build_notify(struct build *build, uint8_t protocol, struct span spi,
		  uint16_t type, struct span data);
void build_auth(struct build *build, uint8_t method, struct span data);
void build_cert(struct build *build, uint8_t encoding, struct span data);
void build_ts(struct build *build, uint8_t type, const struct ts_list *list);
void build_delete(struct build *build, uint8_t protocol, uint8_t spi_len,
		  struct span spis);

/* Up to build_close() attributes follow; an address that is any is empty. */
void build_cp(struct build *build, uint8_t type);
void build_cp_attribute(struct build *build, uint16_t type, struct span value);
void build_cp_host(struct build *build, const struct addr *addr);

/* Write the length into the header; -1 without memory or if it is too long. */
int build_finish(struct build *build);
void build_free(struct build *build);

/* One line for a log: "IKE_AUTH request 1 [ IDi CERT N(INITIAL_CONTACT) ]". */
void v2_show(const struct ike_header *header, const struct chain *chain,
	     char *buf, size_t size);

#endif
