/*
 * container ROOT [net] [over]: a process for CRIU to dump with --root: the first of new pid, mount, ipc and
 * uts namespaces (and of a network's, with `net`), with ROOT as its root and a tmpfs on /mnt (with `over`,
 * with another one in that). It waits for ever. Prints its pid outside. ROOT holds a copy of this static
 * program as /container.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void must(const char *what, long result)
{
	if (result >= 0)
		return;
	dprintf(2, "container: %s: %s\n", what, strerror(errno));
	_exit(1);
}
#define MUST(call) must(#call, call)

static void enter(const char *root, int over)
{
	MUST(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0));
	MUST(mount(root, root, 0, MS_BIND, 0));
	MUST(chdir(root));
	mkdir("old", 0755);
	mkdir("proc", 0755);
	mkdir("mnt", 0755);
	mkdir("tmp", 0777);
	MUST(chmod("tmp", 01777));
	MUST(syscall(SYS_pivot_root, ".", "old"));
	MUST(chdir("/"));
	MUST(mount("proc", "/proc", "proc", 0, 0));
	MUST(mount("none", "/mnt", "tmpfs", 0, "size=1m"));
	if (over) {
		mkdir("/mnt/under", 0755);
		MUST(mount("none", "/mnt/under", "tmpfs", 0, "size=1m"));
	}
	MUST(umount2("/old", MNT_DETACH));
}

int main(int count, char **words)
{
	int net = 0, over = 0;

	if (count == 2 && strcmp(words[1], "wait") == 0)
		for (;;)
			pause();
	for (int i = 2; i < count; i++) {
		net |= strcmp(words[i], "net") == 0;
		over |= strcmp(words[i], "over") == 0;
	}
	MUST(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | (net ? CLONE_NEWNET : 0)));
	int pid = fork();
	MUST(pid);
	if (pid > 0) {
		printf("%d\n", pid);
		return 0;
	}
	MUST(setsid());
	enter(words[1], over);
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	execve("/container", (char *[]){ "container", "wait", 0 }, (char *[]){ 0 });
	_exit(1);
}
