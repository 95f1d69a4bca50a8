/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ip(8) and a plugin of it agree on.
 *
 * iproute2 installs no header for plugins, but its ip binary exports its own
 * functions (it is linked with -rdynamic) and, for a kind that it does not
 * know, opens LIBDIR/ip/link_KIND.so, or that in $IP_LIB_DIR, and looks there
 * for a `struct link_util KIND_link_util`. The layout of that struct and the
 * functions below have not changed from 5.0 to 6.x, so they are declared here
 * as they are in ip/ip_common.h, include/{libnetlink,json_print,rt_names}.h.
 * Only what is declared here may be used.
 */
#ifndef ADIT_IPROUTE2_H
#define ADIT_IPROUTE2_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	/* argv is what follows "type KIND"; not 0 for an error. */
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	/* tb is NULL if there is no IFLA_INFO_DATA. */
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);

/* The request that parse_opt() adds to has room for so much. */
enum { IPLINK_REQ_SIZE = 1024 };

enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

enum color_attr {
	COLOR_IFNAME,
	COLOR_MAC,
	COLOR_INET,
	COLOR_INET6,
	COLOR_OPERSTATE_UP,
	COLOR_OPERSTATE_DOWN,
	COLOR_NONE,
};

/* The key is for JSON, the format, of that one value, for text. */
int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);
int print_color_uint(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_0xhex(enum output_type type, enum color_attr color,
		      const char *key, const char *fmt,
		      unsigned long long value);
int print_color_bool(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, bool value);

/* Names of /etc/iproute2/rt_dsfield, or numbers. */
int rtnl_dsfield_a2n(__u32 *id, const char *arg);

#endif
