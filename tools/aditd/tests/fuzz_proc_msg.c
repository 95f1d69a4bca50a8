// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What msg_decode() takes, msg_encode() writes as it was: nothing is in a
 * message that is not in the struct.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../proc/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_settings(const struct msg_settings *msg)
{
	struct setting *settings = NULL;
	struct span name;
	struct err err;

	if (!msg_settings_read(msg, &name, &settings, &err))
		setting_free(settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static union msg_any msg;
	struct buf buf = BUF_INIT;
	struct span body;
	unsigned int type;
	struct err err;

	if (!size || !msg_name(data[0] % MSG_TYPES))
		return 0;
	type = data[0] % MSG_TYPES;
	body = span_of(data + 1, size - 1);
	if (msg_decode(type, body, &msg, &err))
		return 0;
	if (type == MSG_SETTINGS)
		check_settings(&msg.settings);
	if (msg_encode(&buf, type, &msg, &err) ||
	    !span_equal(span_of(buf.data + MSG_HEADER_LEN,
				buf.len - MSG_HEADER_LEN),
			body))
		abort();
	buf_free(&buf);
	return 0;
}
