/*
 * Works in a directory below another root for some milliseconds. Copied to the name criu it is taken for one.
 *     lingering ROOT DIRECTORY MILLISECONDS
 */
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(1, "lingering ROOT DIRECTORY MILLISECONDS");
	if (chroot(argv[1]) || chdir(argv[2]))
		err(1, "%s%s", argv[1], argv[2]);
	usleep(atoi(argv[3]) * 1000);
	return 0;
}
