// SPDX-License-Identifier: GPL-2.0-or-later
/* What a message says of addresses (RFC 4555, 4.2): read, and kept. */
#include "v2.h"

bool v2_said_is_host(const struct addr *addr)
{
	const uint8_t *octets = addr->octets;

	if (addr->len == 4)
		return octets[0] && octets[0] != 127 && octets[0] < 224;
	return !addr_is_any(addr) && octets[0] && octets[0] != 0xff &&
	       !(octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80);
}

static int take_update(struct v2_said *said, struct span data)
{
	said->update = true;
	return data.len ? -1 : 0;
}

static int take_addr(struct v2_said *said, struct span data, size_t len)
{
	struct addr addr = { .len = (uint8_t)len };

	said->list = true;
	if (data.len != len)
		return -1;
	memcpy(addr.octets, data.data, len);
	if (said->n < MOVE_ADDRS_MAX && v2_said_is_host(&addr))
		said->addrs[said->n++] = addr;
	return 0;
}

static int take_ip4(struct v2_said *said, struct span data)
{
	return take_addr(said, data, 4);
}

static int take_ip6(struct v2_said *said, struct span data)
{
	return take_addr(said, data, 16);
}

static int take_none(struct v2_said *said, struct span data)
{
	said->list = true;
	return data.len ? -1 : 0;
}

static int take_cookie2(struct v2_said *said, struct span data)
{
	said->cookie2 = data;
	return data.len < 8 || data.len > 64 ? -1 : 0;
}

static int take_no_nats(struct v2_said *said, struct span data)
{
	said->no_nats = data;
	said->has_no_nats = true;
	return data.len == 2 * 4 + 4 || data.len == 2 * 16 + 4 ? 0 : -1;
}

static int take_natd(struct v2_said *said, struct span data)
{
	said->has_natd = true;
	return data.len ? 0 : -1;
}

static const struct {
	uint16_t type;
	int (*take)(struct v2_said *said, struct span data);
} notifies[] = {
	{ NOTIFY_UPDATE_SA_ADDRESSES, take_update },
	{ NOTIFY_ADDITIONAL_IP4_ADDRESS, take_ip4 },
	{ NOTIFY_ADDITIONAL_IP6_ADDRESS, take_ip6 },
	{ NOTIFY_NO_ADDITIONAL_ADDRESSES, take_none },
	{ NOTIFY_COOKIE2, take_cookie2 },
	{ NOTIFY_NO_NATS_ALLOWED, take_no_nats },
	{ NOTIFY_NAT_DETECTION_SOURCE_IP, take_natd },
};

static int take(struct v2_said *said, const struct payload_notify *notify)
{
	for (size_t i = 0; i < ARRAY_SIZE(notifies); i++)
		if (notifies[i].type == notify->type)
			return notifies[i].take(said, notify->data);
	return 0;
}

int v2_said_read(const struct chain *chain, struct v2_said *said)
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct err err;

	*said = (struct v2_said){ 0 };
	while ((payload = chain_find(chain, PAYLOAD_NOTIFY, payload)) != NULL)
		if (payload_notify(payload->body, &notify, &err) ||
		    take(said, &notify))
			return -1;
	return 0;
}

/* With a NAT, or no word of it, what is configured counts. */
void v2_said_nat(struct ikev2_sa *sa, const struct chain *chain,
		 const struct ike_path *path)
{
	struct ike_sa *ike = &sa->ike;

	if (path->tcp)
		ike->encap = ENCAP_TCP;
	else if (ike->encap == ENCAP_TCP)
		ike->encap = ENCAP_UDP;
	if (path->tcp || ike->conn->encap == ENCAP_NONE)
		return;
	v2_read_natd_again(sa, chain, path);
	if (ike->conn->encap == ENCAP_UDP)
		ike->encap = ENCAP_UDP;
}

void v2_said_keep(struct ikev2_sa *sa, const struct v2_said *said)
{
	struct ike_move *move = &sa->ike.move;

	move->n_remotes = said->n;
	memcpy(move->remotes, said->addrs, sizeof(move->remotes));
}
