// SPDX-License-Identifier: GPL-2.0-only
/* The header as its sender and its receiver agree that it is. */

#ifdef __KERNEL__
#include <linux/string.h>
#endif

#include "mutable.h"

enum {
	IP4_LEN = 20,
	IP4_TOS = 1,
	IP4_FLAGS = 6,
	IP4_TTL = 8,
	IP4_CHECKSUM = 10,
	IP4_DADDR = 16,
	IP6_LEN = 40,
	IP6_NEXT = 6,
	IP6_HOP_LIMIT = 7,
	IP6_DADDR = 24,
	ADDR6 = 16,
};

/* RFC 4302, appendix A1: the options that no router changes. */
static bool is_immutable_option(u8 type)
{
	enum {
		SECURITY = 130,
		EXTENDED_SECURITY = 133,
		COMMERCIAL_SECURITY = 134,
		ROUTER_ALERT = 148,
		SENDER_DIRECTED = 149,
	};

	switch (type) {
	case SECURITY:
	case EXTENDED_SECURITY:
	case COMMERCIAL_SECURITY:
	case ROUTER_ALERT:
	case SENDER_DIRECTED:
		return true;
	default:
		return false;
	}
}

/*
 * A source route that has addresses left: the last of them is where the packet
 * will arrive with (RFC 4302, 3.3.3.1.1.1).
 */
static void predict_daddr4(u8 *header, const u8 *option, unsigned int len)
{
	enum { LOOSE = 131, STRICT = 137, FIXED = 3, ADDR = 4 };

	if ((option[0] == LOOSE || option[0] == STRICT) &&
	    len >= FIXED + ADDR && option[2] <= len)
		memcpy(header + IP4_DADDR, option + len - ADDR, ADDR);
}

static bool clear_options4(u8 *header, unsigned int len)
{
	enum { END, NOP };
	unsigned int at = IP4_LEN, option_len;

	while (at < len && header[at] != END) {
		if (header[at] == NOP) {
			at++;
			continue;
		}
		if (len - at < 2)
			return false;
		option_len = header[at + 1];
		if (option_len < 2 || option_len > len - at)
			return false;
		if (!is_immutable_option(header[at])) {
			predict_daddr4(header, header + at, option_len);
			memset(header + at, 0, option_len);
		}
		at += option_len;
	}
	return true;
}

static bool clear4(u8 *header, unsigned int len)
{
	if (len < IP4_LEN || (header[0] & 0xf) * 4U != len)
		return false;
	header[IP4_TOS] = 0;
	memset(header + IP4_FLAGS, 0, 2);
	header[IP4_TTL] = 0;
	memset(header + IP4_CHECKSUM, 0, 2);
	return clear_options4(header, len);
}

/* An option says itself whether its data may change (RFC 8200, 4.2). */
static bool clear_options6(u8 *options, unsigned int len)
{
	enum { PAD1 = 0, MAY_CHANGE = 0x20 };
	unsigned int at = 0, option_len;

	while (at < len) {
		if (options[at] == PAD1) {
			at++;
			continue;
		}
		if (len - at < 2)
			return false;
		option_len = 2 + options[at + 1];
		if (option_len > len - at)
			return false;
		if (options[at] & MAY_CHANGE)
			memset(options + at + 2, 0, option_len - 2);
		at += option_len;
	}
	return true;
}

/*
 * As it will arrive: each router on the way swaps the destination and the next
 * address (RFC 4302, appendix A2; RFC 2460, 4.4; RFC 6275, 6.4 for type 2).
 * Other types say nothing of AH: only one that is done with can be told.
 */
static bool predict_route6(u8 *header, u8 *route, unsigned int len)
{
	enum { TYPE = 2, LEFT = 3, ADDRS = 8, TYPE_0 = 0, TYPE_2 = 2 };
	unsigned int count = (len - ADDRS) / ADDR6, left = route[LEFT];
	u8 *addrs = route + ADDRS, *next;
	u8 last[ADDR6];

	if (!left)
		return true;
	if ((route[TYPE] != TYPE_0 && route[TYPE] != TYPE_2) || left > count)
		return false;
	next = addrs + (count - left) * ADDR6;
	memcpy(last, addrs + (count - 1) * ADDR6, ADDR6);
	memmove(next + ADDR6, next, (left - 1) * ADDR6);
	memcpy(next, header + IP6_DADDR, ADDR6);
	memcpy(header + IP6_DADDR, last, ADDR6);
	route[LEFT] = 0;
	return true;
}

static bool clear_extension(u8 *header, u8 proto, u8 *ext, unsigned int len)
{
	enum { HOP_BY_HOP = 0, ROUTING = 43, DESTINATION = 60, FIXED = 2 };

	switch (proto) {
	case HOP_BY_HOP:
	case DESTINATION:
		return clear_options6(ext + FIXED, len - FIXED);
	case ROUTING:
		return predict_route6(header, ext, len);
	default:
		return false;
	}
}

static bool clear6(u8 *header, unsigned int len)
{
	unsigned int at = IP6_LEN, ext_len;
	u8 proto;

	if (len < IP6_LEN)
		return false;
	/* The version is all that is left of the first word. */
	header[0] &= 0xf0;
	memset(header + 1, 0, 3);
	header[IP6_HOP_LIMIT] = 0;
	proto = header[IP6_NEXT];
	while (at < len) {
		if (len - at < 8)
			return false;
		ext_len = (header[at + 1] + 1U) * 8;
		if (ext_len > len - at)
			return false;
		if (!clear_extension(header, proto, header + at, ext_len))
			return false;
		proto = header[at];
		at += ext_len;
	}
	return true;
}

/**
 * adit_mutable_clear() - make a header what AH's ICV is computed over
 * @header: an IPv4 header with its options, or an IPv6 header with the
 *	extension headers in front of AH; written to
 * @len: octets of it
 *
 * What routers change becomes zero, what they change predictably, the
 * destination on a source route, as it is when the packet arrives.
 *
 * Context: any.
 * Return: false if the header contradicts itself, or has an extension that
 * cannot be in front of AH.
 */
bool adit_mutable_clear(u8 *header, unsigned int len)
{
	if (!len)
		return false;
	switch (header[0] >> 4) {
	case 4:
		return clear4(header, len);
	case 6:
		return clear6(header, len);
	default:
		return false;
	}
}
