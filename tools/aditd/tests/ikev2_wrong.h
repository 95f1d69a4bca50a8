/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of wrong messages share: what is sealed is changed on its way, as
 * only a peer with these keys could. Static, as a check counts in the program
 * that it is part of.
 */
#ifndef ADITD_TESTS_IKEV2_WRONG_H
#define ADITD_TESTS_IKEV2_WRONG_H

#include "../../tests/tap.h"
#include "ikev2_pair.h"

enum { GENERIC_LEN = 4, IKE_HEADER_NEXT = 16, IKE_HEADER_LENGTH = 24 };

/* What is done to the first payload of that type. */
enum act {
	SET, /* @n octets at @at of its body */
	FLIP, /* those bits of one of them */
	CUT, /* behind @at octets of its body */
	DROP,
	HEADER, /* @n octets at @at of that in front, if nothing is sealed */
	INSTEAD, /* of all: this notify, with a number as its data */
	UNKNOWN, /* one more in front that is critical */
	TOO_LONG, /* longer than what is there */
};

struct change {
	enum act act;
	uint8_t type;
	size_t at;
	uint8_t value;
	size_t n;
	uint16_t notify;
};

static bool is_that(const uint8_t *payload, uint8_t type, uint16_t notify)
{
	return type != PAYLOAD_NOTIFY || !notify ||
	       (payload[6] << 8 | payload[7]) == notify;
}

/*
 * Where it is in @plain, and where its type stands; false if it is not there. Of
 * notifies the first one, if it is not said which.
 */
static bool find(struct buf *plain, uint8_t *first, uint8_t type,
		 uint16_t notify, size_t *at, uint8_t **says)
{
	*says = first;
	for (*at = 0; *at + GENERIC_LEN <= plain->len;) {
		uint8_t *octets = plain->data + *at;

		if (**says == type && is_that(octets, type, notify))
			return true;
		*says = octets;
		*at += (size_t)(octets[2] << 8 | octets[3]);
	}
	return false;
}

static void cut(struct buf *plain, size_t at, size_t keep)
{
	size_t len = (size_t)(plain->data[at + 2] << 8 | plain->data[at + 3]);

	memmove(plain->data + at + keep, plain->data + at + len,
		plain->len - at - len);
	buf_cut(plain, plain->len - (len - keep));
	if (keep)
		buf_put_u16(plain, at + 2, (uint16_t)keep);
}

static void instead(struct buf *plain, uint8_t *first, uint16_t notify)
{
	const uint8_t body[] = {
		0, 0, (uint8_t)(notify >> 8), (uint8_t)notify, 0, KE_ECP_521
	};

	buf_cut(plain, 0);
	buf_add_u16(plain, 0);
	buf_add_u16(plain, GENERIC_LEN + sizeof(body));
	buf_add(plain, body, sizeof(body));
	*first = PAYLOAD_NOTIFY;
}

static void unknown(struct buf *plain, uint8_t *first)
{
	const uint8_t payload[] = { *first, 0x80, 0, GENERIC_LEN };

	buf_extend(plain, sizeof(payload));
	memmove(plain->data + sizeof(payload), plain->data,
		plain->len - sizeof(payload));
	memcpy(plain->data, payload, sizeof(payload));
	*first = 200;
}

static void wrong_make(const struct change *change, struct buf *plain,
		       uint8_t *first)
{
	uint8_t *says;
	size_t at;

	if (change->act == INSTEAD) {
		instead(plain, first, change->notify);
	} else if (change->act == UNKNOWN) {
		unknown(plain, first);
	} else if (change->act == HEADER) {
		/* In the datagram it is in front of the first one's type. */
		memset(first - IKE_HEADER_NEXT + change->at, change->value,
		       change->n);
	} else if (!CHECK(find(plain, first, change->type, change->notify, &at,
			       &says))) {
		return;
	} else if (change->act == SET) {
		memset(plain->data + at + GENERIC_LEN + change->at,
		       change->value, change->n);
	} else if (change->act == FLIP) {
		plain->data[at + GENERIC_LEN + change->at] ^= change->value;
	} else if (change->act == CUT) {
		cut(plain, at, GENERIC_LEN + change->at);
	} else if (change->act == DROP) {
		*says = plain->data[at];
		cut(plain, at, 0);
	} else {
		buf_put_u16(plain, at + 2, UINT16_MAX);
	}
}

#define TO(type_, at_, n_, value_)                                           \
	{                                                                    \
		.act = SET, .type = PAYLOAD_##type_, .at = (at_), .n = (n_), \
		.value = (value_)                                            \
	}
#define BITS(type_, at_, value_)                                   \
	{                                                          \
		.act = FLIP, .type = PAYLOAD_##type_, .at = (at_), \
		.value = (value_)                                  \
	}
#define SHORT(type_, at_)                                        \
	{                                                        \
		.act = CUT, .type = PAYLOAD_##type_, .at = (at_) \
	}
#define NO(type_)                                    \
	{                                            \
		.act = DROP, .type = PAYLOAD_##type_ \
	}
#define WITHOUT(notify_)                             \
	{                                            \
		.act = DROP, .type = PAYLOAD_NOTIFY, \
		.notify = NOTIFY_##notify_           \
	}
#define OF_HEADER(at_, n_, value_)                                       \
	{                                                                \
		.act = HEADER, .at = (at_), .n = (n_), .value = (value_) \
	}
#define BEYOND(type_)                                    \
	{                                                \
		.act = TOO_LONG, .type = PAYLOAD_##type_ \
	}
#define SAY(notify_)                                       \
	{                                                  \
		.act = INSTEAD, .notify = NOTIFY_##notify_ \
	}

/* Where it is in a body. */
enum {
	SA_PROTOCOL = 5,
	SA_SPI_LEN = 6,
	SA_SPI = 8,
	KE_SHARE = 4,
	TS_START = 12,
	NOTIFY_SPI = 4,
};

/* To which messages it is done, and how often it is to be. */
static struct {
	uint8_t exchange;
	bool response;
	bool refused; /* the request is not even understood */
	bool bare; /* nothing is sealed */
	bool copied; /* it comes as it was, too, after that */
	const struct change *change;
	unsigned int skip, times;
} wrong;

static void wrong_edit(struct buf *plain, uint8_t *first)
{
	wrong_make(wrong.change, plain, first);
}

static void wrong_refuse(struct buf *plain, uint8_t *first)
{
	unknown(plain, first);
}

static void wrong_edit_bare(struct pair_packet *packet)
{
	struct buf *octets = &packet->octets, payloads = BUF_INIT;

	buf_add(&payloads, octets->data + IKE_HEADER_LEN,
		octets->len - IKE_HEADER_LEN);
	wrong_make(wrong.change, &payloads, &octets->data[IKE_HEADER_NEXT]);
	buf_cut(octets, IKE_HEADER_LEN);
	buf_add_span(octets, buf_span(&payloads));
	buf_put_u32(octets, IKE_HEADER_LENGTH, (uint32_t)octets->len);
	buf_free(&payloads);
}

static bool wrong_hook(struct pair *pair, struct pair_packet *packet)
{
	bool response = packet->header.flags & IKE_FLAG_RESPONSE;

	if (packet->header.exchange != wrong.exchange || !wrong.times)
		return true;
	if (response == wrong.response && wrong.skip) {
		wrong.skip--;
	} else if (response == wrong.response) {
		wrong.times--;
		if (wrong.copied)
			pair_copy(pair, packet, 1);
		if (wrong.bare)
			wrong_edit_bare(packet);
		else
			pair_edit(pair, packet, wrong_edit);
	} else if (wrong.refused) {
		pair_edit(pair, packet, wrong_refuse);
	}
	return true;
}

static void wrong_begin(struct pair *pair, uint8_t exchange, bool response,
			const struct change *change)
{
	wrong.exchange = exchange;
	wrong.response = response;
	wrong.refused = false;
	wrong.bare = false;
	wrong.copied = false;
	wrong.change = change;
	wrong.skip = 0;
	wrong.times = 1;
	pair->hook = wrong_hook;
}

static inline struct pair *wrong_connected(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	return pair;
}

/* It was done, and that end knows why what it wanted did not work. */
static inline void wrong_check(struct pair *pair, unsigned int end,
			       const char *want, const char *row)
{
	const char *why = pair_why(pair, end, "net");

	CHECK_ROW(!wrong.times, row);
	if (!CHECK_ROW(*want ? strstr(why, want) != NULL : !*why, row))
		printf("# it says: %s\n", why);
}

#endif
