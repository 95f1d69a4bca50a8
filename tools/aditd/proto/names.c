// SPDX-License-Identifier: GPL-2.0-or-later
/* See names.h. */
#include "names.h"

#include "v2.h"

#define CASE(name, number) \
	case number:       \
		return #name;

#define CASE_TEXT(name, number, text) \
	case number:                  \
		return text;

/* What is not in the list. */
static const char unknown[] = "unknown";

const char *v2_exchange_name(uint8_t exchange)
{
	switch (exchange) {
		V2_EXCHANGES(CASE)
	default:
		return unknown;
	}
}

const char *v2_payload_name(uint8_t payload)
{
	switch (payload) {
		V2_PAYLOADS(CASE_TEXT)
	default:
		return unknown;
	}
}

const char *v2_notify_name(uint16_t notify)
{
	switch (notify) {
		V2_NOTIFY_ERRORS(CASE)
		V2_NOTIFY_STATUS(CASE)
	default:
		return unknown;
	}
}

const char *v2_auth_name(uint8_t method)
{
	switch (method) {
		V2_AUTHS(CASE_TEXT)
	default:
		return unknown;
	}
}

const char *v2_id_name(uint8_t type)
{
	switch (type) {
		V2_IDS(CASE)
	default:
		return unknown;
	}
}

const char *v2_protocol_name(uint8_t protocol)
{
	switch (protocol) {
		V2_PROTOCOLS(CASE)
	default:
		return unknown;
	}
}

const char *v2_transform_name(uint8_t type)
{
	switch (type) {
		V2_TRANSFORMS(CASE)
	default:
		return unknown;
	}
}
