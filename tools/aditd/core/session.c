// SPDX-License-Identifier: GPL-2.0-or-later
/* See session.h. */
#include "session.h"

#include <stdio.h>

#include "../crypto/prf.h"
#include "inner.h"

int session_of(struct session *session, const struct ike_sa *sa,
	       struct span key, uint64_t until)
{
	const struct conn_slot *slot = conn_slot(sa->engine, sa->conn->name);

	snprintf(session->conn, sizeof(session->conn), "%s", sa->conn->name);
	session->edition = slot ? slot->edition : 0;
	session->algs = sa->algs;
	session->spi_i = sa->spi_i;
	session->spi_r = sa->spi_r;
	session->until = until;
	session->reauth_at = sa->reauth_at;
	buf_add_span(&session->key, key);
	return session->key.failed ||
			       ident_copy(&session->local, &sa->local_id) ||
			       ident_copy(&session->remote, &sa->remote_id) ||
			       ident_copy(&session->eap, &sa->eap_id) ?
		       -1 :
		       0;
}

int session_apply(const struct session *session, struct ike_sa *sa)
{
	sa->algs = session->algs;
	ident_free(&sa->local_id);
	ident_free(&sa->eap_id);
	return ident_copy(&sa->local_id, &session->local) ||
			       ident_copy(&sa->eap_id, &session->eap) ?
		       -1 :
		       0;
}

void session_free(struct session *session)
{
	ident_free(&session->local);
	ident_free(&session->remote);
	ident_free(&session->eap);
	buf_free(&session->key);
}

uint64_t session_life(const struct ike_sa *sa)
{
	const uint64_t ends[] = { sa->reauth_at, sa->expire_at };
	uint64_t now = ike_sa_now(sa), seconds = TICKET_SECONDS, left;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!ends[i])
			continue;
		left = ends[i] > now ? (ends[i] - now) / 1000 : 0;
		if (left < seconds)
			seconds = left;
	}
	return seconds;
}

static void write_ident(const struct ident *id, struct buf *out)
{
	buf_add_u8(out, id->type);
	buf_add_u16(out, id->len);
	buf_add(out, id->data, id->len);
}

void session_write(const struct session *session, struct buf *out)
{
	const uint16_t algorithms[] = { session->algs.encr,
					session->algs.encr_bits,
					session->algs.integ, session->algs.prf,
					session->algs.dh };
	size_t name_len = strlen(session->conn);

	buf_add_u8(out, (uint8_t)name_len);
	buf_add(out, session->conn, name_len);
	buf_add_u32(out, session->edition);
	write_ident(&session->local, out);
	write_ident(&session->remote, out);
	write_ident(&session->eap, out);
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
		buf_add_u16(out, algorithms[i]);
	for (size_t i = 0; i < PROPOSAL_ADDKE_MAX; i++)
		buf_add_u16(out, session->algs.addke[i]);
	buf_add_u8(out, session->algs.ppk);
	buf_add_u64(out, session->spi_i);
	buf_add_u64(out, session->spi_r);
	buf_add_u64(out, session->until);
	buf_add_u64(out, session->reauth_at);
	buf_add_span(out, buf_span(&session->key));
}

static bool read_name(struct session *session, struct span *rest)
{
	struct span name;
	uint8_t len;

	if (!span_take_u8(rest, &len) || len >= sizeof(session->conn) ||
	    !span_take(rest, len, &name))
		return false;
	memcpy(session->conn, name.data, name.len);
	session->conn[name.len] = '\0';
	return true;
}

static bool read_ident(struct ident *id, struct span *rest)
{
	struct ident view = { 0 };
	struct span data;

	if (!span_take_u8(rest, &view.type) ||
	    !span_take_u16(rest, &view.len) ||
	    !span_take(rest, view.len, &data))
		return false;
	view.data = (uint8_t *)data.data;
	return !ident_copy(id, &view);
}

static bool read_algorithms(struct session *session, struct span *rest)
{
	uint16_t *const algorithms[] = {
		&session->algs.encr, &session->algs.encr_bits,
		&session->algs.integ, &session->algs.prf, &session->algs.dh
	};

	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (!span_take_u16(rest, algorithms[i]))
			return false;
	for (size_t i = 0; i < PROPOSAL_ADDKE_MAX; i++)
		if (!span_take_u16(rest, &session->algs.addke[i]))
			return false;
	return true;
}

int session_read(struct session *session, struct span octets)
{
	uint8_t ppk;

	if (!read_name(session, &octets) ||
	    !span_take_u32(&octets, &session->edition) ||
	    !read_ident(&session->local, &octets) ||
	    !read_ident(&session->remote, &octets) ||
	    !read_ident(&session->eap, &octets) ||
	    !read_algorithms(session, &octets) ||
	    !span_take_u8(&octets, &ppk) ||
	    !span_take_u64(&octets, &session->spi_i) ||
	    !span_take_u64(&octets, &session->spi_r) ||
	    !span_take_u64(&octets, &session->until) ||
	    !span_take_u64(&octets, &session->reauth_at) || !octets.len ||
	    octets.len != prf_len(session->algs.prf))
		return -1;
	session->algs.ppk = ppk;
	buf_add_span(&session->key, octets);
	return session->key.failed ? -1 : 0;
}
