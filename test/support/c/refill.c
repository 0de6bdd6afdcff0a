/*
 * The attacker of a race: until its stdin ends, makes an entry in a directory and removes it again as fast as it can,
 * through a descriptor, and leaves it there at the end. Where the directory itself is gone, it stops.
 *     refill DIRECTORY NAME
 * Prints how often it filled the directory, and whether that was removed from under it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	unsigned long fills = 0;
	int dir, file;

	if (argc != 3)
		errx(1, "refill DIRECTORY NAME");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		err(1, "open %s", argv[1]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		file = openat(dir, argv[2], O_CREAT | O_WRONLY, 0600);
		if (file < 0 && errno == ENOENT) {
			printf("removed after %lu\n", fills);
			return 0;
		}
		if (file < 0)
			err(1, "openat");
		close(file);
		fills++;
		if (fills % 64 == 0 && poll(&in, 1, 0) != 0)
			break;
		unlinkat(dir, argv[2], 0);
	}
	printf("filled %lu\n", fills);
	return 0;
}
