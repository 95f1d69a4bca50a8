// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does one thing wrong on request: "selftest" proves with it
 * that the test-bed notices.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *fault = "none";
module_param(fault, charp, 0400);
MODULE_PARM_DESC(fault, "what to do wrong");

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static int array[4];
static int outside = 4;

static void warn(void)
{
	WARN(1, "as asked for\n");
}

static void oops(void)
{
	int *volatile nowhere = (int *)8;

	*nowhere = 1;
}

/* Many: a stale pointer somewhere may hide one. */
static void leak(void)
{
	void *volatile lost;
	int i;

	for (i = 0; i < 16; i++)
		lost = kmalloc(123, GFP_KERNEL);
	lost = NULL;
	(void)lost;
}

static void use_after_free(void)
{
	char *volatile p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	p[3] = 1;
}

static void lock_order(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void sleep_in_atomic(void)
{
	spin_lock(&lock_a);
	might_sleep();
	spin_unlock(&lock_a);
}

static void out_of_bounds(void)
{
	array[READ_ONCE(outside)] = 1;
}

static void spin(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void unbalanced(void)
{
	pr_debug("thing 7 created\n");
}

static void balanced(void)
{
	pr_debug("thing 7 created\n");
	pr_debug("thing 7 destroyed\n");
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "none",		balanced },
	{ "warn",		warn },
	{ "oops",		oops },
	{ "leak",		leak },
	{ "use-after-free",	use_after_free },
	{ "lock-order",		lock_order },
	{ "sleep-in-atomic",	sleep_in_atomic },
	{ "out-of-bounds",	out_of_bounds },
	{ "spin",		spin },
	{ "unbalanced",		unbalanced },
};

static int __init adit_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(fault, faults[i].name))
			continue;
		faults[i].commit();
		return 0;
	}
	return -EINVAL;
}

static void __exit adit_exit(void)
{
}

module_init(adit_init);
module_exit(adit_exit);
MODULE_DESCRIPTION("Faults for the test-bed's own test");
MODULE_LICENSE("GPL");
