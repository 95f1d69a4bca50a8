// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What happens when: the exchanges of RFC 7296 (1.2 to 1.4), a row each. The
 * first row that fits is taken; notifies and vendor ids may be everywhere.
 */
#include "v2.h"

#define P(type) FSM_PAYLOAD(PAYLOAD_##type)
#define S(state) FSM_STATE(IKE_##state)
#define T(kind) (1U << TASK_##kind)

#define CERTS (P(CERT) | P(CERTREQ))
#define A_CHILD (P(SA) | P(TSI) | P(TSR))
#define OPEN (S(ESTABLISHED) | S(REKEYED) | S(DELETING))

const struct fsm_row v2_rows[] = {
	/*	HDR, SAi1, KEi, Ni  -->
	 *				<--  HDR, SAr1, KEr, Nr, [CERTREQ]
	 */
	{
		.story = "initiator: keys, and AUTH is to be signed",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_SA_INIT,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(SA) | P(KE) | P(NONCE),
		.optional = CERTS,
		.handle = v2_init_response,
		.to = IKE_AUTHENTICATING,
	},
	{
		.story = "initiator: once more, with a cookie or another group",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_SA_INIT,
		.response = true,
		.role = FSM_INITIATOR,
		.handle = v2_init_refused,
		.to = FSM_STAY,
	},
	/*	HDR, [N(COOKIE),] Ni, N(TICKET_OPAQUE)  -->
	 *				<--  HDR, Nr
	 */
	{
		.story = "initiator: the session goes on (RFC 5723)",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_SESSION_RESUME,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(NONCE),
		.handle = v2_resume_response,
		.to = IKE_AUTHENTICATING,
	},
	{
		.story = "initiator: not without a cookie, or not at all",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_SESSION_RESUME,
		.response = true,
		.role = FSM_INITIATOR,
		.handle = v2_resume_refused,
		.to = FSM_STAY,
	},
	/*	HDR, SK {KEi(n)}  -->
	 *				<--  HDR, SK {KEr(n)}
	 */
	{
		.story = "responder: one more key exchange (RFC 9370)",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_INTERMEDIATE,
		.role = FSM_RESPONDER,
		.required = P(KE),
		.handle = v2_intermediate_request,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: keys of one more, then the next, or AUTH",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_INTERMEDIATE,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(KE),
		.handle = v2_intermediate_response,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: one more key exchange is refused",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_INTERMEDIATE,
		.response = true,
		.role = FSM_INITIATOR,
		.handle = v2_auth_refused,
		.to = FSM_STAY,
	},
	/*	HDR, SK {IDi, [CERT,] [CERTREQ,] [IDr,] AUTH, SAi2, TSi, TSr} -->
	 *			<-- HDR, SK {IDr, [CERT,] AUTH, SAr2, TSi, TSr}
	 */
	{
		.story = "responder: who is it, and is it true?",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_AUTH,
		.role = FSM_RESPONDER,
		.required = P(IDI) | A_CHILD,
		.optional = P(AUTH) | CERTS | P(IDR) | P(CP),
		.handle = v2_auth_request,
		.to = FSM_STAY,
	},
	{
		.story = "responder: the same without a child (RFC 6023)",
		.from = S(CONNECTING),
		.exchange = EXCHANGE_IKE_AUTH,
		.role = FSM_RESPONDER,
		.required = P(IDI),
		.optional = P(AUTH) | CERTS | P(IDR) | P(CP),
		.handle = v2_auth_request,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: is the peer who it says?",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(IDR) | P(AUTH) | A_CHILD,
		.optional = CERTS | P(CP),
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	{
		.story =
			"initiator: the same, and there is no child, or not yet",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(IDR) | P(AUTH),
		.optional = CERTS | P(CP) | P(EAP),
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	/*	HDR, SK {IDi, [CERTREQ,] [IDr,] SAi2, TSi, TSr}  -->
	 *			<--  HDR, SK {IDr, [CERT, AUTH,] EAP}
	 *	HDR, SK {EAP}  -->
	 *			<--  HDR, SK {EAP}
	 *	HDR, SK {AUTH}  -->
	 *			<--  HDR, SK {AUTH, SAr2, TSi, TSr}
	 */
	{
		.story =
			"initiator: EAP, which says who the peer is (RFC 5998)",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(IDR) | P(EAP),
		.optional = CERTS,
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: EAP goes on",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(EAP),
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: has the peer the key of EAP?",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = P(AUTH),
		.optional = A_CHILD | P(CP),
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: the last of our rounds was good",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.required = A_CHILD,
		.optional = P(CP),
		.handle = v2_auth_response,
		.to = FSM_STAY,
	},
	{
		.story = "initiator: refused",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.response = true,
		.role = FSM_INITIATOR,
		.handle = v2_auth_refused,
		.to = FSM_STAY,
	},
	{
		.story = "responder: EAP goes on",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.role = FSM_RESPONDER,
		.required = P(EAP),
		.handle = v2_auth_next_request,
		.to = FSM_STAY,
	},
	{
		.story = "responder: one more round (RFC 4739)",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.role = FSM_RESPONDER,
		.required = P(IDI),
		.optional = P(AUTH) | CERTS | P(IDR),
		.handle = v2_auth_next_request,
		.to = FSM_STAY,
	},
	{
		.story =
			"responder: has the peer the key of EAP, or is it over?",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_IKE_AUTH,
		.role = FSM_RESPONDER,
		.optional = P(AUTH),
		.handle = v2_auth_next_request,
		.to = FSM_STAY,
	},
	{
		.story = "responder: the peer does not want us",
		.from = S(AUTHENTICATING),
		.exchange = EXCHANGE_INFORMATIONAL,
		.role = FSM_RESPONDER,
		.optional = P(DELETE),
		.handle = v2_auth_given_up,
		.to = FSM_STAY,
	},
	/*	HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr}  -->
	 *			<--  HDR, SK {SA, Nr, [KEr,] TSi, TSr}
	 */
	{
		.story = "a new Child SA, or one that is rekeyed",
		.from = S(ESTABLISHED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.required = A_CHILD | P(NONCE),
		.optional = P(KE) | P(CP),
		.handle = v2_child_request,
		.to = FSM_STAY,
	},
	/*	HDR, SK {SA, Ni, KEi}  -->
	 *				<--  HDR, SK {SA, Nr, KEr}
	 */
	{
		.story = "the IKE SA is rekeyed",
		.from = S(ESTABLISHED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.required = P(SA) | P(NONCE) | P(KE),
		.handle = v2_rekey_request,
		.to = FSM_STAY,
	},
	{
		.story = "too late for new SAs",
		.from = S(REKEYED) | S(DELETING),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.required = P(SA) | P(NONCE),
		.optional = P(KE) | P(TSI) | P(TSR) | P(CP),
		.handle = v2_not_now,
		.to = FSM_STAY,
	},
	{
		.story = "our Child SA is there",
		.from = S(ESTABLISHED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.response = true,
		.tasks = T(CHILD) | T(CHILD_REKEY),
		.required = A_CHILD | P(NONCE),
		.optional = P(KE) | P(CP),
		.handle = v2_child_response,
		.to = FSM_STAY,
	},
	{
		.story = "our Child SA is refused",
		.from = S(ESTABLISHED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.response = true,
		.tasks = T(CHILD) | T(CHILD_REKEY),
		.handle = v2_child_refused,
		.to = FSM_STAY,
	},
	{
		.story = "our new IKE SA is there",
		.from = S(ESTABLISHED) | S(REKEYED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.response = true,
		.tasks = T(IKE_REKEY),
		.required = P(SA) | P(NONCE) | P(KE),
		.handle = v2_rekey_response,
		.to = FSM_STAY,
	},
	{
		.story = "our new IKE SA is refused",
		.from = S(ESTABLISHED) | S(REKEYED),
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.response = true,
		.tasks = T(IKE_REKEY),
		.handle = v2_rekey_refused,
		.to = FSM_STAY,
	},
	/*	HDR, SK {KEi(n), N(ADDITIONAL_KEY_EXCHANGE)}  -->
	 *		<--  HDR, SK {KEr(n), [N(ADDITIONAL_KEY_EXCHANGE)]}
	 */
	{
		.story = "one more key exchange of what is made",
		.from = S(ESTABLISHED) | S(REKEYED) | S(DELETING),
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.required = P(KE),
		.handle = v2_followup_request,
		.to = FSM_STAY,
	},
	{
		.story = "one more key exchange of ours is done",
		.from = S(ESTABLISHED) | S(REKEYED),
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.response = true,
		.tasks = T(CHILD) | T(CHILD_REKEY) | T(IKE_REKEY),
		.required = P(KE),
		.handle = v2_followup_response,
		.to = FSM_STAY,
	},
	{
		.story = "one more for our Child SA is refused",
		.from = S(ESTABLISHED) | S(REKEYED),
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.response = true,
		.tasks = T(CHILD) | T(CHILD_REKEY),
		.handle = v2_child_refused,
		.to = FSM_STAY,
	},
	{
		.story = "one more for our new IKE SA is refused",
		.from = S(ESTABLISHED) | S(REKEYED),
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.response = true,
		.tasks = T(IKE_REKEY),
		.handle = v2_rekey_refused,
		.to = FSM_STAY,
	},
	/*	HDR, SK {[N,] [D,] [CP,] ...}  -->
	 *				<--  HDR, SK {[N,] [D,] [CP], ...}
	 */
	{
		.story = "deletes, notifies, or is anybody there?",
		.from = OPEN,
		.exchange = EXCHANGE_INFORMATIONAL,
		.optional = P(DELETE) | P(CP),
		.handle = v2_info_request,
		.to = FSM_STAY,
	},
	{
		.story = "what we asked for is done",
		.from = OPEN,
		.exchange = EXCHANGE_INFORMATIONAL,
		.response = true,
		.optional = P(DELETE) | P(CP),
		.handle = v2_info_response,
		.to = FSM_STAY,
	},
};

const size_t v2_n_rows = ARRAY_SIZE(v2_rows);
