// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of what is beside connections: secrets, certificates, pools, CAs. */
#include "options.h"

/* Of cert<suffix> and cacert<suffix>. */
static const struct conf_option token_options[] = {
	{ .name = "file",
	  .type = CONF_KEPT,
	  .help = "absolute name of the certificate's file" },
	{ .name = "handle",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "certificate on a token" },
	{ .name = "slot",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "slot of the token" },
	{ .name = "module",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "PKCS#11 module" },
};

const struct conf_section conf_token_section = {
	"connections.<conn>.remote<suffix>.[ca]cert<suffix>",
	"A certificate by its file.",
	token_options,
	ARRAY_SIZE(token_options),
	NULL,
	0,
	false,
};

static const struct conf_option pool_options[] = {
	{ .name = "addrs",
	  .type = CONF_KEPT,
	  .help = "subnet or range FROM-TO to give addresses from" },
	{ .name = "dns", .type = CONF_KEPT_LIST, .help = "name servers" },
	{ .name = "nbns", .type = CONF_KEPT_LIST, .help = "WINS servers" },
	{ .name = "dhcp", .type = CONF_KEPT_LIST, .help = "DHCP servers" },
	{ .name = "netmask", .type = CONF_KEPT_LIST, .help = "netmask" },
	{ .name = "server", .type = CONF_KEPT_LIST, .help = "servers" },
	{ .name = "subnet",
	  .type = CONF_KEPT_LIST,
	  .help = "subnets behind us" },
	{ .name = "split_include",
	  .type = CONF_KEPT_LIST,
	  .help = "subnets to reach through the tunnel" },
	{ .name = "split_exclude",
	  .type = CONF_KEPT_LIST,
	  .help = "subnets to reach beside it" },
	{ .name = "split_dns",
	  .type = CONF_KEPT_LIST,
	  .help = "adit: domains that the name servers are for (RFC 8598)" },
};

const struct conf_section conf_pool_section = {
	"pools.<name>",
	"Inner addresses and what is told with them. Other names are numbers of attributes.",
	pool_options,
	ARRAY_SIZE(pool_options),
	NULL,
	0,
	true,
};

static const struct conf_option authority_options[] = {
	{ .name = "cacert",
	  .type = CONF_KEPT,
	  .help = "the CA's certificate, a file in x509ca" },
	{ .name = "file",
	  .type = CONF_KEPT,
	  .help = "absolute name of the certificate's file" },
	{ .name = "handle",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "certificate on a token" },
	{ .name = "slot",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "slot of the token" },
	{ .name = "module",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "PKCS#11 module" },
	{ .name = "crl_uris",
	  .type = CONF_KEPT_LIST,
	  .help = "where its CRLs are, http:// URIs; asked before those that a certificate names" },
	{ .name = "ocsp_uris",
	  .type = CONF_KEPT_LIST,
	  .help = "OCSP servers for it, http:// URIs; asked before those that a certificate names" },
	{ .name = "cert_uri_base",
	  .type = CONF_IGNORED,
	  .refused = "certificates are sent as such, not as hash and URL",
	  .help = "base of URLs for hash and URL" },
};

const struct conf_section conf_authority_section = {
	"authorities.<name>",
	"More about a CA.",
	authority_options,
	ARRAY_SIZE(authority_options),
	NULL,
	0,
	false,
};

static const struct conf_option secret_options[] = {
	{ .name = "secret",
	  .type = CONF_KEPT,
	  .help = "text, 0xHEX or 0sBASE64" },
	{ .name = "id*",
	  .type = CONF_KEPT,
	  .help = "whom it belongs to (ike, eap, ppk, ntlm)" },
	{ .name = "file",
	  .type = CONF_KEPT,
	  .help = "key file that it opens (private, rsa, ecdsa, pkcs8, pkcs12)" },
	{ .name = "handle",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "key on a token" },
	{ .name = "slot",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "slot of the token" },
	{ .name = "module",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "PKCS#11 module" },
	{ .name = "pin",
	  .type = CONF_REFUSED,
	  .refused = TOKEN,
	  .help = "PIN of the token" },
};

const struct conf_section conf_secret_section = {
	"secrets.<type><suffix>",
	"A secret; the type is ike, eap, xauth, ntlm, ppk, private, rsa, ecdsa, pkcs8 or pkcs12.",
	secret_options,
	ARRAY_SIZE(secret_options),
	NULL,
	0,
	false,
};

const struct conf_section *const conf_sections[] = {
	&conf_conn_section,  &conf_local_section,     &conf_remote_section,
	&conf_token_section, &conf_child_section,     &conf_secret_section,
	&conf_pool_section,  &conf_authority_section,
};
const size_t conf_n_sections = ARRAY_SIZE(conf_sections);
