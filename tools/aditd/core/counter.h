/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of the daemon, with the names that VICI's get-counters has. */
#ifndef ADITD_CORE_COUNTER_H
#define ADITD_CORE_COUNTER_H

#define COUNTERS(X)                                       \
	X(IKE_REKEY_INIT, "ike-rekey-init")               \
	X(IKE_REKEY_RESP, "ike-rekey-resp")               \
	X(CHILD_REKEY, "child-rekey")                     \
	X(INVALID, "invalid")                             \
	X(INVALID_SPI, "invalid-spi")                     \
	X(IKE_INIT_IN_REQ, "ike-init-in-req")             \
	X(IKE_INIT_IN_RESP, "ike-init-in-resp")           \
	X(IKE_INIT_OUT_REQ, "ike-init-out-req")           \
	X(IKE_INIT_OUT_RESP, "ike-init-out-resp")         \
	X(IKE_AUTH_IN_REQ, "ike-auth-in-req")             \
	X(IKE_AUTH_IN_RESP, "ike-auth-in-resp")           \
	X(IKE_AUTH_OUT_REQ, "ike-auth-out-req")           \
	X(IKE_AUTH_OUT_RESP, "ike-auth-out-resp")         \
	X(CREATE_CHILD_IN_REQ, "create-child-in-req")     \
	X(CREATE_CHILD_IN_RESP, "create-child-in-resp")   \
	X(CREATE_CHILD_OUT_REQ, "create-child-out-req")   \
	X(CREATE_CHILD_OUT_RESP, "create-child-out-resp") \
	X(INFO_IN_REQ, "info-in-req")                     \
	X(INFO_IN_RESP, "info-in-resp")                   \
	X(INFO_OUT_REQ, "info-out-req")                   \
	X(INFO_OUT_RESP, "info-out-resp")                 \
	/* Of adit alone. */                              \
	X(RETRANSMITS, "retransmits")                     \
	X(REPLIES_AGAIN, "replies-again")                 \
	X(COOKIES_ASKED, "cookies-asked")                 \
	X(HALF_OPEN_REFUSED, "half-open-refused")         \
	X(ERRORS_UNSENT, "errors-unsent")                 \
	X(FAILURES, "failures")

#define COUNTER_ENUM(name, text) COUNT_##name,
enum counter { COUNTERS(COUNTER_ENUM) COUNTS };
#undef COUNTER_ENUM

#endif
