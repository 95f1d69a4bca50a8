/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key sizes of the algorithms, for making keys without a kernel at hand, and
 * names with a key length like swanctl's "aes-gcm-16-256". Pure.
 */
#ifndef ADIT_ALG_H
#define ADIT_ALG_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct alg {
	uint16_t id;
	uint16_t key_bits[4]; /* up to a 0; the last one is the default */
	uint8_t salt_len; /* in octets */
	bool aead;
};

/* NULL if this version does not know it; the kernel may. */
const struct alg *alg_encr(uint16_t id);
const struct alg *alg_integ(uint16_t id);

/* NAME or NAME-BITS; @bits is 0 without. Numbers are accepted as names. */
int alg_parse_encr(const char *word, uint16_t *id, uint16_t *bits,
		   struct err *err);

#define ALG_TEXT_SIZE 80

/* The encryption with its bits and, if there is one, the integrity. */
const char *alg_show(uint16_t encr, uint16_t bits, uint16_t integ,
		     char buf[ALG_TEXT_SIZE]);

#endif
