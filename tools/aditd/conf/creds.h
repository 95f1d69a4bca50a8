/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets, keys and certificates of a configuration folder; of load.c only. */
#ifndef ADITD_CONF_CREDS_H
#define ADITD_CONF_CREDS_H

#include "../../lib/buf.h"
#include "hint.h"
#include "load.h"

struct loading {
	struct conf_load *load;
	const char *folder;
	const struct setting *root; /* of swanctl.conf */
	struct err *err;
	struct hinting hinting;
};

/* The new command's settings; NULL without memory, with the error set. */
struct setting *load_command(struct loading *loading, const char *name);

/* NULL without memory, with the error set. */
struct setting *load_value(struct loading *loading, struct setting *section,
			   const char *name, struct span value,
			   const struct setting *like);
struct setting *load_list(struct loading *loading, struct setting *section,
			  const char *name);

/* Append the file to @data; others may not read one that is @secret. */
int load_file(struct loading *loading, const char *path, bool secret,
	      struct buf *data);

/* load-shared, load-key, load-pkcs12 and load-cert of all there is. */
int load_secrets(struct loading *loading);
int load_folders(struct loading *loading);

#endif
