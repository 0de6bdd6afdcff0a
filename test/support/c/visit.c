/*
 * The attacker of a race who has something to lose: until its stdin ends, moves a file into a directory and out again, a
 * tenth of a millisecond each, through descriptors, and sets the directory's times back each time so that it looks two hours old.
 *     visit HOME FILE DIRECTORY
 * Prints how often the file was there; "lost" where somebody removed it there; "removed after" where the directory went
 * while the file was at home. Says "ready" when the file is there for the first time.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	unsigned long visits = 0;
	struct timespec old[2] = { { 0 } }, rest = { .tv_nsec = 100000 };
	int home, dir;

	if (argc != 4)
		errx(1, "visit HOME FILE DIRECTORY");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	home = open(argv[1], O_PATH | O_DIRECTORY);
	dir = open(argv[3], O_RDONLY | O_DIRECTORY);
	old[0].tv_sec = old[1].tv_sec = time(NULL) - 7200;
	if (home < 0 || dir < 0)
		err(1, "open");
	while (visits % 64 || poll(&in, 1, 0) == 0) {
		if (renameat(home, argv[2], dir, argv[2])) {
			if (errno != ENOENT)
				err(1, "renameat");
			printf("removed after %lu\n", visits);
			return 0;
		}
		futimens(dir, old);
		if (visits++ == 0) {
			puts("ready");
			fflush(stdout);
		}
		nanosleep(&rest, NULL);
		if (renameat(dir, argv[2], home, argv[2])) {
			printf("lost after %lu\n", visits);
			return 0;
		}
		futimens(dir, old);
		nanosleep(&rest, NULL);
	}
	printf("visits %lu\n", visits);
	return 0;
}
