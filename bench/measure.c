/*
 * Runs a command and writes what it took, as JSON. Small on purpose: the memory of the process that forks counts
 * into ru_maxrss of the one it starts.
 *
 *   measure RESULT SECONDS STDIN STDOUT STDERR COMMAND [ARGUMENT...]
 *
 * After SECONDS the command's process group is killed (`timedOut` 1). Times in nanoseconds and microseconds, memory in KiB;
 * those of the command's own children that it waited for are included. exit is -1 where a signal ended it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t timed_out;

static void expire(int signal_number) {
  (void)signal_number;
  timed_out = 1;
  kill(-child, SIGKILL);
}

static void redirect(const char *file, int flags, int descriptor) {
  int fd = open(file, flags, 0600);
  if (fd < 0 || dup2(fd, descriptor) < 0) _exit(126);
  close(fd);
}

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

static void start(char **argv) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect(argv[3], O_RDONLY, 0);
  redirect(argv[4], O_WRONLY | O_CREAT | O_TRUNC, 1);
  redirect(argv[5], O_WRONLY | O_CREAT | O_TRUNC, 2);
  execvp(argv[6], argv + 6);
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc < 7) return fprintf(stderr, "usage: measure RESULT SECONDS STDIN STDOUT STDERR COMMAND...\n"), 2;
  struct rusage usage;
  int status;
  signal(SIGALRM, expire);
  long long began = nanoseconds();
  child = fork();
  if (child < 0) return perror("measure: fork"), 1;
  if (child == 0) start(argv);
  setpgid(child, child);
  alarm((unsigned)atoi(argv[2]));
  if (wait4(child, &status, 0, &usage) < 0) return perror("measure: wait4"), 1;
  long long wall = nanoseconds() - began;
  FILE *result = fopen(argv[1], "w");
  if (!result) return perror(argv[1]), 1;
  fprintf(result, "{\"wallNs\":%lld,\"userUs\":%lld,\"systemUs\":%lld,\"maxRssKiB\":%ld,\"exit\":%d,\"signal\":%d,\"timedOut\":%d}\n",
          wall, microseconds(usage.ru_utime), microseconds(usage.ru_stime), usage.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0, (int)timed_out);
  return fclose(result) ? 1 : 0;
}
