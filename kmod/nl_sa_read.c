// SPDX-License-Identifier: GPL-2.0-only
/* What requests about SAs say; what is wrong is refused here. */

#include <net/ip.h>

#include "compat.h"
#include "attr.h"
#include "ipcomp.h"
#include "nl_sa.h"
#include "xform.h"

/**
 * adit_nl_read_sa_child() - the child that a request about an SA names
 * @info: the request
 * @child: where to; borrowed
 *
 * Context: the namespace's lock is held, as in all of this file.
 * Return: 0 or a negative error.
 */
int adit_nl_read_sa_child(struct genl_info *info, struct adit_child **child)
{
	*child = adit_nl_child(adit_nl_dev(info), info->attrs[ADIT_A_SA_CHILD],
			       "child", info->extack);
	return PTR_ERR_OR_ZERO(*child);
}

/* The protocols of a child, the one first that a packet meets first. */
static const struct adit_xform *const xforms_of[][2] = {
	[ADIT_PROTOCOLS_ESP] = { &adit_esp },
	[ADIT_PROTOCOLS_AH] = { &adit_ah },
	[ADIT_PROTOCOLS_AH_ESP] = { &adit_esp, &adit_ah },
};

static const char *const protocols_name[] = {
	[ADIT_PROTOCOLS_ESP] = "50 (ESP)",
	[ADIT_PROTOCOLS_AH] = "51 (AH)",
	[ADIT_PROTOCOLS_AH_ESP] = "50 (ESP) and 51 (AH)",
};

/**
 * adit_nl_read_sa_proto() - which of its child's protocols an SA has
 * @info: the request
 * @child: the child
 * @xform: where to
 *
 * Return: 0 or -EINVAL.
 */
int adit_nl_read_sa_proto(struct genl_info *info,
			  const struct adit_child *child,
			  const struct adit_xform **xform)
{
	const struct adit_xform *const *xforms = xforms_of[child->protocols];
	const struct nlattr *proto = info->attrs[ADIT_A_SA_PROTO];
	int i;

	*xform = xforms[0];
	if (!proto)
		return 0;
	for (i = 0; i < 2 && xforms[i]; i++) {
		*xform = xforms[i];
		if ((*xform)->proto == nla_get_u8(proto))
			return 0;
	}
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, proto,
				"proto: child %u has %s, not %u", child->id,
				protocols_name[child->protocols],
				nla_get_u8(proto));
	return -EINVAL;
}

/**
 * adit_nl_read_sa_spi() - an SA's SPI
 * @info: the request
 * @spi: where to
 *
 * Return: 0 or -EINVAL.
 */
int adit_nl_read_sa_spi(struct genl_info *info, __be32 *spi)
{
	const struct nlattr *attr = info->attrs[ADIT_A_SA_SPI];
	int err;

	err = adit_nl_need(info->attrs, ADIT_A_SA_SPI, "spi", info->extack);
	if (err)
		return err;
	*spi = nla_get_be32(attr);
	if (be32_to_cpu(*spi) >= ADIT_MIN_SPI)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"spi: 0x%x is reserved (RFC 4303, 2.1), 0x100 is the lowest",
				be32_to_cpu(*spi));
	return -EINVAL;
}

static int read_dir(struct genl_info *info, u8 *dir)
{
	int err = adit_nl_need(info->attrs, ADIT_A_SA_DIR, "dir (in 1, out 2)",
			       info->extack);

	if (!err)
		*dir = nla_get_u8(info->attrs[ADIT_A_SA_DIR]);
	return err;
}

/**
 * adit_nl_read_sa_id() - which SA a request is about
 * @info: the request
 * @id: where to
 *
 * Return: 0 or a negative error.
 */
int adit_nl_read_sa_id(struct genl_info *info, struct adit_sa_id *id)
{
	return adit_nl_read_sa_child(info, &id->child) ?:
	       read_dir(info, &id->dir) ?:
	       adit_nl_read_sa_proto(info, id->child, &id->xform) ?:
	       adit_nl_read_sa_spi(info, &id->spi);
}

static int read_window(struct genl_info *info, bool esn, u32 *window)
{
	const struct nlattr *attr = info->attrs[ADIT_A_SA_REPLAY_WINDOW];

	*window = attr ? nla_get_u32(attr) : ADIT_DEFAULT_REPLAY_WINDOW;
	if (*window > ADIT_MAX_REPLAY_WINDOW) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"replay-window: %u is more than %u",
					*window, ADIT_MAX_REPLAY_WINDOW);
		return -ERANGE;
	}
	if (esn && !*window) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "replay-window: 0 does not go with esn (RFC 4303, 3.3.3)");
		return -EINVAL;
	}
	return 0;
}

static void read_limit(struct nlattr **attrs, int type, u64 *limit)
{
	if (attrs[type])
		*limit = nla_get_u64(attrs[type]);
}

/* Change what the request names of the limits, which are filled in before. */
/**
 * adit_nl_read_sa_limits() - an SA's limits
 * @info: the request
 * @soft: soft ones, where to; those that are not named stay
 * @hard: hard ones
 *
 * Return: 0 or a negative error.
 */
int adit_nl_read_sa_limits(struct genl_info *info, struct adit_limits *soft,
			   struct adit_limits *hard)
{
	struct nlattr *attrs[ADIT_A_LIMITS_MAX + 1];
	int err;

	if (!info->attrs[ADIT_A_SA_LIMITS])
		return 0;
	err = nla_parse_nested(attrs, ADIT_A_LIMITS_MAX,
			       info->attrs[ADIT_A_SA_LIMITS],
			       adit_limits_nl_policy, info->extack);
	if (err)
		return err;
	read_limit(attrs, ADIT_A_LIMITS_SOFT_SECONDS, &soft->seconds);
	read_limit(attrs, ADIT_A_LIMITS_SOFT_BYTES, &soft->bytes);
	read_limit(attrs, ADIT_A_LIMITS_SOFT_PACKETS, &soft->packets);
	read_limit(attrs, ADIT_A_LIMITS_HARD_SECONDS, &hard->seconds);
	read_limit(attrs, ADIT_A_LIMITS_HARD_BYTES, &hard->bytes);
	read_limit(attrs, ADIT_A_LIMITS_HARD_PACKETS, &hard->packets);
	return 0;
}

/**
 * adit_nl_check_sequence() - can an SA begin where the request says?
 * @info: the request
 * @dir: ADIT_DIR_*
 * @esn: whether its sequence numbers have 64 bits
 *
 * Return: 0 or a negative error.
 */
int adit_nl_check_sequence(struct genl_info *info, u8 dir, bool esn)
{
	const struct nlattr *sequence = info->attrs[ADIT_A_SA_SEQUENCE];
	const struct nlattr *seen = info->attrs[ADIT_A_SA_REPLAY_SEEN];
	u64 last = adit_sa_last_seq(esn);

	if (seen && (!sequence || dir == ADIT_DIR_OUT)) {
		NL_SET_ERR_MSG_ATTR(info->extack, seen,
				    "replay-seen: goes with sequence and dir in only");
		return -EINVAL;
	}
	if (sequence && nla_get_u64(sequence) > last) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, sequence,
					"sequence: %llu is more than %llu",
					nla_get_u64(sequence), last);
		return -ERANGE;
	}
	return 0;
}

/**
 * adit_nl_read_tfc_padding() - to which size packets are padded
 * @info: the request
 * @id: which SA
 * @cpi: of its IPComp, or 0
 * @octets: where to; stays if the request does not say
 *
 * RFC 4303, 2.7: only where the payload itself tells its length, as an inner IP
 * header does.
 *
 * Return: 0 or a negative error.
 */
int adit_nl_read_tfc_padding(struct genl_info *info,
			     const struct adit_sa_id *id, u16 cpi, u32 *octets)
{
	const struct nlattr *attr = info->attrs[ADIT_A_SA_TFC_PADDING];

	if (!attr)
		return 0;
	if (id->xform != &adit_esp || cpi) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "tfc-padding: is of esp without ipcomp (RFC 4303, 2.7)");
		return -EINVAL;
	}
	if (id->dir == ADIT_DIR_IN) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "tfc-padding: goes with dir out only, it is the sender's (RFC 4303, 2.7)");
		return -EINVAL;
	}
	if (id->child->mode == ADIT_MODE_TRANSPORT) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "tfc-padding: needs tunnel mode, where the inner header tells its end (RFC 4303, 2.7)");
		return -EINVAL;
	}
	*octets = nla_get_u32(attr);
	if (*octets <= IP_MAX_MTU || *octets == ADIT_TFC_MTU)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"tfc-padding: %u is neither up to %u nor 0x%x, the path's size",
				*octets, IP_MAX_MTU, ADIT_TFC_MTU);
	return -ERANGE;
}

static int refuse_out_only(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[ADIT_A_SA_ACTIVE],
			    "active: goes with dir out only");
	return -EINVAL;
}

static int refuse_in_only(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[ADIT_A_SA_REPLAY_WINDOW],
			    "replay-window: goes with dir in only");
	return -EINVAL;
}

/* The AH SA that goes around an outbound ESP SA. */
static int read_ah(struct genl_info *info, const struct adit_sa_id *id,
		   struct adit_sa_out **ah)
{
	const struct nlattr *attr = info->attrs[ADIT_A_SA_AH_SPI];
	struct adit_child *child = id->child;
	struct adit_sa *sa;

	if (child->protocols != ADIT_PROTOCOLS_AH_ESP ||
	    id->dir == ADIT_DIR_IN || id->xform == &adit_ah) {
		if (!attr)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "ah-spi: is for outbound ESP of a child with ah-esp only");
		return -EINVAL;
	}
	if (!attr) {
		NL_SET_ERR_MSG_FMT(info->extack,
				   "ah-spi: is missing, child %u has AH around ESP",
				   child->id);
		return -EINVAL;
	}
	sa = adit_child_find_sa(child, ADIT_DIR_OUT, IPPROTO_AH,
				nla_get_be32(attr));
	if (!sa) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"ah-spi: child %u has no AH SA 0x%08x out",
					child->id,
					be32_to_cpu(nla_get_be32(attr)));
		return -ENOENT;
	}
	*ah = adit_sa_out(sa);
	return 0;
}

/* IPComp inside of the SA; without one of both it has none. */
static int read_ipcomp(struct genl_info *info, const struct adit_sa_id *id,
		       u16 *cpi)
{
	const struct nlattr *ipcomp = info->attrs[ADIT_A_SA_IPCOMP];
	const struct nlattr *attr = info->attrs[ADIT_A_SA_CPI];

	if (!ipcomp && !attr)
		return 0;
	if (!ipcomp) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "cpi: needs ipcomp (deflate 2)");
		return -EINVAL;
	}
	if (nla_get_u8(ipcomp) != ADIT_IPCOMP_DEFLATE) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, ipcomp,
					"ipcomp: %u is not built in, 2 (deflate) is",
					nla_get_u8(ipcomp));
		return -EOPNOTSUPP;
	}
	if (id->child->protocols == ADIT_PROTOCOLS_AH_ESP &&
	    id->xform == &adit_ah) {
		NL_SET_ERR_MSG_ATTR(info->extack, ipcomp,
				    "ipcomp: goes with the ESP SA that AH is around");
		return -EINVAL;
	}
	*cpi = attr ? nla_get_u16(attr) : ADIT_CPI_DEFLATE;
	if (*cpi >= ADIT_MIN_CPI || *cpi == ADIT_CPI_DEFLATE)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"cpi: %u is reserved (RFC 3173, 3.3), 256 is the lowest",
				*cpi);
	return -EINVAL;
}

/* Where are original addresses of use? */
static int check_nat_oa(struct genl_info *info, const struct adit_sa_id *id,
			const struct nlattr *attr, const char *name)
{
	const char *text = NULL;

	if (!attr)
		return 0;
	if (id->dir == ADIT_DIR_OUT)
		text = "goes with dir in only";
	else if (id->xform != &adit_esp)
		text = "is of esp only, ah does not go through NAT";
	else if (id->child->mode != ADIT_MODE_TRANSPORT)
		text = "needs a child in transport mode (RFC 3948, 3.1.2)";
	if (!text)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr, "%s: %s", name, text);
	return -EINVAL;
}

static int read_nat_addr(struct genl_info *info, const struct adit_sa_id *id,
			 const struct nlattr *attr, const char *name,
			 u16 *family, union adit_addr *addr)
{
	u16 known = adit_peer_end(id->child->peer)->family;
	int err;

	if (!attr)
		return 0;
	err = check_nat_oa(info, id, attr, name) ?:
	      adit_attr_unicast(attr, name, family, addr, info->extack);
	if (err)
		return err;
	if (adit_addr_is_any(*family, addr)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"%s: all zero is no address; leave out what is not known",
					name);
		return -EINVAL;
	}
	if (known && *family != known) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"%s: must be of the family of the peer, %s",
					name, known == AF_INET ? "IPv4" : "IPv6");
		return -EINVAL;
	}
	return 0;
}

/* The addresses that the other end makes checksums with (RFC 7296, 2.23.1). */
static int read_nat_oa(struct genl_info *info, const struct adit_sa_id *id,
		       struct adit_nat_oa *oa)
{
	const struct nlattr *remote = info->attrs[ADIT_A_SA_NAT_OA_REMOTE];
	const struct nlattr *local = info->attrs[ADIT_A_SA_NAT_OA_LOCAL];
	u16 family;
	int err;

	err = read_nat_addr(info, id, local, "nat-oa-local", &oa->family,
			    &oa->local);
	if (err)
		return err;
	family = oa->family;
	err = read_nat_addr(info, id, remote, "nat-oa-remote", &oa->family,
			    &oa->remote);
	if (err)
		return err;
	if (family && oa->family != family) {
		NL_SET_ERR_MSG_ATTR(info->extack, remote,
				    "nat-oa-remote: must be of the family of nat-oa-local");
		return -EINVAL;
	}
	return 0;
}

/**
 * adit_nl_read_sa_config() - what a new SA is to be
 * @info: the request
 * @id: which SA
 * @config: where to
 *
 * Return: 0 or a negative error.
 */
int adit_nl_read_sa_config(struct genl_info *info, const struct adit_sa_id *id,
			   struct adit_sa_config *config)
{
	int err;

	memset(config, 0, sizeof(*config));
	config->esn = adit_attr_bool(info->attrs[ADIT_A_SA_ESN]);
	config->active = adit_attr_bool(info->attrs[ADIT_A_SA_ACTIVE]);
	if (id->dir == ADIT_DIR_IN && config->active)
		return refuse_out_only(info);
	if (id->dir == ADIT_DIR_OUT && info->attrs[ADIT_A_SA_REPLAY_WINDOW])
		return refuse_in_only(info);
	err = adit_nl_read_keys(info, id->xform, &config->keys) ?:
	      read_ah(info, id, &config->ah) ?:
	      read_ipcomp(info, id, &config->cpi) ?:
	      read_nat_oa(info, id, &config->nat_oa) ?:
	      adit_nl_check_sequence(info, id->dir, config->esn) ?:
	      adit_nl_read_sa_limits(info, &config->soft, &config->hard);
	if (!err && id->dir == ADIT_DIR_IN)
		err = read_window(info, config->esn, &config->window);
	return err;
}
