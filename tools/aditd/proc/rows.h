/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of each message, see wire.h and msg.h. */
#ifndef ADITD_PROC_ROWS_H
#define ADITD_PROC_ROWS_H

#include "wire.h"

extern const struct wire_set rows_none, rows_log, rows_packet, rows_resolve,
	rows_resolved, rows_child, rows_peer, rows_inner, rows_acquire,
	rows_expire, rows_failed, rows_counters, rows_counters_are, rows_auth,
	rows_auth_done, rows_unknown_spi, rows_certreqs, rows_settings,
	rows_settings_done, rows_tcp_connect, rows_tcp_close, rows_tcp_listen,
	rows_tcp_open, rows_tcp_closed, rows_fetch, rows_fetched, rows_route,
	rows_network, rows_secret, rows_ppk;

#endif
