/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls that go up: a lower layer knows these functions by name only. */
#ifndef ADIT_IO_H
#define ADIT_IO_H

#include <linux/types.h>

struct adit_alarm;
struct adit_child;
struct adit_dev;
struct adit_net;
struct adit_path;
struct adit_peer;
struct adit_sa;
struct adit_sock;
struct sk_buff;
union adit_addr;

/* sa.c -> life.c: look at an SA's limits. */
void adit_life_ring(struct adit_alarm *alarm);

/* sa.c -> child.c: the last packet of an SA has drained; it is freed next. */
void adit_child_drained(struct adit_sa *sa);
void adit_child_put(struct adit_child *child);

/* raw.c, udp.c, tcp.c -> recv.c: a packet from the underlay. */
int adit_recv(struct adit_net *an, const struct adit_sock *sock,
	      struct sk_buff *skb, u8 proto, __be32 spi, u16 nhoff);

/* raw.c -> peer.c: the path of an outbound SA, if it leads to this address. */
struct adit_path *adit_peer_path_to(const struct adit_sa *sa, u16 family,
				    const union adit_addr *remote);

/* child.c -> send.c: send what was held. */
void adit_send_held(struct adit_child *child);

/* life.c, child.c, peer.c, link.c -> nl_event.c: tell those who listen. */
void adit_event_acquire(struct adit_child *child, const struct sk_buff *skb);
void adit_event_expire(const struct adit_sa *sa, bool hard, u8 limit);
void adit_event_sa(struct adit_sa *sa, u8 cmd);
void adit_event_child(struct adit_child *child, u8 cmd);
void adit_event_peer(struct adit_peer *peer, u8 cmd);

/* sock.c -> nl_event.c: the same of what belongs to no device. */
void adit_event_socket(struct adit_sock *sock, u8 cmd);

/* recv.c -> nl_event.c: and of a packet that belongs to nothing. */
void adit_event_unknown_spi(struct adit_net *an, const struct adit_sock *sock,
			    const struct sk_buff *skb, u8 proto, __be32 spi);

#endif
