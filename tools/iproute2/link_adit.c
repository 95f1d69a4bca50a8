// SPDX-License-Identifier: GPL-2.0-or-later
/* Teaches ip(8) the options of "ip link add DEV type adit". */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../lib/model.h"
#include "../lib/opt.h"
#include "../lib/quantity.h"
#include "iproute2.h"

enum { HELP_SIZE = 4096 };

#define OPT(a, w, argument, text, ...)                               \
	{                                                            \
		.word = (w), .arg = (argument), .help = (text),      \
		.set = &set_link, .attr = IFLA_ADIT_##a, __VA_ARGS__ \
	}

/*
 * A number, or "inherit" for which there is an attribute of its own, the next
 * one; both are sent, so that either word undoes the other.
 */
static void set_pair(const struct opt *opt, void *args, uint32_t value,
		     bool inherit)
{
	unsigned int attr = opt->attr;

	if (!inherit)
		field_set_number(field_find(&set_link, attr), args, value);
	field_set_number(field_find(&set_link, attr + 1), args, inherit);
}

static int parse_ttl(const struct opt *opt, void *args, const char *arg,
		     struct err *err)
{
	uint64_t value = 0;
	bool inherit = strcmp(arg, "inherit") == 0;

	if (!inherit && strcmp(arg, "auto") != 0 &&
	    quantity_parse(&value, arg, 0, UINT8_MAX, err))
		return -1;
	set_pair(opt, args, (uint32_t)value, inherit);
	return 0;
}

static int parse_dsfield(const struct opt *opt, void *args, const char *arg,
			 struct err *err)
{
	bool inherit = strcmp(arg, "inherit") == 0;
	__u32 value = 0;

	if (!inherit && rtnl_dsfield_a2n(&value, arg))
		return err_set(err, ERR_USAGE, "'%.32s' is not a DS field",
			       arg);
	set_pair(opt, args, value, inherit);
	return 0;
}

static int parse_flowlabel(const struct opt *opt, void *args, const char *arg,
			   struct err *err)
{
	bool inherit = strcmp(arg, "inherit") == 0;
	uint64_t value = 0;

	if (!inherit && quantity_parse(&value, arg, 0, 0xfffff, err))
		return -1;
	set_pair(opt, args, (uint32_t)value, inherit);
	return 0;
}

static const struct opt rows[] = {
	OPT(REMOTE, "remote", "ADDR", "the gateway's address"),
	OPT(LOCAL, "local", "ADDR",
	    "our address; the route picks one if not given"),
	OPT(ENCAP, "encap", "{ none | udp | tcp }", "what carries ESP"),
	OPT(REMOTE_PORT, "remote-port", "PORT",
	    "the gateway's UDP or TCP port; 4500 if not given"),
	OPT(LOCAL_PORT, "local-port", "PORT", "our port; 4500 if not given"),
	OPT(FWMARK, "fwmark", "MARK", "mark of the outer packets"),
	OPT(UNDERLAY, "dev", "DEV",
	    "interface that the outer packets leave by"),
	OPT(TTL, "ttl", "{ TTL | auto | inherit }",
	    "of the outer packets; auto if not given", .parse = parse_ttl),
	OPT(TTL, "hoplimit", "TTL", "the same", .parse = parse_ttl,
	    .flags = OPT_ALIAS),
	OPT(DSFIELD, "dsfield", "{ DSFIELD | inherit }",
	    "of the outer packets; inherit if not given",
	    .parse = parse_dsfield),
	OPT(DSFIELD, "tos", "DSFIELD", "the same", .parse = parse_dsfield,
	    .flags = OPT_ALIAS),
	OPT(DF, "df", "{ copy | set | unset }",
	    "Don't Fragment of outer IPv4; copy if not given"),
	OPT(FLOWLABEL, "flowlabel", "{ FLOWLABEL | inherit }",
	    "of outer IPv6; 0 if not given", .parse = parse_flowlabel),
	OPT(DECAP_DSCP, "decap-dscp", "{ on | off }",
	    "received packets get the outer DSCP; off if not given"),
};

static const struct opts opts = { rows, ARRAY_SIZE(rows) };

static void print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	char text[HELP_SIZE];

	(void)lu;
	(void)argc;
	(void)argv;
	opt_usage(&opts, "... adit", text, sizeof(text));
	fprintf(f, "%s\n\n", text);
	opt_help(&opts, text, sizeof(text));
	fprintf(f, "%s\nPeers beyond this one, and SAs: see adit(8).\n", text);
}

static int put_field(struct nlmsghdr *n, const struct field *field,
		     const struct adit_link *link)
{
	const void *at = field_at_const(field, link);
	const struct addr *addr = at;
	uint16_t be16;

	if (field->wire == WIRE_ADDR)
		return addattr_l(n, IPLINK_REQ_SIZE, field->attr, addr->octets,
				 addr->len);
	if (field->wire == WIRE_BE16) {
		be16 = htons(*(const uint16_t *)at);
		at = &be16;
	}
	return addattr_l(n, IPLINK_REQ_SIZE, field->attr, at, field->size);
}

static int parse_opt(struct link_util *lu, int argc, char **argv,
		     struct nlmsghdr *n)
{
	struct adit_link link = { 0 };
	struct err err;

	if (argc && strcmp(argv[0], "help") == 0) {
		print_help(lu, argc, argv, stdout);
		return -1;
	}
	if (opt_parse(&opts, argc, argv, &link, &err)) {
		fprintf(stderr, "Error: adit: %s\n", err.text);
		return -1;
	}
	for (size_t i = 0; i < set_link.n; i++)
		if (field_has(&link, set_link.rows[i].attr) &&
		    put_field(n, &set_link.rows[i], &link))
			return -1;
	return 0;
}

static void get_field(const struct field *field, const struct rtattr *rta,
		      struct adit_link *link)
{
	size_t len = RTA_PAYLOAD(rta);
	struct addr *addr;

	if (field->wire == WIRE_ADDR) {
		if (len != 4 && len != 16)
			return;
		addr = field_at(field, link);
		addr->len = (uint8_t)len;
		memcpy(addr->octets, RTA_DATA(rta), len);
	} else {
		if (len != field->size)
			return;
		memcpy(field_at(field, link), RTA_DATA(rta), len);
		if (field->wire == WIRE_BE16)
			field_set_number(
				field, link,
				ntohs((uint16_t)field_number(field, link)));
	}
	link->has |= BIT64(field->attr);
}

static void print_addr(const struct adit_link *link, unsigned int attr)
{
	const struct addr *addr =
		field_at_const(field_find(&set_link, attr), link);
	char buf[ADDR_TEXT_SIZE];

	if (!field_has(link, attr) || addr_is_any(addr))
		return;
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
			   field_name(&set_link, attr));
	print_color_string(PRINT_ANY, addr->len == 4 ? COLOR_INET : COLOR_INET6,
			   field_name(&set_link, attr), "%s ",
			   addr_digits(addr, buf));
}

/* By its name, but not if that is 0. */
static void print_named(const struct adit_link *link, unsigned int attr,
			const char *fmt, bool even_if_0)
{
	const struct field *field = field_find(&set_link, attr);
	char buf[FIELD_TEXT_SIZE];

	if (field_has(link, attr) && (even_if_0 || field_number(field, link)))
		print_color_string(PRINT_ANY, COLOR_NONE,
				   field_name(&set_link, attr), fmt,
				   field_show(field, link, buf));
}

static void print_number(const struct adit_link *link, unsigned int attr,
			 const char *fmt)
{
	const struct field *field = field_find(&set_link, attr);

	if (field_has(link, attr) && field_number(field, link))
		print_color_uint(PRINT_ANY, COLOR_NONE,
				 field_name(&set_link, attr), fmt,
				 (unsigned int)field_number(field, link));
}

/* A number, or inherit as the attribute after it says. */
static void print_pair(const struct adit_link *link, unsigned int attr,
		       const char *number, const char *inherit, bool even_if_0)
{
	const struct field *value = field_find(&set_link, attr);
	const struct field *flag = field_find(&set_link, attr + 1);

	if (field_number(flag, link)) {
		print_color_bool(PRINT_JSON, COLOR_NONE,
				 field_name(&set_link, attr + 1), NULL, true);
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", inherit);
	} else if (field_has(link, attr) &&
		   (even_if_0 || field_number(value, link))) {
		print_color_uint(PRINT_ANY, COLOR_NONE,
				 field_name(&set_link, attr), number,
				 (unsigned int)field_number(value, link));
	}
}

static void print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	struct adit_link link = { 0 };

	(void)lu;
	(void)f;
	if (!tb)
		return;
	for (size_t i = 0; i < set_link.n; i++)
		if (tb[set_link.rows[i].attr])
			get_field(&set_link.rows[i], tb[set_link.rows[i].attr],
				  &link);
	print_addr(&link, IFLA_ADIT_REMOTE);
	print_addr(&link, IFLA_ADIT_LOCAL);
	print_named(&link, IFLA_ADIT_ENCAP, "encap %s ", true);
	print_number(&link, IFLA_ADIT_LOCAL_PORT, "local-port %u ");
	print_number(&link, IFLA_ADIT_REMOTE_PORT, "remote-port %u ");
	print_named(&link, IFLA_ADIT_FWMARK, "fwmark %s ", false);
	print_named(&link, IFLA_ADIT_UNDERLAY, "dev %s ", false);
	print_pair(&link, IFLA_ADIT_TTL, "ttl %u ", "ttl inherit", false);
	print_pair(&link, IFLA_ADIT_DSFIELD, "dsfield %#x ", "dsfield inherit",
		   true);
	print_named(&link, IFLA_ADIT_DF, "df %s ", true);
	print_pair(&link, IFLA_ADIT_FLOWLABEL, "flowlabel %#x ",
		   "flowlabel inherit", false);
	print_named(&link, IFLA_ADIT_DECAP_DSCP, "decap-dscp %s ", false);
}

/* The only symbol that can be seen from outside. */
extern struct link_util adit_link_util;
__attribute__((visibility("default"))) struct link_util adit_link_util = {
	.id = "adit",
	.maxattr = IFLA_ADIT_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};
