// SPDX-License-Identifier: GPL-2.0-or-later
/* Sections of any text, and of any message of VICI, as connections. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/vici.h"
#include "../conf/conn.h"
#include "../conf/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct setting *from_text(struct span text, struct err *err)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	const struct conf_parse how = { .file = "f" };

	if (!conf_parse(root, text, &how, err) && !conf_inherit(root, err))
		return root;
	setting_free(root);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting *root = NULL;
	struct span name;
	struct err err;
	uint8_t type;

	/* A packet of VICI begins with a control character, a text does not. */
	if (size && *data < 8)
		vici_decode(span_of(data, size), &type, &name, &root, &err);
	else
		root = from_text(span_of(data, size), &err);
	if (!root)
		return 0;
	for (const struct setting *i = root->first; i; i = i->next) {
		struct conn *conn;

		if (!conf_conn_read(i, &conn, &err))
			conn_put(conn);
	}
	setting_free(root);
	return 0;
}
