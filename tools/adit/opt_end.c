// SPDX-License-Identifier: GPL-2.0-or-later
/* See opt_end.h. */
#include "opt_end.h"

#include <stdio.h>

#include "../lib/endpoint.h"

/* "local-port" of "local". */
static const struct field *port_of(const struct opt *opt)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-port",
		 field_name(opt->set, opt->attr));
	return field_find_name(opt->set, name);
}

static int twice(struct err *err)
{
	return err_set(err, ERR_USAGE, "the port is given twice");
}

static int set_end(const struct opt *opt, void *args,
		   const struct endpoint *end, struct err *err)
{
	const struct field *port = port_of(opt);
	void *obj = (char *)args + opt->offset;
	struct addr *addr = field_at(field_find(opt->set, opt->attr), obj);

	*addr = end->addr;
	*(uint64_t *)obj |= BIT64(opt->attr);
	if (!end->has_port)
		return 0;
	if (field_has(obj, port->attr))
		return twice(err);
	field_set_number(port, obj, end->port);
	return 0;
}

int opt_parse_end(const struct opt *opt, void *args, const char *arg,
		  struct err *err)
{
	struct endpoint end;

	return endpoint_parse(&end, arg, err) ? -1 :
						set_end(opt, args, &end, err);
}

int opt_parse_end_strict(const struct opt *opt, void *args, const char *arg,
			 struct err *err)
{
	struct endpoint end;

	return endpoint_parse_strict(&end, arg, err) ?
		       -1 :
		       set_end(opt, args, &end, err);
}

int opt_parse_port(const struct opt *opt, void *args, const char *arg,
		   struct err *err)
{
	void *obj = (char *)args + opt->offset;

	if (field_has(obj, opt->attr))
		return twice(err);
	return field_parse(field_find(opt->set, opt->attr), obj, arg, err);
}
