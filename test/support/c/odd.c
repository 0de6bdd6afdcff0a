/*
 * An odd process, which holds a thing in a way that is easily overlooked, until it is killed:
 *     odd thread PATH      opened by a thread that has a table of descriptors of its own
 *     odd dup PATH         the same, in place of a descriptor that the other threads have too
 *     odd leaderless PATH  opened by a thread that goes on when the main thread has ended
 *     odd detached PATH    opened as the root of a detached copy of its mount (open_tree(2))
 *     odd namespace FILE   a mount namespace's file, which was unmounted after it was opened
 *     odd path PATH        opened as a place alone (O_PATH), whoever may read it
 *     odd crowd DIR COUNT  the files of as many mount namespaces, in each of which a process lives
 *     odd locks FILE COUNT as many POSIX locks
 *     odd mounts DIR COUNT as many bind mounts, at the end of a long path of newlines below DIR
 * Prints "ready" when it does. Dies with the process that started it.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *path;
static int common;

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static int open_path(void)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "open %s", path);
	return fd;
}

static void *alone(void *place)
{
	if (unshare(CLONE_FILES))
		err(1, "unshare");
	if (place ? dup2(open_path(), common) < 0 : open_path() < 0)
		err(1, "dup2");
	if (place)
		close(common + 1);
	ready();
	for (;;)
		pause();
}

static void *surviving(void *unused)
{
	(void)unused;
	usleep(100000);
	open_path();
	ready();
	for (;;)
		pause();
	return NULL;
}

static void crowd(long count)
{
	char name[64], byte;
	int pipes[2];

	while (count-- > 0) {
		pid_t child;

		if (pipe(pipes) || (child = fork()) < 0)
			err(1, "fork");
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (unshare(CLONE_NEWNS) || write(pipes[1], "", 1) != 1)
				err(1, "unshare");
			for (;;)
				pause();
		}
		snprintf(name, sizeof name, "/proc/%d/ns/mnt", child);
		if (read(pipes[0], &byte, 1) != 1 || open(name, O_RDONLY) < 0)
			err(1, "open %s", name);
		close(pipes[0]);
		close(pipes[1]);
	}
}

static void locks(long count)
{
	int fd = -1;

	for (long i = 0; i < count; i++) {
		struct flock lock = { .l_type = F_WRLCK, .l_start = (i % 1000) * 2, .l_len = 1 };
		char name[4096];

		if (i % 1000 == 0) {
			snprintf(name, sizeof name, "%s.%ld", path, i);
			fd = open(name, O_RDWR | O_CREAT, 0600);
		}
		if (fd < 0 || fcntl(fd, F_SETLK, &lock))
			err(1, "lock %ld", i);
	}
}

static void mounts(long count)
{
	char name[201];

	memset(name, '\n', sizeof name - 1);
	name[sizeof name - 1] = 0;
	if (chdir(path))
		err(1, "chdir");
	for (int i = 0; i < 18; i++)
		if (mkdir(name, 0700) || chdir(name))
			err(1, "mkdir");
	if (mkdir("m", 0700))
		err(1, "mkdir m");
	for (long i = 0; i < count; i++)
		if (mount("m", "m", NULL, MS_BIND, NULL))
			err(1, "mount %ld", i);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	const char *what = argc > 2 ? argv[1] : "";

	path = argv[2];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!strcmp(what, "thread") || !strcmp(what, "dup")) {
		common = open("/dev/null", O_RDONLY);
		pthread_create(&thread, NULL, alone, *what == 'd' ? &common : NULL);
	} else if (!strcmp(what, "leaderless")) {
		pthread_create(&thread, NULL, surviving, NULL);
		pthread_exit(NULL);
	} else if (!strcmp(what, "detached")) {
		if (syscall(SYS_open_tree, AT_FDCWD, path, 1 /* OPEN_TREE_CLONE */) < 0)
			err(1, "open_tree");
		ready();
	} else if (!strcmp(what, "path")) {
		if (open(path, O_PATH) < 0)
			err(1, "open %s", path);
		ready();
	} else if (!strcmp(what, "namespace")) {
		open_path();
		if (umount2(path, MNT_DETACH))
			err(1, "umount");
		ready();
	} else if (!strcmp(what, "crowd") && argc == 4) {
		crowd(atol(argv[3]));
		ready();
	} else if (!strcmp(what, "locks") && argc == 4) {
		locks(atol(argv[3]));
		ready();
	} else if (!strcmp(what, "mounts") && argc == 4) {
		mounts(atol(argv[3]));
		ready();
	} else {
		return 1;
	}
	for (;;)
		pause();
}
