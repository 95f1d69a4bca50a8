// SPDX-License-Identifier: GPL-2.0-or-later
/* See cookie.h. */
#include "cookie.h"

#include "../crypto/prf.h"
#include "../proto/v2.h"

static int renew(struct cookies *cookies, const struct env *env)
{
	uint64_t now = env->ops->now(env->world);
	bool first = !cookies->ready;

	if (!first && now - cookies->made < COOKIE_LIFE_MS)
		return 0;
	cookies->version++;
	if (env->ops->random(env->world, cookies->secrets[cookies->version & 1],
			     COOKIE_SECRET_LEN))
		return -1;
	/* Both, so that nobody can guess the one that never was. */
	if (first &&
	    env->ops->random(env->world,
			     cookies->secrets[(cookies->version + 1) & 1],
			     COOKIE_SECRET_LEN))
		return -1;
	cookies->made = now;
	cookies->ready = true;
	return 0;
}

/* <VersionIDofSecret> | Hash(Ni | IPi | SPIi | <secret>), with a keyed hash. */
static int compute(const struct cookies *cookies, uint8_t version,
		   struct span nonce, const struct addr *from, uint64_t spi_i,
		   uint8_t out[COOKIE_LEN])
{
	uint8_t spi[8];
	struct span parts[] = { nonce, span_of(from->octets, from->len),
				SPAN(spi) };

	for (size_t i = 0; i < sizeof(spi); i++)
		spi[i] = (uint8_t)(spi_i >> 8 * (7 - i));
	out[0] = version;
	return prf(PRF_HMAC_SHA2_256, SPAN(cookies->secrets[version & 1]),
		   parts, ARRAY_SIZE(parts), out + 1);
}

int cookie_make(struct cookies *cookies, const struct env *env,
		struct span nonce, const struct addr *from, uint64_t spi_i,
		uint8_t out[COOKIE_LEN])
{
	if (renew(cookies, env))
		return -1;
	return compute(cookies, cookies->version, nonce, from, spi_i, out);
}

bool cookie_check(struct cookies *cookies, const struct env *env,
		  struct span nonce, const struct addr *from, uint64_t spi_i,
		  struct span cookie)
{
	uint8_t own[COOKIE_LEN];

	if (cookie.len != COOKIE_LEN || renew(cookies, env))
		return false;
	if ((uint8_t)(cookies->version - cookie.data[0]) > 1)
		return false;
	return !compute(cookies, cookie.data[0], nonce, from, spi_i, own) &&
	       crypto_equal(cookie, SPAN(own));
}

bool limit_take(struct limit *limit, uint64_t now)
{
	uint64_t back = (now - limit->at) * limit->per_second / 1000;

	if (back) {
		limit->spent = back >= limit->spent ?
				       0 :
				       limit->spent - (unsigned int)back;
		limit->at = now;
	}
	if (limit->spent >= limit->burst)
		return false;
	limit->spent++;
	return true;
}
