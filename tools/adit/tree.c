// SPDX-License-Identifier: GPL-2.0-or-later
/* See tree.h. */
#include "tree.h"

#include <stdlib.h>

#include "../lib/link.h"
#include "print.h"
#include "verdict.h"

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order_peers(const void *a, const void *b)
{
	const struct adit_peer *x = a, *y = b;

	return order(x->id, y->id);
}

static int order_children(const void *a, const void *b)
{
	const struct adit_child *x = a, *y = b;
	int rc = order(x->peer, y->peer);

	return rc ? rc : order(x->id, y->id);
}

static int order_sas(const void *a, const void *b)
{
	const struct adit_sa *x = a, *y = b;
	int rc = order(x->child, y->child);

	if (!rc)
		rc = order(x->dir, y->dir);
	/* The oldest first, as they were made. */
	if (!rc)
		rc = order(y->age_seconds, x->age_seconds);
	return rc ? rc : order(x->spi, y->spi);
}

static int order_sockets(const void *a, const void *b)
{
	const struct adit_socket *x = a, *y = b;

	return order(x->id, y->id);
}

static void sort(struct adit_objects *objects,
		 int (*compare)(const void *, const void *))
{
	if (objects->n)
		qsort(objects->items, objects->n, objects->set->size, compare);
}

void tree_sort(struct tree *tree)
{
	sort(&tree->peers, order_peers);
	sort(&tree->children, order_children);
	sort(&tree->sas, order_sas);
	sort(&tree->sockets, order_sockets);
}

static bool needs_sockets(const struct tree *tree)
{
	for (size_t i = 0; i < tree->peers.n; i++) {
		const struct adit_peer *peer = adit_objects_at(&tree->peers, i);

		if (field_has(peer, ADIT_A_PEER_SOCKET))
			return true;
	}
	return false;
}

int tree_read(struct tree *tree, struct adit_nl *nl, const struct adit_dev *dev,
	      struct err *err)
{
	const struct adit_peer peer = {
		.has = BIT64(ADIT_A_PEER_IFINDEX),
		.ifindex = dev->ifindex,
	};
	const struct adit_child child = {
		.has = BIT64(ADIT_A_CHILD_IFINDEX),
		.ifindex = dev->ifindex,
	};
	const struct adit_sa sa = {
		.has = BIT64(ADIT_A_SA_IFINDEX),
		.ifindex = dev->ifindex,
	};

	*tree = (struct tree){ .dev = dev, .up = link_is_up(dev->ifname) };
	if (adit_dump(nl, ADIT_CMD_PEER_GET, &peer, &tree->peers, err) ||
	    adit_dump(nl, ADIT_CMD_CHILD_GET, &child, &tree->children, err) ||
	    adit_dump(nl, ADIT_CMD_SA_GET, &sa, &tree->sas, err))
		return -1;
	if (needs_sockets(tree) &&
	    adit_dump(nl, ADIT_CMD_SOCKET_GET, NULL, &tree->sockets, err))
		return -1;
	tree_sort(tree);
	return 0;
}

void tree_free(struct tree *tree)
{
	adit_objects_free(&tree->peers);
	adit_objects_free(&tree->children);
	adit_objects_free(&tree->sas);
	adit_objects_free(&tree->sockets);
}

/* The objects whose @key is @id, found by bisection. */
static const void *find(const struct adit_objects *objects,
			uint32_t (*key)(const void *), uint32_t id, size_t *n)
{
	size_t low = 0, high = objects->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key(adit_objects_at(objects, middle)) < id)
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < objects->n &&
	       key(adit_objects_at(objects, low + *n)) == id)
		++*n;
	return *n ? adit_objects_at(objects, low) : NULL;
}

static uint32_t id_of_peer(const void *obj)
{
	return ((const struct adit_peer *)obj)->id;
}

static uint32_t peer_of_child(const void *obj)
{
	return ((const struct adit_child *)obj)->peer;
}

static uint32_t child_of_sa(const void *obj)
{
	return ((const struct adit_sa *)obj)->child;
}

const struct adit_child *tree_children(const struct tree *tree,
				       const struct adit_peer *peer, size_t *n)
{
	return find(&tree->children, peer_of_child, peer->id, n);
}

const struct adit_sa *tree_sas(const struct tree *tree,
			       const struct adit_child *child, size_t *n)
{
	return find(&tree->sas, child_of_sa, child->id, n);
}

static uint32_t id_of_socket(const void *obj)
{
	return ((const struct adit_socket *)obj)->id;
}

const struct adit_socket *tree_socket(const struct tree *tree,
				      const struct adit_peer *peer)
{
	const struct adit_socket *socket = NULL;
	size_t n;

	if (field_has(peer, ADIT_A_PEER_SOCKET))
		socket = find(&tree->sockets, id_of_socket, peer->socket, &n);
	/*
	 * An interface that was made in another namespace has its sockets
	 * there, and the ids here are those of others.
	 */
	if (socket && (socket->encap != peer->encap ||
		       socket->local_port != peer->local_port))
		return NULL;
	return socket;
}

size_t tree_ready(const struct tree *tree)
{
	size_t ready = 0;

	for (size_t i = 0; i < tree->children.n; i++) {
		const struct adit_child *child =
			adit_objects_at(&tree->children, i);
		size_t n_sas, n;
		const struct adit_sa *sas = tree_sas(tree, child, &n_sas);
		const struct adit_peer *peer =
			find(&tree->peers, id_of_peer, child->peer, &n);

		ready += verdict_child(child, peer,
				       peer ? tree_socket(tree, peer) : NULL,
				       sas, n_sas)
				 .level != VERDICT_BAD;
	}
	return ready;
}

static struct json_object *child_json(const struct tree *tree,
				      const struct adit_child *child,
				      const struct adit_peer *peer)
{
	struct json_object *json = json_of(&set_child, child);
	struct json_object *array = json_object_new_array();
	size_t n;
	const struct adit_sa *sas = tree_sas(tree, child, &n);
	struct verdict verdict =
		verdict_child(child, peer, tree_socket(tree, peer), sas, n);

	json_add(json, "ready",
		 json_object_new_boolean(verdict.level != VERDICT_BAD));
	json_add(json, "verdict", json_object_new_string(verdict.text));
	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_of(&set_sa, &sas[i]));
	json_add(json, "sa", array);
	return json;
}

static struct json_object *peer_json(const struct tree *tree,
				     const struct adit_peer *peer)
{
	struct json_object *json = json_of(&set_peer, peer);
	struct json_object *array = json_object_new_array();
	const struct adit_child *children;
	size_t n;

	children = tree_children(tree, peer, &n);
	for (size_t i = 0; i < n; i++)
		json_object_array_add(array,
				      child_json(tree, &children[i], peer));
	json_add(json, "child", array);
	return json;
}

struct json_object *tree_json(const struct tree *tree)
{
	struct json_object *json = json_of(&set_dev, tree->dev);
	struct json_object *array = json_object_new_array();

	json_add(json, "up", json_object_new_boolean(tree->up));
	for (size_t i = 0; i < tree->peers.n; i++)
		json_object_array_add(
			array,
			peer_json(tree, adit_objects_at(&tree->peers, i)));
	json_add(json, "peer", array);
	return json;
}
