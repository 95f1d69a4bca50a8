// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a peer sends as certificates and AUTH: it must not be believed, nor
 * do harm. The first octets choose the methods; certificates have two octets of
 * length in front.
 */
#include <stdlib.h>

#include "../keys/auth.h"
#include "../keys/load.h"
#include "../keys/source.h"
#include "../proto/v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CERTS = 8 };

/* What a certificate says of where its CRL is. */
static void sources(const struct keys_store *store, X509 *cert)
{
	char uri[SOURCE_URI_MAX], text[SOURCE_TEXT_SIZE];
	enum keys_source kind = KEYS_OCSP;

	if (source_has_any(store, cert) !=
	    source_next(store, cert, 0, &kind, uri))
		abort();
	if (source_is_known(store, cert, 1700000000))
		abort();
	source_show_failed(store, cert, text);
}

static void show(const struct keys_store *store, struct span body)
{
	char text[256];
	struct err err;
	X509 *cert;

	if (!body.len)
		return;
	cert = keys_read_cert(span_of(body.data + 1, body.len - 1), &err);
	if (!cert)
		return;
	sources(store, cert);
	x509_show_idents(cert, text, sizeof(text));
	x509_show_issuer(cert, text, sizeof(text));
	X509_free(cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t name[] = "a.example.org";
	struct ident id = { ID_FQDN, 13, (uint8_t *)name };
	struct keys_store store = KEYS_STORE_INIT;
	struct span rest = span_of(data, size);
	struct conf_round round = { .auth = AUTH_WITH_PUBKEY };
	struct span certs[CERTS];
	struct keys_reply reply;
	struct env_auth auth = {
		.verify = true,
		.round = &round,
		.local = &id,
		.remote = &id,
		.octets = SPAN(name),
		.certs = certs,
	};
	size_t n = 0;
	uint16_t len;

	if (!span_take_u8(&rest, &auth.method) || !span_take_u16(&rest, &len) ||
	    !span_take(&rest, len, &auth.auth))
		return 0;
	while (n < CERTS && span_take_u16(&rest, &len) &&
	       span_take(&rest, len, &certs[n]))
		show(&store, certs[n++]);
	auth.n_certs = n;
	/* Trusted, so that it goes on to the signature. */
	if (n && certs[0].len > 1) {
		struct err err;

		keys_load_cert(&store,
			       span_of(certs[0].data + 1, certs[0].len - 1),
			       KEYS_CERT_END, "", &err);
	}
	keys_auth(&store, &auth, 1700000000, &reply);
	if (reply.reply.good)
		abort();
	keys_reply_free(&reply);
	sk_X509_pop_free(keys_peer_chain(&store, &auth, 1700000000), X509_free);
	keys_clear(&store);
	return 0;
}
