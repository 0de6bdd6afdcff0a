/*
 * Makes very many entries in a directory, quickly.
 *     many files DIRECTORY COUNT              hard links of one file: f0, f1, …
 *     many directories DIRECTORY COUNT PREFIX empty, mode 0755: PREFIX0, PREFIX1, …
 *     many leftovers DIRECTORY COUNT PREFIX   empty, mode 0700, two hours old: PREFIX000000, PREFIX000001, …
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec times[2] = { { 0 } };
	char name[256];
	long count, n;
	int dir, leftovers;

	if (argc < 4)
		errx(1, "many files|directories|leftovers DIRECTORY COUNT [PREFIX]");
	umask(0);
	dir = open(argv[2], O_RDONLY | O_DIRECTORY);
	count = atol(argv[3]);
	if (dir < 0)
		err(1, "%s", argv[2]);
	times[0].tv_sec = times[1].tv_sec = time(NULL) - 7200;
	if (!strcmp(argv[1], "files")) {
		if (mknodat(dir, "f0", S_IFREG | 0600, 0))
			err(1, "f0");
		for (n = 1; n < count; n++) {
			snprintf(name, sizeof(name), "f%ld", n);
			if (linkat(dir, "f0", dir, name, 0))
				err(1, "%s", name);
		}
		return 0;
	}
	leftovers = !strcmp(argv[1], "leftovers");
	for (n = 0; n < count; n++) {
		snprintf(name, sizeof(name), leftovers ? "%s%06ld" : "%s%ld", argc > 4 ? argv[4] : "", n);
		if (mkdirat(dir, name, leftovers ? 0700 : 0755))
			err(1, "%s", name);
		if (leftovers && utimensat(dir, name, times, 0))
			err(1, "%s", name);
	}
	return 0;
}
