// SPDX-License-Identifier: GPL-2.0-only
/* What older kernels need in code; empty on newer ones. */

#include <linux/atomic.h>
#include <linux/kernel.h>

#include "compat.h"

#ifdef COMPAT_EXTACK_TEXTS
/*
 * An extack's text is read when the handler has returned, in the same task and
 * before the family can go. A ring of texts is enough: it takes as many later
 * refusals as it has places, within that moment, to overwrite one, and then a
 * text is wrong, not a pointer.
 */
static char texts[64][128];
static atomic_t next;

const char *compat_extack_text(const char *fmt, ...)
{
	char *text = texts[(u32)atomic_inc_return(&next) % ARRAY_SIZE(texts)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(texts[0]), fmt, args);
	va_end(args);
	return text;
}
#endif
