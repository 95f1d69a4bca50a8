// SPDX-License-Identifier: GPL-2.0-or-later
/* See auth.h: which CAs a peer is asked for, and certificates of connections. */
#include "auth.h"
#include "load.h"

enum { EMPTY_DN_LEN = 2 };

bool keys_show_cert(const char *text, char *subject, size_t size)
{
	struct err err;
	X509 *cert = keys_read_cert(span_of_text(text), &err);

	if (cert)
		x509_show(cert, subject, size);
	X509_free(cert);
	return cert;
}

void keys_ca_ids(const struct keys_store *store, struct buf *ids)
{
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (i->flag == KEYS_CERT_CA)
			buf_add(ids, i->info_id, sizeof(i->info_id));
}

int keys_read_ca_ids(struct conf_round *round, struct err *err)
{
	const struct conf_texts *texts = &round->cacerts;
	uint8_t id[KEYS_ID_LEN];

	for (size_t i = 0; i < texts->n; i++) {
		X509 *cert;
		int rc;

		if (texts->texts[i][0] == '/') {
			buf_free(&round->ca_ids);
			return 0;
		}
		cert = keys_read_cert(span_of_text(texts->texts[i]), err);
		if (!cert)
			return -1;
		rc = keys_info_id(cert, id);
		X509_free(cert);
		if (rc)
			return err_set(err, ERR_REFUSED,
				       "libcrypto can't make a key id");
		buf_add(&round->ca_ids, id, sizeof(id));
	}
	return round->ca_ids.failed ?
		       err_set(err, ERR_REFUSED, "out of memory") :
		       0;
}

void keys_read_cert_id(struct conf_round *round)
{
	struct err ignored;
	X509 *cert;

	if (round->id.type != IDENT_ANY || round->auth == AUTH_WITH_PSK ||
	    !round->certs.n)
		return;
	/* Of a file there is only the name. */
	cert = keys_read_cert(span_of_text(round->certs.texts[0]), &ignored);
	ident_free(&round->cert_id);
	/* An empty one is nobody's (RFC 5280, 4.1.2.6). */
	if (cert && (x509_subject(cert, &round->cert_id) ||
		     round->cert_id.len <= EMPTY_DN_LEN))
		ident_free(&round->cert_id);
	X509_free(cert);
}
