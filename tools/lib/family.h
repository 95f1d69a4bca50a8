/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of the adit family, in terms of model.h. */
#ifndef ADIT_FAMILY_H
#define ADIT_FAMILY_H

#include "model.h"
#include "nl.h"

/* Send the command with what the object has; no answer but yes or no. */
int adit_do(struct adit_nl *nl, unsigned int cmd, const void *object,
	    struct err *err);

/*
 * The same, and fill @answer, which is zeroed first, from the reply. Give it
 * to field_clear() whatever the outcome.
 */
int adit_ask(struct adit_nl *nl, unsigned int cmd, const void *object,
	     void *answer, struct err *err);

/* Objects of one set, as an array. */
struct adit_objects {
	const struct field_set *set;
	size_t n;
	void *items; /* of set->size octets each */
};

/* The one object that @object names, as an array of one. */
int adit_get(struct adit_nl *nl, unsigned int cmd, const void *object,
	     struct adit_objects *objects, struct err *err);

/*
 * All objects that the command dumps, with @filter as the request or NULL.
 * Give @objects to adit_objects_free(). It is tried again when something
 * changes meanwhile, but not for ever.
 */
int adit_dump(struct adit_nl *nl, unsigned int cmd, const void *filter,
	      struct adit_objects *objects, struct err *err);

/* Takes the objects out of @from and puts them behind those of @to. */
void adit_objects_move(struct adit_objects *to, struct adit_objects *from);

void *adit_objects_at(const struct adit_objects *objects, size_t i);
void adit_objects_free(struct adit_objects *objects);

#endif
