// SPDX-License-Identifier: GPL-2.0-or-later
/* See table.h. */
#include "table.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

/* The finalizer of splitmix64: all bits of the key matter for all of the slot. */
static size_t slot_of(const struct table *table, uint64_t key)
{
	key += table->salt;
	key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9ULL;
	key ^= table->salt << 1;
	key = (key ^ key >> 27) * 0x94d049bb133111ebULL;
	return (size_t)(key ^ key >> 31) & (table->n_slots - 1);
}

int table_init(struct table *table, uint64_t salt)
{
	*table = (struct table){ .salt = salt };
	table->slots = calloc(FIRST_SLOTS, sizeof(void *));
	if (!table->slots)
		return -1;
	table->n_slots = FIRST_SLOTS;
	return 0;
}

void table_free(struct table *table)
{
	free(table->slots);
	*table = (struct table){ 0 };
}

static void push(struct table *table, struct table_node *node)
{
	size_t slot = slot_of(table, node->key);

	node->next = table->slots[slot];
	table->slots[slot] = node;
}

/* Without memory it stays as it is, and chains get longer. */
static void grow(struct table *table)
{
	struct table_node **old = table->slots, *node, *next;
	size_t n_old = table->n_slots;
	struct table_node **slots;

	slots = calloc(2 * n_old, sizeof(void *));
	if (!slots)
		return;
	table->slots = slots;
	table->n_slots = 2 * n_old;
	for (size_t i = 0; i < n_old; i++) {
		for (node = old[i]; node; node = next) {
			next = node->next;
			push(table, node);
		}
	}
	free(old);
}

void table_add(struct table *table, struct table_node *node, uint64_t key,
	       void *owner)
{
	table_remove(table, node);
	if (table->n >= table->n_slots)
		grow(table);
	node->key = key;
	node->owner = owner;
	node->in = true;
	table->n++;
	push(table, node);
}

void table_remove(struct table *table, struct table_node *node)
{
	struct table_node **at;

	if (!node->in)
		return;
	at = &table->slots[slot_of(table, node->key)];
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->in = false;
	table->n--;
}

struct table_node *table_first(const struct table *table, uint64_t key)
{
	struct table_node *node = table->slots[slot_of(table, key)];

	while (node && node->key != key)
		node = node->next;
	return node;
}

struct table_node *table_next(const struct table_node *node)
{
	struct table_node *next = node->next;

	while (next && next->key != node->key)
		next = next->next;
	return next;
}

void *table_find(const struct table *table, uint64_t key)
{
	struct table_node *node = table_first(table, key);

	return node ? node->owner : NULL;
}
