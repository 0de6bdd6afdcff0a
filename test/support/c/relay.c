/*
 * A process that works in a directory, and hands that on to a child at once, and so on until it is killed: relay DIR.
 * To be run in a pid namespace that ends with the test: nobody else can catch it.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]))
		err(1, "relay DIR");
	puts("ready");
	fflush(stdout);
	for (;;)
		if (fork() > 0)
			_exit(0);
}
