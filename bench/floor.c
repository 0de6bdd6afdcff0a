/*
 * The floor: a sweep by only the calls that cannot be avoided. getdents64 to read, one fstatat for each name that
 * matches, one unlinkat for each that passes; in a dry run openat, getdents64 and close instead, for the emptiness.
 * Below the top: openat and fstat (another file system is not entered) for each directory.
 *
 *   floor [-n] [-1] DIRECTORY         -n: dry run, prints what would go; -1: own entries of DIRECTORY only
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536

static const char *const prefixes[] = {PREFIXES};
static int dry, flat;
static uid_t owner;
static time_t threshold;
static char path[1 << 16];

static int matches(const char *name) {
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t length = strlen(prefixes[i]);
    if (strncmp(name, prefixes[i], length)) continue;
    const char *end = name + length;
    while (isalnum((unsigned char)*end)) end++;
    return !*end && end == name + length + 6;
  }
  return 0;
}

static int is_empty(int parent, const char *name) {
  char buffer[256];
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return 0;
  long bytes = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  close(fd);
  return bytes == 48; /* "." and ".." */
}

static void judge(int parent, const char *name, dev_t device) {
  struct stat facts;
  if (fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW)) return;
  if (!S_ISDIR(facts.st_mode) || (facts.st_mode & 07777) != 0700 || facts.st_uid != owner) return;
  if (facts.st_dev != device || facts.st_mtime >= threshold) return;
  if (!dry) unlinkat(parent, name, AT_REMOVEDIR);
  else if (is_empty(parent, name)) printf("%s/%s\n", path, name);
}

static void sweep(int fd, dev_t device, size_t length) {
  char *buffer = malloc(BUFFER);
  if (!buffer) exit((perror("floor: malloc"), 1));
  for (long bytes; (bytes = syscall(SYS_getdents64, fd, buffer, BUFFER)) > 0;)
    for (long at = 0; at < bytes;) {
      struct dirent64 *entry = (struct dirent64 *)(buffer + at);
      const char *name = entry->d_name;
      at += entry->d_reclen;
      if (entry->d_type != DT_DIR || !strcmp(name, ".") || !strcmp(name, "..")) continue;
      if (matches(name)) {
        judge(fd, name, device);
        continue;
      }
      if (flat) continue;
      int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      struct stat facts;
      if (below < 0) continue;
      size_t longer = length + (size_t)snprintf(path + length, sizeof path - length, "/%s", name);
      if (longer < sizeof path && !fstat(below, &facts) && facts.st_dev == device) sweep(below, device, longer);
      path[length] = '\0';
      close(below);
    }
  free(buffer);
}

int main(int argc, char **argv) {
  for (int option; (option = getopt(argc, argv, "n1")) != -1;) {
    if (option == 'n') dry = 1;
    if (option == '1') flat = 1;
  }
  struct stat facts;
  int fd = optind == argc - 1 ? open(argv[optind], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd < 0 || fstat(fd, &facts)) return fprintf(stderr, "usage: floor [-n] [-1] DIRECTORY\n"), 2;
  owner = geteuid();
  threshold = time(NULL) - 3600;
  sweep(fd, facts.st_dev, (size_t)snprintf(path, sizeof path, "%s", argv[optind]));
  return 0;
}
