// SPDX-License-Identifier: GPL-2.0-or-later
/* AUTH payloads with signatures: none is right. The first octet is the method. */
#include <stdlib.h>

#include "../crypto/sig.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static EVP_PKEY *keys[3];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	keys[0] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	keys[1] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	keys[2] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t said[] = "said";
	struct err err;
	struct sig_used used;

	for (size_t i = 0; size && i < 3; i++)
		if (!sig_verify(keys[i], span_of(said, 4), data[0],
				span_of(data + 1, size - 1), &used, &err))
			abort();
	return 0;
}
