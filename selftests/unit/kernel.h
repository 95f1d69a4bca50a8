/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module's pure files need of the kernel, for userspace. */
#ifndef ADIT_UNIT_KERNEL_H
#define ADIT_UNIT_KERNEL_H

#include <endian.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef uint32_t __be32;

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

#define cpu_to_be32(x) htobe32(x)
#define be32_to_cpu(x) be32toh(x)

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))

/* ADIT_WORD32: the words of a 32-bit kernel on any machine. */
#if defined(ADIT_WORD32) || ULONG_MAX == UINT32_MAX
#define BITS_PER_LONG 32
#else
#define BITS_PER_LONG 64
#endif

static inline int fls(u32 n)
{
	return n ? 32 - __builtin_clz(n) : 0;
}

static inline u32 roundup_pow_of_two(u32 n)
{
	u32 power = 1;

	while (power < n)
		power *= 2;
	return power;
}

/* After all other headers, which mean it when they say long. */
#ifdef ADIT_WORD32
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#define long int
#endif

#endif
