/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, sizes and durations as people write them. Pure. */
#ifndef ADIT_QUANTITY_H
#define ADIT_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define QUANTITY_TEXT_SIZE 32

/* Decimal, or hexadecimal behind 0x; no sign, no blanks. */
int quantity_parse(uint64_t *value, const char *word, uint64_t min,
		   uint64_t max, struct err *err);

/* 4096, 10M, 1G: powers of 1024. */
int quantity_parse_bytes(uint64_t *value, const char *word, struct err *err);

/* 90, 30m, 8h, 1d12h: s, m, h, d, w, the larger first. */
int quantity_parse_seconds(uint64_t *value, const char *word, struct err *err);

/* The shortest text that quantity_parse_bytes() reads back as the same. */
const char *quantity_bytes(uint64_t value, char buf[QUANTITY_TEXT_SIZE]);

/* For people, three digits: 1.23G. */
const char *quantity_bytes_near(uint64_t value, char buf[QUANTITY_TEXT_SIZE]);

/* All of it: 1d12h5s. */
const char *quantity_seconds(uint64_t value, char buf[QUANTITY_TEXT_SIZE]);

/* For people, the two largest units: 1d12h. */
const char *quantity_seconds_near(uint64_t value, char buf[QUANTITY_TEXT_SIZE]);

#endif
