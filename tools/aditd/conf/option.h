/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of swanctl.conf(5) as rows. Reading a file, reading a message of
 * VICI, and docs/configuration.md are all made of the same rows.
 */
#ifndef ADITD_CONF_OPTION_H
#define ADITD_CONF_OPTION_H

#include <stdbool.h>

#include "../../lib/setting.h"

enum conf_type {
	CONF_TEXT, /* char * */
	CONF_NAME, /* char *, of a network interface */
	CONF_YESNO, /* bool */
	CONF_NUMBER, /* uint32_t, or one of the words */
	CONF_PORT, /* uint16_t */
	CONF_DSCP, /* uint8_t, written as six binary digits */
	CONF_SECONDS, /* uint64_t; CONF_UNSET if there is no default */
	CONF_BYTES, /* the same */
	CONF_PACKETS, /* the same */
	CONF_WORD, /* unsigned int, one of the words */
	CONF_BITS, /* unsigned int, words with "|" between them */
	CONF_LIST, /* struct conf_texts */
	CONF_HOSTS, /* the same, of addresses and names */
	CONF_PORTS, /* the same, of numbers */
	CONF_CERTS, /* the same, of PEM or files */
	CONF_IDENT, /* struct ident */
	CONF_TS, /* struct ts_list */
	CONF_PROPOSALS, /* struct proposals, of row->protocol; appended */
	CONF_AUTH, /* enum conf_auth; what was written is beside it */
	CONF_KEPT, /* it is read where it is needed, as that text */
	CONF_KEPT_LIST, /* the same with a list */
	CONF_IGNORED, /* it has no meaning here, whatever it is */
	CONF_REFUSED, /* but for its default */
};

#define CONF_UNSET UINT64_MAX

struct conf_word {
	const char *word;
	unsigned int value;
	const char *refused; /* why not, and what to do instead */
	bool alias; /* not shown */
};

struct conf_option {
	const char *name;
	enum conf_type type;
	size_t offset;
	const char *standard; /* the default, read like any other value */
	const char *otherwise; /* a default that other values decide, in words */
	const char *help;
	const char *refused; /* the reason for CONF_IGNORED and CONF_REFUSED */
	uint64_t min, max; /* of CONF_NUMBER, CONF_PORT */
	const struct conf_word *words;
	size_t n_words;
	uint8_t protocol;
};

/* Sections that have the same options. */
struct conf_section {
	const char *path; /* "connections.<conn>" */
	const char *help;
	const struct conf_option *options;
	size_t n;
	const char *const *sections; /* in it; a "*" at the end is any suffix */
	size_t n_sections;
	bool others; /* options of any name are lists */
};

extern const struct conf_section conf_conn_section, conf_local_section,
	conf_remote_section, conf_child_section, conf_pool_section,
	conf_authority_section, conf_secret_section, conf_token_section;

/* All of them, for the manual. */
extern const struct conf_section *const conf_sections[];
extern const size_t conf_n_sections;

/* NULL with an error that names the nearest one. */
const struct conf_option *conf_option(const struct conf_section *section,
				      const struct setting *setting,
				      struct err *err);
bool conf_is_list(const struct conf_option *option);

/* Does "local*" mean this name? */
bool conf_is_section(const char *pattern, const char *name);

/* Check that all names in it are known, and where they belong. */
int conf_check(const struct conf_section *section,
	       const struct setting *setting, struct err *err);

/* Put values, or defaults, into @object, which the offsets are of. */
int conf_fill(const struct conf_section *section, const struct setting *setting,
	      void *object, struct err *err);

/* Append the parts of a text with commas, without blanks around them. */
int conf_split(struct setting *list, const struct setting *value);

/* docs/configuration.md on standard output. */
void conf_print_manual(void);

#endif
