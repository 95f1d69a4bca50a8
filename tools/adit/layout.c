// SPDX-License-Identifier: GPL-2.0-or-later
/* See layout.h. */
#include "layout.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "../lib/alg.h"
#include "../lib/endpoint.h"
#include "../lib/quantity.h"

static const char *show_mtu(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_dev *dev = obj;

	snprintf(buf, FIELD_TEXT_SIZE, "%u%s", dev->mtu,
		 dev->mtu_auto ? " (auto)" : "");
	return buf;
}

static const struct part dev_parts[] = {
	{ .attr = ADIT_A_DEV_MTU, .before = "mtu ", .show = show_mtu },
	{ .attr = ADIT_A_DEV_UNDERLAY, .before = "over " },
	{ .attr = ADIT_A_DEV_FWMARK, .before = "fwmark " },
};

static const char *show_endpoints(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_peer *peer = obj;
	char local[ADDR_TEXT_SIZE], remote[ADDR_TEXT_SIZE];

	snprintf(buf, FIELD_TEXT_SIZE, "%s -> %s",
		 addr_show(&peer->local, local),
		 addr_show(&peer->remote, remote));
	return buf;
}

static const char *show_encap(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_peer *peer = obj;
	char number[16];

	if (peer->encap == ADIT_ENCAP_NONE)
		return "plain ESP";
	snprintf(buf, FIELD_TEXT_SIZE, "%s %u -> %u",
		 names_show(&names_encap, peer->encap, number, sizeof(number)),
		 peer->local_port, peer->remote_port);
	return buf;
}

static const char *show_peer_socket(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_peer *peer = obj;

	if (peer->encap == ADIT_ENCAP_NONE)
		return "";
	if (!field_has(peer, ADIT_A_PEER_SOCKET))
		return "waits for a socket";
	snprintf(buf, FIELD_TEXT_SIZE, "socket %u", peer->socket);
	return buf;
}

/* What is not as it would be if nothing was said. */
static const char *show_keepalive(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_peer *peer = obj;
	char text[QUANTITY_TEXT_SIZE];

	if (peer->encap != ADIT_ENCAP_UDP ||
	    peer->keepalive == ADIT_DEFAULT_KEEPALIVE)
		return "";
	if (!peer->keepalive)
		return "no keepalive";
	snprintf(buf, FIELD_TEXT_SIZE, "keepalive %s",
		 quantity_seconds(peer->keepalive, text));
	return buf;
}

static const char *show_roam(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_peer *peer = obj;
	bool usual = peer->encap != ADIT_ENCAP_NONE;

	(void)buf;
	if (peer->roam == usual)
		return "";
	return peer->roam ? "roams" : "does not roam";
}

/* A list shows all of these, the tree has some in the lines around. */
static const struct part peer_parts[] = {
	{ .attr = ADIT_A_PEER_IFINDEX },
	{ .attr = ADIT_A_PEER_ID, .when = PART_IF_THERE, .before = "peer " },
	{ .show = show_endpoints },
	{ .attr = ADIT_A_PEER_ENCAP, .when = PART_IF_THERE, .show = show_encap },
	{ .show = show_peer_socket },
	{ .attr = ADIT_A_PEER_KEEPALIVE,
	  .when = PART_IF_THERE,
	  .show = show_keepalive },
	{ .attr = ADIT_A_PEER_ROAM, .when = PART_IF_THERE, .show = show_roam },
	{ .attr = ADIT_A_PEER_PATH_MTU, .before = "path mtu " },
	{ .attr = ADIT_A_PEER_CHILDREN,
	  .when = PART_IF_THERE,
	  .before = "children " },
};

static const char *show_socket_ends(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_socket *socket = obj;
	char local[ENDPOINT_TEXT_SIZE], remote[ENDPOINT_TEXT_SIZE];

	endpoint_show(&socket->local, socket->local_port, local);
	if (!field_has(socket, ADIT_A_SOCKET_REMOTE)) {
		snprintf(buf, FIELD_TEXT_SIZE, "%s", local);
		return buf;
	}
	snprintf(buf, FIELD_TEXT_SIZE, "%s -> %s", local,
		 endpoint_show(&socket->remote, socket->remote_port, remote));
	return buf;
}

static const char *show_socket_state(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_socket *socket = obj;

	if (socket->state == ADIT_SOCKET_STATE_OPEN &&
	    socket->encap == ADIT_ENCAP_TCP)
		return "connected";
	if (socket->state != ADIT_SOCKET_STATE_WAITING || !socket->error)
		return names_show(&names_socket_state, socket->state, buf,
				  FIELD_TEXT_SIZE);
	snprintf(buf, FIELD_TEXT_SIZE, "waiting: %s",
		 strerror((int)socket->error));
	return buf;
}

static const char *show_marker(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_socket *socket = obj;

	(void)buf;
	return socket->marker ? "" : "IKE only";
}

static const char *show_own(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_socket *socket = obj;

	(void)buf;
	return socket->own ? "" : "handed over";
}

static const struct part socket_parts[] = {
	{ .attr = ADIT_A_SOCKET_ID, .when = PART_IF_THERE, .before = "socket " },
	{ .attr = ADIT_A_SOCKET_ENCAP },
	{ .show = show_socket_ends },
	{ .attr = ADIT_A_SOCKET_STATE,
	  .when = PART_IF_THERE,
	  .show = show_socket_state },
	{ .attr = ADIT_A_SOCKET_OWN, .when = PART_IF_THERE, .show = show_own },
	{ .attr = ADIT_A_SOCKET_MARKER,
	  .when = PART_IF_THERE,
	  .show = show_marker },
	{ .attr = ADIT_A_SOCKET_PEERS,
	  .when = PART_IF_THERE,
	  .before = "peers " },
	{ .attr = ADIT_A_SOCKET_IKE, .before = "IKE " },
	{ .attr = ADIT_A_SOCKET_IKE_DROPPED, .before = "IKE dropped " },
	{ .attr = ADIT_A_SOCKET_DROPPED, .before = "dropped " },
	{ .attr = ADIT_A_SOCKET_KEEPALIVES, .before = "keepalives " },
	{ .attr = ADIT_A_SOCKET_QUEUED, .before = "queued " },
};

/* As many selectors as fit, then how many more there are. */
static void show_some(const struct field_list *list, char *buf, size_t size)
{
	const struct adit_selector *ts = list->items;
	char text[SELECTOR_TEXT_SIZE];
	size_t len = 0;

	snprintf(buf, size, "any");
	for (size_t i = 0; i < list->n; i++) {
		selector_show(&ts[i], text);
		/* Leave room for the number. */
		if (len + strlen(text) + 16 > size) {
			snprintf(buf + len, size - len, ",+%zu", list->n - i);
			return;
		}
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					i ? "," : "", text);
	}
}

static const char *show_ts(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_child *child = obj;
	char local[60], remote[60];

	show_some(&child->local_ts, local, sizeof(local));
	show_some(&child->remote_ts, remote, sizeof(remote));
	snprintf(buf, FIELD_TEXT_SIZE, "%s -> %s", local, remote);
	return buf;
}

static const char *show_protocols(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_child *child = obj;

	if (!field_has(child, ADIT_A_CHILD_PROTOCOLS) ||
	    child->protocols == ADIT_PROTOCOLS_ESP)
		return "";
	return names_show(&names_protocols, child->protocols, buf,
			  FIELD_TEXT_SIZE);
}

static const char *show_icmp_errors(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_child *child = obj;

	(void)buf;
	return child->icmp_errors ? "" : "no icmp errors";
}

static const struct part child_parts[] = {
	{ .attr = ADIT_A_CHILD_IFINDEX },
	{ .attr = ADIT_A_CHILD_PEER, .when = PART_IF_THERE, .before = "peer " },
	{ .attr = ADIT_A_CHILD_ID, .when = PART_IF_THERE, .before = "child " },
	{ .show = show_ts },
	{ .attr = ADIT_A_CHILD_MODE },
	{ .show = show_protocols },
	{ .attr = ADIT_A_CHILD_PRIORITY, .before = "priority " },
	{ .attr = ADIT_A_CHILD_HOLD_SECONDS, .before = "hold " },
	{ .attr = ADIT_A_CHILD_ICMP_ERRORS,
	  .when = PART_IF_THERE,
	  .show = show_icmp_errors },
	{ .attr = ADIT_A_CHILD_HELD, .after = " held" },
	{ .attr = ADIT_A_CHILD_SPI_OUT, .before = "out " },
	{ .attr = ADIT_A_CHILD_SAS, .when = PART_IF_THERE, .before = "SAs " },
};

static const char *show_state(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	if (sa->state == ADIT_SA_STATE_VALID)
		return "";
	return names_show(&names_sa_state, sa->state, buf, FIELD_TEXT_SIZE);
}

static const char *show_alg(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	if (!field_has(sa, ADIT_A_SA_INTEG))
		return "";
	return alg_show(sa->encr, sa->encr_key_bits, sa->integ, buf);
}

static const char *show_proto(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	(void)buf;
	return sa->proto == IPPROTO_AH ? "ah" : "";
}

static const char *show_legacy_sa(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	(void)buf;
	return sa->legacy ? "LEGACY" : "";
}

static const char *show_esn(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	(void)buf;
	return sa->esn ? "esn" : "no esn";
}

static const char *show_use(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	if (sa->dir == ADIT_DIR_OUT)
		return sa->active ? "active" : "standby";
	if (!field_has(sa, ADIT_A_SA_REPLAY_WINDOW))
		return "";
	snprintf(buf, FIELD_TEXT_SIZE, "window %u", sa->replay_window);
	return buf;
}

static const char *show_age(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	return quantity_seconds_near(sa->age_seconds, buf);
}

static const char *show_idle(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;
	char seconds[QUANTITY_TEXT_SIZE];

	if (!field_has(sa, ADIT_A_SA_IDLE_SECONDS))
		return sa->state == ADIT_SA_STATE_LARVAL ? "" : "never used";
	snprintf(buf, FIELD_TEXT_SIZE, "idle %s",
		 quantity_seconds_near(sa->idle_seconds, seconds));
	return buf;
}

static const char *show_nat_oa(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;
	char local[ADDR_TEXT_SIZE], remote[ADDR_TEXT_SIZE];

	if (!sa->nat_oa_local.len && !sa->nat_oa_remote.len)
		return "";
	snprintf(buf, FIELD_TEXT_SIZE, "nat-oa %s -> %s",
		 addr_digits(&sa->nat_oa_remote, remote),
		 addr_digits(&sa->nat_oa_local, local));
	return buf;
}

/* "soft 50m 10G", from three rows of the limits that follow each other. */
static const char *show_limits(const struct adit_limits *limits,
			       unsigned int first, char buf[FIELD_TEXT_SIZE])
{
	static const char *const after[] = { "", "", " packets" };
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(after); i++) {
		const struct field *field = field_find(&set_limits, first + i);
		char text[FIELD_TEXT_SIZE];

		if (!field || !field_number(field, limits))
			continue;
		len += (size_t)snprintf(buf + len, FIELD_TEXT_SIZE - len,
					"%s%s%s", len ? " " : "",
					field_show(field, limits, text),
					after[i]);
	}
	return buf;
}

static const char *show_soft(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	return show_limits(&sa->limits, ADIT_A_LIMITS_SOFT_SECONDS, buf);
}

static const char *show_hard(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_sa *sa = obj;

	return show_limits(&sa->limits, ADIT_A_LIMITS_HARD_SECONDS, buf);
}

static const struct part sa_parts[] = {
	{ .attr = ADIT_A_SA_IFINDEX },
	{ .attr = ADIT_A_SA_CHILD, .when = PART_IF_THERE, .before = "child " },
	{ .attr = ADIT_A_SA_DIR },
	{ .attr = ADIT_A_SA_SPI },
	{ .attr = ADIT_A_SA_STATE, .show = show_state },
	{ .show = show_proto },
	{ .show = show_alg },
	{ .attr = ADIT_A_SA_IPCOMP },
	{ .show = show_legacy_sa },
	{ .attr = ADIT_A_SA_ESN, .when = PART_IF_THERE, .show = show_esn },
	{ .show = show_use },
	{ .attr = ADIT_A_SA_SEQUENCE, .when = PART_IF_THERE, .before = "seq " },
	{ .attr = ADIT_A_SA_AGE_SECONDS,
	  .when = PART_IF_THERE,
	  .before = "age ",
	  .show = show_age },
	{ .show = show_idle },
	{ .attr = ADIT_A_SA_TFC_PADDING, .before = "tfc " },
	{ .show = show_nat_oa },
	{ .attr = ADIT_A_SA_LIMITS, .before = "soft ", .show = show_soft },
	{ .attr = ADIT_A_SA_LIMITS, .before = "hard ", .show = show_hard },
};

static const struct part sa_more_parts[] = {
	{ .attr = ADIT_A_SA_OVERHEAD, .before = "overhead " },
	{ .attr = ADIT_A_SA_MTU, .before = "mtu " },
	{ .attr = ADIT_A_SA_BACKEND, .before = "by " },
};

static const char *show_key_bits(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_alg *alg = obj;
	const uint16_t *bits = alg->key_bits.items;
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < alg->key_bits.n && len < FIELD_TEXT_SIZE; i++)
		len += (size_t)snprintf(buf + len, FIELD_TEXT_SIZE - len,
					"%s%u", i ? "," : "", bits[i]);
	return buf;
}

static const char *show_usable(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_alg *alg = obj;

	(void)buf;
	return alg->usable ? "usable" : "NOT IN THIS KERNEL";
}

static const char *show_aead(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_alg *alg = obj;

	(void)buf;
	return alg->aead ? "aead" : "";
}

static const char *show_legacy_alg(const void *obj, char buf[FIELD_TEXT_SIZE])
{
	const struct adit_alg *alg = obj;

	(void)buf;
	return alg->legacy ? "LEGACY" : "";
}

static const struct part alg_parts[] = {
	{ .attr = ADIT_A_ALG_TRANSFORM },
	{ .attr = ADIT_A_ALG_NAME },
	{ .attr = ADIT_A_ALG_ID, .when = PART_IF_THERE, .before = "id " },
	{ .attr = ADIT_A_ALG_KEY_BITS,
	  .before = "key ",
	  .after = " bits",
	  .show = show_key_bits },
	{ .attr = ADIT_A_ALG_SALT_LEN, .before = "salt " },
	{ .attr = ADIT_A_ALG_IV_LEN, .before = "iv " },
	{ .attr = ADIT_A_ALG_ICV_LEN, .before = "icv " },
	{ .attr = ADIT_A_ALG_AEAD, .show = show_aead },
	{ .show = show_legacy_alg },
	{ .attr = ADIT_A_ALG_USABLE,
	  .when = PART_IF_THERE,
	  .show = show_usable },
};

static const struct part net_parts[] = {
	{ .attr = ADIT_A_NET_VERSION, .before = "module version " },
	{ .attr = ADIT_A_NET_SAS, .when = PART_IF_THERE, .after = " SAs" },
	{ .attr = ADIT_A_NET_UNKNOWN_SPI,
	  .when = PART_IF_THERE,
	  .after =
		  " packets of an unknown SPI, left to the kernel's own IPsec" },
	{ .attr = ADIT_A_NET_TRUNCATED,
	  .when = PART_IF_THERE,
	  .after = " truncated packets" },
};

/* Without so many of the first and of the last parts. */
#define LAYOUT(id, rows, first, last)                     \
	const struct layout layout_##id = {               \
		.parts = (rows) + (first),                \
		.n = ARRAY_SIZE(rows) - (first) - (last), \
	}

LAYOUT(dev, dev_parts, 0, 0);
LAYOUT(peer, peer_parts, 2, 6);
LAYOUT(peer_way, peer_parts, 3, 4);
LAYOUT(peer_more, peer_parts, 5, 1);
LAYOUT(socket_state, socket_parts, 3, 8);
LAYOUT(child, child_parts, 4, 3);
LAYOUT(sa, sa_parts, 2, 0);
LAYOUT(sa_more, sa_more_parts, 0, 0);
LAYOUT(net, net_parts, 0, 0);

static LAYOUT(peer_list, peer_parts, 0, 0);
static LAYOUT(socket_list, socket_parts, 0, 0);
static LAYOUT(child_list, child_parts, 0, 0);
static LAYOUT(sa_list, sa_parts, 0, 0);
static LAYOUT(alg_list, alg_parts, 0, 0);

const struct layout *layout_of_list(const struct field_set *set)
{
	static const struct {
		const struct field_set *set;
		const struct layout *layout;
	} rows[] = {
		{ &set_peer, &layout_peer_list },
		{ &set_socket, &layout_socket_list },
		{ &set_child, &layout_child_list },
		{ &set_sa, &layout_sa_list },
		{ &set_alg, &layout_alg_list },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].set == set)
			return rows[i].layout;
	return NULL;
}

void layout_selectors(const struct field_list *list)
{
	const struct adit_selector *ts = list->items;
	char buf[SELECTOR_TEXT_SIZE];

	if (!list->n)
		fputs("any", stdout);
	for (size_t i = 0; i < list->n; i++)
		printf("%s%s", i ? "," : "", selector_show(&ts[i], buf));
}
