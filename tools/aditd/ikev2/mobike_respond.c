// SPDX-License-Identifier: GPL-2.0-or-later
/* MOBIKE (RFC 4555): what the peer says of addresses, and what that means. */
#include "v2.h"

/* Are addresses and ports the same here as where it was sent from? */
static bool is_without_nat(const struct v2_said *said,
			   const struct ike_path *path)
{
	struct buf data = BUF_INIT;
	bool same;

	buf_add(&data, path->remote.octets, path->remote.len);
	buf_add(&data, path->local.octets, path->local.len);
	buf_add_u16(&data, path->remote_port);
	buf_add_u16(&data, path->local_port);
	same = !data.failed && span_equal(buf_span(&data), said->no_nats);
	buf_free(&data);
	return same;
}

/* 0, or what is answered instead of following. */
static uint16_t judge(const struct ikev2_sa *sa, const struct v2_said *said,
		      const struct ike_path *path)
{
	/* Of two that decide none would be where the other one thinks. */
	if (sa->ike.move.mover || sa->ike.state != IKE_ESTABLISHED ||
	    !v2_said_is_host(&path->remote))
		return NOTIFY_UNACCEPTABLE_ADDRESSES;
	if (said->has_no_nats && !path->tcp && !is_without_nat(said, path))
		return NOTIFY_UNEXPECTED_NAT_DETECTED;
	return 0;
}

int v2_mobike_request(struct ikev2_sa *sa, const struct v2_message *message,
		      struct build *out)
{
	struct v2_said said;
	uint16_t refusal = 0;

	if (!sa->ike.move.able)
		return 0;
	if (v2_said_read(&message->chain, &said))
		return -1;
	if (said.update)
		refusal = judge(sa, &said, message->path);
	if (refusal)
		build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), refusal,
			     span_of(NULL, 0));
	else if (said.has_natd)
		v2_mobike_natd(sa, message->path, out);
	if (said.cookie2.len)
		build_notify(out, PROTOCOL_NONE, span_of(NULL, 0),
			     NOTIFY_COOKIE2, said.cookie2);
	return 0;
}

static bool is_same_path(const struct ike_path *a, const struct ike_path *b)
{
	return addr_compare(&a->local, &b->local) == 0 &&
	       addr_compare(&a->remote, &b->remote) == 0 &&
	       a->local_port == b->local_port &&
	       a->remote_port == b->remote_port && a->tcp == b->tcp;
}

static void follow(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;
	const struct ike_path *path = message->path;
	enum conf_encap encap = ike->encap;
	/* Who has a TCP connection from there is there. */
	bool proved = path->tcp || ike_move_is_verified(ike, &path->remote);

	v2_said_nat(sa, &message->chain, path);
	if (is_same_path(path, &ike->path) && encap == ike->encap &&
	    !ike->move.unmoved)
		return;
	ike_move_to(ike, path, proved);
	retx_repeat(ike);
	/* RFC 4555, 3.7: it may only want others to be flooded. */
	if (!proved)
		ike_sa_want(ike, TASK_ROUTABILITY, 0);
}

static void take_list(struct ikev2_sa *sa, const struct v2_message *message,
		      const struct v2_said *said)
{
	const struct addr *from = &message->path->remote;
	struct ike_move *move = &sa->ike.move;
	const struct addr *now = &sa->ike.path.remote;
	bool known = addr_compare(from, now) == 0;

	v2_said_keep(sa, said);
	for (size_t i = 0; !known && i < said->n; i++)
		known = addr_compare(&said->addrs[i], now) == 0;
	if (!move->mover)
		return;
	/* Where the list comes from, and what is in it, is all there is (3.6). */
	move->peer_left = !known;
	if (!known && v2_said_is_host(from)) {
		if (move->n_remotes == MOVE_ADDRS_MAX)
			move->n_remotes--;
		memmove(move->remotes + 1, move->remotes,
			move->n_remotes * sizeof(*from));
		move->remotes[0] = *from;
		move->n_remotes++;
	}
	ike_move_look(&sa->ike);
}

void v2_mobike_requested(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct v2_said said;

	if (!sa->ike.move.able || v2_said_read(&message->chain, &said))
		return;
	if (said.update) {
		uint16_t refusal = judge(sa, &said, message->path);

		if (!refusal)
			follow(sa, message);
		else
			ike_sa_log(
				&sa->ike, LEVEL_INFO,
				refusal == NOTIFY_UNACCEPTABLE_ADDRESSES ?
					"the peer moves, which is not its part: refused" :
					"the peer moves behind a NAT, and wants none: refused");
	}
	if (said.list)
		take_list(sa, message, &said);
}
