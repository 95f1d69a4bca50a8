// SPDX-License-Identifier: GPL-2.0-or-later
/* adit spi: SPIs that are reserved before the keys are known. */
#include "cmd.h"

static const struct opt alloc_opts[] = {
	OPT_DEV(sa, SA),
	OPT_ATTR(sa, SA_CHILD, "child", "ID", "the child that it is for",
		 .flags = OPT_REQUIRED),
	OPT_ATTR(sa, SA_PROTO, "proto", "PROTO",
		 "esp, or the only one of the child"),
	OPT_ATTR(sa, SA_SPI_MIN, "min", "SPI", "the lowest to pick"),
	OPT_ATTR(sa, SA_SPI_MAX, "max", "SPI", "the highest to pick"),
	OPT_ATTR(sa, SA_LARVAL_SECONDS, "hold", "TIME",
		 "how long it is kept without keys; 30s if not given"),
};

static const struct cmd subs[] = {
	{
		.word = "alloc",
		.help = "reserve an inbound SPI and print it",
		.more = "An SA that is added with that SPI completes it.\n",
		.opts = CMD_OPTS(alloc_opts),
		.genl = ADIT_CMD_SPI_ALLOC,
		.run = run_ask,
	},
};

const struct cmd cmd_spi = {
	.word = "spi",
	.help = "reserve an SPI to offer it to a peer",
	CMD_SUBS(subs),
};
