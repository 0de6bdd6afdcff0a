/*
 * Mounts an empty FUSE file system of user 65534 on a directory, then runs a program.
 *
 *   fuse DIRECTORY PROGRAM [ARGUMENT...]
 *
 * Nobody answers it, nor need anybody: to all but its user, root too, the kernel says EACCES itself
 * (fuse_allow_current_process in fs/fuse/dir.c). It lives as long as the program does.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(int argc, char **argv) {
  char options[128], ready;
  int pipes[2];
  if (argc < 3 || pipe(pipes)) return fail("fuse: pipe");
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open("/dev/fuse", O_RDWR);
    if (fd < 0) return fail("fuse: /dev/fuse");
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=65534,group_id=65534", fd);
    if (mount("test", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) return fail("fuse: mount");
    if (write(pipes[1], "r", 1) != 1) return 1;
    close(pipes[0]);
    close(pipes[1]);
    for (;;) pause();
  }
  close(pipes[1]);
  if (read(pipes[0], &ready, 1) != 1) return 1;
  close(pipes[0]);
  execvp(argv[2], argv + 2);
  return fail(argv[2]);
}
