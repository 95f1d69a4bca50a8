/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files and VICI have in them, PEM or DER, put into a store. The name is
 * that of a file, for references and errors; "" for none.
 */
#ifndef ADITD_KEYS_LOAD_H
#define ADITD_KEYS_LOAD_H

#include "store.h"

enum { KEYS_FILE_MAX = 1024 * 1024, KEYS_CERTS_IN_FILE = 64 };

/*
 * A private key of any kind. @password opens one that is encrypted, NULL for
 * none. @id gets its key id, unless it is NULL.
 */
int keys_load_private(struct keys_store *store, struct span data,
		      const char *password, uint8_t *id, struct err *err);

/* All certificates in it: the first one has the flag, of a CA's file all. */
int keys_load_cert(struct keys_store *store, struct span data,
		   enum keys_flag flag, const char *name, struct err *err);

int keys_load_crl(struct keys_store *store, struct span data, struct err *err);

/* A key, its certificate, and those of CAs, which are not trusted for it. */
int keys_load_pkcs12(struct keys_store *store, struct span data,
		     const char *password, const char *name, struct err *err);

/* The first one; to be freed. NULL with an error. */
X509 *keys_read_cert(struct span data, struct err *err);
X509_CRL *keys_read_crl(struct span data, struct err *err);
EVP_PKEY *keys_read_public(struct span data, struct err *err);

#endif
