/*
 * A process that uses things until it is killed:
 *     hold [-n comm] [-c cwd] [-o path-to-open] [-l path-to-flock] [-r new-root]
 * Prints "ready" when it has them. Dies with the process that started it. At SIGUSR1 a child takes all over, and it
 * prints the child's pid and ends.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

static void hand_over(void)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child > 0) {
		printf("%d\n", child);
		fflush(stdout);
		_exit(0);
	}
}

int main(int argc, char **argv)
{
	int option, fd, got;
	sigset_t handed;

	sigemptyset(&handed);
	sigaddset(&handed, SIGUSR1);
	sigprocmask(SIG_BLOCK, &handed, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((option = getopt(argc, argv, "n:c:o:l:r:")) != -1) {
		switch (option) {
		case 'n':
			if (prctl(PR_SET_NAME, optarg))
				err(1, "prctl");
			break;
		case 'c':
			if (chdir(optarg))
				err(1, "chdir %s", optarg);
			break;
		case 'o':
			if (open(optarg, O_RDONLY) < 0)
				err(1, "open %s", optarg);
			break;
		case 'l':
			fd = open(optarg, O_RDONLY);
			if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
				err(1, "flock %s", optarg);
			break;
		case 'r':
			if (chroot(optarg))
				err(1, "chroot %s", optarg);
			break;
		default:
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		if (sigwait(&handed, &got) == 0)
			hand_over();
}
