/*
 * Makes directories in one another, as deep as is asked, whatever PATH_MAX says.
 *     deep ROOT LEVELS NAME [EVERY LEFTOVER SECONDS-OLD]
 * On every EVERYth level also an empty directory LEFTOVER, mode 0700, that old. Prints how many of those.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long levels, every, level, made = 0;
	struct timespec times[2] = { { 0 } };
	int dir, next;

	if (argc != 4 && argc != 7)
		errx(1, "deep ROOT LEVELS NAME [EVERY LEFTOVER SECONDS-OLD]");
	levels = atol(argv[2]);
	every = argc == 7 ? atol(argv[4]) : 0;
	umask(0);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	for (level = 1; level <= levels; level++) {
		if (dir < 0 || mkdirat(dir, argv[3], 0755))
			err(1, "level %ld", level);
		next = openat(dir, argv[3], O_RDONLY | O_DIRECTORY);
		close(dir);
		dir = next;
		if (!every || level % every)
			continue;
		times[0].tv_sec = times[1].tv_sec = time(NULL) - atol(argv[6]);
		if (mkdirat(dir, argv[5], 0700) || utimensat(dir, argv[5], times, 0))
			err(1, "leftover on level %ld", level);
		made++;
	}
	printf("%ld\n", made);
	return 0;
}
