// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What AUTH signs of IKE_INTERMEDIATE, computed here once more from the octets
 * that were sent, as RFC 9242, 3.3.2 has it: also of messages that have payloads
 * in front of what is sealed, or reserved bits, and in fragments.
 */
#include "../../tests/tap.h"
#include "../crypto/prf.h"
#include "../crypto/seal.h"
#include "ikev2_pair.h"

#define IKE "x25519-ke1_ecp256-ke3_x448"

enum { GENERIC_LEN = 4 };

/* How messages are changed before they are sent. */
static struct {
	bool payload; /* one in front of SK */
	uint8_t reserved; /* bits of SK's header */
	bool fragments;
	bool of_responder;
	struct buf own[2]; /* IntAuth of the initiator and of the responder */
	unsigned int n;
} sent;

static struct ikev2_sa *sender_of(struct pair *pair,
				  const struct pair_packet *packet)
{
	const struct ike_header *header = &packet->header;
	uint64_t own = header->flags & IKE_FLAG_INITIATOR ? header->spi_i :
							    header->spi_r;

	return v2_sa(table_find(&pair->ends[!packet->to].engine->by_spi, own));
}

static struct seal seal_of(const struct ikev2_sa *sa)
{
	bool from_i = sa->ike.initiator;

	return (struct seal){
		.encr = sa->ike.algs.encr,
		.bits = sa->ike.algs.encr_bits,
		.integ = sa->ike.algs.integ,
		.encr_key = buf_span(from_i ? &sa->keys.ei : &sa->keys.er),
		.integ_key = buf_span(from_i ? &sa->keys.ai : &sa->keys.ar),
	};
}

/* The header, and what is not sealed, up to and with the header of SK or SKF. */
static void add_clear(struct buf *out, const struct pair_packet *packet,
		      uint8_t type, uint8_t first, bool with_payload,
		      size_t sealed)
{
	struct ike_header header = packet->header;
	size_t more = with_payload ? 8 : 0;

	header.next = with_payload ? PAYLOAD_NOTIFY : type;
	header.length =
		(uint32_t)(IKE_HEADER_LEN + more + GENERIC_LEN + sealed);
	ike_header_build(out, &header);
	if (with_payload) {
		buf_add_u8(out, type);
		buf_add_u8(out, 0);
		buf_add_u16(out, 8);
		buf_add_u16(out, 0);
		buf_add_u16(out, 40000);
	}
	buf_add_u8(out, first);
	buf_add_u8(out, sent.reserved);
	buf_add_u16(out, (uint16_t)(GENERIC_LEN + sealed));
}

/* IntAuth_n = prf(SK_pn, IntAuth_(n-1) | A | P) */
static void compute(const struct ikev2_sa *sa, const struct pair_packet *packet,
		    uint8_t first, struct span plain)
{
	bool of_initiator = sa->ike.initiator;
	struct buf *own = &sent.own[of_initiator ? 0 : 1], all = BUF_INIT;
	struct span octets;
	uint8_t value[32];

	buf_add_span(&all, buf_span(own));
	add_clear(&all, packet, PAYLOAD_SK, first, sent.payload, plain.len);
	buf_add_span(&all, plain);
	octets = buf_span(&all);
	CHECK(!prf(PRF_HMAC_SHA2_256,
		   buf_span(of_initiator ? &sa->keys.pi : &sa->keys.pr),
		   &octets, 1, value));
	buf_free(own);
	buf_add_span(own, SPAN(value));
	buf_free(&all);
}

/* Seal it again, a whole one or the fragment of that number. */
static void reseal(struct ikev2_sa *sa, struct pair_packet *packet,
		   uint8_t first, struct span plain, uint16_t number)
{
	uint8_t type = number ? PAYLOAD_SKF : PAYLOAD_SK;
	size_t more = number ? 4 : 0, clear;
	struct seal seal = seal_of(sa);
	struct buf out = BUF_INIT;

	add_clear(&out, packet, type, number > 1 ? 0 : first,
		  sent.payload && number < 2,
		  more + plain.len + seal_overhead(&seal, plain.len));
	if (number) {
		buf_add_u16(&out, number);
		buf_add_u16(&out, 2);
	}
	clear = out.len;
	buf_add_span(&out, plain);
	CHECK(!seal_message(&seal, 1000000 + sa->sealed++, &out, clear));
	buf_free(&packet->octets);
	packet->octets = out;
	CHECK(!ike_header_parse(buf_span(&out), &packet->header,
				&(struct err){ 0 }));
}

static void change(struct pair *pair, struct ikev2_sa *sa,
		   struct pair_packet *packet, uint8_t first, struct span plain)
{
	struct span rest = plain, part = { 0 };

	if (!sent.fragments) {
		reseal(sa, packet, first, plain, 0);
		return;
	}
	CHECK(span_take(&rest, plain.len / 2, &part));
	reseal(sa, packet, first, rest, 2);
	pair_copy(pair, packet, 0);
	reseal(sa, packet, first, part, 1);
}

static bool on_packet(struct pair *pair, struct pair_packet *packet)
{
	bool response = packet->header.flags & IKE_FLAG_RESPONSE;
	struct ikev2_sa *sa = sender_of(pair, packet);
	size_t clear = IKE_HEADER_LEN + GENERIC_LEN;
	struct buf plain = BUF_INIT;
	struct seal seal;
	uint8_t first;

	if (packet->header.exchange != EXCHANGE_IKE_INTERMEDIATE)
		return true;
	sent.n++;
	seal = seal_of(sa);
	first = packet->octets.data[IKE_HEADER_LEN];
	CHECK(!seal_open(&seal, buf_span(&packet->octets), clear, &plain));
	if (response != sent.of_responder) {
		bool payload = sent.payload;
		uint8_t reserved = sent.reserved;

		sent.payload = false;
		sent.reserved = 0;
		compute(sa, packet, first, buf_span(&plain));
		sent.payload = payload;
		sent.reserved = reserved;
	} else {
		compute(sa, packet, first, buf_span(&plain));
		change(pair, sa, packet, first, buf_span(&plain));
		/* Its sender has to know what it has said. */
		buf_free(&sa->int_auth[response]);
		buf_add_span(&sa->int_auth[response],
			     buf_span(&sent.own[response]));
	}
	buf_free(&plain);
	return true;
}

static void check(const struct pair *pair)
{
	for (unsigned int end = 0; end < 2; end++)
		for (unsigned int i = 0; i < 2; i++)
			CHECK(span_equal(buf_span(&v2_sa(pair_ike(pair, end))
							   ->int_auth[i]),
					 buf_span(&sent.own[i])));
}

static void run(bool payload, uint8_t reserved, bool fragments,
		bool of_responder)
{
	struct pair *pair = pair_new();

	memset(&sent, 0, sizeof(sent));
	sent.payload = payload;
	sent.reserved = reserved;
	sent.fragments = fragments;
	sent.of_responder = of_responder;
	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, pair_more(pair, end, IKE, "x25519"));
	pair->hook = on_packet;
	CHECK(pair_up(pair));
	CHECK(sent.n == 4);
	if (pair_ike(pair, PAIR_A) && pair_ike(pair, PAIR_B))
		check(pair);
	buf_free(&sent.own[0]);
	buf_free(&sent.own[1]);
	pair_free(pair);
}

static void as_it_is(void)
{
	run(false, 0, false, false);
}

static void in_fragments(void)
{
	run(false, 0, true, false);
	run(false, 0, true, true);
}

static void reserved_bits(void)
{
	run(false, 0x2a, false, false);
	run(false, 0x2a, false, true);
	run(false, 0x2a, true, false);
}

static void payloads_in_front(void)
{
	run(true, 0, false, false);
	run(true, 0, false, true);
	run(true, 0x11, true, false);
	run(true, 0x11, true, true);
}

static const struct tap_test tests[] = {
	{ "IntAuth of whole messages", as_it_is },
	{ "IntAuth of fragments", in_fragments },
	{ "IntAuth has reserved bits as they came", reserved_bits },
	{ "IntAuth has payloads in front of what is sealed",
	  payloads_in_front },
};

TAP_MAIN(tests)
