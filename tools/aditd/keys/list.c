// SPDX-License-Identifier: GPL-2.0-or-later
/* See list.h. */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/vici.h"
#include "x509.h"

enum {
	ROOM = VICI_PACKET_MAX / 2, /* in one answer */
	AROUND = IDENT_TEXT_SIZE + 128, /* each item, beside its octets */
};

struct lister {
	const struct keys_store *store;
	const struct setting *filter;
	struct setting *certs;
	size_t at; /* how many were looked at */
	size_t from; /* those before were in answers before */
	size_t next; /* it has no room here; 0 if all have */
	size_t room;
};

/* Is it in this answer? What others have made may be too long for any. */
static bool has_room(struct lister *list, int len)
{
	size_t at = list->at++, size = (size_t)len + AROUND;

	if (len <= 0 || size > ROOM || list->next || at < list->from)
		return false;
	if (size > list->room) {
		list->next = at;
		return false;
	}
	list->room -= size;
	return true;
}

static bool is_wanted(const struct lister *list, const char *name,
		      const char *value)
{
	const char *want = setting_text(list->filter, name, "ANY");

	return strcasecmp(want, "ANY") == 0 || strcasecmp(want, value) == 0;
}

static bool put(struct setting *section, const char *name, struct span value)
{
	return setting_new(section, SETTING_VALUE, name, value);
}

/* Takes the octets, which libcrypto has made. */
static struct setting *add(struct lister *list, const char *type,
			   const char *flag, uint8_t *der, int len)
{
	struct setting *section = NULL;
	char number[24];

	snprintf(number, sizeof(number), "%zu", list->at - 1);
	if (len > 0)
		section = setting_new(list->certs, SETTING_SECTION, number,
				      span_of(NULL, 0));
	if (section && (!put(section, "type", span_of_text(type)) ||
			!put(section, "flag", span_of_text(flag)) ||
			!put(section, "data", span_of(der, (size_t)len))))
		section = NULL;
	OPENSSL_free(der);
	return section;
}

static bool has_subject(const struct lister *list, X509 *cert)
{
	const char *want = setting_text(list->filter, "subject", NULL);
	struct ident id;
	struct err err;
	bool found;

	if (!want)
		return true;
	if (ident_parse(&id, want, &err))
		return false;
	found = id.type == IDENT_ANY || x509_has_ident(cert, &id);
	ident_free(&id);
	return found;
}

static int list_cert(struct lister *list, const struct keys_cert *cert)
{
	const char *flag = cert->flag == KEYS_CERT_CA ? "CA" : "NONE";
	char subject[IDENT_TEXT_SIZE];
	struct setting *section;
	uint8_t *der = NULL;
	int len;

	if (!is_wanted(list, "type", "X509") ||
	    !is_wanted(list, "flag", flag) || !has_subject(list, cert->cert) ||
	    !has_room(list, i2d_X509(cert->cert, NULL)))
		return 0;
	len = i2d_X509(cert->cert, &der);
	section = add(list, "X509", flag, der, len);
	if (!section)
		return -1;
	x509_show(cert->cert, subject, sizeof(subject));
	if (!put(section, "subject", span_of_text(subject)))
		return -1;
	if (keys_private_of(list->store, X509_get0_pubkey(cert->cert)) &&
	    !put(section, "has_privkey", span_of_text("yes")))
		return -1;
	return 0;
}

static int list_crl(struct lister *list, const struct keys_crl *crl)
{
	uint8_t *der = NULL;
	int len;

	if (!is_wanted(list, "type", "X509_CRL") ||
	    !is_wanted(list, "flag", "NONE") ||
	    setting_find(list->filter, "subject"))
		return 0;
	if (!has_room(list, i2d_X509_CRL(crl->crl, NULL)))
		return 0;
	len = i2d_X509_CRL(crl->crl, &der);
	return add(list, "X509_CRL", "NONE", der, len) ? 0 : -1;
}

static int list_ocsp(struct lister *list, const struct keys_ocsp *ocsp)
{
	struct span der = buf_span(&ocsp->der);
	uint8_t *copy;

	if (!is_wanted(list, "type", "OCSP_RESPONSE") ||
	    !is_wanted(list, "flag", "NONE") ||
	    setting_find(list->filter, "subject") ||
	    !has_room(list, (int)der.len))
		return 0;
	copy = OPENSSL_memdup(der.data, der.len);
	return add(list, "OCSP_RESPONSE", "NONE", copy,
		   copy ? (int)der.len : 0) ?
		       0 :
		       -1;
}

static int list_public(struct lister *list, const struct keys_public *public)
{
	struct setting *section;
	uint8_t *der = NULL;
	int len;

	if (!is_wanted(list, "type", "PUBKEY") ||
	    !is_wanted(list, "flag", "NONE") ||
	    setting_find(list->filter, "subject") ||
	    !has_room(list, i2d_PUBKEY(public->key, NULL)))
		return 0;
	len = i2d_PUBKEY(public->key, &der);
	section = add(list, "PUBKEY", "NONE", der, len);
	if (!section)
		return -1;
	if (keys_private_of(list->store, public->key) &&
	    !put(section, "has_privkey", span_of_text("yes")))
		return -1;
	return 0;
}

int keys_list(const struct keys_store *store, const struct setting *filter,
	      struct setting *answer)
{
	struct lister list = {
		.store = store,
		.filter = filter,
		.from = strtoul(setting_text(filter, "from", "0"), NULL, 10),
		.room = ROOM,
	};
	char number[24];

	list.certs =
		setting_new(answer, SETTING_SECTION, "certs", span_of(NULL, 0));
	if (!list.certs)
		return -1;
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (list_cert(&list, i))
			return -1;
	for (const struct keys_crl *i = store->crls; i; i = i->next)
		if (list_crl(&list, i))
			return -1;
	for (const struct keys_ocsp *i = store->ocsps; i; i = i->next)
		if (list_ocsp(&list, i))
			return -1;
	for (const struct keys_public *i = store->publics; i; i = i->next)
		if (list_public(&list, i))
			return -1;
	if (!list.next)
		return 0;
	snprintf(number, sizeof(number), "%zu", list.next);
	return put(answer, "next", span_of_text(number)) ? 0 : -1;
}
