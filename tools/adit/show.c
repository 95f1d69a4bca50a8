// SPDX-License-Identifier: GPL-2.0-or-later
/* See show.h. */
#include "show.h"

#include <string.h>

#include "layout.h"

int show_devices(struct run *run, uint32_t ifindex,
		 struct adit_objects *devices)
{
	const struct adit_dev dev = {
		.has = BIT64(ADIT_A_DEV_IFINDEX),
		.ifindex = ifindex,
	};

	if (ifindex)
		return adit_get(&run->nl, ADIT_CMD_DEV_GET, &dev, devices,
				&run->err);
	return adit_dump(&run->nl, ADIT_CMD_DEV_GET, NULL, devices, &run->err);
}

static bool is_asked(const void *ask, const void *obj,
		     const struct field_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];

		if (field_is_number(field) && field_has(ask, field->attr) &&
		    field_number(field, ask) != field_number(field, obj))
			return false;
	}
	return true;
}

/* Wipes from the objects what does not fit what was asked for. */
static void keep_asked(struct adit_objects *objects, const void *ask)
{
	const struct field_set *set = objects->set;
	size_t kept = 0;

	for (size_t i = 0; i < objects->n; i++) {
		void *obj = adit_objects_at(objects, i);

		if (!is_asked(ask, obj, set)) {
			field_clear(set, obj);
			continue;
		}
		if (kept != i)
			memcpy(adit_objects_at(objects, kept), obj, set->size);
		kept++;
	}
	objects->n = kept;
}

static void print_objects(const struct run *run,
			  const struct adit_objects *objects)
{
	const struct layout *layout = layout_of_list(objects->set);

	if (!run->json) {
		if (layout)
			print_table(layout->parts, layout->n, objects->set,
				    objects->items, objects->n, 0, NULL);
		return;
	}
	print_json_begin(run);
	for (size_t i = 0; i < objects->n; i++)
		print_json_item(run, json_of(objects->set,
					     adit_objects_at(objects, i)));
	print_json_end(run);
}

int show_gather(struct run *run, unsigned int genl, const void *ask,
		struct adit_objects *objects)
{
	const struct field_set *set = model_set_of(genl);
	const struct field *ifindex = field_find_name(set, "ifindex");
	const struct field *id = field_find_name(set, "id");
	union adit_object of_dev = { 0 };
	int rc;

	if (id && field_has(ask, id->attr)) {
		rc = adit_get(&run->nl, genl, ask, objects, &run->err);
	} else {
		/* The kernel picks by nothing else. */
		if (ifindex)
			field_set_number(ifindex, &of_dev,
					 field_number(ifindex, ask));
		rc = adit_dump(&run->nl, genl, &of_dev, objects, &run->err);
	}
	keep_asked(objects, ask);
	return rc;
}

static int gather_of_devices(struct run *run, const struct cmd *cmd, void *ask,
			     struct adit_objects *all)
{
	const struct field *ifindex = field_find_name(all->set, "ifindex");
	struct adit_objects devices, some;
	int rc;

	rc = show_devices(run, 0, &devices);
	for (size_t i = 0; !rc && i < devices.n; i++) {
		const struct adit_dev *dev = adit_objects_at(&devices, i);

		field_set_number(ifindex, ask, dev->ifindex);
		rc = show_gather(run, cmd->genl, ask, &some);
		adit_objects_move(all, &some);
	}
	adit_objects_free(&devices);
	return rc;
}

int show_list(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct adit_objects all = { .set = model_set_of(cmd->genl) };
	const struct field *ifindex = field_find_name(all.set, "ifindex");
	union adit_object ask = { 0 };
	int rc;

	if (opt_parse(&cmd->opts, argc, argv, &ask, &run->err) ||
	    run_connect(run))
		return -1;
	if (ifindex && !field_has(&ask, ifindex->attr))
		rc = gather_of_devices(run, cmd, &ask, &all);
	else
		rc = show_gather(run, cmd->genl, &ask, &all);
	if (!rc)
		print_objects(run, &all);
	adit_objects_free(&all);
	return rc;
}
