// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the ike process may say to the keys process, if it were somebody else's:
 * commands, and AUTH to be signed or checked. Each with its length in front, 16
 * bits; AUTH has an octet of 255 before it.
 */
#include "../keys/auth.h"
#include "../keys/command.h"

#include "../../lib/vici.h"
#include "../proc/msg.h"

enum { MESSAGES_MAX = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void do_auth(struct keys_store *store, struct span body)
{
	static union msg_any msg;
	struct keys_reply reply = { 0 };
	struct err err;

	if (msg_decode(MSG_AUTH, body, &msg, &err))
		return;
	keys_auth(store, &msg.auth.auth, 1700000000, &reply);
	keys_reply_free(&reply);
}

static void do_command(struct keys_store *store, struct span packet)
{
	struct setting *answer =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	const struct msg_settings msg = { .packet = packet };
	struct buf buf = BUF_INIT;
	struct setting *settings;
	struct span name;
	struct err err;

	if (!msg_settings_read(&msg, &name, &settings, &err) &&
	    keys_has_command(name) &&
	    !keys_command(store, name, settings, answer, &err))
		vici_encode(&buf, VICI_CMD_RESPONSE, NULL, answer);
	buf_free(&buf);
	setting_free(settings);
	setting_free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys_store store = KEYS_STORE_INIT;
	struct span rest = span_of(data, size), message;
	uint16_t len;

	for (int i = 0; i < MESSAGES_MAX && span_take_u16(&rest, &len); i++) {
		if (!span_take(&rest, len, &message))
			message = rest;
		if (message.len && *message.data == 255)
			do_auth(&store,
				span_of(message.data + 1, message.len - 1));
		else
			do_command(&store, message);
		if (message.data == rest.data)
			break;
	}
	keys_clear(&store);
	return 0;
}
