/*
 * The attacker of a race: swaps two names with renameat2(RENAME_EXCHANGE) as fast as it can until its stdin ends,
 * then puts them back as they were and prints how often it swapped.
 *     swap DIRECTORY-OF-A A DIRECTORY-OF-B B
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	unsigned long swaps = 0;
	int a, b;

	if (argc != 5)
		errx(1, "swap DIR-OF-A A DIR-OF-B B");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	a = open(argv[1], O_PATH | O_DIRECTORY);
	b = open(argv[3], O_PATH | O_DIRECTORY);
	if (a < 0 || b < 0)
		err(1, "open");
	puts("ready");
	fflush(stdout);
	while (swaps % 64 || poll(&in, 1, 0) == 0) {
		if (renameat2(a, argv[2], b, argv[4], RENAME_EXCHANGE))
			err(1, "renameat2 after %lu swaps", swaps);
		swaps++;
	}
	printf("swaps %lu\n", swaps);
	return 0;
}
