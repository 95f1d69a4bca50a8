// SPDX-License-Identifier: GPL-2.0-or-later
/* See nl.h. */
#include "nl.h"

#include <errno.h>
#include <linux/adit.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "codec.h"
#include "extack.h"
#include "model.h"

enum {
	/* Both sides of a child with all their selectors fit. */
	REQUEST_SIZE = 32768,
	ANSWER_SIZE = 65536,
	EVENT_BUFFER = 4 << 20,
	ATTRS_OFFSET = NLMSG_HDRLEN + GENL_HDRLEN,
};

static int set_option(struct nl_sock *sock, int option)
{
	int on = 1;

	return setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, option, &on,
			  sizeof(on));
}

static int resolve(struct adit_nl *nl, struct err *err)
{
	nl->family = genl_ctrl_resolve(nl->sock, ADIT_FAMILY_NAME);
	if (nl->family >= 0)
		return 0;
	if (nl->family != -NLE_OBJ_NOTFOUND)
		return err_set(err, ERR_REFUSED, "generic netlink: %s",
			       nl_geterror(nl->family));
	return err_set(err, ERR_MISSING,
		       "the kernel has no family '" ADIT_FAMILY_NAME
		       "': is the module loaded? Try: modprobe adit");
}

int adit_nl_open(struct adit_nl *nl, struct err *err)
{
	int rc;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return err_set(err, ERR_REFUSED, "out of memory");
	rc = genl_connect(nl->sock);
	if (rc < 0) {
		err_set(err, ERR_REFUSED, "netlink socket: %s",
			nl_geterror(rc));
		goto free_sock;
	}
	/* Kernels without them still say the errno. */
	set_option(nl->sock, NETLINK_EXT_ACK);
	set_option(nl->sock, NETLINK_CAP_ACK);
	nl_socket_disable_msg_peek(nl->sock);
	nl_socket_set_msg_buf_size(nl->sock, ANSWER_SIZE);
	if (resolve(nl, err))
		goto free_sock;
	return 0;

free_sock:
	nl_socket_free(nl->sock);
	nl->sock = NULL;
	return -1;
}

void adit_nl_close(struct adit_nl *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

void *adit_nl_decode(const struct nlmsghdr *message, unsigned int *cmd)
{
	const char *start = (const char *)message;
	const struct genlmsghdr *genl;
	const struct field_set *set;
	void *obj;

	if (message->nlmsg_len < ATTRS_OFFSET)
		return NULL;
	genl = (const struct genlmsghdr *)(start + NLMSG_HDRLEN);
	set = model_set_of(genl->cmd);
	if (!set)
		return NULL;
	obj = calloc(1, set->size);
	if (!obj)
		return NULL;
	codec_decode(set, (const struct nlattr *)(start + ATTRS_OFFSET),
		     (int)(message->nlmsg_len - ATTRS_OFFSET), obj);
	*cmd = genl->cmd;
	return obj;
}

/* One request under way. */
struct call {
	const struct adit_nl *nl;
	const struct adit_nl_request *request;
	const struct nlmsghdr *sent;
	struct err *err;
	bool done;
	bool failed;
};

static int refused(struct call *call, const struct extack *ack)
{
	const struct field_set *set = call->request->set;

	call->done = true;
	call->failed = true;
	extack_explain(ack, set, call->sent, ATTRS_OFFSET, call->err);
	return NL_STOP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;
	unsigned int cmd;
	void *obj;

	if (!call->request->fn)
		return NL_OK;
	obj = adit_nl_decode(nlmsg_hdr(msg), &cmd);
	if (!obj)
		return NL_SKIP;
	if (!call->request->fn(obj, call->request->arg))
		return NL_OK;
	call->failed = true;
	return NL_OK;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;
	struct extack ack;

	if (extack_decode(nlmsg_hdr(msg), &ack) && ack.error)
		return refused(call, &ack);
	if (ack.text && call->nl->warn)
		call->nl->warn(ack.text);
	call->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	/* libnl hands out the payload; its head is right before it. */
	const struct nlmsghdr *reply =
		(const void *)((const char *)error - NLMSG_HDRLEN);
	struct call *call = arg;
	struct extack ack;

	(void)from;
	if (extack_decode(reply, &ack))
		return refused(call, &ack);
	return NL_SKIP;
}

static int receive(struct adit_nl *nl, struct call *call)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	bool interrupted = false;
	int rc;

	if (!cb)
		return err_set(call->err, ERR_REFUSED, "out of memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, call);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, call);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, call);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, call);
	do {
		rc = nl_recvmsgs(nl->sock, cb);
		interrupted |= rc == -NLE_DUMP_INTR;
	} while (!call->done && (rc >= 0 || rc == -NLE_DUMP_INTR));
	nl_cb_put(cb);
	if (!call->done)
		return err_set(call->err, ERR_REFUSED,
			       "reading from the kernel: %s", nl_geterror(rc));
	return call->failed ? -1 : interrupted;
}

static int send_and_receive(struct adit_nl *nl,
			    const struct adit_nl_request *request,
			    struct nl_msg *msg, struct err *err)
{
	struct call call = { .nl = nl, .request = request, .err = err };
	int flags = request->flags & ADIT_NL_DUMP ? NLM_F_DUMP : 0;
	int rc;

	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0, flags,
			 (uint8_t)request->cmd, ADIT_FAMILY_VERSION) ||
	    (request->object &&
	     codec_encode(request->set, request->object, msg)))
		return err_set(err, ERR_USAGE, "the request is too long");
	rc = nl_send_auto(nl->sock, msg);
	if (rc < 0)
		return err_set(err, ERR_REFUSED, "asking the kernel: %s",
			       nl_geterror(rc));
	call.sent = nlmsg_hdr(msg);
	return receive(nl, &call);
}

int adit_nl_call(struct adit_nl *nl, const struct adit_nl_request *request,
		 struct err *err)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_SIZE);
	int rc;

	if (!msg)
		return err_set(err, ERR_REFUSED, "out of memory");
	rc = send_and_receive(nl, request, msg, err);
	/* There may have been keys in it. */
	explicit_bzero(nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
	return rc;
}

int adit_nl_join(struct adit_nl *nl, const char *const *groups, size_t n,
		 struct err *err)
{
	int ids[ADIT_NL_GROUPS];
	int rc = 0;
	size_t i;

	/* All questions first: no event may come in between the answers. */
	for (i = 0; i < n && i < ADIT_NL_GROUPS; i++) {
		ids[i] = genl_ctrl_resolve_grp(nl->sock, ADIT_FAMILY_NAME,
					       groups[i]);
		if (ids[i] < 0)
			return err_set(err, ERR_REFUSED,
				       "the kernel has no group '%s': %s",
				       groups[i], nl_geterror(ids[i]));
	}
	while (i && rc >= 0)
		rc = nl_socket_add_membership(nl->sock, ids[--i]);
	if (rc >= 0)
		return 0;
	return err_set(err, ERR_REFUSED, "joining the group '%s': %s",
		       groups[i], nl_geterror(rc));
}

static int on_event(struct nl_msg *msg, void *arg)
{
	const struct adit_nl_events *events = arg;
	unsigned int cmd;
	void *obj = adit_nl_decode(nlmsg_hdr(msg), &cmd);

	if (!obj)
		return NL_SKIP;
	events->event(cmd, obj, events->arg);
	field_clear(model_set_of(cmd), obj);
	free(obj);
	return NL_OK;
}

/* Events have no sequence to check. */
static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

/* The kernel keeps as much as root may ask for, or as much as others may. */
static void grow_buffer(int fd)
{
	int size = EVENT_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

int adit_nl_events_begin(struct adit_nl *nl, struct adit_nl_events *events,
			 struct err *err)
{
	events->cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!events->cb)
		return err_set(err, ERR_REFUSED, "out of memory");
	nl_cb_set(events->cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, events);
	nl_cb_set(events->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence,
		  NULL);
	grow_buffer(nl_socket_get_fd(nl->sock));
	nl_socket_set_nonblocking(nl->sock);
	return 0;
}

int adit_nl_events_read(struct adit_nl *nl, const struct adit_nl_events *events,
			struct err *err)
{
	int rc = nl_recvmsgs(nl->sock, events->cb);

	if (rc >= 0)
		return ADIT_NL_READ;
	/* libnl's name of ENOBUFS. */
	if (rc == -NLE_NOMEM)
		return ADIT_NL_LOST;
	if (rc == -NLE_AGAIN || rc == -NLE_INTR)
		return ADIT_NL_NOTHING;
	return err_set(err, ERR_REFUSED, "reading events: %s", nl_geterror(rc));
}

void adit_nl_events_end(struct adit_nl_events *events)
{
	if (events->cb)
		nl_cb_put(events->cb);
	events->cb = NULL;
}

static int listen_loop(struct adit_nl *nl, const sigset_t *unblock,
		       const struct adit_nl_events *events,
		       void (*lost)(void *arg), struct err *err)
{
	struct pollfd fd = { nl_socket_get_fd(nl->sock), POLLIN, 0 };

	while (ppoll(&fd, 1, NULL, unblock) >= 0) {
		int rc = adit_nl_events_read(nl, events, err);

		if (rc < 0)
			return rc;
		if (rc == ADIT_NL_LOST)
			lost(events->arg);
	}
	if (errno == EINTR)
		return 0;
	return err_set(err, ERR_REFUSED, "waiting for events: %s",
		       strerror(errno));
}

int adit_nl_listen(struct adit_nl *nl, const sigset_t *unblock,
		   adit_nl_event_fn event, void (*lost)(void *arg), void *arg,
		   struct err *err)
{
	struct adit_nl_events events = { .event = event, .arg = arg };
	int rc;

	if (adit_nl_events_begin(nl, &events, err))
		return -1;
	rc = listen_loop(nl, unblock, &events, lost, err);
	adit_nl_events_end(&events);
	return rc;
}
