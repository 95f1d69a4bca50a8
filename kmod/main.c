// SPDX-License-Identifier: GPL-2.0-only
/* The order in which the module begins, and its reverse. */

#include <linux/module.h>

#include "compat.h"
#include "crypto.h"
#include "defer.h"
#include "dev.h"
#include "link.h"
#include "nl.h"
#include "raw.h"
#include "tcp.h"
#ifdef ADIT_SELFTEST
#include "selftest/selftest.h"
#else
static inline int adit_selftest(void)
{
	return 0;
}
#endif

static int __init adit_init(void)
{
	int err;

	err = adit_crypto_module_init();
	if (err)
		return err;
	err = adit_selftest();
	if (err)
		goto err_crypto;
	err = adit_defer_module_init();
	if (err)
		goto err_crypto;
	err = adit_link_module_init();
	if (err)
		goto err_defer;
	err = adit_raw_module_init();
	if (err)
		goto err_link;
	err = adit_nl_module_init();
	if (err)
		goto err_raw;
	return 0;

err_raw:
	adit_raw_module_exit();
err_link:
	adit_link_module_exit();
err_defer:
	adit_defer_module_exit();
err_crypto:
	adit_crypto_module_exit();
	return err;
}

static void __exit adit_exit(void)
{
	/* First what lets work in, then what is done with it. */
	adit_nl_module_exit();
	adit_raw_module_exit();
	adit_link_module_exit();
	adit_tcp_module_exit();
	adit_defer_module_exit();
	adit_crypto_module_exit();
}

module_init(adit_init);
module_exit(adit_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("IPsec as an ordinary network interface");
MODULE_VERSION(ADIT_VERSION);
MODULE_ALIAS_GENL_FAMILY(ADIT_FAMILY_NAME);
