// SPDX-License-Identifier: GPL-2.0-or-later
/* See proposal.h: what two sides have in common (RFC 7296, 2.7 and 3.3.6). */
#include "proposal.h"

/* All types that are known, in no order that matters. */
static const uint8_t types[] = {
	TRANSFORM_ENCR,	  TRANSFORM_PRF,    TRANSFORM_INTEG,  TRANSFORM_KE,
	TRANSFORM_ESN,	  TRANSFORM_ADDKE1, TRANSFORM_ADDKE2, TRANSFORM_ADDKE3,
	TRANSFORM_ADDKE4, TRANSFORM_ADDKE5, TRANSFORM_ADDKE6, TRANSFORM_ADDKE7,
};

static bool is_ke(uint8_t type)
{
	return type == TRANSFORM_KE ||
	       (type >= TRANSFORM_ADDKE1 && type <= TRANSFORM_ADDKE7);
}

static bool is_known(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

/* The transform after @last, or the first; of a type that is missing, NONE. */
static const struct transform *next(const struct proposal *proposal,
				    uint8_t type, const struct transform *last)
{
	static const struct transform none[] = {
		{ .type = TRANSFORM_ENCR },   { .type = TRANSFORM_PRF },
		{ .type = TRANSFORM_INTEG },  { .type = TRANSFORM_KE },
		{ .type = TRANSFORM_ESN },    { .type = TRANSFORM_ADDKE1 },
		{ .type = TRANSFORM_ADDKE2 }, { .type = TRANSFORM_ADDKE3 },
		{ .type = TRANSFORM_ADDKE4 }, { .type = TRANSFORM_ADDKE5 },
		{ .type = TRANSFORM_ADDKE6 }, { .type = TRANSFORM_ADDKE7 },
	};
	const struct transform *end = proposal->transforms + proposal->n;
	const struct transform *t = last ? last + 1 : proposal->transforms;

	if (!proposal_get(proposal, type))
		return last ? NULL : &none[type - TRANSFORM_ENCR];
	while (t < end && t->type != type)
		t++;
	return t < end ? t : NULL;
}

/* Some name the length of a key also where it can be of one only. */
static bool same(const struct transform *ours, const struct transform *peers)
{
	const struct crypto_alg *alg;

	if (ours->id != peers->id)
		return false;
	if (ours->bits || !peers->bits)
		return ours->bits == peers->bits;
	alg = transform_alg(ours);
	return alg && crypto_alg_has_bits(alg, peers->bits);
}

/* No method is used twice (RFC 9370, 2.2.1). */
static bool is_used(const struct proposal *chosen, const struct transform *t)
{
	if (!is_ke(t->type) || !t->id)
		return false;
	for (size_t i = 0; i < chosen->n; i++)
		if (is_ke(chosen->transforms[i].type) &&
		    chosen->transforms[i].id == t->id)
			return true;
	return false;
}

/* Additional ones are in addition to something (RFC 9370, 2.2.1). */
static bool may_add(const struct proposal *chosen, unsigned int flags)
{
	const struct transform *ke = proposal_get(chosen, TRANSFORM_KE);

	return ke && ke->id != KE_NONE && !(flags & PROPOSAL_NO_ADDKE);
}

static const struct transform *pick(const struct proposal *ours,
				    const struct proposal *peers, uint8_t type,
				    unsigned int flags,
				    const struct proposal *chosen)
{
	bool theirs = flags & PROPOSAL_PREFER_PEER;
	const struct proposal *outer = theirs ? peers : ours;
	const struct proposal *inner = theirs ? ours : peers;
	const struct transform *a, *b;

	for (a = next(outer, type, NULL); a; a = next(outer, type, a)) {
		for (b = next(inner, type, NULL); b; b = next(inner, type, b)) {
			const struct transform *peer = theirs ? a : b;

			if (same(theirs ? b : a, peer) &&
			    !is_used(chosen, peer) &&
			    !(peer->id && transform_is_addke(peer) &&
			      !may_add(chosen, flags)))
				return peer;
		}
	}
	return NULL;
}

static bool has_unknown_type(const struct proposal *proposal)
{
	for (size_t i = 0; i < proposal->n; i++)
		if (!is_known(proposal->transforms[i].type))
			return true;
	return false;
}

static bool select_one(const struct proposal *ours,
		       const struct proposal *peers, unsigned int flags,
		       struct proposal *chosen)
{
	if (ours->protocol != peers->protocol || has_unknown_type(peers))
		return false;
	*chosen = (struct proposal){
		.number = peers->number,
		.protocol = peers->protocol,
		.spi_len = peers->spi_len,
	};
	memcpy(chosen->spi, peers->spi, sizeof(chosen->spi));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct transform *t;

		if (flags & PROPOSAL_NO_KE && is_ke(types[i]))
			continue;
		t = pick(ours, peers, types[i], flags, chosen);
		if (!t)
			return false;
		/* A NONE that stands for nothing is not written down. */
		if (proposal_get(peers, types[i]))
			chosen->transforms[chosen->n++] = *t;
	}
	return true;
}

static int nothing(const struct proposals *ours, const struct proposals *peers,
		   struct err *err)
{
	char theirs[240], own[220];

	proposal_show_list(peers, theirs, sizeof(theirs));
	proposal_show_list(ours, own, sizeof(own));
	return err_set(err, ERR_REFUSED, "peer offers %s; we allow %s",
		       *theirs ? theirs : "nothing", *own ? own : "nothing");
}

int proposal_select(const struct proposals *ours, const struct proposals *peers,
		    unsigned int flags, struct proposal *chosen,
		    struct err *err)
{
	bool theirs = flags & PROPOSAL_PREFER_PEER;
	const struct proposals *outer = theirs ? peers : ours;
	const struct proposals *inner = theirs ? ours : peers;

	for (size_t i = 0; i < outer->n; i++) {
		for (size_t j = 0; j < inner->n; j++) {
			size_t own = theirs ? j : i;
			size_t peer = theirs ? i : j;

			if (select_one(&ours->list[own], &peers->list[peer],
				       flags, chosen))
				return 0;
		}
	}
	*chosen = (struct proposal){ 0 };
	return err ? nothing(ours, peers, err) : -1;
}

static bool has_type_twice(const struct proposal *proposal)
{
	for (size_t i = 0; i < proposal->n; i++)
		for (size_t j = i + 1; j < proposal->n; j++)
			if (proposal->transforms[i].type ==
			    proposal->transforms[j].type)
				return true;
	return false;
}

int proposal_check(const struct proposals *ours, const struct proposal *answer,
		   unsigned int flags, struct err *err)
{
	bool twice = has_type_twice(answer);
	char theirs[220], own[220];
	struct proposal chosen;

	for (size_t i = 0; i < ours->n && !twice; i++)
		if (select_one(&ours->list[i], answer, flags, &chosen))
			return 0;
	proposal_show_list(ours, own, sizeof(own));
	proposal_show_list(&(struct proposals){ .n = 1, .list = { *answer } },
			   theirs, sizeof(theirs));
	if (twice)
		return err_set(err, ERR_REFUSED,
			       "peer did not choose, it answers with %s",
			       theirs);
	return err_set(err, ERR_REFUSED,
		       "peer chose %s, which we did not offer: %s", theirs,
		       own);
}
