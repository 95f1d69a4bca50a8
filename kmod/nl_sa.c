// SPDX-License-Identifier: GPL-2.0-only
/* Requests about SAs. */

#include <linux/random.h>

#include "compat.h"
#include "io.h"
#include "nl_sa.h"
#include "xform.h"

static struct adit_sa *find_sa(struct genl_info *info,
			       const struct adit_sa_id *id)
{
	struct adit_sa *sa = adit_child_find_sa(id->child, id->dir,
						id->xform->proto, id->spi);

	if (sa)
		return sa;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[ADIT_A_SA_SPI],
				"spi: child %u has no SA 0x%08x %s",
				id->child->id, be32_to_cpu(id->spi),
				id->dir == ADIT_DIR_IN ? "in" : "out");
	return ERR_PTR(-ENOENT);
}

/* Go on where the request says that the same SA was elsewhere (RFC 6311). */
static int take_over(struct genl_info *info, struct adit_sa *sa)
{
	const struct nlattr *sequence = info->attrs[ADIT_A_SA_SEQUENCE];
	const struct nlattr *seen = info->attrs[ADIT_A_SA_REPLAY_SEEN];
	bool done;

	if (!sequence)
		return 0;
	if (sa->dir == ADIT_DIR_IN)
		done = adit_sa_in_take_over(adit_sa_in(sa),
					    nla_get_u64(sequence),
					    seen ? nla_data(seen) : NULL,
					    seen ? nla_len(seen) : 0);
	else
		done = adit_sa_out_take_over(adit_sa_out(sa),
					     nla_get_u64(sequence));
	if (done)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, sequence,
				"sequence: %llu was passed already",
				nla_get_u64(sequence));
	return -ERANGE;
}

/* Keys, and what else an SA needs before it may be VALID: all or nothing. */
static int equip(struct genl_info *info, struct adit_sa *sa,
		 const struct adit_sa_config *config)
{
	int err = adit_sa_set_ipcomp(sa, config->cpi);

	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[ADIT_A_SA_IPCOMP],
				    "ipcomp: this kernel lacks deflate");
	if (err)
		return err;
	if (sa->dir == ADIT_DIR_IN) {
		adit_sa_in(sa)->nat_oa = config->nat_oa;
		err = adit_sa_in_set_keys(adit_sa_in(sa), &config->keys,
					  config->esn, config->window);
	} else {
		err = adit_sa_out_set_keys(adit_sa_out(sa), &config->keys,
					   config->esn);
	}
	if (!err)
		return 0;
	adit_sa_set_ipcomp(sa, 0);
	return adit_nl_refuse_keys(info, &config->keys, err);
}

static int refuse_spi(struct genl_info *info, __be32 spi)
{
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[ADIT_A_SA_SPI],
				"spi: 0x%08x has an SA already",
				be32_to_cpu(spi));
	return -EEXIST;
}

static void begin(struct genl_info *info, struct adit_sa *sa,
		  const struct adit_sa_config *config)
{
	int err;

	sa->born = ktime_get_boottime();
	err = take_over(info, sa);
	WARN_ON_ONCE(err); /* a new one has passed no number */
	adit_sa_set_state(sa, ADIT_SA_STATE_VALID);
	adit_sa_set_limits(sa, &config->soft, &config->hard);
}

/* Give the SA that spi-alloc made its keys. */
static int complete_larval(struct genl_info *info, struct adit_sa_in *in,
			   const struct adit_sa_config *config)
{
	int err = equip(info, &in->sa, config);

	if (err)
		return err;
	adit_alarm_cancel(in->sa.alarms, &in->sa.alarm);
	begin(info, &in->sa, config);
	adit_event_sa(&in->sa, ADIT_CMD_SA_NTF);
	return 0;
}

/* What is known of an SA before any packet finds it. */
static struct adit_sa_in *alloc_in(struct adit_child *child,
				   const struct adit_xform *xform, __be32 spi)
{
	struct adit_sa_in *in;

	in = adit_sa_in_alloc(child, &child->adit->alarms, xform, spi);
	if (in)
		in->sa.bundled = child->protocols == ADIT_PROTOCOLS_AH_ESP;
	return in;
}

static int new_in(struct genl_info *info, const struct adit_sa_id *id,
		  const struct adit_sa_config *config)
{
	struct adit_child *child = id->child;
	struct adit_dev *adit = child->adit;
	struct adit_sa_in *in;
	struct adit_sa *sa;
	int err;

	sa = adit_child_find_sa(child, ADIT_DIR_IN, id->xform->proto, id->spi);
	if (sa && sa->state == ADIT_SA_STATE_LARVAL)
		return complete_larval(info, adit_sa_in(sa), config);

	in = alloc_in(child, id->xform, id->spi);
	if (!in)
		return -ENOMEM;
	err = equip(info, &in->sa, config);
	if (err)
		goto err_discard;
	begin(info, &in->sa, config);
	err = adit_sadb_insert_in(&adit->an->sadb, in);
	if (err) {
		if (err == -EEXIST)
			refuse_spi(info, id->spi);
		goto err_discard;
	}
	adit_child_get(child);
	adit_child_attach(child, &in->sa);
	adit_event_sa(&in->sa, ADIT_CMD_SA_NTF);
	return 0;

err_discard:
	adit_alarm_cancel(&adit->alarms, &in->sa.alarm);
	adit_sa_discard(&in->sa);
	return err;
}

static int new_out(struct genl_info *info, const struct adit_sa_id *id,
		   const struct adit_sa_config *config)
{
	struct adit_child *child = id->child;
	struct adit_dev *adit = child->adit;
	struct adit_sa_out *out;
	unsigned int mtu;
	int err;

	/* Peers may choose the same SPI; one peer does not choose it twice. */
	if (adit_child_find_sa(child, ADIT_DIR_OUT, id->xform->proto, id->spi))
		return refuse_spi(info, id->spi);
	out = adit_sa_out_alloc(child, &adit->alarms, id->xform, id->spi);
	if (!out)
		return -ENOMEM;
	out->sa.bundled = child->protocols == ADIT_PROTOCOLS_AH_ESP;
	/* One that is in the child's list is not on its way out. */
	if (config->ah && !WARN_ON_ONCE(!adit_sa_get_many(&config->ah->sa, 1)))
		out->ah = config->ah;
	err = equip(info, &out->sa, config);
	if (err)
		goto err_discard;
	out->tfc_padding = config->tfc_padding;
	begin(info, &out->sa, config);
	err = adit_sadb_insert_out(&adit->an->sadb, out);
	if (err)
		goto err_discard;
	adit_child_get(child);
	adit_child_attach(child, &out->sa);
	if (adit_sa_is_outer(&out->sa)) {
		/* It is used, and leaves its mark on the MTU, with another. */
		adit_event_sa(&out->sa, ADIT_CMD_SA_NTF);
		return 0;
	}
	mtu = adit_child_sa_mtu(&out->sa);
	if (config->active)
		adit_child_activate(child, out);
	else
		/* Before it is used senders know what it leaves of the path. */
		mtu = min(mtu, READ_ONCE(adit->fit_mtu));
	adit_nl_fit_mtu(info, mtu);
	adit_event_sa(&out->sa, ADIT_CMD_SA_NTF);
	return 0;

err_discard:
	adit_alarm_cancel(&adit->alarms, &out->sa.alarm);
	adit_sa_discard(&out->sa);
	return err;
}

int adit_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_sa_config config;
	struct adit_sa_id id;
	int err;

	err = adit_nl_read_sa_id(info, &id) ?:
	      adit_nl_read_sa_config(info, &id, &config) ?:
	      adit_nl_read_tfc_padding(info, &id, config.cpi,
				       &config.tfc_padding);
	if (!err)
		err = id.dir == ADIT_DIR_IN ? new_in(info, &id, &config) :
					      new_out(info, &id, &config);
	adit_nl_wipe_keys(info);
	return err;
}

static struct adit_sa *named_sa(struct genl_info *info)
{
	struct adit_sa_id id;
	int err;

	err = adit_nl_read_sa_id(info, &id);
	return err ? ERR_PTR(err) : find_sa(info, &id);
}

int adit_nl_sa_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_limits soft, hard;
	u32 tfc_padding = 0;
	struct adit_sa *sa;
	struct adit_sa_id id;
	int err;

	err = adit_nl_read_sa_id(info, &id);
	if (err)
		return err;
	sa = find_sa(info, &id);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	if (sa->state == ADIT_SA_STATE_LARVAL) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[ADIT_A_SA_SPI],
				    "spi: the SA is larval, it has no limits yet");
		return -EINVAL;
	}
	soft = sa->soft;
	hard = sa->hard;
	err = adit_nl_read_sa_limits(info, &soft, &hard) ?:
	      adit_nl_check_sequence(info, sa->dir, sa->crypto.esn) ?:
	      adit_nl_read_tfc_padding(info, &id, sa->cpi, &tfc_padding) ?:
	      take_over(info, sa);
	if (err)
		return err;
	if (info->attrs[ADIT_A_SA_TFC_PADDING])
		WRITE_ONCE(adit_sa_out(sa)->tfc_padding, tfc_padding);
	adit_sa_set_limits(sa, &soft, &hard);
	adit_event_sa(sa, ADIT_CMD_SA_NTF);
	return 0;
}

int adit_nl_sa_activate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_sa_id id = { .dir = ADIT_DIR_OUT };
	struct adit_sa_out *ah;
	struct adit_sa *sa;
	int err;

	err = adit_nl_read_sa_child(info, &id.child) ?:
	      adit_nl_read_sa_proto(info, id.child, &id.xform) ?:
	      adit_nl_read_sa_spi(info, &id.spi);
	if (err)
		return err;
	sa = find_sa(info, &id);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	if (adit_sa_is_outer(sa)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[ADIT_A_SA_SPI],
				    "spi: an AH SA around ESP is used with its ESP SA, activate that");
		return -EINVAL;
	}
	ah = adit_sa_out(sa)->ah;
	if (ah && ah->sa.state == ADIT_SA_STATE_DEAD) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[ADIT_A_SA_SPI],
					"spi: the AH SA 0x%08x around it is gone",
					be32_to_cpu(ah->sa.spi));
		return -ENOENT;
	}
	adit_child_activate(id.child, adit_sa_out(sa));
	adit_nl_fit_mtu(info, adit_child_sa_mtu(sa));
	adit_event_sa(sa, ADIT_CMD_SA_NTF);
	return 0;
}

int adit_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_sa *sa = named_sa(info);
	struct adit_child *child;
	struct adit_sa_out *out;

	if (IS_ERR(sa))
		return PTR_ERR(sa);
	child = sa->child;
	out = rcu_dereference_protected(child->out,
					lockdep_is_held(&child->adit->an->lock));
	/* One that was never used may have narrowed the MTU. */
	if (out && sa->dir == ADIT_DIR_OUT &&
	    !adit_child_uses(child, adit_sa_out(sa)))
		adit_nl_fit_mtu(info, adit_child_sa_mtu(&out->sa));
	adit_child_detach(child, sa);
	return 0;
}

int adit_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_sa *sa = named_sa(info);
	struct sk_buff *reply;
	void *header;

	if (IS_ERR(sa))
		return PTR_ERR(sa);
	/* The replay window may be larger than all else together. */
	reply = adit_nl_reply_begin_large(info, ADIT_MAX_REPLAY_WINDOW / 8,
					  &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header,
				 adit_nl_fill_sa(reply, sa, true));
}

/* The SAs of a child from number cb->args[1] on. Returns false when full. */
static bool dump_child(struct sk_buff *skb, struct netlink_callback *cb,
		       struct adit_child *child)
{
	struct adit_sa *sa;
	void *header;
	long n = 0;

	list_for_each_entry(sa, &child->sas, child_node) {
		if (n++ < cb->args[1] || sa->state == ADIT_SA_STATE_DEAD)
			continue;
		header = adit_nl_dump_put(skb, cb, ADIT_CMD_SA_GET);
		if (!header)
			return false;
		if (adit_nl_fill_sa(skb, sa, false)) {
			genlmsg_cancel(skb, header);
			return false;
		}
		genlmsg_end(skb, header);
		cb->args[1] = n;
	}
	cb->args[1] = 0;
	return true;
}

int adit_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct adit_child *child;
	struct adit_dev *adit;
	unsigned long id;

	adit = adit_nl_dump_enter(skb, cb, ADIT_A_SA_IFINDEX);
	if (IS_ERR(adit))
		return PTR_ERR(adit);
	xa_for_each_start(&adit->children, id, child, cb->args[0]) {
		/* Another child than the one that did not fit is begun anew. */
		if (id != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = id;
		if (!dump_child(skb, cb, child))
			goto out_leave;
		cb->args[0] = id + 1;
	}
out_leave:
	adit_nl_leave(adit);
	return skb->len;
}

static int read_range(struct genl_info *info, u32 *min, u32 *max)
{
	const struct nlattr *first = info->attrs[ADIT_A_SA_SPI_MIN];
	const struct nlattr *last = info->attrs[ADIT_A_SA_SPI_MAX];

	*min = first ? nla_get_u32(first) : ADIT_MIN_SPI;
	*max = last ? nla_get_u32(last) : U32_MAX;
	if (*min >= ADIT_MIN_SPI && *min <= *max)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, first ?: last,
				"spi-min to spi-max: 0x%x to 0x%x is no range from 0x100 up",
				*min, *max);
	return -ERANGE;
}

static int read_larval(struct genl_info *info, u32 *seconds)
{
	const struct nlattr *attr = info->attrs[ADIT_A_SA_LARVAL_SECONDS];

	*seconds = attr ? nla_get_u32(attr) : ADIT_LARVAL_SECONDS;
	if (*seconds && *seconds <= ADIT_WAIT_SECONDS_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"larval-seconds: %u is not between 1 and %u",
				*seconds, ADIT_WAIT_SECONDS_MAX);
	return -ERANGE;
}

/* SPIs are random, so that nobody guesses them; a few tries find a free one. */
static struct adit_sa_in *reserve(struct adit_child *child,
				  const struct adit_xform *xform, u32 min,
				  u32 max)
{
	struct adit_dev *adit = child->adit;
	u32 span = max - min, tries = min(span, 100U) + 1;
	u32 at = min + get_random_u32_inclusive(0, span);
	struct adit_sa_in *in;
	int err = -EEXIST;

	while (tries--) {
		in = alloc_in(child, xform, cpu_to_be32(at));
		if (!in)
			return ERR_PTR(-ENOMEM);
		adit_sa_set_state(&in->sa, ADIT_SA_STATE_LARVAL);
		err = adit_sadb_insert_in(&adit->an->sadb, in);
		if (!err)
			return in;
		adit_sa_discard(&in->sa);
		if (err != -EEXIST)
			break;
		/* A small range is gone through, a large one sampled. */
		if (span <= 100)
			at = at == max ? min : at + 1;
		else
			at = min + get_random_u32_inclusive(0, span);
	}
	return ERR_PTR(err);
}

static int alloc_spi(struct genl_info *info, struct sk_buff *reply)
{
	struct adit_dev *adit = adit_nl_dev(info);
	const struct adit_xform *xform;
	struct adit_child *child;
	u32 min, max, seconds;
	struct adit_sa_in *in;
	int err;

	err = adit_nl_read_sa_child(info, &child) ?:
	      adit_nl_read_sa_proto(info, child, &xform) ?:
	      read_range(info, &min, &max) ?: read_larval(info, &seconds);
	if (err)
		return err;
	in = reserve(child, xform, min, max);
	if (in == ERR_PTR(-EEXIST)) {
		NL_SET_ERR_MSG_FMT(info->extack,
				   "spi-min to spi-max: found none free from 0x%x to 0x%x",
				   min, max);
		return -ENOSPC;
	}
	if (IS_ERR(in))
		return PTR_ERR(in);
	adit_child_get(child);
	adit_child_attach(child, &in->sa);
	adit_alarm_set(&adit->alarms, &in->sa.alarm,
		       ktime_add_ns(in->sa.born, seconds * NSEC_PER_SEC));
	adit_event_sa(&in->sa, ADIT_CMD_SA_NTF);
	/* A new reply has the room. */
	WARN_ON_ONCE(nla_put_u32(reply, ADIT_A_SA_IFINDEX,
				 adit->dev->ifindex) ||
		     nla_put_u32(reply, ADIT_A_SA_CHILD, child->id) ||
		     nla_put_u8(reply, ADIT_A_SA_PROTO, xform->proto) ||
		     nla_put_be32(reply, ADIT_A_SA_SPI, in->sa.spi));
	return 0;
}

int adit_nl_spi_alloc_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header;

	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header, alloc_spi(info, reply));
}
