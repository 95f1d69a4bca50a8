// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzer of AH's view of a header: any octets, and what it makes of them. */

#include <stdlib.h>

#include "../../kmod/mutable.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *header, *again;

	if (!size || size > 4096)
		return 0;
	header = malloc(size);
	again = malloc(size);
	if (!header || !again)
		abort();
	memcpy(header, data, size);
	if (adit_mutable_clear(header, size)) {
		/* Of IPv6 nothing is left that could change. */
		memcpy(again, header, size);
		if (header[0] >> 4 == 6 &&
		    (!adit_mutable_clear(again, size) ||
		     memcmp(again, header, size)))
			abort();
	}
	free(again);
	free(header);
	return 0;
}
