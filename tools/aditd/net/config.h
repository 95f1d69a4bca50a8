/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration folder: read here, told to the processes as commands of
 * VICI. Read again, only what has changed is told.
 */
#ifndef ADITD_NET_CONFIG_H
#define ADITD_NET_CONFIG_H

#include "../proc/chan.h"
#include "../proc/log.h"

struct conf_load;
struct config_item;

typedef void (*config_done_fn)(void *arg, bool good, const char *text);

struct config {
	const char *folder;
	struct log *log;
	struct chan *ike, *keys;
	struct config_item *items; /* what ike has */
	uint8_t credentials[32]; /* a hash of what keys has */
	bool has_credentials;
	/* Under way. */
	struct config_item *next; /* what ike is to have */
	uint32_t first_cookie, cookie; /* of commands that are not answered */
	size_t pending;
	bool to_keys; /* ike is told once keys has all */
	size_t failures;
	char failure[512];
	config_done_fn done;
	void *arg;
};

/*
 * Read and check it; nobody is told. A connection that is refused is an error
 * only if it has to be @whole, as the folder has to be there then.
 */
int config_check(const struct config *config, bool whole, struct err *err);

/*
 * Read it and tell; @done is called when all of it is in use but for what is
 * refused, of which there is said what is wrong. What was loaded of it stays.
 */
int config_load(struct config *config, config_done_fn done, void *arg,
		struct err *err);

/* An answer to what was told; false if it is to something else. */
bool config_answer(struct config *config, const struct msg_settings_done *msg);

/* Does a connection of it say "interface = NAME"? */
bool config_has_interface(const struct config *config, const char *name);

void config_free(struct config *config);

#endif
