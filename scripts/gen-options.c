// SPDX-License-Identifier: GPL-2.0-or-later
/* gen-options: docs/configuration.md out of tools/aditd/conf/options_*.c. */
#include "../tools/aditd/conf/option.h"

int main(void)
{
	conf_print_manual();
	return 0;
}
