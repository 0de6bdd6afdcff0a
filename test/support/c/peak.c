/*
 * Runs a program and writes the largest resident set it had, in KiB, to a file (ru_maxrss of wait4(2)).
 *     peak FILE PROGRAM [ARGUMENT...]
 * Ends with the program's exit status, or 128 and the number of the signal that ended it.
 */
#include <err.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t child;
	FILE *file;

	if (argc < 3)
		errx(1, "peak FILE PROGRAM [ARGUMENT...]");
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		err(1, "wait4");
	file = fopen(argv[1], "w");
	if (!file || fprintf(file, "%ld\n", used.ru_maxrss) < 0 || fclose(file))
		err(1, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
