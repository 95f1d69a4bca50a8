// SPDX-License-Identifier: GPL-2.0-or-later
/* See command.h: secrets, and private keys. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../lib/util.h"
#include "command_call.h"
#include "load.h"
#include "mschap.h"

static const struct shared_row {
	const char *type;
	enum keys_kind kind;
} shared_rows[] = {
	{ "IKE", KEYS_IKE }, { "EAP", KEYS_EAP },   { "XAUTH", KEYS_EAP },
	{ "PPK", KEYS_PPK }, { "NTLM", KEYS_NTLM },
};

/* What could never be of use is not taken without a word. */
static int check_shared(const struct shared_row *row, struct span data,
			struct err *err)
{
	if (row->kind == KEYS_NTLM && data.len != MSCHAP_HASH_LEN)
		return err_set(
			err, ERR_USAGE,
			"an NTLM hash has %d octets, not %zu: write it as 0x and 32 digits",
			MSCHAP_HASH_LEN, data.len);
	/* XAuth does with the password itself. */
	if (row->kind == KEYS_NTLM || strcmp(row->type, "EAP") == 0)
		return mschap_check(err);
	return 0;
}

static int load_shared(struct command_call *call)
{
	const struct setting *type = command_need(call, "type");
	const struct setting *data = type ? command_need(call, "data") : NULL;
	const char *owners[COMMAND_TEXTS_MAX];
	size_t n = command_texts(call->settings, "owners", owners);

	if (!data)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(shared_rows); i++)
		if (strcasecmp(shared_rows[i].type, (const char *)type->data) ==
		    0)
			return check_shared(&shared_rows[i], command_data(data),
					    call->err) ?
				       -1 :
				       keys_add_shared(
					       call->store, shared_rows[i].kind,
					       setting_text(call->settings,
							    "id", ""),
					       command_data(data), owners, n,
					       call->err);
	return err_set(
		call->err, ERR_USAGE,
		"type of a secret: '%.64s' is none of IKE, EAP, XAUTH, PPK, NTLM",
		(const char *)type->data);
}

static int unload_shared(struct command_call *call)
{
	const struct setting *id = command_need(call, "id");
	const struct keys_shared *i = call->store->shared;

	if (!id)
		return -1;
	while (i && strcmp(i->name, (const char *)id->data) != 0)
		i = i->next;
	if (i && i->of_file)
		return command_of_files(call, "secret", i->name);
	if (keys_remove_shared(call->store, (const char *)id->data))
		return 0;
	return err_set(call->err, ERR_USAGE, "there is no secret '%.100s'",
		       (const char *)id->data);
}

/*
 * What VICI has brought, as strongSwan has it: swanctl unloads all that is in
 * such a list, and not in its own files.
 */
static int get_shared(struct command_call *call)
{
	struct setting *list = command_add_list(call->answer, "keys");

	if (!list)
		return command_no_memory(call);
	for (const struct keys_shared *i = call->store->shared; i; i = i->next)
		if (*i->name && !i->of_file &&
		    !setting_new(list, SETTING_VALUE, NULL,
				 span_of_text(i->name)))
			return command_no_memory(call);
	return 0;
}

enum { HEX_SIZE = 2 * KEYS_ID_LEN + 1 };

static const char *show_id(const uint8_t *id, char text[HEX_SIZE])
{
	for (size_t i = 0; i < KEYS_ID_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	return text;
}

/* Without a password, then with each. */
static int try_passwords(struct command_call *call, const struct setting *data,
			 uint8_t id[KEYS_ID_LEN])
{
	const char *passwords[COMMAND_TEXTS_MAX];
	size_t n = command_texts(call->settings, "secrets", passwords);
	int rc = keys_load_private(call->store, command_data(data), NULL, id,
				   call->err);

	for (size_t i = 0; rc && i < n; i++)
		rc = keys_load_private(call->store, command_data(data),
				       passwords[i], id, call->err);
	return command_blame(call, rc);
}

static int load_key(struct command_call *call)
{
	const struct setting *data = command_need(call, "data");
	uint8_t id[KEYS_ID_LEN];
	char text[HEX_SIZE];

	if (!data || try_passwords(call, data, id))
		return -1;
	/* An answer that is not empty has to say that itself. */
	if (!setting_new(call->answer, SETTING_VALUE, "success",
			 span_of_text("yes")) ||
	    !setting_new(call->answer, SETTING_VALUE, "id",
			 span_of_text(show_id(id, text))))
		return command_no_memory(call);
	return 0;
}

static int unload_key(struct command_call *call)
{
	const struct setting *want = command_need(call, "id");
	char text[HEX_SIZE];

	if (!want)
		return -1;
	for (const struct keys_private *i = call->store->privates; i;
	     i = i->next)
		if (strcasecmp(show_id(i->id, text),
			       (const char *)want->data) == 0) {
			if (i->of_file)
				return command_of_files(call, "key", text);
			keys_remove_private(call->store, i->id);
			return 0;
		}
	return err_set(call->err, ERR_USAGE, "there is no key '%.64s'",
		       (const char *)want->data);
}

static int get_keys(struct command_call *call)
{
	struct setting *list = command_add_list(call->answer, "keys");
	char text[HEX_SIZE];

	if (!list)
		return command_no_memory(call);
	for (const struct keys_private *i = call->store->privates; i;
	     i = i->next)
		if (!i->of_file &&
		    !setting_new(list, SETTING_VALUE, NULL,
				 span_of_text(show_id(i->id, text))))
			return command_no_memory(call);
	return 0;
}

static int load_pkcs12(struct command_call *call)
{
	const char *file = setting_text(call->settings, "file", "");
	const struct setting *data = command_need(call, "data");
	const char *passwords[COMMAND_TEXTS_MAX];
	size_t n = command_texts(call->settings, "secrets", passwords);
	int rc;

	if (!data)
		return -1;
	rc = keys_load_pkcs12(call->store, command_data(data), NULL, file,
			      call->err);
	for (size_t i = 0; rc && i < n; i++)
		rc = keys_load_pkcs12(call->store, command_data(data),
				      passwords[i], file, call->err);
	return command_blame(call, rc);
}

static int load_token(struct command_call *call)
{
	return err_set(
		call->err, ERR_USAGE,
		"keys on tokens (PKCS#11, TPM) are not supported; put the key into a file");
}

const struct command command_secrets[] = {
	{ "load-shared", load_shared },
	{ "unload-shared", unload_shared },
	{ "get-shared", get_shared },
	{ "load-key", load_key },
	{ "unload-key", unload_key },
	{ "get-keys", get_keys },
	{ "load-token", load_token },
	{ "load-pkcs12", load_pkcs12 },
	{ 0 },
};
