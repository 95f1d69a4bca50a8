// SPDX-License-Identifier: GPL-2.0-or-later
/* What vici_decode() takes, it reads again from what is made of it. */
#include <stdint.h>
#include <stdlib.h>

#include "../lib/vici.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf buf = BUF_INIT;
	struct setting *settings;
	struct span name;
	char text[256];
	struct err err;
	uint8_t type;

	if (vici_decode(span_of(data, size), &type, &name, &settings, &err))
		return 0;
	if (name.len)
		memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	vici_encode(&buf, type, text, settings);
	if (buf.failed || buf.len != size + 4 ||
	    memcmp(buf.data + 4, data, size) != 0)
		abort();
	buf_free(&buf);
	setting_free(settings);
	return 0;
}
