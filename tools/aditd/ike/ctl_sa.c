// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE SAs and their children as VICI shows them: list-sas. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../crypto/alg.h"
#include "ctl_client.h"

enum { COUNTERS_MAX = 1 << 20 };

const char *ctl_sa_name(const struct ike_sa *sa)
{
	return sa->conn ? sa->conn->name : "(unnamed)";
}

static const char *alg_name(uint8_t type, uint16_t id, char buf[16])
{
	const struct crypto_alg *alg = crypto_alg(type, id);

	if (alg)
		return alg->name;
	snprintf(buf, 16, "%u", id);
	return buf;
}

static void put_alg(struct setting *parent, const char *name, uint8_t type,
		    uint16_t id)
{
	char buf[16];

	if (id)
		ctl_put(parent, name, "%s", alg_name(type, id, buf));
}

static void put_addke(struct setting *to, const uint16_t *addke)
{
	char name[8];

	for (unsigned int i = 0; i < PROPOSAL_ADDKE_MAX; i++) {
		snprintf(name, sizeof(name), "ke%u", i + 1);
		put_alg(to, name, TRANSFORM_KE, addke[i]);
	}
}

static void put_encr(struct setting *parent, uint16_t id, uint16_t bits)
{
	put_alg(parent, "encr-alg", TRANSFORM_ENCR, id);
	if (bits)
		ctl_put(parent, "encr-keysize", "%u", bits);
}

static void put_ident(struct setting *parent, const char *name,
		      const struct ident *id)
{
	char text[IDENT_TEXT_SIZE];

	ctl_put(parent, name, "%s",
		id->type == IDENT_ANY ? "%any" : ident_show(id, text));
}

static void put_host(struct setting *parent, const char *name,
		     const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	ctl_put(parent, name, "%s",
		addr->len ? addr_digits(addr, text) : "%any");
}

static uint64_t seconds(uint64_t from, uint64_t to)
{
	return to > from ? (to - from) / 1000 : 0;
}

static void put_until(struct setting *parent, const char *name, uint64_t now,
		      uint64_t at)
{
	if (at)
		ctl_put(parent, name, "%" PRIu64, seconds(now, at));
}

void ctl_put_hosts(struct setting *to, const struct ike_sa *sa)
{
	put_host(to, "local-host", &sa->path.local);
	ctl_put(to, "local-port", "%u", sa->path.local_port);
	put_host(to, "remote-host", &sa->path.remote);
	ctl_put(to, "remote-port", "%u", sa->path.remote_port);
}

static void put_ends(struct setting *to, const struct ike_sa *sa)
{
	put_host(to, "local-host", &sa->path.local);
	ctl_put(to, "local-port", "%u", sa->path.local_port);
	put_ident(to, "local-id", &sa->local_id);
	put_host(to, "remote-host", &sa->path.remote);
	ctl_put(to, "remote-port", "%u", sa->path.remote_port);
	put_ident(to, "remote-id", &sa->remote_id);
	if (sa->eap_id.type != IDENT_ANY)
		put_ident(to, "remote-eap-id", &sa->eap_id);
	if (sa->initiator)
		ctl_put(to, "initiator", "yes");
	ctl_put(to, "initiator-spi", "%016" PRIx64, sa->spi_i);
	ctl_put(to, "responder-spi", "%016" PRIx64, sa->spi_r);
	if (sa->nat_here)
		ctl_put(to, "nat-local", "yes");
	if (sa->nat_there)
		ctl_put(to, "nat-remote", "yes");
	if (sa->nat_here || sa->nat_there)
		ctl_put(to, "nat-any", "yes");
}

static void put_adit(struct setting *to, const struct ike_sa *sa)
{
	static const char *const encaps[] = { [ENCAP_AUTO] = "none",
					      [ENCAP_UDP] = "udp",
					      [ENCAP_TCP] = "tcp",
					      [ENCAP_NONE] = "none" };
	char text[256];

	ctl_put(to, "interface", "%s", sa->interface);
	ctl_put(to, "encapsulation", "%s", encaps[sa->encap]);
	ctl_put(to, "tries", "%u", sa->tries);
	ike_sa_waits(sa, text, sizeof(text));
	if (*text)
		ctl_put(to, "waits-for", "%s", text);
}

static void put_vips(struct setting *to, const char *name,
		     const struct addrs *vips)
{
	struct setting *list = vips->n ? ctl_list(to, name) : NULL;
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < vips->n; i++)
		ctl_put(list, NULL, "%s", addr_digits(&vips->list[i], text));
}

struct setting *ctl_put_sa(struct ctl *ctl, struct setting *parent,
			   const char *name, const struct ike_sa *sa,
			   unsigned int flags)
{
	uint64_t now = ctl->ops->now(ctl->world);
	struct setting *to = ctl_section(parent, name);

	ctl_put(to, "uniqueid", "%u", sa->unique);
	ctl_put(to, "version", "%u", sa->version);
	ctl_put(to, "state", "%s", ike_state_name(sa->state));
	put_ends(to, sa);
	put_encr(to, sa->algs.encr, sa->algs.encr_bits);
	put_alg(to, "integ-alg", TRANSFORM_INTEG, sa->algs.integ);
	put_alg(to, "prf-alg", TRANSFORM_PRF, sa->algs.prf);
	put_alg(to, "dh-group", TRANSFORM_KE, sa->algs.dh);
	put_addke(to, sa->algs.addke);
	if (sa->algs.ppk)
		ctl_put(to, "ppk", "yes");
	if (sa->resumed)
		ctl_put(to, "resumed", "yes");
	if (sa->state == IKE_ESTABLISHED || sa->state == IKE_REKEYED) {
		ctl_put(to, "established", "%" PRIu64,
			seconds(sa->established, now));
		put_until(to, "rekey-time", now, sa->rekey_at);
		put_until(to, "reauth-time", now, sa->reauth_at);
	}
	put_vips(to, "local-vips", &sa->vips.local);
	put_vips(to, "remote-vips", &sa->vips.remote);
	if (flags & CTL_WITH_ADIT)
		put_adit(to, sa);
	return to;
}

/* As they are sorted: by SPI, then the direction, then the device. */
static int compare(const void *a, const void *b)
{
	const struct ctl_counter *one = a, *other = b;

	if (one->spi != other->spi)
		return one->spi < other->spi ? -1 : 1;
	if (one->inbound != other->inbound)
		return one->inbound ? 1 : -1;
	return strcmp(one->interface, other->interface);
}

static void put_traffic(struct setting *to, const struct child_sa *child,
			uint32_t spi, bool inbound,
			const struct ctl_counters *counters)
{
	const struct ctl_counter *found = NULL;
	struct ctl_counter key = { .spi = spi, .inbound = inbound };

	snprintf(key.interface, sizeof(key.interface), "%s",
		 child->ike->interface);
	if (counters && counters->n)
		found = bsearch(&key, counters->list, counters->n, sizeof(key),
				compare);

	ctl_put(to, inbound ? "bytes-in" : "bytes-out", "%" PRIu64,
		found ? found->bytes : 0);
	ctl_put(to, inbound ? "packets-in" : "packets-out", "%" PRIu64,
		found ? found->packets : 0);
	if (found && found->idle_seconds != UINT64_MAX)
		ctl_put(to, inbound ? "use-in" : "use-out", "%" PRIu64,
			found->idle_seconds);
}

void ctl_put_child(struct ctl *ctl, struct setting *parent, const char *name,
		   const struct child_sa *child,
		   const struct ctl_counters *counters)
{
	uint64_t now = ctl->ops->now(ctl->world);
	struct setting *to = ctl_section(parent, name);

	ctl_put(to, "name", "%s", child->conf->name);
	ctl_put(to, "uniqueid", "%u", child->unique);
	ctl_put(to, "reqid", "%u", child->id);
	ctl_put(to, "state", "%s", child_state_name(child->state));
	ctl_put(to, "mode", "%s",
		child->mode == MODE_TRANSPORT ? "TRANSPORT" : "TUNNEL");
	ctl_put(to, "protocol", "%s",
		child->protocol == PROTOCOL_AH ? "AH" : "ESP");
	if (child->ike->encap == ENCAP_UDP || child->ike->encap == ENCAP_TCP)
		ctl_put(to, "encap", "yes");
	ctl_put(to, "spi-in", "%08x", child->spi_in);
	ctl_put(to, "spi-out", "%08x", child->spi_out);
	if (child->cpi_in)
		ctl_put(to, "cpi-in", "%04x", child->cpi_in);
	if (child->cpi_out)
		ctl_put(to, "cpi-out", "%04x", child->cpi_out);
	put_encr(to, child->encr, child->encr_bits);
	put_alg(to, "integ-alg", TRANSFORM_INTEG, child->integ);
	put_alg(to, "dh-group", TRANSFORM_KE, child->dh);
	put_addke(to, child->addke);
	if (child->esn)
		ctl_put(to, "esn", "1");
	put_traffic(to, child, child->spi_in, true, counters);
	put_traffic(to, child, child->spi_out, false, counters);
	put_until(to, "rekey-time", now, child->rekey_at);
	put_until(to, "life-time", now, child->expire_at);
	if (child->installed)
		ctl_put(to, "install-time", "%" PRIu64,
			seconds(child->installed, now));
	ctl_put_ts(to, "local-ts", &child->local_ts);
	ctl_put_ts(to, "remote-ts", &child->remote_ts);
}

static void put_children(struct ctl_client *client, struct setting *parent,
			 const struct ike_sa *sa)
{
	const char *name = ctl_name(client->request, "child");
	uint32_t id = ctl_number(client->request, "child-id");
	struct setting *children = ctl_section(parent, "child-sas");

	for (const struct child_sa *i = sa->children; i; i = i->next) {
		char key[CONF_NAME_MAX + 16];

		if ((name && strcmp(i->conf->name, name) != 0) ||
		    (id && i->unique != id))
			continue;
		snprintf(key, sizeof(key), "%s-%u", i->conf->name, i->unique);
		ctl_put_child(client->ctl, children, key, i, &client->counters);
	}
}

static struct setting *sa_item(struct ctl_client *client, size_t at)
{
	const uint32_t *ids = client->stream.items;
	const struct ike_sa *sa = engine_ike(client->ctl->engine, ids[at]);
	struct setting *root, *to;

	/* It went while the client was reading. */
	if (!sa)
		return NULL;
	root = ctl_root();
	to = ctl_put_sa(client->ctl, root, ctl_sa_name(sa), sa,
			ctl_yes(client->request, "adit") ? CTL_WITH_ADIT : 0);
	put_children(client, to, sa);
	return root;
}

static void items_done(struct ctl_client *client)
{
	free(client->stream.items);
}

/* What is asked of children leaves out children only, as strongSwan has it. */
static bool is_asked(const struct setting *request, const struct ike_sa *sa)
{
	const char *ike = ctl_name(request, "ike");
	uint32_t ike_id = ctl_number(request, "ike-id");

	return (!ike || strcmp(ctl_sa_name(sa), ike) == 0) &&
	       (!ike_id || sa->unique == ike_id);
}

/* The numbers of SAs that there are now; each is looked up in its turn. */
static void start_list(struct ctl_client *client)
{
	struct ctl_stream stream = { .event = CTL_LIST_SA,
				     .item = sa_item,
				     .done = items_done };
	struct ike_sa *first = engine_first(client->ctl->engine);
	uint32_t *ids;
	size_t n = 0;

	for (const struct ike_sa *i = first; i; i = i->next)
		n++;
	ids = calloc(n + 1, sizeof(*ids));
	if (!ids) {
		ctl_answer_result(client, "no memory");
		return;
	}
	for (const struct ike_sa *i = first; i; i = i->next)
		if (is_asked(client->request, i))
			ids[stream.n++] = i->unique;
	stream.items = ids;
	ctl_stream(client, &stream);
}

static bool keep(struct ctl_counters *counters,
		 const struct msg_counter *counter)
{
	struct ctl_counter *new;

	if (counters->n == counters->room) {
		size_t room = counters->room ? 2 * counters->room : 64;
		struct ctl_counter *list;

		if (room > COUNTERS_MAX)
			return false;
		list = realloc(counters->list, room * sizeof(*list));
		if (!list)
			return false;
		counters->list = list;
		counters->room = room;
	}
	new = &counters->list[counters->n++];
	*new = (struct ctl_counter){ .spi = counter->spi,
				     .inbound = counter->inbound,
				     .bytes = counter->bytes,
				     .packets = counter->packets,
				     .idle_seconds = counter->idle_seconds };
	snprintf(new->interface, sizeof(new->interface), "%s",
		 counter->interface);
	return true;
}

static void on_counters(void *arg, const struct msg_counter *list, size_t n,
			bool last)
{
	struct ctl_client *client = arg;
	struct ctl_counters *counters = &client->counters;

	if (client->closing)
		return;
	for (size_t i = 0; i < n && keep(counters, &list[i]); i++)
		;
	if (!last)
		return;
	if (counters->n)
		qsort(counters->list, counters->n, sizeof(*counters->list),
		      compare);
	start_list(client);
}

/* Without what the kernel counts, if that can't be had. */
void ctl_list_sas(struct ctl_client *client, const struct setting *request)
{
	struct ctl *ctl = client->ctl;
	struct err err;

	(void)request;
	if (!engine_first(ctl->engine) ||
	    ctl->ops->counters(ctl->world, "", on_counters, client, &err))
		start_list(client);
}
