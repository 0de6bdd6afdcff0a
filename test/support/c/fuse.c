/*
 * Mounts an empty FUSE file system of user 65534 on a directory, then runs a program.
 *
 *   fuse [-a] DIRECTORY PROGRAM [ARGUMENT...]
 *
 * Nobody answers it, nor need anybody: to all but its user, root too, the kernel says EACCES itself
 * (fuse_allow_current_process in fs/fuse/dir.c). With -a it is open to all (allow_other), so that
 * whoever asks it waits for ever. It lives as long as the program does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(int argc, char **argv) {
  char options[128], ready;
  int pipes[2], life[2], open_to_all = argc > 1 && !strcmp(argv[1], "-a");
  argc -= open_to_all;
  argv += open_to_all;
  if (argc < 3 || pipe(pipes) || pipe(life)) return fail("fuse: pipe");
  if (fork() == 0) {
    int fd = open("/dev/fuse", O_RDWR);
    if (fd < 0) return fail("fuse: /dev/fuse");
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=65534,group_id=65534%s", fd,
             open_to_all ? ",allow_other" : "");
    if (mount("test", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) return fail("fuse: mount");
    if (write(pipes[1], "r", 1) != 1) return 1;
    close(pipes[0]);
    close(pipes[1]);
    /* The program may be another user's, whose death sends no signal to root. */
    close(life[1]);
    return (int)read(life[0], &ready, 1);
  }
  close(pipes[1]);
  if (read(pipes[0], &ready, 1) != 1) return 1;
  close(pipes[0]);
  close(life[0]);
  execvp(argv[2], argv + 2);
  return fail(argv[2]);
}
