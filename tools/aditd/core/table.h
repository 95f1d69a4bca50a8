/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash tables of 64 bit keys that hold nodes of others; several may have the
 * same key. Keys may be the peer's choice: where they go is mixed with a salt.
 */
#ifndef ADITD_CORE_TABLE_H
#define ADITD_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_node {
	struct table_node *next;
	uint64_t key;
	void *owner;
	bool in; /* it is in a table */
};

struct table {
	struct table_node **slots;
	size_t n_slots; /* a power of two */
	size_t n;
	uint64_t salt;
};

/* -1 without memory. */
int table_init(struct table *table, uint64_t salt);
void table_free(struct table *table);

/* A node that is in already moves to the new key. */
void table_add(struct table *table, struct table_node *node, uint64_t key,
	       void *owner);
void table_remove(struct table *table, struct table_node *node);

/* The owner of the first with that key, NULL if there is none. */
void *table_find(const struct table *table, uint64_t key);
struct table_node *table_first(const struct table *table, uint64_t key);
struct table_node *table_next(const struct table_node *node);

#endif
