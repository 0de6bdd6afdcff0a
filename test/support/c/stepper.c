/*
 * Runs a command, and after the Nth of its main thread's calls that look at the file system or change it, counted from
 * the first that names TARGET, lets a shell run a script before it goes on. Other calls (memory, futexes) cannot tell
 * what the script did from what was there before them.
 *     stepper LOG TARGET [N SCRIPT]... -- command
 * Writes a line to LOG for each call that counts, `N name result path`, and `N move status` for each script. Ends as
 * the command ended, or with 125.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_PATH (-1)

static const struct {
	long number;
	const char *name;
	int path; /* the argument that is a path */
} CALLS[] = {
#ifdef SYS_open
		{SYS_open, "open", 0},       {SYS_stat, "stat", 0},         {SYS_lstat, "lstat", 0},
		{SYS_access, "access", 0},   {SYS_readlink, "readlink", 0}, {SYS_rmdir, "rmdir", 0},
		{SYS_rename, "rename", 0},   {SYS_unlink, "unlink", 0},     {SYS_mkdir, "mkdir", 0},
#endif
		{SYS_openat, "openat", 1},   {SYS_newfstatat, "newfstatat", 1}, {SYS_statx, "statx", 1},
		{SYS_faccessat, "faccessat", 1}, {SYS_readlinkat, "readlinkat", 1}, {SYS_unlinkat, "unlinkat", 1},
		{SYS_statfs, "statfs", 0},   {SYS_chdir, "chdir", 0},       {SYS_fchdir, "fchdir", NO_PATH},
		{SYS_fstat, "fstat", NO_PATH}, {SYS_fstatfs, "fstatfs", NO_PATH}, {SYS_getcwd, "getcwd", NO_PATH},
		{SYS_getdents64, "getdents64", NO_PATH}, {SYS_read, "read", NO_PATH}, {SYS_pread64, "pread64", NO_PATH},
		{SYS_ppoll, "ppoll", NO_PATH},
};

struct step {
	long at;
	const char *script;
};

static int known(unsigned long number)
{
	for (unsigned i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
		if ((unsigned long)CALLS[i].number == number) return i;
	return -1;
}

/* The string at an address of the process, as far as it can be read. */
static void string_at(pid_t pid, unsigned long address, char *text, size_t size)
{
	size_t had = 0;
	while (had < size - 1) {
		size_t page = 4096 - ((address + had) & 4095), want = page < size - 1 - had ? page : size - 1 - had;
		struct iovec here = {text + had, want}, there = {(void *)(address + had), want};
		ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
		if (got <= 0) break;
		if (memchr(text + had, 0, got)) return;
		had += got;
	}
	text[had] = 0;
}

static void write_path(FILE *log, const char *path)
{
	for (; *path; path++) fputc(*path == '\n' ? '?' : *path, log);
	fputc('\n', log);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();
	if (pid < 0) err(125, "fork");
	if (pid > 0) return pid;
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) err(125, "ptrace");
	raise(SIGSTOP);
	execvp(argv[0], argv);
	err(125, "%s", argv[0]);
}

static int end_as(int status)
{
	if (WIFEXITED(status)) return WEXITSTATUS(status);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	int word = 3;
	struct step steps[8];
	unsigned planned = 0, made = 0;
	for (; word + 1 < argc && strcmp(argv[word], "--") != 0 && planned < 8; word += 2)
		steps[planned++] = (struct step){atol(argv[word]), argv[word + 1]};
	if (word + 1 >= argc) errx(125, "stepper LOG TARGET [N SCRIPT]... -- command");
	const char *target = argv[2];
	FILE *log = fopen(argv[1], "we");
	if (!log) err(125, "%s", argv[1]);
	pid_t pid = start(argv + word + 1);
	int status, call = -1, give = 0;
	long count = 0;
	char path[8192] = "";
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) errx(125, "it did not stop");
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0) err(125, "options");
	for (;; give = 0) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, give) < 0 && errno != ESRCH) err(125, "resume");
		if (waitpid(pid, &status, 0) != pid) err(125, "wait");
		if (!WIFSTOPPED(status)) break;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			give = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
			continue;
		}
		struct __ptrace_syscall_info info;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) err(125, "syscall info");
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			call = known(info.entry.nr);
			path[0] = 0;
			if (call >= 0 && CALLS[call].path >= 0)
				string_at(pid, info.entry.args[CALLS[call].path], path, sizeof path);
			continue;
		}
		if (call < 0 || (count == 0 && strncmp(path, target, strlen(target)) != 0)) continue;
		fprintf(log, "%ld %s %lld ", ++count, CALLS[call].name, (long long)info.exit.rval);
		write_path(log, path);
		for (; made < planned && steps[made].at == count; made++)
			fprintf(log, "%ld move %d\n", count, system(steps[made].script));
		fflush(log);
	}
	fclose(log);
	return end_as(status);
}
