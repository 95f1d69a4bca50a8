// SPDX-License-Identifier: GPL-2.0-or-later
/* See value.h. */
#include "value.h"

#include <net/if.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../lib/buf.h"
#include "../../lib/quantity.h"
#include "../../lib/word.h"
#include "../core/conf.h"

static const struct {
	const char *word;
	int value;
} yesno[] = {
	{ "yes", 1 }, { "true", 1 },  { "enabled", 1 },	 { "1", 1 },
	{ "no", 0 },  { "false", 0 }, { "disabled", 0 }, { "0", 0 },
};

int conf_yesno(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(yesno); i++)
		if (strcasecmp(text, yesno[i].word) == 0)
			return yesno[i].value;
	return -1;
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_USAGE, "no memory");
}

static int set_text(char **field, const char *text, struct err *err)
{
	free(*field);
	*field = strdup(text);
	return *field ? 0 : no_memory(err);
}

/* As the kernel takes it. */
static int set_name(char **field, const char *text, struct err *err)
{
	if (strlen(text) >= IF_NAMESIZE || strpbrk(text, "/: \t\n%") ||
	    strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return err_set(
			err, ERR_USAGE,
			"'%.64s' is not the name of an interface: at most %d characters, none of them a blank, '/', ':' or '%%'",
			text, IF_NAMESIZE - 1);
	return set_text(field, text, err);
}

static int set_yesno(bool *field, const char *text, struct err *err)
{
	int value = conf_yesno(text);

	if (value < 0)
		return err_set(err, ERR_USAGE, "'%.64s' is neither yes nor no",
			       text);
	*field = value;
	return 0;
}

/* The word in full: an abbreviation would be another one in a later version. */
static const struct conf_word *find_word(const struct conf_option *option,
					 const char *text, struct err *err)
{
	const struct conf_word *words = option->words;
	int near;

	for (size_t i = 0; i < option->n_words; i++) {
		if (strcasecmp(text, words[i].word) != 0)
			continue;
		if (!words[i].refused)
			return &words[i];
		err_set(err, ERR_USAGE, "'%s' is not for adit: %s",
			words[i].word, words[i].refused);
		return NULL;
	}
	near = word_find(text, words, option->n_words, sizeof(*words),
			 offsetof(struct conf_word, word), "value", err);
	if (near >= 0)
		err_set(err, ERR_USAGE,
			"unknown value '%.64s', did you mean '%s'?", text,
			words[near].word);
	return NULL;
}

static int set_word(const struct conf_option *option, unsigned int *field,
		    const char *text, struct err *err)
{
	const struct conf_word *word = find_word(option, text, err);

	if (!word)
		return -1;
	*field = word->value;
	return 0;
}

static int set_bits(const struct conf_option *option, unsigned int *field,
		    const char *text, struct err *err)
{
	unsigned int bits = 0;

	for (;;) {
		size_t len = strcspn(text, "|");
		unsigned int bit;
		char word[32];

		if (len >= sizeof(word))
			return err_set(err, ERR_USAGE, "unknown value '%.64s'",
				       text);
		memcpy(word, text, len);
		word[len] = '\0';
		if (set_word(option, &bit, word, err))
			return -1;
		bits |= bit;
		if (!text[len])
			break;
		text += len + 1;
	}
	*field = bits;
	return 0;
}

static int set_number(const struct conf_option *option, uint32_t *field,
		      const char *text, struct err *err)
{
	uint64_t max = option->max ? option->max : UINT32_MAX;
	uint64_t value;

	for (size_t i = 0; i < option->n_words; i++) {
		if (strcasecmp(text, option->words[i].word) != 0)
			continue;
		if (option->words[i].refused)
			return err_set(err, ERR_USAGE, "%s is not for adit: %s",
				       text, option->words[i].refused);
		*field = option->words[i].value;
		return 0;
	}
	if (quantity_parse(&value, text, option->min, max, err))
		return -1;
	*field = (uint32_t)value;
	return 0;
}

static int set_port(uint16_t *field, const char *text, struct err *err)
{
	uint64_t value;

	if (quantity_parse(&value, text, 0, UINT16_MAX, err))
		return -1;
	*field = (uint16_t)value;
	return 0;
}

static int set_dscp(uint8_t *field, const char *text, struct err *err)
{
	if (strlen(text) != 6 || text[strspn(text, "01")])
		return err_set(err, ERR_USAGE,
			       "'%.64s' is not six binary digits like 101110",
			       text);
	*field = (uint8_t)strtoul(text, NULL, 2);
	return 0;
}

/* swanctl's bytes and packets have the units k, M and G of 1024. */
static int set_amount(enum conf_type type, uint64_t *field, const char *text,
		      struct err *err)
{
	int rc = type == CONF_SECONDS ?
			 quantity_parse_seconds(field, text, err) :
			 quantity_parse_bytes(field, text, err);

	if (rc || *field < CONF_UNSET / 4)
		return rc;
	return err_set(err, ERR_USAGE, "%.64s is too much", text);
}

static int add_text(struct conf_texts *list, char *text, struct err *err)
{
	char **texts =
		realloc(list->texts, (list->n + 1) * sizeof(*list->texts));

	if (!texts || !text) {
		if (texts)
			list->texts = texts;
		free(text);
		return no_memory(err);
	}
	list->texts = texts;
	texts[list->n++] = text;
	return 0;
}

/* fe80::/10; with an interface behind it or not. */
static bool is_link_local(const char *text)
{
	return strlen(text) > 4 && text[4] == ':' &&
	       strncasecmp(text, "fe", 2) == 0 && strchr("89abAB", text[2]);
}

/* Not a name: nobody gives those a colon, or digits alone. */
static int check_literal(const char *text, struct err *err)
{
	struct ts_list list = { .n = 0 };
	struct err why;

	if ((!strchr(text, ':') && text[strspn(text, "0123456789./-")]) ||
	    *text == '%' || !ts_parse(&list, text, &why))
		return 0;
	return err_set(err, ERR_USAGE, "'%.64s' is no address, net or range%s",
		       text,
		       strchr(text, ':') && strchr(text, '.') ?
			       "; ports are options of their own" :
			       "");
}

static int add_host(struct conf_texts *list, const char *text, struct err *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.:-_/%";

	if (list->n == CONF_ADDRS_MAX)
		return err_set(err, ERR_USAGE, "more than %d addresses",
			       CONF_ADDRS_MAX);
	if (strlen(text) > 255 || text[strspn(text, allowed)])
		return err_set(
			err, ERR_USAGE,
			"'%.64s' is no address, name, A.B.C.D/LEN or range",
			text);
	if (is_link_local(text))
		return err_set(
			err, ERR_USAGE,
			"'%.64s' is of one link only, which the underlay's routes do not know; give the hosts other addresses, as fd00::1",
			text);
	if (check_literal(text, err))
		return -1;
	return add_text(list, strdup(text), err);
}

static int add_port(struct conf_texts *list, const char *text, struct err *err)
{
	uint64_t port;

	if (quantity_parse(&port, text, 1, UINT16_MAX, err))
		return -1;
	return add_text(list, strdup(text), err);
}

/* PEM, since that is text; DER begins with a SEQUENCE of a long length. */
static int add_der(struct conf_texts *list, struct span der, struct err *err)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
	static const char end[] = "-----END CERTIFICATE-----\n";
	struct buf pem = BUF_INIT;

	if (der.len > 65535)
		return err_set(err, ERR_USAGE, "a certificate of %zu octets",
			       der.len);
	buf_add_text(&pem, begin);
	for (size_t at = 0; at < der.len; at += 48) {
		size_t len = der.len - at < 48 ? der.len - at : 48;
		unsigned char line[65];

		buf_add(&pem, line,
			(size_t)EVP_EncodeBlock(line, der.data + at, (int)len));
		buf_add_u8(&pem, '\n');
	}
	buf_add_text(&pem, end);
	buf_add_u8(&pem, '\0');
	if (pem.failed) {
		buf_free(&pem);
		return no_memory(err);
	}
	/* The buffer's memory is the list's then. */
	return add_text(list, (char *)pem.data, err);
}

static int add_cert(struct conf_texts *list, struct span value, struct err *err)
{
	const char *text = (const char *)value.data;

	if (list->n == CONF_ADDRS_MAX)
		return err_set(err, ERR_USAGE, "more than %d certificates",
			       CONF_ADDRS_MAX);
	if (value.len > 4 && value.data[0] == 0x30 &&
	    (value.data[1] & 0x80 || memchr(value.data, '\0', value.len)))
		return add_der(list, value, err);
	if (memchr(text, '\0', value.len))
		return err_set(err, ERR_USAGE, "neither PEM nor DER");
	if (*text != '/' && strncmp(text, "-----BEGIN ", 11) != 0)
		return err_set(err, ERR_USAGE,
			       "'%.64s' is no PEM, DER or absolute file name",
			       text);
	return add_text(list, strdup(text), err);
}

static int set_ts(struct ts_list *list, const char *text, struct err *err)
{
	if (list->n == TS_MAX)
		return err_set(err, ERR_USAGE, "more than %d selectors",
			       TS_MAX);
	return ts_parse(list, text, err);
}

static int add_proposal(const struct conf_option *option,
			struct proposals *list, const char *text,
			struct err *err)
{
	if (list->n == PROPOSALS_MAX)
		return err_set(err, ERR_USAGE, "more than %d proposals",
			       PROPOSALS_MAX);
	return proposal_parse(list, option->protocol, text, err);
}

static const struct conf_word eap_methods[] = {
	{ "mschapv2", 0, NULL, false },
	{ "tls", 0, NULL, false },
	{ "dynamic", 0, NULL, false },
	{ "radius", 0, "there is no relay to RADIUS servers yet", true },
	{ "md5", 0, "EAP-MD5 makes no key; use eap-mschapv2 or eap-tls", true },
	{ "gtc", 0, "EAP-GTC is not there; use eap-mschapv2 or eap-tls", true },
	{ "ttls", 0, "EAP-TTLS is not there; use eap-tls", true },
	{ "peap", 0, "EAP-PEAP is not there; use eap-tls", true },
};

/* Behind "eap-", up to the constraints of certificates. */
static int check_eap(const char *method, struct err *err)
{
	const struct conf_option row = { .words = eap_methods,
					 .n_words = ARRAY_SIZE(eap_methods) };
	char word[32];

	if (!*method)
		return 0;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(method + 1, ":"),
		 method + 1);
	return find_word(&row, word, err) ? 0 : -1;
}

static int set_auth(const struct conf_option *option, void *field,
		    const char *text, struct err *err)
{
	struct conf_round *round =
		(void *)((char *)field - offsetof(struct conf_round, auth));
	const char *scheme = strncmp(text, "ike:", 4) == 0 ? text + 4 : text;
	size_t len = strcspn(scheme, "-/:");
	char first[16];
	unsigned int auth;

	snprintf(first, sizeof(first), "%.*s", len < 16 ? (int)len : 15,
		 scheme);
	if (set_word(option, &auth, first, err) ||
	    (auth == AUTH_WITH_EAP && check_eap(scheme + len, err)))
		return -1;
	round->auth = auth;
	return set_text(&round->method, text, err);
}

void conf_value_init(const struct conf_option *option, void *field)
{
	switch (option->type) {
	case CONF_SECONDS:
	case CONF_BYTES:
	case CONF_PACKETS:
		*(uint64_t *)field = CONF_UNSET;
		break;
	default:
		break;
	}
}

int conf_value(const struct conf_option *option, struct span value, void *field,
	       struct err *err)
{
	const char *text = (const char *)value.data;

	if (option->type == CONF_CERTS)
		return add_cert(field, value, err);
	if (memchr(text, '\0', value.len))
		return err_set(err, ERR_USAGE, "a NUL in the text");
	switch (option->type) {
	case CONF_TEXT:
		return set_text(field, text, err);
	case CONF_NAME:
		return set_name(field, text, err);
	case CONF_YESNO:
		return set_yesno(field, text, err);
	case CONF_NUMBER:
		return set_number(option, field, text, err);
	case CONF_PORT:
		return set_port(field, text, err);
	case CONF_DSCP:
		return set_dscp(field, text, err);
	case CONF_SECONDS:
	case CONF_BYTES:
	case CONF_PACKETS:
		return set_amount(option->type, field, text, err);
	case CONF_WORD:
		return set_word(option, field, text, err);
	case CONF_BITS:
		return set_bits(option, field, text, err);
	case CONF_LIST:
		return add_text(field, strdup(text), err);
	case CONF_HOSTS:
		return add_host(field, text, err);
	case CONF_PORTS:
		return add_port(field, text, err);
	case CONF_IDENT:
		ident_free(field);
		return ident_parse(field, text, err);
	case CONF_TS:
		return set_ts(field, text, err);
	case CONF_PROPOSALS:
		return add_proposal(option, field, text, err);
	case CONF_AUTH:
		return set_auth(option, field, text, err);
	default:
		return 0;
	}
}
