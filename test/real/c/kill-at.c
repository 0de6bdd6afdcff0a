/*
 * LD_PRELOAD for CRIU: ends it at an exact call on one of its paths.
 *
 *   KILL_AT=mkdtemp|mount|umount2|rmdir|remove|rename   the call
 *   KILL_ON=TEXT       what its path holds
 *   KILL_WHEN=before   before the call is made; after it, unless said
 *   KILL_WITH=NUMBER   the signal; SIGKILL, unless said
 *   KILL_HOLD=1        makes the file $KILL_HOLD_IN and waits instead: the first process of a pid namespace
 *                      cannot kill itself
 *   OLD_KERNEL=1       fsopen(2) is not there, as before Linux 5.2
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is(const char *name, const char *value, const char *otherwise)
{
	const char *set = getenv(name);
	return strcmp(set ? set : otherwise, value) == 0;
}

static void end(const char *path)
{
	const char *hold = getenv("KILL_HOLD"), *in = getenv("KILL_HOLD_IN"), *with = getenv("KILL_WITH");

	if (hold && in) {
		char below[4096];

		/* where the old root is, after pivot_root(2) */
		snprintf(below, sizeof below, "%s%s", path, in);
		if (open(in, O_WRONLY | O_CREAT, 0600) < 0)
			open(below, O_WRONLY | O_CREAT, 0600);
		for (;;)
			pause();
	}
	kill(syscall(SYS_getpid), with ? atoi(with) : SIGKILL);
}

static void at(const char *call, const char *when, const char *path)
{
	const char *on = getenv("KILL_ON");
	int error = errno;

	if (is("KILL_AT", call, "") && is("KILL_WHEN", when, "after") && on && path && strstr(path, on))
		end(path);
	errno = error;
}

#define REAL(name) (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define HOOK(type, name, parameters, path, arguments)        \
	type name parameters                                 \
	{                                                    \
		__typeof__(&name) real = REAL(name);         \
		at(#name, "before", path);                   \
		type result = real arguments;                \
		at(#name, "after", path);                    \
		return result;                               \
	}

HOOK(char *, mkdtemp, (char *template), template, (template))
HOOK(int, remove, (const char *path), path, (path))
HOOK(int, rmdir, (const char *path), path, (path))
HOOK(int, rename, (const char *from, const char *to), to, (from, to))
HOOK(int, umount2, (const char *path, int flags), path, (path, flags))
HOOK(int, mount,
     (const char *source, const char *path, const char *type, unsigned long flags, const void *data),
     path, (source, path, type, flags, data))

long syscall(long number, ...)
{
	long a[6];
	va_list all;

	va_start(all, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(all, long);
	va_end(all);
	if (number == SYS_fsopen && getenv("OLD_KERNEL")) {
		errno = ENOSYS;
		return -1;
	}
	return (REAL(syscall))(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
