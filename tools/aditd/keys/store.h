/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets, private keys, certificates and CRLs, and who they belong to. Only
 * the keys process has one. No files, no sockets: what is put in are octets.
 */
#ifndef ADITD_KEYS_STORE_H
#define ADITD_KEYS_STORE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <time.h>

#include "../../lib/buf.h"
#include "../../lib/err.h"
#include "../core/ident.h"

enum {
	KEYS_ID_LEN = 20, /* SHA1, of a subjectPublicKeyInfo or of its key */
	KEYS_OWNERS_MAX = 64,
	KEYS_SECRET_MAX = 4096,
};

/* What a secret is for, a bit each since IKE's also serve for XAuth. */
enum keys_kind {
	KEYS_IKE = 1 << 0,
	KEYS_EAP = 1 << 1, /* and XAuth, as strongSwan has it */
	KEYS_PPK = 1 << 2,
	KEYS_NTLM = 1 << 3,
};

struct keys_shared {
	struct keys_shared *next;
	bool of_file;
	enum keys_kind kind;
	char *name; /* unique, of VICI or of its section; "" for none */
	struct buf secret;
	size_t n_owners;
	struct ident *owners;
};

struct keys_private {
	struct keys_private *next;
	bool of_file;
	EVP_PKEY *key;
	uint8_t id[KEYS_ID_LEN]; /* SHA1 of subjectPublicKey, as VICI names it */
};

/* In front of an authority's name it is the name of its certificate. */
#define KEYS_AUTHORITY "authority:"

enum keys_flag {
	KEYS_CERT_END, /* of ours, or of a peer that is trusted for it */
	KEYS_CERT_CHAIN, /* behind another one in a file; of no weight */
	KEYS_CERT_CA, /* trusted to issue others */
};

struct keys_cert {
	struct keys_cert *next;
	bool of_file;
	X509 *cert;
	char *name; /* absolute path of its file, "" for none, see below */
	enum keys_flag flag;
	uint8_t info_id[KEYS_ID_LEN]; /* of subjectPublicKeyInfo, for CERTREQ */
	uint8_t key_id[KEYS_ID_LEN]; /* of subjectPublicKey */
};

/* Where it is said whether a certificate is revoked; in this order. */
enum keys_source { KEYS_OCSP, KEYS_CRL, KEYS_SOURCES };

struct keys_crl {
	struct keys_crl *next;
	bool of_file;
	X509_CRL *crl;
	char *uri; /* it was fetched there; NULL for one that was given to us */
};

/* What an OCSP server has said of a certificate (RFC 6960, 2.2). */
struct keys_ocsp {
	struct keys_ocsp *next;
	X509 *cert;
	bool revoked; /* or good */
	time_t since;
	int reason; /* CRLReason, -1 if none is given */
	time_t until; /* that it may be believed */
	struct buf der; /* of the whole response */
};

/* A source that was of no use, for people, and so as not to ask it at once. */
struct keys_failure {
	struct keys_failure *next;
	enum keys_source kind;
	char *uri;
	X509 *cert; /* that OCSP was asked about */
	char *text;
	uint64_t at; /* seconds, monotonic */
};

/* A raw public key (RFC 7670). */
struct keys_public {
	struct keys_public *next;
	bool of_file;
	EVP_PKEY *key;
	char *name;
};

struct keys_uris {
	size_t n;
	char **texts;
};

/* Where more about a CA is, beside what certificates say. */
struct keys_authority {
	struct keys_authority *next;
	bool of_file;
	char *name;
	X509 *cert;
	struct keys_uris uris[KEYS_SOURCES];
};

struct keys_store {
	struct keys_shared *shared;
	struct keys_private *privates;
	struct keys_cert *certs;
	struct keys_crl *crls;
	struct keys_ocsp *ocsps;
	struct keys_failure *failures;
	struct keys_public *publics;
	struct keys_authority *authorities;
	bool of_files; /* what is added is of the configuration folder */
};

#define KEYS_STORE_INIT ((struct keys_store){ 0 })

/*
 * The folder was read into @to: what VICI has brought into @from comes, too, and
 * what was fetched. Of two with a name that of the folder stays. @from is
 * cleared.
 */
int keys_take_over(struct keys_store *to, struct keys_store *from,
		   struct err *err);

/*
 * Forget what VICI has brought, but for authorities with their certificates; and
 * what was fetched.
 */
void keys_drop_vici(struct keys_store *store);

/* Forget all of it. */
void keys_clear(struct keys_store *store);

/*
 * A secret of these owners, texts of identities; one of that name is replaced.
 * Without owners it is everybody's.
 */
int keys_add_shared(struct keys_store *store, enum keys_kind kind,
		    const char *name, struct span secret,
		    const char *const *owners, size_t n, struct err *err);
bool keys_remove_shared(struct keys_store *store, const char *name);

/* Counted by libcrypto: the caller still has its own. One that is there stays. */
int keys_add_private(struct keys_store *store, EVP_PKEY *key, uint8_t *id,
		     struct err *err);
bool keys_remove_private(struct keys_store *store, const uint8_t *id);
int keys_add_cert(struct keys_store *store, X509 *cert, enum keys_flag flag,
		  const char *name, struct err *err);

/* All of that name. */
void keys_remove_certs(struct keys_store *store, const char *name);

/*
 * The older one of the same issuer and scope goes. @uri is where it was
 * fetched, NULL if it was not.
 */
int keys_add_crl(struct keys_store *store, X509_CRL *crl, const char *uri,
		 struct err *err);

/* Forget what was fetched, of one kind; or all of it, KEYS_SOURCES. */
void keys_flush_fetched(struct keys_store *store, enum keys_source kind);

int keys_add_public(struct keys_store *store, EVP_PKEY *key, const char *name,
		    struct err *err);

/* Its certificate is one of a CA, called so; one of that name is replaced. */
int keys_add_authority(struct keys_store *store, const char *name, X509 *cert,
		       const struct keys_uris uris[KEYS_SOURCES],
		       struct err *err);
bool keys_remove_authority(struct keys_store *store, const char *name);

/* With public keys. */
void keys_clear_certs(struct keys_store *store);
void keys_clear_crls(struct keys_store *store); /* with all that was fetched */
void keys_drop_vici_crls(struct keys_store *store); /* the same */
void keys_clear_ocsps(struct keys_store *store);
void keys_clear_failures(struct keys_store *store);
void keys_clear_shared(struct keys_store *store);
void keys_clear_privates(struct keys_store *store);

/* That of a certificate's public key, NULL if there is none. */
const struct keys_private *keys_private_of(const struct keys_store *store,
					   EVP_PKEY *public_key);

/* Who looks for a secret; addresses count less than identities. */
struct keys_pair {
	const struct ident *local, *remote;
	struct addr local_addr, remote_addr;
};

/* The secret whose owners match best, as strongSwan finds it; or NULL. */
const struct keys_shared *keys_find_shared(const struct keys_store *store,
					   enum keys_kind kind,
					   const struct keys_pair *pair);

/*
 * The PPK of that identity, which is octets only (RFC 8784, 5.1): what is not
 * text of a domain, e-mail or key id can't be named. Or NULL.
 */
const struct keys_shared *keys_find_ppk(const struct keys_store *store,
					struct span id);

/* "a - b, %any, c": the owners of all secrets of that kind, cut at the size. */
void keys_show_shared(const struct keys_store *store, enum keys_kind kind,
		      char *text, size_t size);

/* SHA1 of what is named above; -1 if libcrypto fails. */
int keys_info_id(X509 *cert, uint8_t id[KEYS_ID_LEN]);
int keys_key_id(EVP_PKEY *key, uint8_t id[KEYS_ID_LEN]);

#endif
