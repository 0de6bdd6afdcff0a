/*
 * Counts what is left of a tree that grow made, by the letter after the prefix, and prints that as JSON.
 *
 *   tally DIRECTORY
 *
 * A directory that was not empty counts only while its content is there.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long leftover, file, mode, young, filled, near, ordinary;

static void count(int fd) {
  DIR *directory = fdopendir(fd);
  if (!directory) exit((perror("tally: fdopendir"), 1));
  for (struct dirent *entry; (entry = readdir(directory));) {
    const char *name = entry->d_name, *dot = strrchr(name, '.');
    char inside[300];
    if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
    switch (dot ? dot[1] : '\0') {
      case 'L': leftover++; break;
      case 'F': file++; break;
      case 'M': mode++; break;
      case 'Y': young++; break;
      case 'X': near++; break;
      case 'N':
        snprintf(inside, sizeof inside, "%s/kept", name);
        if (!faccessat(fd, inside, F_OK, 0)) filled++;
        break;
      default:
        ordinary++;
        if (entry->d_type != DT_DIR) break;
        int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below < 0) exit((perror(name), 1));
        count(below);
    }
  }
  closedir(directory);
}

int main(int argc, char **argv) {
  int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd < 0) return fprintf(stderr, "usage: tally DIRECTORY\n"), 2;
  count(fd);
  printf("{\"leftover\":%lu,\"file\":%lu,\"mode\":%lu,\"young\":%lu,\"notEmpty\":%lu,\"nearMiss\":%lu,\"ordinary\":%lu}\n",
         leftover, file, mode, young, filled, near, ordinary);
  return 0;
}
