// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See dns.h: the process that puts name servers to use. Each way is a row; the
 * first that is there, and works, is taken for an interface.
 */
#include "dns.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dns_file.h"

enum {
	ARGS_MAX = 4 + VIPS_MAX + DOMAINS_MAX,
	PROGRAM_SECONDS = 10,
};

static const char resolv_conf[] = "/etc/resolv.conf";
static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/bin",
				       "/sbin" };

/* An interface that has name servers now. */
struct used {
	struct used *next;
	struct dns_request request;
	size_t way;
};

struct state {
	int fd;
	struct used *first;
};

struct way {
	const char *name;
	bool (*is_there)(void);
	int (*set)(const struct state *state,
		   const struct dns_request *request);
	int (*unset)(const struct state *state, const char *interface);
};

static void say(const struct state *state, bool bad, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

static void say(const struct state *state, bool bad, const char *fmt, ...)
{
	char text[256];
	va_list args;

	text[0] = bad ? '!' : ' ';
	va_start(args, fmt);
	vsnprintf(text + 1, sizeof(text) - 1, fmt, args);
	va_end(args);
	/* Who is killed does not read it any more. */
	send(state->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* ----------------------------------------------------------------- programs */

static bool find_program(const char *name, char *path, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, size, "%s/%s", folders[i], name);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

static void execute(const char *path, const char *const *args, int input)
{
	static char *const environment[] = {
		(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	int null = open("/dev/null", O_RDWR);

	dup2(input >= 0 ? input : null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close_range(3, ~0U, 0);
	signal(SIGPIPE, SIG_DFL);
	/* Neither it nor what it waits for may take for ever. */
	alarm(PROGRAM_SECONDS);
	execve(path, (char *const *)args, environment);
	_exit(127);
}

/* With @text as its input; 0 if it says so. */
static int run(const char *const *args, const char *text)
{
	char path[64];
	int pipes[2] = { -1, -1 }, status = -1;
	pid_t pid;

	if (!find_program(args[0], path, sizeof(path)) ||
	    (text && pipe2(pipes, O_CLOEXEC)))
		return -1;
	pid = fork();
	if (!pid)
		execute(path, args, pipes[0]);
	if (text) {
		close(pipes[0]);
		/* It fits into a pipe. */
		if (write(pipes[1], text, strlen(text)) < 0)
			status = -1;
		close(pipes[1]);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

/* ----------------------------------------------------------- systemd-resolved */

static bool resolved_is_there(void)
{
	char path[64];

	return !access("/run/systemd/resolve/io.systemd.Resolve", F_OK) &&
	       find_program("resolvectl", path, sizeof(path));
}

static int resolved_servers(const struct dns_request *request)
{
	const char *args[ARGS_MAX] = { "resolvectl", "dns",
				       request->interface };
	const struct addrs *servers = &request->names.servers;
	char texts[VIPS_MAX][ADDR_TEXT_SIZE];

	for (size_t i = 0; i < servers->n; i++)
		args[3 + i] = addr_digits(&servers->list[i], texts[i]);
	return run(args, NULL);
}

/* Names in these domains only; or all of them, rather than by other servers. */
static int resolved_domains(const struct dns_request *request)
{
	const char *args[ARGS_MAX] = { "resolvectl", "domain",
				       request->interface, "~." };
	char texts[DOMAINS_MAX][DOMAIN_SIZE + 1];

	for (size_t i = 0; i < request->names.n_domains; i++) {
		snprintf(texts[i], sizeof(texts[i]), "~%s",
			 request->names.domains[i]);
		args[3 + i] = texts[i];
	}
	return run(args, NULL);
}

static int resolved_unset(const struct state *state, const char *interface)
{
	const char *const args[] = { "resolvectl", "revert", interface, NULL };

	(void)state;
	/* Without its interface nothing is left of it. */
	if (!if_nametoindex(interface))
		return 0;
	return run(args, NULL);
}

static int resolved_set(const struct state *state,
			const struct dns_request *request)
{
	if (!resolved_servers(request) && !resolved_domains(request))
		return 0;
	resolved_unset(state, request->interface);
	return -1;
}

/* ----------------------------------------------------------------- resolvconf */

static bool resolvconf_is_there(void)
{
	char path[64];

	return find_program("resolvconf", path, sizeof(path));
}

static int resolvconf_set(const struct state *state,
			  const struct dns_request *request)
{
	char record[IF_NAMESIZE + 8], text[VIPS_MAX * (ADDR_TEXT_SIZE + 16)];
	const char *const args[] = { "resolvconf", "-a", record, NULL };
	char addr[ADDR_TEXT_SIZE];
	size_t at = 0;

	(void)state;
	snprintf(record, sizeof(record), "%s.aditd", request->interface);
	for (size_t i = 0; i < request->names.servers.n; i++)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, "nameserver %s\n",
			addr_digits(&request->names.servers.list[i], addr));
	return run(args, text);
}

static int resolvconf_unset(const struct state *state, const char *interface)
{
	char record[IF_NAMESIZE + 8];
	const char *const args[] = { "resolvconf", "-d", record, NULL };

	(void)state;
	snprintf(record, sizeof(record), "%s.aditd", interface);
	return run(args, NULL);
}

/* ----------------------------------------------------------- /etc/resolv.conf */

static bool file_is_there(void)
{
	return true;
}

/* Another such process, not just anybody with its number. */
static bool is_alive(pid_t pid)
{
	char path[32], name[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return strncmp(name, "aditd-dns", 9) == 0;
}

static void add_all(struct addrs *to, const struct addrs *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!addrs_have(to, &from->list[i]))
			addrs_add(to, &from->list[i]);
}

static int file_set(const struct state *state,
		    const struct dns_request *request);
static int file_unset(const struct state *state, const char *interface);

static const struct way ways[] = {
	{ "systemd-resolved", resolved_is_there, resolved_set, resolved_unset },
	{ "resolvconf", resolvconf_is_there, resolvconf_set, resolvconf_unset },
	{ "/etc/resolv.conf", file_is_there, file_set, file_unset },
};

/* Of all interfaces that have them there. */
static int write_file(const struct state *state, const char *but,
		      struct addrs *servers)
{
	for (const struct used *i = state->first; i; i = i->next)
		if (ways[i->way].set == file_set &&
		    strcmp(i->request.interface, but) != 0)
			add_all(servers, &i->request.names.servers);
	return dns_file(resolv_conf, getpid(), servers, is_alive);
}

static int file_set(const struct state *state,
		    const struct dns_request *request)
{
	struct addrs servers = request->names.servers;

	return write_file(state, request->interface, &servers);
}

static int file_unset(const struct state *state, const char *interface)
{
	struct addrs servers = { 0 };

	return write_file(state, interface, &servers);
}

/* ----------------------------------------------------------------- interfaces */

static struct used **find(struct state *state, const char *interface)
{
	struct used **at = &state->first;

	while (*at && strcmp((*at)->request.interface, interface) != 0)
		at = &(*at)->next;
	return at;
}

static void unset(struct state *state, struct used **at)
{
	struct used *used = *at;
	const struct way *way = &ways[used->way];

	*at = used->next;
	if (way->unset(state, used->request.interface))
		say(state, true, "%s: name servers stay in %s",
		    used->request.interface, way->name);
	free(used);
}

static void show(const struct state *state, const struct dns_request *request,
		 size_t way)
{
	char addr[ADDR_TEXT_SIZE];

	say(state, false, "%s: name server %s%s, by %s%s", request->interface,
	    addr_digits(&request->names.servers.list[0], addr),
	    request->names.servers.n > 1 ? " and others" : "", ways[way].name,
	    request->names.n_domains && way ?
		    ", for all names, since only systemd-resolved can choose by domains" :
		    "");
}

static void set(struct state *state, const struct dns_request *request)
{
	struct used *used = calloc(1, sizeof(*used));

	for (size_t i = 0; used && i < ARRAY_SIZE(ways); i++) {
		if (!ways[i].is_there() || ways[i].set(state, request))
			continue;
		used->request = *request;
		used->way = i;
		used->next = state->first;
		state->first = used;
		show(state, request, i);
		return;
	}
	say(state, true,
	    "%s: its name servers can't be put to use, %s can't be written: %s",
	    request->interface, resolv_conf, strerror(errno));
	free(used);
}

void dns_run(int fd)
{
	struct state state = { .fd = fd };
	struct addrs none = { 0 };
	struct dns_request request;
	ssize_t n;

	/* What a daemon left there that did not end well. */
	dns_file(resolv_conf, getpid(), &none, is_alive);
	while ((n = recv(fd, &request, sizeof(request), 0)) != 0) {
		struct used **at;

		if (n < 0 && errno != EINTR)
			break;
		if (n != sizeof(request))
			continue;
		at = find(&state, request.interface);
		if (*at)
			unset(&state, at);
		if (request.names.servers.n)
			set(&state, &request);
	}
	while (state.first)
		unset(&state, &state.first);
}
