// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that are one request. */
#include "cmd.h"

#include <stdio.h>

#include "../lib/alg.h"
#include "print.h"

static void warn(const char *text)
{
	fprintf(stderr, "adit: warning: %s\n", text);
}

int run_connect(struct run *run)
{
	run->nl.warn = warn;
	return run->nl.sock ? 0 : adit_nl_open(&run->nl, &run->err);
}

int parse_encr(const struct opt *opt, void *args, const char *arg,
	       struct err *err)
{
	struct sa_args *sa = args;

	if (alg_parse_encr(arg, &sa->sa.encr, &sa->bits, err))
		return -1;
	sa->sa.has |= BIT64(opt->attr);
	return 0;
}

int run_do(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	union adit_object obj = { 0 };
	int rc;

	rc = opt_parse(&cmd->opts, argc, argv, &obj, &run->err);
	if (!rc)
		rc = run_connect(run);
	if (!rc)
		rc = adit_do(&run->nl, cmd->genl, &obj, &run->err);
	field_clear(model_set_of(cmd->genl), &obj);
	return rc;
}

/* The attribute that the kernel chose. */
static unsigned int chosen(unsigned int genl)
{
	switch (genl) {
	case ADIT_CMD_PEER_NEW:
		return ADIT_A_PEER_ID;
	case ADIT_CMD_SOCKET_NEW:
		return ADIT_A_SOCKET_ID;
	case ADIT_CMD_CHILD_NEW:
		return ADIT_A_CHILD_ID;
	default:
		return ADIT_A_SA_SPI;
	}
}

static void print_answer(const struct run *run, const struct cmd *cmd,
			 const union adit_object *obj,
			 const union adit_object *answer)
{
	const struct field_set *set = model_set_of(cmd->genl);
	unsigned int attr = chosen(cmd->genl);
	char buf[FIELD_TEXT_SIZE];

	if (run->json)
		print_json(run, json_of(set, answer));
	else if (!field_has(obj, attr) && field_has(answer, attr))
		puts(field_show(field_find(set, attr), answer, buf));
}

int ask_for(struct run *run, const struct cmd *cmd,
	    const union adit_object *obj)
{
	union adit_object answer = { 0 };
	int rc;

	rc = run_connect(run);
	if (!rc)
		rc = adit_ask(&run->nl, cmd->genl, obj, &answer, &run->err);
	if (!rc)
		print_answer(run, cmd, obj, &answer);
	field_clear(model_set_of(cmd->genl), &answer);
	return rc;
}

int run_ask(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	union adit_object obj = { 0 };
	int rc;

	rc = opt_parse(&cmd->opts, argc, argv, &obj, &run->err);
	if (!rc)
		rc = ask_for(run, cmd, &obj);
	field_clear(model_set_of(cmd->genl), &obj);
	return rc;
}
