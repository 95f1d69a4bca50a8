// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text is parsed or refused, and so is what it inherits. */
#include <stdint.h>
#include <stdlib.h>

#include "../conf/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	const struct conf_parse how = { .file = "f" };
	struct err err = { 0 };

	if ((conf_parse(root, span_of(data, size), &how, &err) ||
	     conf_inherit(root, &err)) &&
	    !*err.text)
		abort();
	setting_free(root);
	return 0;
}
