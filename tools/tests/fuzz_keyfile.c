// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever is in a key file, it is read or refused. */
#include <stdint.h>
#include <stdlib.h>

#include "../lib/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keyfile keys;
	struct err err;

	if (!keyfile_parse(&keys, (const char *)data, size, &err) &&
	    (!keys.n || keys.n > KEYFILE_WORDS || !keys.words[0].len))
		abort();
	return 0;
}
