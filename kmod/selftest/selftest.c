// SPDX-License-Identifier: GPL-2.0-only
/* Runs the tests inside the kernel. */

#include <linux/kernel.h>
#include <linux/module.h>

#include "../compat.h"
#include "selftest.h"

/* Of hundreds of rows that fail, the first are enough to know. */
#define FAILURES_TOLD 8

static bool selftest = true;
module_param(selftest, bool, 0444);
MODULE_PARM_DESC(selftest, "Run a sample of the selftests at load");

static bool selftest_full;
module_param(selftest_full, bool, 0644);
MODULE_PARM_DESC(selftest_full, "Run all rows of all selftests");

/**
 * adit_selftest_is_full() - are all rows wanted?
 *
 * Return: whether they are.
 */
bool adit_selftest_is_full(void)
{
	return READ_ONCE(selftest_full);
}

/**
 * adit_random() - a number
 * @test: the case
 * @below: what it is less than, 0 for any number
 *
 * Return: the number, the same in each run.
 */
u32 adit_random(struct adit_selftest *test, u32 below)
{
	u32 number = prandom_u32_state(&test->rnd);

	return below ? number % below : number;
}

/**
 * adit_sample() - is a row to be taken?
 * @test: the case
 * @one_in: if only a sample is wanted, about one row in so many is
 *
 * Return: whether it is, the same in each run.
 */
bool adit_sample(struct adit_selftest *test, unsigned int one_in)
{
	return adit_selftest_is_full() || !adit_random(test, one_in);
}

/**
 * adit_octets() - what hexadecimal digits stand for
 * @test: the case
 * @text: the digits, whatever is between them; NULL for none
 * @buf: where to; zeroed first
 * @size: octets of @buf
 *
 * Return: how many octets there are.
 */
unsigned int adit_octets(struct adit_selftest *test, const char *text, u8 *buf,
			 unsigned int size)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	unsigned int n = 0;

	memset(buf, 0, size);
	for (; text && *text; text++) {
		digit = strchr(digits, *text);
		if (!digit)
			continue;
		if (n < 2 * size)
			buf[n / 2] |= (digit - digits) << (n % 2 ? 0 : 4);
		n++;
	}
	adit_check(test, n % 2 == 0 && n <= 2 * size, "%u digits", n);
	return n / 2;
}

/**
 * adit_check() - a row of a case
 * @test: the case
 * @ok: whether the row is as it should be
 * @fmt: what is wrong if not, and with which row
 *
 * Return: @ok.
 */
bool adit_check(struct adit_selftest *test, bool ok, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	test->checks++;
	if (ok)
		return true;
	if (++test->failures > FAILURES_TOLD)
		return false;
	va_start(args, fmt);
	vaf.va = &args;
	pr_err("adit: selftest: %s: %s: %pV\n", test->suite, test->name, &vaf);
	va_end(args);
	return false;
}

/**
 * adit_selftest_run() - run one case
 * @suite: what it is a case of
 * @one: the case
 *
 * Context: may sleep.
 * Return: whether all its checks held. One without any has proved nothing.
 */
bool adit_selftest_run(const char *suite, const struct adit_selftest_case *one)
{
	struct adit_selftest test = { .suite = suite, .name = one->name };

	prandom_seed_state(&test.rnd, 1);
	one->run(&test);
	if (!test.checks)
		pr_err("adit: selftest: %s: %s: checks nothing\n", suite,
		       one->name);
	else if (test.failures)
		pr_err("adit: selftest: %s: %s: %u of %u checks failed\n",
		       suite, one->name, test.failures, test.checks);
	return test.checks && !test.failures;
}

static const struct adit_selftest_suite *const suites[] = {
	&adit_selftest_replay,
	&adit_selftest_selector,
	&adit_selftest_alg,
	&adit_selftest_esp,
	&adit_selftest_ah,
	&adit_selftest_trailer,
	&adit_selftest_skb,
	&adit_selftest_segment,
	&adit_selftest_later,
};

/**
 * adit_selftest() - run a sample of all cases, or all of it, if wanted
 *
 * Context: may sleep; the module's crypto is up, the rest is not needed.
 * Return: 0, or -EINVAL if a case failed.
 */
int adit_selftest(void)
{
	unsigned int i, j, failed = 0, count = 0;

	if (!selftest)
		return 0;
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		for (j = 0; j < suites[i]->count; j++, count++)
			failed += !adit_selftest_run(suites[i]->name,
						     &suites[i]->cases[j]);
	pr_info("adit: selftest: %u passed, %u failed\n", count - failed,
		failed);
	return failed ? -EINVAL : 0;
}
