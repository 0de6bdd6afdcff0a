/*
 * A host full of processes, for the look at who uses a directory.
 *
 *   crowd PROCESSES
 *
 * Starts them, each with 20 descriptors of the kinds that services have (1 directory, 4 files, 3 of /dev/null, 6 ends
 * of sockets, 4 of pipes, 2 of eventfd), prints "ready" once all have them and waits for the end of stdin. Then it
 * ends them; they end with it also where it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int result, const char *what) {
  if (result >= 0) return;
  fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* `opening`: closed when all descriptors are open. */
static void live(pid_t parent, int opening) {
  int pair[2];
  check(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
  if (getppid() != parent) exit(1);
  for (int inherited = 0; inherited < 1024; inherited++)
    if (inherited != opening) close(inherited);
  for (int i = 0; i < 3; i++) check(open("/dev/null", O_RDWR), "/dev/null");
  for (int i = 0; i < 3; i++) check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  for (int i = 0; i < 2; i++) check(pipe(pair), "pipe");
  for (int i = 0; i < 2; i++) check(eventfd(0, 0), "eventfd");
  for (int i = 0; i < 4; i++) check(open("/etc/passwd", O_RDONLY), "/etc/passwd");
  check(open("/", O_RDONLY | O_DIRECTORY), "/");
  close(opening);
  for (;;) pause();
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: crowd PROCESSES\n"), 2;
  long processes = strtol(argv[1], NULL, 10);
  pid_t parent = getpid(), *children = calloc(processes, sizeof *children);
  int opening[2];
  check(children == NULL ? -1 : 0, "calloc");
  check(pipe(opening), "pipe");
  for (long i = 0; i < processes; i++) {
    check(children[i] = fork(), "fork");
    if (children[i] == 0) live(parent, opening[1]);
  }
  char byte;
  close(opening[1]);
  while (read(opening[0], &byte, 1) > 0) continue; /* its end comes when the last child has closed it */
  puts("ready");
  fflush(stdout);
  while (read(0, &byte, 1) > 0) continue;
  for (long i = 0; i < processes; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) continue;
  free(children);
  return 0;
}
