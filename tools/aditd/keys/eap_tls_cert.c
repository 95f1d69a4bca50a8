// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap_tls.h. */
#include "eap_tls.h"

#include "../proto/v2.h"
#include "method.h"
#include "pubkey.h"
#include "source.h"

static const struct ident *own_ident(const struct eap_session *session)
{
	return session->server ? eap_server_ident(session) : &session->name;
}

/* As if it was for an AUTH of that identity. */
static int find_own(const struct eap_session *session, X509 **cert,
		    EVP_PKEY **key, struct err *err)
{
	struct conf_round round = { 0 };
	struct env_auth auth = *session->auth;

	if (!session->server) {
		round = *session->auth->round;
		round.pubkeys.n = 0;
	}
	auth.round = &round;
	auth.local = own_ident(session);
	auth.certreqs = span_of(NULL, 0);
	return pubkey_find(session->store, &auth, cert, key, err);
}

int eap_tls_usable(const struct eap_session *session, struct err *err)
{
	EVP_PKEY *key;
	X509 *cert = NULL;
	int rc = find_own(session, &cert, &key, err);

	X509_free(cert);
	return rc ? err_prefix(err, "EAP-TLS: ") : 0;
}

int eap_tls_use_own(struct eap_session *session, SSL_CTX *ctx)
{
	X509 *cert = NULL, *chain[X509_CHAIN_MAX];
	EVP_PKEY *key;
	bool good;
	size_t n;

	if (find_own(session, &cert, &key, &session->err))
		return -1;
	n = x509_between(session->store, cert, chain);
	good = SSL_CTX_use_certificate(ctx, cert) == 1 &&
	       SSL_CTX_use_PrivateKey(ctx, key) == 1;
	for (size_t i = 0; good && i < n; i++)
		good = SSL_CTX_add1_chain_cert(ctx, chain[i]);
	X509_free(cert);
	return good ? 0 :
		      eap_fail(
			      session,
			      "EAP-TLS: OpenSSL does not take our certificate");
}

/*
 * A server has what its connection says of the peer; a peer trusts the CAs that
 * are there to say who the server is.
 */
static struct conf_round round_of(const struct eap_session *session)
{
	if (session->server)
		return *session->auth->round;
	return (struct conf_round){ .revocation = session->auth->revocation };
}

static int check_name(struct eap_session *session, X509 *leaf)
{
	const struct ident *want = session->server ? &session->name :
						     eap_server_ident(session);
	char id[IDENT_TEXT_SIZE], names[200];

	if (x509_has_ident(leaf, want))
		return 0;
	return eap_fail(
		session,
		"EAP-TLS: identity %.150s is not in the certificate (it has: %s)%s",
		ident_show(want, id),
		x509_show_idents(leaf, names, sizeof(names)),
		session->server ? "" : "; aaa_id says whose it is");
}

static int check_cert(struct eap_session *session,
		      const struct conf_round *round, X509 *leaf,
		      STACK_OF(X509) * others, STACK_OF(X509) * *chain)
{
	struct method method;

	method_read(&method, round->method);
	if (!method_check_key(&method, X509_get0_pubkey(leaf), &session->err) &&
	    !x509_verify(session->store, round, session->now, leaf, others,
			 chain, &session->err))
		return 0;
	return err_prefix(&session->err, "EAP-TLS: ");
}

/* As if there was no policy of revocation: who is known to be revoked is. */
static STACK_OF(X509) * check_so_far(struct eap_session *session, X509 *leaf,
				     STACK_OF(X509) * others)
{
	struct conf_round round = round_of(session);
	STACK_OF(X509) *chain = NULL;

	round.revocation = REVOCATION_RELAXED;
	return check_cert(session, &round, leaf, others, &chain) ? NULL : chain;
}

/* Is there somebody who could say what is not known? */
static bool can_ask(const struct eap_session *session, STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain) - 1; i++) {
		X509 *cert = sk_X509_value(chain, i);

		if (!source_is_known(session->store, cert, session->now) &&
		    source_has_any(session->store, cert))
			return true;
	}
	return false;
}

/* What nobody is asked about can be told in an alert. */
static int check_now(struct eap_session *session, X509 *leaf,
		     STACK_OF(X509) * others)
{
	const struct conf_round round = round_of(session);
	STACK_OF(X509) * chain;
	bool later;

	if (check_name(session, leaf))
		return -1;
	chain = check_so_far(session, leaf, others);
	if (!chain)
		return -1;
	later = can_ask(session, chain);
	sk_X509_pop_free(chain, X509_free);
	return later ? 0 : check_cert(session, &round, leaf, others, NULL);
}

int eap_tls_on_verify(X509_STORE_CTX *ctx, void *arg)
{
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	struct eap_session *session = arg;

	if (leaf && session->auth &&
	    !check_now(session, leaf, X509_STORE_CTX_get0_untrusted(ctx)))
		return 1;
	X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

enum eap_verdict eap_tls_judge(struct eap_session *session, SSL *ssl)
{
	const struct conf_round round = round_of(session);
	STACK_OF(X509) *others = SSL_get_peer_cert_chain(ssl);
	X509 *leaf = SSL_get0_peer_certificate(ssl);

	if (!leaf)
		return eap_fail(session, "EAP-TLS: there is no certificate");
	if (session->waits)
		return check_cert(session, &round, leaf, others, NULL) ?
			       EAP_BAD :
			       EAP_GO_ON;
	session->chain = check_so_far(session, leaf, others);
	return session->chain ? EAP_WAIT : EAP_BAD;
}
