// SPDX-License-Identifier: GPL-2.0-or-later
/* See complete.h. */
#include "complete.h"

#include <stdio.h>
#include <string.h>

#include "../lib/alg.h"
#include "ike.h"
#include "show.h"

struct asked {
	struct run *run;
	const struct cmd *cmd;
	union adit_object obj; /* what the words say so far */
};

/* Which dump has the numbers that may stand for an attribute. */
static const struct source {
	const struct field_set *set;
	uint16_t attr;
	uint16_t number; /* attribute of what is dumped */
	unsigned int dump;
	unsigned int creates; /* the command that wants a new number */
} sources[] = {
	{ &set_peer, ADIT_A_PEER_ID, ADIT_A_PEER_ID, ADIT_CMD_PEER_GET,
	  ADIT_CMD_PEER_NEW },
	{ &set_child, ADIT_A_CHILD_ID, ADIT_A_CHILD_ID, ADIT_CMD_CHILD_GET,
	  ADIT_CMD_CHILD_NEW },
	{ &set_child, ADIT_A_CHILD_PEER, ADIT_A_PEER_ID, ADIT_CMD_PEER_GET, 0 },
	{ &set_sa, ADIT_A_SA_CHILD, ADIT_A_CHILD_ID, ADIT_CMD_CHILD_GET, 0 },
	{ &set_peer, ADIT_A_PEER_SOCKET, ADIT_A_SOCKET_ID, ADIT_CMD_SOCKET_GET,
	  0 },
	{ &set_socket, ADIT_A_SOCKET_ID, ADIT_A_SOCKET_ID, ADIT_CMD_SOCKET_GET,
	  ADIT_CMD_SOCKET_NEW },
	{ &set_sa, ADIT_A_SA_SPI, ADIT_A_SA_SPI, ADIT_CMD_SA_GET, 0 },
};

static const struct source *source_of(const struct opt *opt)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (sources[i].set == opt->set && sources[i].attr == opt->attr)
			return &sources[i];
	return NULL;
}

/* False if it is of an interface, and none is named yet. */
static bool copy_ifindex(const struct asked *asked, const struct source *source,
			 void *ask)
{
	const struct field *to =
		field_find_name(model_set_of(source->dump), "ifindex");
	const struct field *from = field_find_name(source->set, "ifindex");

	if (!to)
		return true;
	if (!field_has(&asked->obj, from->attr))
		return false;
	field_set_number(to, ask, field_number(from, &asked->obj));
	return true;
}

static void print_numbers(struct asked *asked, const struct source *source)
{
	const struct field_set *set = model_set_of(source->dump);
	struct adit_objects objects;
	union adit_object ask = { 0 };
	char buf[FIELD_TEXT_SIZE];

	if (asked->cmd->genl == source->creates)
		return;
	if (set == source->set)
		ask = asked->obj;
	/* A new SA completes one whose SPI is only reserved. */
	if (asked->cmd->genl == ADIT_CMD_SA_NEW && set == &set_sa)
		field_set_number(field_find(set, ADIT_A_SA_STATE), &ask,
				 ADIT_SA_STATE_LARVAL);
	if (!copy_ifindex(asked, source, &ask) || run_connect(asked->run))
		return;
	if (!show_gather(asked->run, source->dump, &ask, &objects))
		for (size_t i = 0; i < objects.n; i++)
			puts(field_show(field_find(set, source->number),
					adit_objects_at(&objects, i), buf));
	adit_objects_free(&objects);
}

static void print_encrs(void)
{
	for (size_t i = 0; i < names_encr.n; i++) {
		const struct alg *alg =
			alg_encr((uint16_t)names_encr.rows[i].value);
		char buf[ALG_TEXT_SIZE];

		for (size_t j = 0; alg && (!j || alg->key_bits[j]); j++)
			puts(alg_show(alg->id, alg->key_bits[j], 0, buf));
	}
}

static void offer(const struct opt *opt, const char *word, void *arg)
{
	const struct source *source = source_of(opt);
	const struct asked *asked = arg;

	if (word)
		puts(word);
	else if (opt->set == &set_sa && opt->attr == ADIT_A_SA_ENCR)
		print_encrs();
	else if (source)
		print_numbers(arg, source);
	else if (opt->parse == parse_text && strcmp(opt->arg, "NAME") == 0)
		ike_print_names(asked->run);
	else
		printf("<%s>\n", opt->arg);
}

void complete_print(struct run *run, const struct cmd *cmd, int argc,
		    char **argv)
{
	const struct field_set *set = model_set_of(cmd->genl);
	struct asked asked = { .run = run, .cmd = cmd };

	for (size_t i = 0; i < cmd->n_subs; i++)
		if (!cmd->subs[i].alias)
			puts(cmd->subs[i].word);
	if (!cmd->subs)
		opt_complete(&cmd->opts, argc, argv, &asked.obj, offer, &asked);
	if (set)
		field_clear(set, &asked.obj);
}
