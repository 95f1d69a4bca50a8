// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of keys, certificates and CRLs; also CRLs that were fetched. */
#include "../keys/load.h"
#include "../keys/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting *answer =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct keys_store store = KEYS_STORE_INIT;
	struct span file = span_of(data, size);
	EVP_PKEY *key;
	struct err err;

	keys_load_cert(&store, file, KEYS_CERT_END, "/x", &err);
	keys_load_cert(&store, file, KEYS_CERT_CA, "/x", &err);
	keys_load_crl(&store, file, &err);
	keys_load_private(&store, file, NULL, NULL, &err);
	key = keys_read_public(file, &err);
	if (key)
		keys_add_public(&store, key, "", &err);
	EVP_PKEY_free(key);
	keys_list(&store, answer, answer);
	setting_free(answer);
	keys_clear(&store);
	return 0;
}
