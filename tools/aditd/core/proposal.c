// SPDX-License-Identifier: GPL-2.0-or-later
/* See proposal.h: what proposals have, and how they are shown. */
#include "proposal.h"

#include <stdio.h>

#include "../proto/names.h"

static bool is_addke(uint8_t type)
{
	return type >= TRANSFORM_ADDKE1 && type <= TRANSFORM_ADDKE7;
}

bool transform_is_addke(const struct transform *t)
{
	return is_addke(t->type);
}

const struct crypto_alg *transform_alg(const struct transform *t)
{
	return crypto_alg(is_addke(t->type) ? TRANSFORM_KE : t->type, t->id);
}

void proposal_addke(const struct proposal *proposal,
		    uint16_t addke[PROPOSAL_ADDKE_MAX])
{
	for (unsigned int i = 0; i < PROPOSAL_ADDKE_MAX; i++) {
		const struct transform *t =
			proposal_get(proposal, (uint8_t)(TRANSFORM_ADDKE1 + i));

		addke[i] = t ? t->id : KE_NONE;
	}
}

bool proposal_has_addke(const struct proposal *proposal)
{
	for (size_t i = 0; i < proposal->n; i++)
		if (transform_is_addke(&proposal->transforms[i]) &&
		    proposal->transforms[i].id != KE_NONE)
			return true;
	return false;
}

void proposals_copy(struct proposals *to, const struct proposals *from)
{
	to->n = from->n;
	memcpy(to->list, from->list, from->n * sizeof(from->list[0]));
}

bool proposals_have_addke(const struct proposals *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (proposal_has_addke(&list->list[i]))
			return true;
	return false;
}

int proposal_add(struct proposal *proposal, uint8_t type, uint16_t id,
		 uint16_t bits)
{
	const struct transform t = { type, id, bits };

	if (proposal_has(proposal, &t))
		return 0;
	if (proposal->n >= PROPOSAL_TRANSFORMS_MAX)
		return -1;
	proposal->transforms[proposal->n++] = t;
	return 0;
}

const struct transform *proposal_get(const struct proposal *proposal,
				     uint8_t type)
{
	for (size_t i = 0; i < proposal->n; i++)
		if (proposal->transforms[i].type == type)
			return &proposal->transforms[i];
	return NULL;
}

bool proposal_has(const struct proposal *proposal, const struct transform *t)
{
	for (size_t i = 0; i < proposal->n; i++) {
		const struct transform *own = &proposal->transforms[i];

		if (own->type == t->type && own->id == t->id &&
		    own->bits == t->bits)
			return true;
	}
	return false;
}

bool proposal_has_legacy(const struct proposal *proposal)
{
	for (size_t i = 0; i < proposal->n; i++) {
		const struct crypto_alg *alg =
			transform_alg(&proposal->transforms[i]);

		if (alg && alg->legacy)
			return true;
	}
	return false;
}

static void show_transform(const struct transform *t, char *buf, size_t size)
{
	const struct crypto_alg *alg = transform_alg(t);
	char prefix[8] = "";
	char bits[8] = "";

	if (is_addke(t->type))
		snprintf(prefix, sizeof(prefix), "KE%u_",
			 t->type - TRANSFORM_ADDKE1 + 1U);
	if (t->bits == TRANSFORM_BITS_UNKNOWN)
		snprintf(bits, sizeof(bits), "_?");
	else if (t->bits)
		snprintf(bits, sizeof(bits), "_%u", t->bits);
	if (alg)
		snprintf(buf, size, "%s%s%s", prefix, alg->name, bits);
	else if (!t->id && (t->type == TRANSFORM_KE || is_addke(t->type)))
		snprintf(buf, size, "%sKE_NONE", prefix);
	else if (!t->id && t->type == TRANSFORM_INTEG)
		snprintf(buf, size, "INTEG_NONE");
	else if (t->type >= TRANSFORM_ENCR && t->type <= TRANSFORM_GCAUTH)
		snprintf(buf, size, "%s_%u%s", v2_transform_name(t->type),
			 t->id, bits);
	else
		snprintf(buf, size, "TYPE%u_%u%s", t->type, t->id, bits);
}

/* Append to a text; if it does not fit, the text ends with "..." */
static void append(char *buf, size_t size, const char *separator,
		   const char *text)
{
	size_t len = strlen(buf);
	int need = snprintf(buf + len, size - len, "%s%s", len ? separator : "",
			    text);

	if ((size_t)need >= size - len && size > 3)
		memcpy(buf + size - 4, "...", 4);
}

static bool is_cut(const char *buf)
{
	size_t len = strlen(buf);

	return len >= 3 && strcmp(buf + len - 3, "...") == 0;
}

/* Types in the order in which they are shown. */
static const uint8_t shown[] = {
	TRANSFORM_ENCR,	  TRANSFORM_INTEG,  TRANSFORM_PRF,    TRANSFORM_KE,
	TRANSFORM_ADDKE1, TRANSFORM_ADDKE2, TRANSFORM_ADDKE3, TRANSFORM_ADDKE4,
	TRANSFORM_ADDKE5, TRANSFORM_ADDKE6, TRANSFORM_ADDKE7, TRANSFORM_ESN,
};

static size_t rank(uint8_t type)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(shown) && shown[i] != type)
		i++;
	return i;
}

const char *proposal_show(const struct proposal *proposal,
			  char buf[PROPOSAL_TEXT_SIZE])
{
	char text[64];

	buf[0] = '\0';
	for (size_t r = 0; r <= ARRAY_SIZE(shown); r++) {
		for (size_t i = 0; i < proposal->n && !is_cut(buf); i++) {
			const struct transform *t = &proposal->transforms[i];

			if (rank(t->type) != r)
				continue;
			show_transform(t, text, sizeof(text));
			append(buf, PROPOSAL_TEXT_SIZE, "/", text);
		}
	}
	return buf;
}

void proposal_show_list(const struct proposals *list, char *buf, size_t size)
{
	char text[PROPOSAL_TEXT_SIZE];

	if (!size)
		return;
	buf[0] = '\0';
	for (size_t i = 0; i < list->n && !is_cut(buf); i++) {
		proposal_show(&list->list[i], text);
		append(buf, size, ", ", text);
	}
}
