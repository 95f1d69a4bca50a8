/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests inside the kernel. A sample of each case's rows runs whenever the
 * module is loaded, and a failure refuses that; all rows run with the module
 * parameter selftest_full. A kernel with KUnit has the same cases as suites,
 * which skip as long as that parameter is not set.
 */
#ifndef ADIT_SELFTEST_H
#define ADIT_SELFTEST_H

#include <linux/prandom.h>
#include <linux/types.h>

/**
 * struct adit_selftest - a case that runs
 * @suite: what it is a case of
 * @name: the case's
 * @rnd: random numbers, the same in each run
 * @checks: how many there were
 * @failures: how many of them failed
 */
struct adit_selftest {
	const char *suite;
	const char *name;
	struct rnd_state rnd;
	unsigned int checks;
	unsigned int failures;
};

/**
 * struct adit_selftest_case - a case
 * @name: what it shows
 * @run: calls adit_check() for each row
 */
struct adit_selftest_case {
	const char *name;
	void (*run)(struct adit_selftest *test);
};

/**
 * struct adit_selftest_suite - cases about one thing
 * @name: the thing
 * @count: how many cases
 * @cases: they
 */
struct adit_selftest_suite {
	const char *name;
	unsigned int count;
	const struct adit_selftest_case *cases;
};

bool adit_check(struct adit_selftest *test, bool ok, const char *fmt, ...)
	__printf(3, 4);
bool adit_sample(struct adit_selftest *test, unsigned int one_in);
unsigned int adit_octets(struct adit_selftest *test, const char *text, u8 *buf,
			 unsigned int size);
u32 adit_random(struct adit_selftest *test, u32 below);
bool adit_selftest_is_full(void);
bool adit_selftest_run(const char *suite,
		       const struct adit_selftest_case *one);
int adit_selftest(void);

extern const struct adit_selftest_suite adit_selftest_replay;
extern const struct adit_selftest_suite adit_selftest_selector;
extern const struct adit_selftest_suite adit_selftest_alg;
extern const struct adit_selftest_suite adit_selftest_esp;
extern const struct adit_selftest_suite adit_selftest_ah;
extern const struct adit_selftest_suite adit_selftest_trailer;
extern const struct adit_selftest_suite adit_selftest_skb;
extern const struct adit_selftest_suite adit_selftest_segment;
extern const struct adit_selftest_suite adit_selftest_later;

#if IS_ENABLED(CONFIG_KUNIT)
#include <kunit/test.h>

/* Each case is a parameter of one KUnit test. */
static inline void adit_selftest_describe(const struct adit_selftest_case *one,
					  char *text)
{
	strscpy(text, one->name, KUNIT_PARAM_DESC_SIZE);
}

#define ADIT_SELFTEST_KUNIT(suite)				\
	KUNIT_ARRAY_PARAM(suite, cases, adit_selftest_describe);	\
	static void suite##_kunit(struct kunit *test)			\
	{								\
		if (!adit_selftest_is_full())				\
			kunit_skip(test, "only with selftest_full");	\
		KUNIT_EXPECT_TRUE(test,					\
				  adit_selftest_run(#suite,		\
						    test->param_value)); \
	}								\
	static struct kunit_case suite##_kunit_cases[] = {		\
		KUNIT_CASE_PARAM(suite##_kunit, suite##_gen_params),	\
		{}							\
	};								\
	static struct kunit_suite suite##_kunit_suite = {		\
		.name = "adit-" #suite,					\
		.test_cases = suite##_kunit_cases,			\
	};								\
	kunit_test_suite(suite##_kunit_suite)
#else
#define ADIT_SELFTEST_KUNIT(suite)
#endif

/* The last line of a file of cases, which it calls cases. */
#define ADIT_SELFTEST_SUITE(suite)					\
	const struct adit_selftest_suite adit_selftest_##suite = {	\
		.name = #suite,						\
		.count = ARRAY_SIZE(cases),				\
		.cases = cases,					\
	};								\
	ADIT_SELFTEST_KUNIT(suite)

#endif
