/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rows of options are made with; of options_*.c only. */
#ifndef ADITD_CONF_OPTIONS_H
#define ADITD_CONF_OPTIONS_H

#include "../core/conf.h"
#include "../proto/v2.h"
#include "option.h"

#define WORDS(w) .words = (w), .n_words = ARRAY_SIZE(w)

/* Reasons that several have. */
#define IKEV1 "it belongs to IKEv1, which is not there yet"
#define IF_IDS                                                               \
	"these are XFRM interface ids; a connection has its own interface, " \
	"see 'interface'"
#define TOKEN "keys on PKCS#11 tokens are not supported; use a key file"

#endif
