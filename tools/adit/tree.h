/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface with all that belongs to it, sorted. */
#ifndef ADIT_TREE_H
#define ADIT_TREE_H

#include "../lib/family.h"

struct json_object;
struct run;

struct tree {
	const struct adit_dev *dev;
	bool up; /* set so by an administrator */
	struct adit_objects peers; /* by id */
	struct adit_objects children; /* by peer, then id */
	struct adit_objects sas; /* by child, then direction and age */
	struct adit_objects sockets; /* by id; all of the namespace, or none */
};

/* Give the tree to tree_free() whatever the outcome. */
int tree_read(struct tree *tree, struct adit_nl *nl, const struct adit_dev *dev,
	      struct err *err);
void tree_free(struct tree *tree);

/* Put the objects in order, once they are all there. */
void tree_sort(struct tree *tree);

/* The children of the peer, and the SAs of the child; they are in a row. */
const struct adit_child *tree_children(const struct tree *tree,
				       const struct adit_peer *peer, size_t *n);
const struct adit_sa *tree_sas(const struct tree *tree,
			       const struct adit_child *child, size_t *n);

/* What the peer is reached through, NULL if there is none or it is not known. */
const struct adit_socket *tree_socket(const struct tree *tree,
				      const struct adit_peer *peer);

/* How many children can carry traffic. */
size_t tree_ready(const struct tree *tree);

/* The interface, with "peer", "child" and "sa" arrays inside of each other. */
struct json_object *tree_json(const struct tree *tree);

/* The same as text. */
void tree_print(const struct run *run, const struct tree *tree);

#endif
