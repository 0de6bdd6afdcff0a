/*
 * The attacker of many races at once: swaps each entry of one directory with the entry of the same name in another, one
 * after the other, with renameat2(RENAME_EXCHANGE), until its stdin ends; then puts all back as it was. An entry that
 * is gone is passed over. Says "ready" in the middle of the first round: there is one of each sort then, however little
 * it comes to run from there on. Rests after each swap: who is to be raced pauses, and needs the processor more.
 *     swap-all DIRECTORY OTHER-DIRECTORY NAME...
 * Prints how often it swapped.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int here, there;
static unsigned long swaps;

static int swap(const char *name)
{
	struct timespec rest = { .tv_nsec = 20000 };

	if (renameat2(here, name, there, name, RENAME_EXCHANGE) == 0) {
		swaps++;
		nanosleep(&rest, NULL);
		return 1;
	}
	if (errno != ENOENT)
		err(1, "renameat2 %s after %lu swaps", name, swaps);
	return 0;
}

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	char *swapped;
	int n, ready = 0;

	if (argc < 4)
		errx(1, "swap-all DIRECTORY OTHER-DIRECTORY NAME...");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	here = open(argv[1], O_PATH | O_DIRECTORY);
	there = open(argv[2], O_PATH | O_DIRECTORY);
	swapped = calloc(argc, 1);
	if (here < 0 || there < 0 || !swapped)
		err(1, "open");
	do {
		for (n = 3; n < argc; n++) {
			swapped[n] ^= swap(argv[n]);
			if (!ready && n >= (argc + 2) / 2) {
				puts("ready");
				fflush(stdout);
				ready = 1;
			}
		}
	} while (poll(&in, 1, 0) == 0);
	for (n = 3; n < argc; n++)
		if (swapped[n])
			swap(argv[n]);
	printf("swaps %lu\n", swaps);
	return 0;
}
