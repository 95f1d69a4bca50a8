// SPDX-License-Identifier: GPL-2.0-or-later
/* What a proxy answers, octet by octet; and any name of one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../net/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct addr to = { 4, { 192, 0, 2, 1 } };
	struct buf buf = BUF_INIT;
	struct proxy proxy;
	char text[2048];
	struct err err;
	int rc = 0;

	for (size_t i = 0; i < size && !rc; i++) {
		err.text[0] = '\0';
		rc = proxy_answer(span_of(data, i + 1), &err);
		if (rc < 0 && (!*err.text || strpbrk(err.text, "\r\n\x1b")))
			abort();
	}
	size = size < sizeof(text) ? size : sizeof(text) - 1;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	/* What is asked is one request, whatever the name is. */
	if (!proxy_parse(&proxy, text, &err)) {
		proxy_request(&proxy, &to, 443, &buf);
		if (buf.failed || proxy_answer(buf_span(&buf), &err) != -1)
			abort();
	}
	buf_free(&buf);
	return 0;
}
