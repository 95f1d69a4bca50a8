// SPDX-License-Identifier: GPL-2.0-only
/* What a request for a new SA says of algorithms and keys. */

#include "compat.h"
#include "attr.h"
#include "nl.h"
#include "xform.h"

static int read_key(struct genl_info *info, int type, const char *name,
		    const struct adit_alg *alg, const u8 **key,
		    unsigned int *len)
{
	const struct nlattr *attr = info->attrs[type];
	char lens[32];

	*key = attr ? nla_data(attr) : NULL;
	*len = attr ? nla_len(attr) : 0;
	if (adit_alg_key_len_ok(alg, *len))
		return 0;
	adit_alg_list_key_lens(alg, lens, sizeof(lens));
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"%s: has %u octets, %s takes %s", name, *len,
				alg->name, lens);
	return -EINVAL;
}

/* Old peers' algorithms are never used by accident. */
static int check_legacy(struct genl_info *info, const struct adit_alg *alg,
			int type, const char *name)
{
	if (!alg->legacy || adit_attr_bool(info->attrs[ADIT_A_SA_LEGACY]))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[type],
				"%s: %s is weak (RFC 8221), it needs legacy 1",
				name, alg->name);
	return -EOPNOTSUPP;
}

static int read_alg(struct genl_info *info, u8 transform, int type,
		    const char *name, const struct adit_alg **alg)
{
	u16 id = nla_get_u16(info->attrs[type]);
	const char *why;
	char ids[48];

	*alg = adit_alg_get(transform, id);
	if (*alg)
		return check_legacy(info, *alg, type, name);
	why = adit_alg_refused(transform, id);
	if (why) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[type],
					"%s: %s", name, why);
		return -EOPNOTSUPP;
	}
	adit_alg_list_ids(transform, ids, sizeof(ids));
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[type],
				"%s: %u is not known, %s are", name, id, ids);
	return -EOPNOTSUPP;
}

static int refuse_integ(struct genl_info *info, const struct adit_alg *encr)
{
	const struct nlattr *integ = info->attrs[ADIT_A_SA_INTEG];
	const struct nlattr *key = info->attrs[ADIT_A_SA_INTEG_KEY];

	if ((!integ || nla_get_u16(integ) == ADIT_INTEG_NONE) && !key)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, integ ?: key,
				"integ: %s protects integrity itself, give none",
				encr->name);
	return -EINVAL;
}

static int read_integ(struct genl_info *info, struct adit_keys *keys)
{
	const struct nlattr *integ = info->attrs[ADIT_A_SA_INTEG];
	char ids[48];
	int err;

	if (!integ || nla_get_u16(integ) == ADIT_INTEG_NONE) {
		adit_alg_list_ids(ADIT_TRANSFORM_INTEG, ids, sizeof(ids));
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, integ,
					"integ: is missing, %s needs one of %s",
					keys->encr ? keys->encr->name : "ah",
					ids);
		return -EINVAL;
	}
	err = read_alg(info, ADIT_TRANSFORM_INTEG, ADIT_A_SA_INTEG, "integ",
		       &keys->integ);
	if (err)
		return err;
	if (keys->encr && keys->integ->aead) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, integ,
					"integ: %s is for ah (RFC 4543, 4), with esp it is encr %u",
					keys->integ->name,
					ADIT_ENCR_NULL_AUTH_AES_GMAC);
		return -EINVAL;
	}
	return read_key(info, ADIT_A_SA_INTEG_KEY, "integ-key", keys->integ,
			&keys->integ_key, &keys->integ_key_len);
}

/* AH encrypts nothing. */
static int read_ah_keys(struct genl_info *info, struct adit_keys *keys)
{
	const struct nlattr *encr = info->attrs[ADIT_A_SA_ENCR] ?:
				    info->attrs[ADIT_A_SA_ENCR_KEY];

	if (!encr)
		return read_integ(info, keys);
	NL_SET_ERR_MSG_ATTR(info->extack, encr,
			    "encr: ah does not encrypt (RFC 4302, 1), give integ alone");
	return -EINVAL;
}

/**
 * adit_nl_read_keys() - the algorithms and keys of a request for a new SA
 * @info: the request
 * @xform: the SA's protocol
 * @keys: where to; the keys are borrowed from @info
 *
 * Return: 0, or an error that has been explained.
 */
int adit_nl_read_keys(struct genl_info *info, const struct adit_xform *xform,
		      struct adit_keys *keys)
{
	char ids[48];
	int err;

	memset(keys, 0, sizeof(*keys));
	if (xform == &adit_ah)
		return read_ah_keys(info, keys);
	if (!info->attrs[ADIT_A_SA_ENCR]) {
		adit_alg_list_ids(ADIT_TRANSFORM_ENCR, ids, sizeof(ids));
		NL_SET_ERR_MSG_FMT(info->extack,
				   "encr: is missing, it is one of %s", ids);
		return -EINVAL;
	}
	err = read_alg(info, ADIT_TRANSFORM_ENCR, ADIT_A_SA_ENCR, "encr",
		       &keys->encr) ?:
	      read_key(info, ADIT_A_SA_ENCR_KEY, "encr-key", keys->encr,
		       &keys->encr_key, &keys->encr_key_len);
	if (err)
		return err;
	return keys->encr->aead ? refuse_integ(info, keys->encr) :
				  read_integ(info, keys);
}

/**
 * adit_nl_refuse_keys() - explain what the kernel says of algorithms and keys
 * @info: the request
 * @keys: they
 * @err: of adit_crypto_init()
 *
 * Return: @err.
 */
int adit_nl_refuse_keys(struct genl_info *info, const struct adit_keys *keys,
			int err)
{
	const struct adit_alg *first = keys->encr ?: keys->integ;
	const char *name = keys->encr ? "encr" : "integ";
	const struct nlattr *alg, *key;

	alg = info->attrs[keys->encr ? ADIT_A_SA_ENCR : ADIT_A_SA_INTEG];
	key = info->attrs[keys->encr ? ADIT_A_SA_ENCR_KEY :
				       ADIT_A_SA_INTEG_KEY];
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, alg,
					"%s: this kernel lacks %s%s%s", name,
					first->crypto_name,
					keys->encr && keys->integ ? " or " : "",
					keys->encr && keys->integ ?
						keys->integ->crypto_name : "");
	else if (err != -ENOMEM)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, key,
					"%s-key: %s refuses it, error %d", name,
					first->name, err);
	return err;
}

static void wipe(struct nlattr *attr)
{
	if (attr)
		memzero_explicit(nla_data(attr), nla_len(attr));
}

/**
 * adit_nl_wipe_keys() - wipe the keys in a request for a new SA
 * @info: the request
 *
 * The message lives on in the sender's socket queue.
 */
void adit_nl_wipe_keys(struct genl_info *info)
{
	wipe(info->attrs[ADIT_A_SA_ENCR_KEY]);
	wipe(info->attrs[ADIT_A_SA_INTEG_KEY]);
}
