// SPDX-License-Identifier: GPL-2.0-or-later
/* See family.h. */
#include "family.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* On a busy gateway something always changes. */
	DUMP_TRIES = 4,
};

static int call(struct adit_nl *nl, unsigned int cmd, unsigned int flags,
		const void *object, adit_nl_object_fn fn, void *arg,
		struct err *err)
{
	const struct adit_nl_request request = {
		.cmd = cmd,
		.flags = flags,
		.set = model_set_of(cmd),
		.object = object,
		.fn = fn,
		.arg = arg,
	};

	return adit_nl_call(nl, &request, err);
}

int adit_do(struct adit_nl *nl, unsigned int cmd, const void *object,
	    struct err *err)
{
	return call(nl, cmd, 0, object, NULL, NULL, err);
}

struct answer {
	const struct field_set *set;
	void *obj;
};

static int take_answer(void *obj, void *arg)
{
	const struct answer *answer = arg;

	field_clear(answer->set, answer->obj);
	memcpy(answer->obj, obj, answer->set->size);
	free(obj);
	return 0;
}

int adit_ask(struct adit_nl *nl, unsigned int cmd, const void *object,
	     void *obj, struct err *err)
{
	struct answer answer = { model_set_of(cmd), obj };

	memset(obj, 0, answer.set->size);
	return call(nl, cmd, 0, object, take_answer, &answer, err);
}

static void append(struct adit_objects *objects, const void *obj)
{
	struct field_list list = { objects->n, objects->items };

	memcpy(field_list_add(&list, objects->set->size), obj,
	       objects->set->size);
	objects->n = list.n;
	objects->items = list.items;
}

static int take_object(void *obj, void *arg)
{
	append(arg, obj);
	free(obj);
	return 0;
}

int adit_get(struct adit_nl *nl, unsigned int cmd, const void *object,
	     struct adit_objects *objects, struct err *err)
{
	*objects = (struct adit_objects){ .set = model_set_of(cmd) };
	return call(nl, cmd, 0, object, take_object, objects, err);
}

int adit_dump(struct adit_nl *nl, unsigned int cmd, const void *filter,
	      struct adit_objects *objects, struct err *err)
{
	int rc = 1;

	*objects = (struct adit_objects){ .set = model_set_of(cmd) };
	for (int i = 0; rc == 1 && i < DUMP_TRIES; i++) {
		adit_objects_free(objects);
		rc = call(nl, cmd, ADIT_NL_DUMP, filter, take_object, objects,
			  err);
	}
	return rc < 0 ? -1 : 0;
}

void adit_objects_move(struct adit_objects *to, struct adit_objects *from)
{
	for (size_t i = 0; i < from->n; i++)
		append(to, adit_objects_at(from, i));
	free(from->items);
	from->items = NULL;
	from->n = 0;
}

void *adit_objects_at(const struct adit_objects *objects, size_t i)
{
	return (char *)objects->items + i * objects->set->size;
}

void adit_objects_free(struct adit_objects *objects)
{
	for (size_t i = 0; i < objects->n; i++)
		field_clear(objects->set, adit_objects_at(objects, i));
	free(objects->items);
	objects->items = NULL;
	objects->n = 0;
}
