// SPDX-License-Identifier: GPL-2.0-or-later
/* Expands the generated lists into tables. */
#include "names.h"

#include <linux/adit.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "word.h"

#define ROW(value, word, text) { value, word, text },

#define NAMES(id, list, noun)                                 \
	static const struct name rows_##id[] = { list(ROW) }; \
	const struct names names_##id = {                     \
		.what = (noun),                               \
		.rows = rows_##id,                            \
		.n = ARRAY_SIZE(rows_##id),                   \
	};

NAMES(encap, ADIT_NAMES_ENCAP, "encapsulation")
NAMES(socket_state, ADIT_NAMES_SOCKET_STATE, "socket state")
NAMES(df, ADIT_NAMES_DF, "DF setting")
NAMES(mode, ADIT_NAMES_MODE, "mode")
NAMES(protocols, ADIT_NAMES_PROTOCOLS, "set of protocols")
NAMES(dir, ADIT_NAMES_DIR, "direction")
NAMES(sa_state, ADIT_NAMES_SA_STATE, "SA state")
NAMES(limit, ADIT_NAMES_LIMIT, "limit")
NAMES(transform, ADIT_NAMES_TRANSFORM, "transform type")
NAMES(encr, ADIT_NAMES_ENCR, "encryption algorithm")
NAMES(integ, ADIT_NAMES_INTEG, "integrity algorithm")
NAMES(ipcomp, ADIT_NAMES_IPCOMP, "compression")
NAMES(tfc, ADIT_NAMES_TFC, "padding")
NAMES(drop, ADIT_NAMES_DROP, "drop reason")

NAMES(a_link, ADIT_NAMES_A_LINK, "link attribute")
NAMES(a_stats, ADIT_NAMES_A_STATS, "stats attribute")
NAMES(a_drop_count, ADIT_NAMES_A_DROP_COUNT, "drop attribute")
NAMES(a_net, ADIT_NAMES_A_NET, "net attribute")
NAMES(a_dev, ADIT_NAMES_A_DEV, "dev attribute")
NAMES(a_peer, ADIT_NAMES_A_PEER, "peer attribute")
NAMES(a_socket, ADIT_NAMES_A_SOCKET, "socket attribute")
NAMES(a_selector, ADIT_NAMES_A_SELECTOR, "selector attribute")
NAMES(a_child, ADIT_NAMES_A_CHILD, "child attribute")
NAMES(a_limits, ADIT_NAMES_A_LIMITS, "limits attribute")
NAMES(a_sa, ADIT_NAMES_A_SA, "SA attribute")
NAMES(a_alg, ADIT_NAMES_A_ALG, "algorithm attribute")
NAMES(a_acquire, ADIT_NAMES_A_ACQUIRE, "acquire attribute")
NAMES(a_expire, ADIT_NAMES_A_EXPIRE, "expire attribute")
NAMES(a_unknown_spi, ADIT_NAMES_A_UNKNOWN_SPI, "unknown-spi attribute")

NAMES(cmd, ADIT_NAMES_CMD, "command")

/* IANA "Protocol Numbers"; the first row of a number is the one printed. */
#define PROTOCOLS(X)                       \
	X(IPPROTO_ICMP, "icmp", "")        \
	X(IPPROTO_IGMP, "igmp", "")        \
	X(IPPROTO_IPIP, "ipip", "")        \
	X(IPPROTO_TCP, "tcp", "")          \
	X(IPPROTO_UDP, "udp", "")          \
	X(IPPROTO_DCCP, "dccp", "")        \
	X(IPPROTO_IPV6, "ipv6", "")        \
	X(IPPROTO_GRE, "gre", "")          \
	X(IPPROTO_ESP, "esp", "")          \
	X(IPPROTO_AH, "ah", "")            \
	X(IPPROTO_ICMPV6, "icmpv6", "")    \
	X(IPPROTO_ICMPV6, "ipv6-icmp", "") \
	X(89, "ospf", "")                  \
	X(IPPROTO_PIM, "pim", "")          \
	X(112, "vrrp", "")                 \
	X(115, "l2tp", "")                 \
	X(IPPROTO_SCTP, "sctp", "")        \
	X(IPPROTO_UDPLITE, "udplite", "")

NAMES(proto, PROTOCOLS, "protocol")

const struct name *names_find(const struct names *names, uint32_t value)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->rows[i].value == value)
			return &names->rows[i];
	return NULL;
}

const char *names_word(const struct names *names, uint32_t value)
{
	const struct name *name = names_find(names, value);

	return name ? name->word : NULL;
}

const char *names_show(const struct names *names, uint32_t value, char *buf,
		       size_t size)
{
	const char *word = names_word(names, value);

	snprintf(buf, size, "%u", value);
	return word ? word : buf;
}

int names_parse(const struct names *names, const char *word, uint32_t *value,
		struct err *err)
{
	int row = word_find(word, names->rows, names->n, sizeof(*names->rows),
			    offsetof(struct name, word), names->what, err);

	if (row < 0)
		return -1;
	*value = names->rows[row].value;
	return 0;
}
