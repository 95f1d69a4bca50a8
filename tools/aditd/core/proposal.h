/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proposals, of no version: what one side offers or allows, and what both have
 * in common. Words are strongSwan's: "aes256gcm16-prfsha384-ecp384". Pure.
 */
#ifndef ADITD_CORE_PROPOSAL_H
#define ADITD_CORE_PROPOSAL_H

#include "../../lib/buf.h"
#include "../../lib/err.h"
#include "../crypto/alg.h"

enum {
	PROPOSAL_TRANSFORMS_MAX = 64,
	PROPOSALS_MAX = 32,
	PROPOSAL_TEXT_SIZE = 512,
	PROPOSAL_ADDKE_MAX = 7, /* additional key exchanges (RFC 9370) */
	/*
	 * A transform with an attribute that is not known, or with an odd one: it
	 * is never chosen, its proposal may be (RFC 7296, 3.3.6).
	 */
	TRANSFORM_BITS_UNKNOWN = UINT16_MAX,
};

struct transform {
	uint8_t type; /* TRANSFORM_* */
	uint16_t id;
	uint16_t bits; /* key length attribute, 0 without */
};

struct proposal {
	uint8_t number; /* on the wire, from 1 */
	uint8_t protocol; /* PROTOCOL_IKE, _AH, _ESP */
	uint8_t spi_len;
	uint8_t spi[8]; /* as on the wire */
	uint8_t n; /* transforms */
	struct transform transforms[PROPOSAL_TRANSFORMS_MAX];
};

struct proposals {
	size_t n;
	struct proposal list[PROPOSALS_MAX];
};

/* Add a transform, once; -1 if there is no room. */
int proposal_add(struct proposal *proposal, uint8_t type, uint16_t id,
		 uint16_t bits);

/* Its algorithm, of additional key exchanges too; NULL if it is not known. */
const struct crypto_alg *transform_alg(const struct transform *t);

/*
 * "default", or words joined with "-"; appended. A legacy algorithm is taken
 * since it is named. The error names the word and the nearest one.
 */
int proposal_parse(struct proposals *list, uint8_t protocol, const char *text,
		   struct err *err);

/* What is proposed if a connection says nothing: no legacy algorithms. */
void proposal_defaults(struct proposals *list, uint8_t protocol);

/* "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384", as swanctl shows. */
const char *proposal_show(const struct proposal *proposal,
			  char buf[PROPOSAL_TEXT_SIZE]);
void proposal_show_list(const struct proposals *list, char *buf, size_t size);

/* As far as it is in use; @from may have no memory for more. */
void proposals_copy(struct proposals *to, const struct proposals *from);

/* The first transform of that type, NULL if there is none. */
const struct transform *proposal_get(const struct proposal *proposal,
				     uint8_t type);
bool proposal_has(const struct proposal *proposal, const struct transform *t);

/* Its additional key exchanges, KE_NONE for those that it does not have. */
void proposal_addke(const struct proposal *proposal,
		    uint16_t addke[PROPOSAL_ADDKE_MAX]);
bool proposal_has_addke(const struct proposal *proposal);
bool proposals_have_addke(const struct proposals *list);
bool transform_is_addke(const struct transform *t);
bool proposal_has_legacy(const struct proposal *proposal);

enum {
	/* Leave out KE: of the first Child SA, which has no exchange of its own. */
	PROPOSAL_NO_KE = 1 << 0,
	/* The peer's order decides, not ours. */
	PROPOSAL_PREFER_PEER = 1 << 1,
	/* Nor additional key exchanges: the peer can't make them. */
	PROPOSAL_NO_ADDKE = 1 << 2,
};

/*
 * One transform of each type that both have (RFC 7296, 2.7), as the peer wrote
 * it, with the number and SPI of the peer's proposal. A type that is missing is
 * the same as NONE; a NONE that the peer lists is in what is chosen, with id 0.
 * -1 if there is none, with an error that says "peer offers ...; we allow ...".
 */
int proposal_select(const struct proposals *ours, const struct proposals *peers,
		    unsigned int flags, struct proposal *chosen,
		    struct err *err);

/* Is it what one of ours may be answered with? For initiators. */
int proposal_check(const struct proposals *ours, const struct proposal *answer,
		   unsigned int flags, struct err *err);

#endif
