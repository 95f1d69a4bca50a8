// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a batch. */
#include "../adit/batch.h"
#include "tap.h"

static void splits(void)
{
	static const struct {
		const char *line;
		int n; /* -1: refused */
		const char *joined;
	} rows[] = {
		{ "", 0, "" },
		{ "  \t\r\n", 0, "" },
		{ "# comment", 0, "" },
		{ "peer add vpn0\n", 3, "peer|add|vpn0|" },
		{ "  peer\tadd  vpn0  # comment", 3, "peer|add|vpn0|" },
		{ "a#b c", 2, "a#b|c|" },
		{ "'a b' \"c d\"", 2, "a b|c d|" },
		{ "a'b c'd", 1, "ab cd|" },
		{ "\"it's\"", 1, "it's|" },
		{ "''", 1, "|" },
		{ "'open", -1, "" },
		{ "a \"open", -1, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *words[BATCH_MAX_WORDS + 1];
		char line[64], joined[64] = "";
		int n;

		snprintf(line, sizeof(line), "%s", rows[i].line);
		n = batch_split(line, words);
		CHECK_ROW(n == rows[i].n, rows[i].line);
		for (int j = 0; j < n; j++) {
			size_t len = strlen(joined);

			snprintf(joined + len, sizeof(joined) - len, "%s|",
				 words[j]);
		}
		CHECK_TEXT(joined, rows[i].joined);
		CHECK_ROW(n < 0 || !words[n], rows[i].line);
	}
}

static void too_many(void)
{
	enum { FULL = 2 * BATCH_MAX_WORDS };
	char line[FULL + 3];
	char *words[BATCH_MAX_WORDS + 1];

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i % 2 ? ' ' : 'x';
	line[FULL] = '\0';
	CHECK(batch_split(line, words) == BATCH_MAX_WORDS);
	memset(line, 'x', sizeof(line));
	for (size_t i = 1; i < sizeof(line); i += 2)
		line[i] = ' ';
	line[sizeof(line) - 1] = '\0';
	CHECK(batch_split(line, words) == -1);
}

static char log_text[256];

static int log_line(int argc, char **argv, unsigned int number, void *arg)
{
	size_t len = strlen(log_text);

	(void)arg;
	snprintf(log_text + len, sizeof(log_text) - len, "%u:%d:%s ", number,
		 argc, argc > 0 ? argv[0] : "-");
	if (argc < 0)
		return 1;
	return strcmp(argv[0], "bad") == 0   ? 2 :
	       strcmp(argv[0], "worse") == 0 ? 3 :
					       0;
}

static int run(const char *text, bool go_on)
{
	char copy[256];
	FILE *file;
	int rc;

	snprintf(copy, sizeof(copy), "%s", text);
	file = fmemopen(copy, strlen(copy) + !*copy, "r");
	log_text[0] = '\0';
	rc = batch_run(file, go_on, log_line, NULL);
	fclose(file);
	return rc;
}

static void runs(void)
{
	CHECK(run("a\n\n# c\nb x\n", false) == 0);
	CHECK_TEXT(log_text, "1:1:a 4:2:b ");
	CHECK(run("a\nbad\nworse\nb\n", false) == 2);
	CHECK_TEXT(log_text, "1:1:a 2:1:bad ");
	CHECK(run("a\nbad\nworse\nb\n", true) == 2);
	CHECK_TEXT(log_text, "1:1:a 2:1:bad 3:1:worse 4:1:b ");
	CHECK(run("a 1 \\\n2\nb", false) == 0);
	CHECK_TEXT(log_text, "2:3:a 3:1:b ");
	CHECK(run("a\\", false) == 0);
	CHECK_TEXT(log_text, "1:1:a\\ ");
	CHECK(run("'a\nb\n", false) == 1);
	CHECK_TEXT(log_text, "1:-1:- ");
}

static const struct tap_test tests[] = {
	{ "lines are split into words", splits },
	{ "a line with too many words is refused", too_many },
	{ "lines run in order, until one fails", runs },
};

TAP_MAIN(tests)
