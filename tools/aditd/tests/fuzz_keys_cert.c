// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a peer sends as certificates and AUTH: it must not be believed, nor
 * do harm. The first octets choose the methods; certificates have two octets of
 * length in front.
 */
#include <stdlib.h>

#include "../keys/auth.h"
#include "../keys/load.h"
#include "../proto/v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CERTS = 8 };

static void take_uri(void *arg, const char *uri)
{
	*(size_t *)arg += strlen(uri);
}

static void show(struct span body)
{
	char text[256];
	struct err err;
	X509 *cert;

	if (!body.len)
		return;
	cert = keys_read_cert(span_of(body.data + 1, body.len - 1), &err);
	if (!cert)
		return;
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
	size_t n = 0, length = 0;
	uint16_t len;

	if (!span_take_u8(&rest, &auth.method) || !span_take_u16(&rest, &len) ||
	    !span_take(&rest, len, &auth.auth))
		return 0;
	while (n < CERTS && span_take_u16(&rest, &len) &&
	       span_take(&rest, len, &certs[n]))
		show(certs[n++]);
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
	keys_wanted_crls(&store, &auth, 1700000000, take_uri, &length);
	keys_clear(&store);
	return 0;
}
