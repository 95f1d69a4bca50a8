// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for AES-GCM that does nothing: what is left is what a tunnel costs
 * besides its cipher. It takes the real one's place for all that ask for
 * gcm(aes) or rfc4106(gcm(aes)) while it is loaded. Ciphertext is plaintext,
 * the ICV whatever was there, and every ICV is right. The kernel's own test of
 * new ciphers must be off (cryptomgr.notests), or it would rightly refuse it.
 */

#include <crypto/internal/aead.h>
#include <linux/module.h>

static int set_key(struct crypto_aead *tfm, const u8 *key, unsigned int len)
{
	return 0;
}

static int set_authsize(struct crypto_aead *tfm, unsigned int len)
{
	return 0;
}

static int crypt(struct aead_request *req)
{
	/* All users work in place. */
	return WARN_ON_ONCE(req->src != req->dst) ? -EINVAL : 0;
}

static struct aead_alg algs[] = {
	{
		.base.cra_name = "gcm(aes)",
		.base.cra_driver_name = "gcm-null",
		.base.cra_priority = 9999,
		.base.cra_blocksize = 1,
		.base.cra_module = THIS_MODULE,
		.ivsize = 12,
		.maxauthsize = 16,
		.chunksize = 1,
		.setkey = set_key,
		.setauthsize = set_authsize,
		.encrypt = crypt,
		.decrypt = crypt,
	}, {
		.base.cra_name = "rfc4106(gcm(aes))",
		.base.cra_driver_name = "rfc4106-gcm-null",
		.base.cra_priority = 9999,
		.base.cra_blocksize = 1,
		.base.cra_module = THIS_MODULE,
		.ivsize = 8,
		.maxauthsize = 16,
		.chunksize = 1,
		.setkey = set_key,
		.setauthsize = set_authsize,
		.encrypt = crypt,
		.decrypt = crypt,
	},
};

static int __init nullaead_init(void)
{
	return crypto_register_aeads(algs, ARRAY_SIZE(algs));
}

static void __exit nullaead_exit(void)
{
	crypto_unregister_aeads(algs, ARRAY_SIZE(algs));
}

module_init(nullaead_init);
module_exit(nullaead_exit);
MODULE_DESCRIPTION("AES-GCM without cipher, for benchmarks");
MODULE_LICENSE("GPL");
