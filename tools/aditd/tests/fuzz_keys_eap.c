// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server and a peer of EAP talk, and one packet is changed on its way, or is
 * another one. If both come to an end, they have the same key.
 *
 *	methods and who is asked, which packet, then edits: op, position (2), value
 */
/* A fuzzer is built of one file. */
// NOLINTBEGIN(bugprone-suspicious-include)
#include "crypto_key.c"
#include "keys_eap_pair.c"
#include "keys_pki.c"
// NOLINTEND(bugprone-suspicious-include)

#include "../keys/mschap.h"

enum { EDITS_MAX = 24 };

enum edit_op { EDIT_XOR, EDIT_SET, EDIT_CUT, EDIT_ADD, EDIT_REPLACE, EDITS };

static struct {
	struct pki root, ends[2];
	struct span edits;
} world;

static void make_world(void)
{
	static struct mschap_providers providers;
	struct pki_spec spec = { .cn = "root", .ca = true };

	mschap_load(&providers);
	world.root = pki_make(&spec);
	spec = (struct pki_spec){ .cn = "server",
				  .san = "DNS:server.example",
				  .issuer = &world.root };
	world.ends[EAP_PAIR_SERVER] = pki_make(&spec);
	spec.san = "DNS:carol";
	world.ends[EAP_PAIR_PEER] = pki_make(&spec);
}

static bool change(struct eap_pair *pair, unsigned int from, struct buf *packet)
{
	struct span rest = world.edits;
	uint8_t op, value;
	uint16_t at;

	(void)from;
	if (pair->packets != pair->hook_arg)
		return pair->packets < 100;
	for (int i = 0; i < EDITS_MAX; i++) {
		if (!span_take_u8(&rest, &op) || !span_take_u16(&rest, &at) ||
		    !span_take_u8(&rest, &value))
			break;
		if (packet->len && op % EDITS <= EDIT_SET) {
			at %= (uint16_t)packet->len;
			packet->data[at] = op % EDITS == EDIT_SET ?
						   value :
						   packet->data[at] ^ value;
		} else if (op % EDITS == EDIT_CUT) {
			buf_cut(packet, at);
		} else if (op % EDITS == EDIT_ADD) {
			buf_add_u8(packet, value);
		} else if (op % EDITS == EDIT_REPLACE) {
			buf_cut(packet, 0);
			buf_add_span(packet, rest);
			break;
		}
	}
	/* So that more of it is looked at. */
	if (packet->len >= 4 && packet->len <= UINT16_MAX)
		buf_put_u16(packet, 2, (uint16_t)packet->len);
	return true;
}

static void put_end(struct eap_pair *pair, unsigned int end)
{
	struct keys_store *store = &pair->stores[end];
	const char *owner = "carol";
	struct err err;

	if (keys_add_shared(store, KEYS_EAP, "eap", span_of_text("a password"),
			    &owner, 1, &err) ||
	    keys_add_cert(store, world.root.cert, KEYS_CERT_CA, "/ca", &err) ||
	    keys_add_cert(store, world.ends[end].cert, KEYS_CERT_END, "/own",
			  &err) ||
	    keys_add_private(store, world.ends[end].key, NULL, &err))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const methods[] = { "eap-mschapv2", "eap-tls", "eap",
					       "eap-dynamic" };
	struct eap_pair pair;

	if (size < 2)
		return 0;
	if (!world.root.key)
		make_world();
	eap_pair_init(&pair, methods[data[0] & 3]);
	free(pair.rounds[EAP_PAIR_PEER].method);
	pair.rounds[EAP_PAIR_PEER].method = strdup(methods[data[0] >> 2 & 3]);
	pair.rounds[EAP_PAIR_SERVER].ask_eap_id = data[0] & 0x10;
	pair.now = PKI_NOW;
	put_end(&pair, EAP_PAIR_SERVER);
	put_end(&pair, EAP_PAIR_PEER);
	pair.hook = change;
	pair.hook_arg = data[1] % 16 + 1;
	world.edits = span_of(data + 2, size - 2);
	if (eap_pair_talk(&pair) && !eap_pair_auth(&pair))
		abort();
	eap_pair_end(&pair);
	eap_pair_free(&pair);
	return 0;
}
