/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do not edit directly, made from include/spec/adit.yaml by make gen */
#ifndef ADIT_GEN_NAMES_H
#define ADIT_GEN_NAMES_H

#define ADIT_NAMES_ENCAP(X) \
	X(ADIT_ENCAP_NONE, "none", "") \
	X(ADIT_ENCAP_UDP, "udp", "") \
	X(ADIT_ENCAP_TCP, "tcp", "")

#define ADIT_NAMES_SOCKET_STATE(X) \
	X(ADIT_SOCKET_STATE_OPEN, "open", "Packets pass.") \
	X(ADIT_SOCKET_STATE_LISTENING, "listening", "It waits for connections; each becomes a socket of its own.") \
	X(ADIT_SOCKET_STATE_CONNECTING, "connecting", "The connection is being made.") \
	X(ADIT_SOCKET_STATE_WAITING, "waiting", "The connection was lost or refused; it is tried again soon.")

#define ADIT_NAMES_DF(X) \
	X(ADIT_DF_COPY, "copy", "") \
	X(ADIT_DF_SET, "set", "") \
	X(ADIT_DF_UNSET, "unset", "")

#define ADIT_NAMES_MODE(X) \
	X(ADIT_MODE_TUNNEL, "tunnel", "") \
	X(ADIT_MODE_TRANSPORT, "transport", "")

#define ADIT_NAMES_PROTOCOLS(X) \
	X(ADIT_PROTOCOLS_ESP, "esp", "ESP (RFC 4303).") \
	X(ADIT_PROTOCOLS_AH, "ah", "AH (RFC 4302).") \
	X(ADIT_PROTOCOLS_AH_ESP, "ah-esp", "ESP, and AH around it (RFC 2401, 4.3).")

#define ADIT_NAMES_DIR(X) \
	X(ADIT_DIR_IN, "in", "") \
	X(ADIT_DIR_OUT, "out", "")

#define ADIT_NAMES_SA_STATE(X) \
	X(ADIT_SA_STATE_LARVAL, "larval", "The SPI is reserved, the keys are not yet known.") \
	X(ADIT_SA_STATE_VALID, "valid", "In use, or ready for it.") \
	X(ADIT_SA_STATE_DYING, "dying", "A soft limit has passed; still in use.") \
	X(ADIT_SA_STATE_DEAD, "dead", "Out of every table; the last packets are draining.")

#define ADIT_NAMES_LIMIT(X) \
	X(ADIT_LIMIT_SECONDS, "seconds", "") \
	X(ADIT_LIMIT_BYTES, "bytes", "") \
	X(ADIT_LIMIT_PACKETS, "packets", "") \
	X(ADIT_LIMIT_SEQUENCE, "sequence", "")

#define ADIT_NAMES_TRANSFORM(X) \
	X(ADIT_TRANSFORM_ENCR, "encr", "") \
	X(ADIT_TRANSFORM_INTEG, "integ", "") \
	X(ADIT_TRANSFORM_ESN, "esn", "")

#define ADIT_NAMES_ENCR(X) \
	X(ADIT_ENCR_3DES, "3des", "Needs legacy (RFC 8221, 5).") \
	X(ADIT_ENCR_NULL, "null", "") \
	X(ADIT_ENCR_AES_CBC, "aes-cbc", "") \
	X(ADIT_ENCR_AES_CTR, "aes-ctr", "") \
	X(ADIT_ENCR_AES_CCM_8, "aes-ccm-8", "") \
	X(ADIT_ENCR_AES_CCM_12, "aes-ccm-12", "") \
	X(ADIT_ENCR_AES_CCM_16, "aes-ccm-16", "") \
	X(ADIT_ENCR_AES_GCM_8, "aes-gcm-8", "") \
	X(ADIT_ENCR_AES_GCM_12, "aes-gcm-12", "") \
	X(ADIT_ENCR_AES_GCM_16, "aes-gcm-16", "") \
	X(ADIT_ENCR_NULL_AUTH_AES_GMAC, "null-auth-aes-gmac", "Encrypts nothing (RFC 4543).") \
	X(ADIT_ENCR_CAMELLIA_CBC, "camellia-cbc", "") \
	X(ADIT_ENCR_CHACHA20_POLY1305, "chacha20-poly1305", "") \
	X(ADIT_ENCR_AES_CCM_8_IIV, "aes-ccm-8-iiv", "Implicit IV (RFC 8750).") \
	X(ADIT_ENCR_AES_GCM_16_IIV, "aes-gcm-16-iiv", "Implicit IV (RFC 8750).") \
	X(ADIT_ENCR_CHACHA20_POLY1305_IIV, "chacha20-poly1305-iiv", "Implicit IV (RFC 8750).")

#define ADIT_NAMES_INTEG(X) \
	X(ADIT_INTEG_NONE, "none", "") \
	X(ADIT_INTEG_HMAC_MD5_96, "hmac-md5-96", "Needs legacy (RFC 8221, 6).") \
	X(ADIT_INTEG_HMAC_SHA1_96, "hmac-sha1-96", "") \
	X(ADIT_INTEG_AES_XCBC_96, "aes-xcbc-96", "") \
	X(ADIT_INTEG_AES_CMAC_96, "aes-cmac-96", "") \
	X(ADIT_INTEG_AES_128_GMAC, "aes-128-gmac", "For AH only; AES-GMAC with ESP is an encr (RFC 4543).") \
	X(ADIT_INTEG_AES_192_GMAC, "aes-192-gmac", "For AH only.") \
	X(ADIT_INTEG_AES_256_GMAC, "aes-256-gmac", "For AH only.") \
	X(ADIT_INTEG_HMAC_SHA2_256_128, "hmac-sha2-256-128", "") \
	X(ADIT_INTEG_HMAC_SHA2_384_192, "hmac-sha2-384-192", "") \
	X(ADIT_INTEG_HMAC_SHA2_512_256, "hmac-sha2-512-256", "") \
	X(ADIT_INTEG_HMAC_SHA2_256_96, "hmac-sha2-256-96", "Of private use; what old Linux peers take HMAC-SHA2-256 for.")

#define ADIT_NAMES_IPCOMP(X) \
	X(ADIT_IPCOMP_DEFLATE, "deflate", "RFC 2394.")

#define ADIT_NAMES_TFC(X) \
	X(ADIT_TFC_OFF, "off", "") \
	X(ADIT_TFC_MTU, "mtu", "As many as the path carries.")

#define ADIT_NAMES_DROP(X) \
	X(ADIT_DROP_TX_DEVICE_DOWN, "tx-device-down", "The interface is down or going away.") \
	X(ADIT_DROP_TX_MALFORMED, "tx-malformed", "Neither IPv4 nor IPv6, or shorter than its own header says.") \
	X(ADIT_DROP_TX_NO_SELECTOR, "tx-no-selector", "No child's traffic selectors match (RFC 4301, 5.1).") \
	X(ADIT_DROP_TX_NO_ENDPOINT, "tx-no-endpoint", "The peer's address is not known yet.") \
	X(ADIT_DROP_TX_NO_SA, "tx-no-sa", "No outbound SA, and the hold queue was full or its time passed; or an ICMP error that asks for no SA (RFC 4301, 6.2).") \
	X(ADIT_DROP_TX_EXPIRED, "tx-expired", "The outbound SA has reached a hard limit.") \
	X(ADIT_DROP_TX_SEQUENCE, "tx-sequence", "The sequence number space is used up (RFC 4303, 3.3.3).") \
	X(ADIT_DROP_TX_TOO_BIG, "tx-too-big", "Larger than the path; the sender was told the right size.") \
	X(ADIT_DROP_TX_FRAGMENT, "tx-fragment", "A fragment of IPv6; transport mode carries whole packets (RFC 4303, 3.3.4).") \
	X(ADIT_DROP_TX_NO_ROUTE, "tx-no-route", "No route to the peer on the underlay.") \
	X(ADIT_DROP_TX_LOOP, "tx-loop", "The route to the peer leads back into the tunnel.") \
	X(ADIT_DROP_TX_NO_MEMORY, "tx-no-memory", "No memory for the packet.") \
	X(ADIT_DROP_TX_CRYPTO, "tx-crypto", "The cipher failed or its queue was full.") \
	X(ADIT_DROP_TX_UNDERLAY, "tx-underlay", "The underlay (firewall, queue or device) refused the packet.") \
	X(ADIT_DROP_TX_NO_SOCKET, "tx-no-socket", "The peer's socket was closed, or is not connected (any more).") \
	X(ADIT_DROP_TX_QUEUE_FULL, "tx-queue-full", "The TCP connection takes no more, and its queue is full.") \
	X(ADIT_DROP_RX_DEVICE_DOWN, "rx-device-down", "The interface is down or going away.") \
	X(ADIT_DROP_RX_LARVAL, "rx-larval", "The SPI is reserved, its keys are not here yet.") \
	X(ADIT_DROP_RX_TRUNCATED, "rx-truncated", "Too short for its SA, or not a multiple of the cipher's block.") \
	X(ADIT_DROP_RX_EXPIRED, "rx-expired", "The inbound SA has reached a hard limit.") \
	X(ADIT_DROP_RX_REPLAY_OLD, "rx-replay-old", "Sequence number left of the replay window (RFC 4303, 3.4.3).") \
	X(ADIT_DROP_RX_REPLAY_DUPLICATE, "rx-replay-duplicate", "Sequence number seen before (RFC 4303, 3.4.3).") \
	X(ADIT_DROP_RX_NO_MEMORY, "rx-no-memory", "No memory for the packet.") \
	X(ADIT_DROP_RX_CRYPTO, "rx-crypto", "The cipher failed for another reason than the ICV.") \
	X(ADIT_DROP_RX_ICV, "rx-icv", "The ICV does not verify, wrong key or damaged packet.") \
	X(ADIT_DROP_RX_PADDING, "rx-padding", "Padding or pad length is wrong (RFC 4303, 2.4).") \
	X(ADIT_DROP_RX_NEXT_HEADER, "rx-next-header", "The next header is not what the child's mode carries.") \
	X(ADIT_DROP_RX_DUMMY, "rx-dummy", "A dummy packet, next header 59 (RFC 4303, 2.6); not an error.") \
	X(ADIT_DROP_RX_MALFORMED, "rx-malformed", "The packet, or with AH its outer header, contradicts itself.") \
	X(ADIT_DROP_RX_ECN, "rx-ecn", "Outer CE on an inner packet without ECN (RFC 6040, 4.2).") \
	X(ADIT_DROP_RX_SELECTOR, "rx-selector", "The inner packet is outside the child's selectors (RFC 4301, 5.2).") \
	X(ADIT_DROP_RX_BUNDLE, "rx-bundle", "Only one of the two protocols of its child, or two SAs of different children (RFC 4301, 5.2).") \
	X(ADIT_DROP_RX_IPCOMP, "rx-ipcomp", "Compressed under another CPI than the SA's, or not what the algorithm makes, or larger than a packet can be (RFC 3173).") \
	X(ADIT_DROP_RX_NAT_FLOW, "rx-nat-flow", "In transport mode through NAT: what other packets with the same addresses have come through another peer for, and no port can tell them apart (RFC 3948, 5.2).")

#define ADIT_NAMES_A_LINK(X) \
	X(IFLA_ADIT_LOCAL, "local", "Outer local address; absent or unspecified, the route picks it.") \
	X(IFLA_ADIT_REMOTE, "remote", "Outer remote address; absent, nothing can be sent to peer 0.") \
	X(IFLA_ADIT_ENCAP, "encap", "") \
	X(IFLA_ADIT_LOCAL_PORT, "local-port", "") \
	X(IFLA_ADIT_REMOTE_PORT, "remote-port", "") \
	X(IFLA_ADIT_FWMARK, "fwmark", "Mark of the outer packets, for the underlay's route lookup.") \
	X(IFLA_ADIT_UNDERLAY, "underlay", "Ifindex that the underlay's route lookup is bound to, or 0.") \
	X(IFLA_ADIT_TTL, "ttl", "Outer TTL or hop limit; 0 is the system's default.") \
	X(IFLA_ADIT_TTL_INHERIT, "ttl-inherit", "1 to copy the inner TTL or hop limit.") \
	X(IFLA_ADIT_DSFIELD, "dsfield", "Outer DSCP in the upper six bits; ECN follows RFC 6040.") \
	X(IFLA_ADIT_DSFIELD_INHERIT, "dsfield-inherit", "1 to copy the inner DSCP (the default).") \
	X(IFLA_ADIT_DF, "df", "") \
	X(IFLA_ADIT_FLOWLABEL, "flowlabel", "Flow label of outer IPv6 headers (RFC 6437), 0 to 0xfffff.") \
	X(IFLA_ADIT_FLOWLABEL_INHERIT, "flowlabel-inherit", "1 to copy that of the inner packet, which of IPv4 is 0.") \
	X(IFLA_ADIT_DECAP_DSCP, "decap-dscp", "1 to give received packets the DSCP of their outer header (RFC 2983); 0, the default, to leave them their own.")

#define ADIT_NAMES_A_STATS(X) \
	X(ADIT_A_STATS_PAD, "pad", "") \
	X(ADIT_A_STATS_TX_PACKETS, "tx-packets", "") \
	X(ADIT_A_STATS_TX_BYTES, "tx-bytes", "Octets of inner packets.") \
	X(ADIT_A_STATS_RX_PACKETS, "rx-packets", "") \
	X(ADIT_A_STATS_RX_BYTES, "rx-bytes", "Octets of inner packets.") \
	X(ADIT_A_STATS_DROP, "drop", "One for each reason that has a count.")

#define ADIT_NAMES_A_DROP_COUNT(X) \
	X(ADIT_A_DROP_COUNT_PAD, "pad", "") \
	X(ADIT_A_DROP_COUNT_REASON, "reason", "") \
	X(ADIT_A_DROP_COUNT_PACKETS, "packets", "")

#define ADIT_NAMES_A_NET(X) \
	X(ADIT_A_NET_PAD, "pad", "") \
	X(ADIT_A_NET_IFINDEX, "ifindex", "An interface, to ask for the namespace that it was born in, where its ESP is; absent for the caller's own.") \
	X(ADIT_A_NET_UNKNOWN_SPI, "unknown-spi", "Packets for an SPI of no SA here; each was passed on to the kernel's own IPsec, so that this is not an error by itself.") \
	X(ADIT_A_NET_TRUNCATED, "truncated", "ESP packets too short to hold an SPI and a sequence number.") \
	X(ADIT_A_NET_SAS, "sas", "SAs in the namespace, both directions.") \
	X(ADIT_A_NET_VERSION, "version", "Version of the module.")

#define ADIT_NAMES_A_DEV(X) \
	X(ADIT_A_DEV_IFINDEX, "ifindex", "") \
	X(ADIT_A_DEV_IFNAME, "ifname", "") \
	X(ADIT_A_DEV_PEERS, "peers", "") \
	X(ADIT_A_DEV_CHILDREN, "children", "") \
	X(ADIT_A_DEV_SAS, "sas", "") \
	X(ADIT_A_DEV_MTU, "mtu", "") \
	X(ADIT_A_DEV_MTU_AUTO, "mtu-auto", "1 while the MTU follows the underlay, 0 once an admin set it.") \
	X(ADIT_A_DEV_FWMARK, "fwmark", "") \
	X(ADIT_A_DEV_UNDERLAY, "underlay", "") \
	X(ADIT_A_DEV_STATS, "stats", "")

#define ADIT_NAMES_A_PEER(X) \
	X(ADIT_A_PEER_IFINDEX, "ifindex", "") \
	X(ADIT_A_PEER_ID, "id", "In a new peer absent for \"the lowest free one above 0\".") \
	X(ADIT_A_PEER_LOCAL, "local", "4 or 16 octets; all zero for \"the route picks it\".") \
	X(ADIT_A_PEER_REMOTE, "remote", "4 or 16 octets; all zero for \"not known yet\".") \
	X(ADIT_A_PEER_ENCAP, "encap", "") \
	X(ADIT_A_PEER_LOCAL_PORT, "local-port", "") \
	X(ADIT_A_PEER_REMOTE_PORT, "remote-port", "") \
	X(ADIT_A_PEER_PATH_MTU, "path-mtu", "What the underlay carries to the peer, in octets; 0 if no route.") \
	X(ADIT_A_PEER_CHILDREN, "children", "") \
	X(ADIT_A_PEER_STATS, "stats", "Survives rekeys and the children.") \
	X(ADIT_A_PEER_SOCKET, "socket", "The socket that it is reached through. In a request absent for one that fits; the module opens it if there is none. In an answer absent if there is none (any more).") \
	X(ADIT_A_PEER_KEEPALIVE, "keepalive", "Seconds after which a peer that nothing is sent to gets a keepalive (RFC 3948, 4); 0 for never. With encap udp only.") \
	X(ADIT_A_PEER_ROAM, "roam", "Follow the peer to the address, port and socket that its verified packets come from. If nothing is said, 1 with encap udp or tcp.")

#define ADIT_NAMES_A_SOCKET(X) \
	X(ADIT_A_SOCKET_PAD, "pad", "") \
	X(ADIT_A_SOCKET_ID, "id", "Unique in the namespace. In a new socket absent for \"the lowest free one above 0\".") \
	X(ADIT_A_SOCKET_ENCAP, "encap", "What kind of socket it is, udp or tcp.") \
	X(ADIT_A_SOCKET_FD, "fd", "The socket, by its number in the process that asks: UDP and bound, or TCP and connected, the stream prefix and all before it done. Absent for one that the module opens.") \
	X(ADIT_A_SOCKET_LOCAL, "local", "4 or 16 octets; the address it is bound to, all zero for any.") \
	X(ADIT_A_SOCKET_LOCAL_PORT, "local-port", "") \
	X(ADIT_A_SOCKET_REMOTE, "remote", "4 or 16 octets; the other end of a TCP connection.") \
	X(ADIT_A_SOCKET_REMOTE_PORT, "remote-port", "") \
	X(ADIT_A_SOCKET_LISTEN, "listen", "1 for a TCP socket that takes connections.") \
	X(ADIT_A_SOCKET_MARKER, "marker", "1 if IKE messages have the non-ESP marker (RFC 3948, 2.2), 0 if there is no ESP and all is IKE (RFC 7296, 2.23). If nothing is said, 0 of UDP port 500 and 1 of others.") \
	X(ADIT_A_SOCKET_STATE, "state", "") \
	X(ADIT_A_SOCKET_OWN, "own", "1 if the module has opened it, 0 if it was handed over.") \
	X(ADIT_A_SOCKET_PEERS, "peers", "Peers that are reached through it.") \
	X(ADIT_A_SOCKET_ERROR, "error", "Why the last connection failed or ended, an errno; 0 if none did.") \
	X(ADIT_A_SOCKET_KEEPALIVES, "keepalives", "NAT keepalives received (RFC 3948, 2.3).") \
	X(ADIT_A_SOCKET_IKE, "ike", "IKE messages given to the process that has the socket.") \
	X(ADIT_A_SOCKET_IKE_DROPPED, "ike-dropped", "IKE messages that nobody has read, or has the socket for.") \
	X(ADIT_A_SOCKET_DROPPED, "dropped", "Packets that are neither, or ESP for no SA.") \
	X(ADIT_A_SOCKET_QUEUED, "queued", "Octets that wait to be sent on a TCP connection.")

#define ADIT_NAMES_A_SELECTOR(X) \
	X(ADIT_A_SELECTOR_START, "start", "First address, 4 or 16 octets.") \
	X(ADIT_A_SELECTOR_END, "end", "Last address; absent for start alone.") \
	X(ADIT_A_SELECTOR_PROTO, "proto", "IP protocol, 0 for any.") \
	X(ADIT_A_SELECTOR_PORT_START, "port-start", "Host order; only with a protocol. For ICMP and ICMPv6 the port is type * 256 + code.") \
	X(ADIT_A_SELECTOR_PORT_END, "port-end", "Host order; absent for port-start alone. Not below port-start, but for 65535 to 0: OPAQUE, packets whose ports are not there, which are fragments but the first and those of protocols without ports.")

#define ADIT_NAMES_A_CHILD(X) \
	X(ADIT_A_CHILD_IFINDEX, "ifindex", "") \
	X(ADIT_A_CHILD_ID, "id", "Unique in the interface. In a new child absent for \"the lowest free one above 0\".") \
	X(ADIT_A_CHILD_PEER, "peer", "Id of the peer; 0, the interface's own, if absent.") \
	X(ADIT_A_CHILD_MODE, "mode", "") \
	X(ADIT_A_CHILD_LOCAL_TS, "local-ts", "What may be the inner source outbound; absent, anything.") \
	X(ADIT_A_CHILD_REMOTE_TS, "remote-ts", "What may be the inner destination outbound; absent, anything.") \
	X(ADIT_A_CHILD_PRIORITY, "priority", "The order of the policies (RFC 4301, 4.4.1). Of the children whose selectors match a packet the lowest number wins, then the longest prefix of the destination, then the lowest id.") \
	X(ADIT_A_CHILD_HOLD_SECONDS, "hold-seconds", "How long a packet may wait for the first outbound SA.") \
	X(ADIT_A_CHILD_HELD, "held", "Packets that wait for an outbound SA now.") \
	X(ADIT_A_CHILD_SPI_OUT, "spi-out", "SPI of the outbound SA in use, absent if there is none.") \
	X(ADIT_A_CHILD_SAS, "sas", "") \
	X(ADIT_A_CHILD_STATS, "stats", "Survives rekeys.") \
	X(ADIT_A_CHILD_PROTOCOLS, "protocols", "In a new child esp if absent.") \
	X(ADIT_A_CHILD_ICMP_ERRORS, "icmp-errors", "1 (the default) to let through ICMP errors about packets that the selectors allow, although these do not allow the errors themselves (RFC 4301, 6).") \
	X(ADIT_A_CHILD_DUMMY_LENGTH, "dummy-length", "Octets in a dummy packet, 64 if absent; only of dummy-send.")

#define ADIT_NAMES_A_LIMITS(X) \
	X(ADIT_A_LIMITS_PAD, "pad", "") \
	X(ADIT_A_LIMITS_SOFT_SECONDS, "soft-seconds", "") \
	X(ADIT_A_LIMITS_SOFT_BYTES, "soft-bytes", "") \
	X(ADIT_A_LIMITS_SOFT_PACKETS, "soft-packets", "") \
	X(ADIT_A_LIMITS_HARD_SECONDS, "hard-seconds", "") \
	X(ADIT_A_LIMITS_HARD_BYTES, "hard-bytes", "") \
	X(ADIT_A_LIMITS_HARD_PACKETS, "hard-packets", "")

#define ADIT_NAMES_A_SA(X) \
	X(ADIT_A_SA_PAD, "pad", "") \
	X(ADIT_A_SA_IFINDEX, "ifindex", "") \
	X(ADIT_A_SA_CHILD, "child", "") \
	X(ADIT_A_SA_DIR, "dir", "") \
	X(ADIT_A_SA_PROTO, "proto", "IP protocol, 50 for ESP (the default) or 51 for AH (the default where the child has AH alone).") \
	X(ADIT_A_SA_SPI, "spi", "In network order, 0x100 and above.") \
	X(ADIT_A_SA_STATE, "state", "") \
	X(ADIT_A_SA_ENCR, "encr", "IKEv2 transform type 1, see encr.") \
	X(ADIT_A_SA_ENCR_KEY, "encr-key", "Key, and behind it the salt where the RFC of the algorithm has one (KEYMAT order of RFC 4106, 8.1 and RFC 7634, 2).") \
	X(ADIT_A_SA_ENCR_KEY_BITS, "encr-key-bits", "Length of the key without the salt; only shown.") \
	X(ADIT_A_SA_INTEG, "integ", "IKEv2 transform type 3, see integ; absent or none with an AEAD.") \
	X(ADIT_A_SA_INTEG_KEY, "integ-key", "") \
	X(ADIT_A_SA_ESN, "esn", "1 for 64-bit sequence numbers (IKEv2 transform type 5).") \
	X(ADIT_A_SA_REPLAY_WINDOW, "replay-window", "In packets, 0 for no replay protection; inbound only.") \
	X(ADIT_A_SA_ACTIVE, "active", "In a new outbound SA 1 to use it at once, 0 to keep it ready for sa-activate. Shown for the one in use. An AH SA around ESP is used with its ESP SA, whatever is said here.") \
	X(ADIT_A_SA_LIMITS, "limits", "") \
	X(ADIT_A_SA_SEQUENCE, "sequence", "Outbound, the last number used; inbound, the highest verified. Given, the SA goes on from there; it can only be raised (RFC 6311).") \
	X(ADIT_A_SA_AGE_SECONDS, "age-seconds", "Seconds since the SA was made.") \
	X(ADIT_A_SA_IDLE_SECONDS, "idle-seconds", "Seconds since it last carried a packet; absent if it never did.") \
	X(ADIT_A_SA_OVERHEAD, "overhead", "The most octets that the SA adds to an inner packet.") \
	X(ADIT_A_SA_MTU, "mtu", "Largest inner packet that fits into the path, 0 if no route.") \
	X(ADIT_A_SA_STATS, "stats", "") \
	X(ADIT_A_SA_SPI_MIN, "spi-min", "In host order, lowest SPI that spi-alloc may pick.") \
	X(ADIT_A_SA_SPI_MAX, "spi-max", "In host order, highest SPI that spi-alloc may pick.") \
	X(ADIT_A_SA_LARVAL_SECONDS, "larval-seconds", "How long spi-alloc keeps an SPI without keys; 30 if absent.") \
	X(ADIT_A_SA_BACKEND, "backend", "Names of the kernel's implementations that serve the SA.") \
	X(ADIT_A_SA_LEGACY, "legacy", "1 allows algorithms that are there for old peers only, see alg. Shown for an SA that has one.") \
	X(ADIT_A_SA_REPLAY_SEEN, "replay-seen", "Which packets an inbound SA has seen: bit i, the lowest of each octet first, is for the number sequence - i. Given with sequence, for an SA that was elsewhere; all numbers beyond it, and all without it, count as seen. Shown by sa-get for one SA.") \
	X(ADIT_A_SA_AH_SPI, "ah-spi", "Of an outbound ESP SA of a child with AH around ESP: its AH SA, which must be there already.") \
	X(ADIT_A_SA_IPCOMP, "ipcomp", "Compression of what the SA protects, see ipcomp; only of what gets smaller (RFC 3173, 2.2).") \
	X(ADIT_A_SA_CPI, "cpi", "In host order, the CPI of that, 256 and above; absent for the one that the algorithm itself has (RFC 3173, 3.3).") \
	X(ADIT_A_SA_TFC_PADDING, "tfc-padding", "Octets that shorter inner packets are padded to, up to 65535 but no more than the path carries, or one of tfc; outbound in tunnel mode only.") \
	X(ADIT_A_SA_NAT_OA_LOCAL, "nat-oa-local", "Of an inbound SA in transport mode whose peers are behind NAT: the address that the other end sends to, 4 or 16 octets (RFC 3948, 3.1.2; RFC 7296, 2.23.1).") \
	X(ADIT_A_SA_NAT_OA_REMOTE, "nat-oa-remote", "The address that the other end sends from, as nat-oa-local.")

#define ADIT_NAMES_A_ALG(X) \
	X(ADIT_A_ALG_TRANSFORM, "transform", "") \
	X(ADIT_A_ALG_ID, "id", "") \
	X(ADIT_A_ALG_NAME, "name", "") \
	X(ADIT_A_ALG_KEY_BITS, "key-bits", "Each key length that is accepted, without the salt.") \
	X(ADIT_A_ALG_SALT_LEN, "salt-len", "Octets of salt behind the key.") \
	X(ADIT_A_ALG_IV_LEN, "iv-len", "Octets of IV in each packet.") \
	X(ADIT_A_ALG_ICV_LEN, "icv-len", "Octets of ICV in each packet.") \
	X(ADIT_A_ALG_AEAD, "aead", "1 if it protects integrity too, and takes no integrity algorithm.") \
	X(ADIT_A_ALG_USABLE, "usable", "1 if the running kernel has what it needs.") \
	X(ADIT_A_ALG_LEGACY, "legacy", "1 if it is weak, and used only by SAs that say legacy.")

#define ADIT_NAMES_A_ACQUIRE(X) \
	X(ADIT_A_ACQUIRE_IFINDEX, "ifindex", "") \
	X(ADIT_A_ACQUIRE_IFNAME, "ifname", "") \
	X(ADIT_A_ACQUIRE_PEER, "peer", "") \
	X(ADIT_A_ACQUIRE_CHILD, "child", "") \
	X(ADIT_A_ACQUIRE_SOURCE, "source", "Of the packet, for the first traffic selector (RFC 7296, 2.9).") \
	X(ADIT_A_ACQUIRE_DESTINATION, "destination", "") \
	X(ADIT_A_ACQUIRE_PROTO, "proto", "") \
	X(ADIT_A_ACQUIRE_SOURCE_PORT, "source-port", "Host order; absent if the protocol has none.") \
	X(ADIT_A_ACQUIRE_DESTINATION_PORT, "destination-port", "")

#define ADIT_NAMES_A_EXPIRE(X) \
	X(ADIT_A_EXPIRE_IFINDEX, "ifindex", "") \
	X(ADIT_A_EXPIRE_IFNAME, "ifname", "") \
	X(ADIT_A_EXPIRE_PEER, "peer", "") \
	X(ADIT_A_EXPIRE_CHILD, "child", "") \
	X(ADIT_A_EXPIRE_DIR, "dir", "") \
	X(ADIT_A_EXPIRE_PROTO, "proto", "") \
	X(ADIT_A_EXPIRE_SPI, "spi", "") \
	X(ADIT_A_EXPIRE_HARD, "hard", "1 if the SA ended, 0 if it should be replaced soon.") \
	X(ADIT_A_EXPIRE_LIMIT, "limit", "")

#define ADIT_NAMES_A_UNKNOWN_SPI(X) \
	X(ADIT_A_UNKNOWN_SPI_PROTO, "proto", "50 (ESP) or 51 (AH).") \
	X(ADIT_A_UNKNOWN_SPI_SPI, "spi", "") \
	X(ADIT_A_UNKNOWN_SPI_SOURCE, "source", "Outer address, of which nobody knows whether it is true.") \
	X(ADIT_A_UNKNOWN_SPI_DESTINATION, "destination", "") \
	X(ADIT_A_UNKNOWN_SPI_ENCAP, "encap", "") \
	X(ADIT_A_UNKNOWN_SPI_SOURCE_PORT, "source-port", "Host order; only with encap udp and tcp.") \
	X(ADIT_A_UNKNOWN_SPI_SOCKET, "socket", "Id of the socket that it came through; only with encap udp and tcp.")

#define ADIT_NAMES_CMD(X) \
	X(ADIT_CMD_NET_GET, "net-get", "Counters of the network namespace.") \
	X(ADIT_CMD_ALG_GET, "alg-get", "An algorithm, or all that the module knows.") \
	X(ADIT_CMD_DEV_GET, "dev-get", "An interface with its counters, or all of the namespace.") \
	X(ADIT_CMD_PEER_NEW, "peer-new", "Add a peer; the reply tells its id.") \
	X(ADIT_CMD_PEER_SET, "peer-set", "Change what is given of a peer; its children and SAs stay.") \
	X(ADIT_CMD_PEER_DEL, "peer-del", "Remove a peer with its children and SAs.") \
	X(ADIT_CMD_PEER_GET, "peer-get", "A peer, or all peers of an interface.") \
	X(ADIT_CMD_CHILD_NEW, "child-new", "Add a child to a peer; the reply tells its id.") \
	X(ADIT_CMD_CHILD_SET, "child-set", "Change what is given of a child; its SAs stay. Selectors of a side are replaced as a whole.") \
	X(ADIT_CMD_CHILD_DEL, "child-del", "Remove a child with its SAs.") \
	X(ADIT_CMD_CHILD_GET, "child-get", "A child, or all children of an interface.") \
	X(ADIT_CMD_SPI_ALLOC, "spi-alloc", "Reserve an inbound SPI for a child (a larval SA), to offer it to the peer before the keys are known. sa-new with that SPI completes it.") \
	X(ADIT_CMD_SA_NEW, "sa-new", "Add an SA to a child, or complete a larval one.") \
	X(ADIT_CMD_SA_SET, "sa-set", "Change the limits or the padding of an SA, or where its sequence numbers are.") \
	X(ADIT_CMD_SA_ACTIVATE, "sa-activate", "Let the child send with this outbound SA from now on, atomically.") \
	X(ADIT_CMD_SA_DEL, "sa-del", "Remove an SA.") \
	X(ADIT_CMD_SA_GET, "sa-get", "An SA, or all SAs of an interface.") \
	X(ADIT_CMD_PEER_NTF, "peer-ntf", "A peer is new or has changed.") \
	X(ADIT_CMD_PEER_DEL_NTF, "peer-del-ntf", "A peer is gone.") \
	X(ADIT_CMD_CHILD_NTF, "child-ntf", "A child is new or has changed.") \
	X(ADIT_CMD_CHILD_DEL_NTF, "child-del-ntf", "A child is gone.") \
	X(ADIT_CMD_SA_NTF, "sa-ntf", "An SA is new, has changed its state or was put to use.") \
	X(ADIT_CMD_SA_DEL_NTF, "sa-del-ntf", "An SA is gone.") \
	X(ADIT_CMD_ACQUIRE_NTF, "acquire-ntf", "A child needs an outbound SA; at most one a second for each child.") \
	X(ADIT_CMD_EXPIRE_NTF, "expire-ntf", "An SA has reached a limit.") \
	X(ADIT_CMD_DUMMY_SEND, "dummy-send", "Send a dummy packet through a child's outbound SA (RFC 4303, 2.6), which the other end drops without a word. It has a sequence number of the SA, and its tfc-padding, but is no inner packet and counts nowhere as one.") \
	X(ADIT_CMD_SOCKET_NEW, "socket-new", "Hand a socket over, or have one opened; the reply tells its id. ESP of a socket that was handed over stays in the kernel; IKE messages are read from it and written to it as before.") \
	X(ADIT_CMD_SOCKET_DEL, "socket-del", "Give a socket back, or close one that the module has opened. Its peers keep their children and SAs, and wait for another one.") \
	X(ADIT_CMD_SOCKET_GET, "socket-get", "A socket, or all sockets of the namespace.") \
	X(ADIT_CMD_SOCKET_NTF, "socket-ntf", "A socket is new, or its state has changed.") \
	X(ADIT_CMD_SOCKET_DEL_NTF, "socket-del-ntf", "A socket is gone; its error tells if it was not by request.") \
	X(ADIT_CMD_PEER_MOVE_NTF, "peer-move-ntf", "A verified packet has moved a peer to where it came from.") \
	X(ADIT_CMD_UNKNOWN_SPI_NTF, "unknown-spi-ntf", "A packet is for an SPI of no SA here, and of none of the kernel's own IPsec, as after a crash. At most one a second from an address, and 64 of all, in the namespace of the underlay.")

#endif
