/*
 * A process that works in the first directory, and hands that on to a child at once, and so on; and one for each of the
 * others: relay DIR... To be process 1 of a pid namespace: nobody else can catch them, and what has ended needs no one that
 * waits for it. Prints "ready".
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void run(const char *dir)
{
	if (chdir(dir))
		err(1, "chdir %s", dir);
	for (;;)
		if (fork() > 0)
			_exit(0);
}

int main(int argc, char **argv)
{
	if (argc < 2 || getpid() != 1)
		errx(1, "unshare --pid --fork relay DIR...");
	signal(SIGCHLD, SIG_IGN);
	for (int i = 1; i < argc; i++)
		if (fork() == 0)
			run(argv[i]);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
