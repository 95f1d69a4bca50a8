// SPDX-License-Identifier: GPL-2.0-or-later
/* See task.h. */
#include "task.h"

#include <stdlib.h>

int waiter_add(struct waiter **list,
	       void (*done)(void *arg, int result, const char *text), void *arg)
{
	struct waiter *waiter;

	if (!done)
		return 0;
	waiter = calloc(1, sizeof(*waiter));
	if (!waiter)
		return -1;
	waiter->done = done;
	waiter->arg = arg;
	waiter->next = *list;
	*list = waiter;
	return 0;
}

void waiters_tell(struct waiter **list, int result, const char *text)
{
	struct waiter *waiter;

	/* One at a time: being told, they may do anything. */
	while (*list) {
		waiter = *list;
		*list = waiter->next;
		waiter->done(waiter->arg, result, text);
		free(waiter);
	}
}

void waiters_move(struct waiter **to, struct waiter **from)
{
	while (*to)
		to = &(*to)->next;
	*to = *from;
	*from = NULL;
}

struct task *task_add(struct task_queue *queue, enum task_kind kind)
{
	struct task *task;

	if (queue->n >= TASKS_MAX)
		return NULL;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->kind = kind;
	task_push(queue, task);
	return task;
}

void task_push(struct task_queue *queue, struct task *task)
{
	struct task **at = &queue->first;

	while (*at)
		at = &(*at)->next;
	task->next = NULL;
	*at = task;
	queue->n++;
}

static struct task *take(struct task_queue *queue, struct task **at)
{
	struct task *task = *at;

	*at = task->next;
	task->next = NULL;
	queue->n--;
	return task;
}

struct task *task_take(struct task_queue *queue, uint64_t now)
{
	struct task **at = &queue->first;

	while (*at && (*at)->not_before > now)
		at = &(*at)->next;
	return *at ? take(queue, at) : NULL;
}

struct task *task_take_kind(struct task_queue *queue, enum task_kind kind)
{
	struct task **at = &queue->first;

	while (*at && (*at)->kind != kind)
		at = &(*at)->next;
	return *at ? take(queue, at) : NULL;
}

bool task_has(const struct task_queue *queue, enum task_kind kind,
	      uint32_t child)
{
	const struct task *task = queue->first;

	while (task && (task->kind != kind || task->child != child))
		task = task->next;
	return task;
}

uint64_t task_next(const struct task_queue *queue)
{
	uint64_t at = 0;

	for (const struct task *task = queue->first; task; task = task->next)
		if (!at || task->not_before < at)
			at = task->not_before ? task->not_before : 1;
	return at;
}

void task_end(struct task *task, int result, const char *text)
{
	waiters_tell(&task->waiters, result, text);
	free(task);
}

void task_end_all(struct task_queue *queue, const char *text)
{
	while (queue->first)
		task_end(take(queue, &queue->first), -1, text);
}

void task_forget(struct task_queue *queue, uint32_t child, const char *text)
{
	struct task **at = &queue->first, *task;

	while (*at) {
		if ((*at)->child != child) {
			at = &(*at)->next;
			continue;
		}
		task = take(queue, at);
		/* A child that is gone is what a delete wants. */
		task_end(task, task->kind == TASK_CHILD_DELETE ? 0 : -1, text);
		at = &queue->first;
	}
}
