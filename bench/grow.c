/*
 * Makes the tree that a contest is about.
 *
 *   grow DIRECTORY LEFTOVERS [DIRECTORIES FILES]
 *
 * DIRECTORY must exist; what it has of the tree already stays and the rest is added. Without DIRECTORIES all goes into it; with them, that many ordinary directories (three in
 * each, so they get deep) are made below it, and the FILES and LEFTOVERS are spread over all of them. To every
 * hundred leftovers come fifteen decoys. What an entry is stands in the first letter after its prefix:
 *   L leftover   F file   M mode 0755   Y young   N not empty   X near miss (5 or 7 characters, or a '-' in six)
 * All but Y are a day old. Nine leftovers of ten have the first prefix: that is what a leaking CRIU leaves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const prefixes[] = {PREFIXES};
#define PREFIX_COUNT (sizeof prefixes / sizeof *prefixes)
#define SUFFIXES 916132832UL /* 62^5 */

static struct timespec old[2];
static unsigned long leftovers, directories, files, made, decoys, serial;

static void die(const char *what) {
  fprintf(stderr, "grow: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void make_file(int parent, const char *name) {
  int fd = openat(parent, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) die(name);
  close(fd);
}

static void make_directory(int parent, const char *name, mode_t mode) {
  if (mkdirat(parent, name, mode) && errno != EEXIST) die(name);
}

static void make_young(int parent, const char *name) {
  make_directory(parent, name, 0700);
  if (utimensat(parent, name, NULL, AT_SYMLINK_NOFOLLOW)) die(name);
}

static void backdate(int parent, const char *name) {
  if (utimensat(parent, name, old, AT_SYMLINK_NOFOLLOW)) die(name);
}

/* Writes prefix, kind and `digits` scattered characters, all different for 62^5 entries. */
static void write_name(char *name, char kind, int digits) {
  static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  unsigned long n = serial++, scattered = (n % SUFFIXES) * 387420489UL % SUFFIXES;
  char *end = stpcpy(name, prefixes[n % 10 < 9 ? 0 : 1 + n / 10 % (PREFIX_COUNT - 1)]);
  *end++ = kind;
  for (int i = 0; i < digits; i++, scattered /= 62) *end++ = alphabet[scattered % 62];
  *end = '\0';
}

static void make_filled(int parent, const char *name) {
  make_directory(parent, name, 0700);
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) die(name);
  make_file(fd, "kept");
  backdate(fd, "kept");
  close(fd);
}

static void make_decoy(int parent, unsigned long n) {
  static const int near[] = {4, 6, 4};
  char name[256];
  write_name(name, "FMYNX"[n % 5], n % 5 < 4 ? 5 : near[n / 5 % 3]);
  switch (n % 5) {
    case 0: make_file(parent, name); break;
    case 1: make_directory(parent, name, 0755); break;
    case 2: make_young(parent, name); return;
    case 3: make_filled(parent, name); break;
    case 4:
      if (n / 5 % 3 == 2) strcat(name, "-");
      make_directory(parent, name, 0700);
  }
  backdate(parent, name);
}

static void make_leftovers(int parent, unsigned long until) {
  char name[256];
  while (made < until) {
    write_name(name, 'L', 5);
    make_directory(parent, name, 0700);
    backdate(parent, name);
    for (made++; decoys * 100 < made * 15; decoys++) make_decoy(parent, decoys);
  }
}

/* Fills directory number k of the heap, whose children are 3k+1 to 3k+3. */
static void fill(int fd, unsigned long k) {
  static unsigned long visited, filed;
  char name[64];
  visited++;
  for (; filed < files * visited / (directories + 1); filed++) {
    snprintf(name, sizeof name, "file%lu", filed);
    make_file(fd, name);
  }
  make_leftovers(fd, leftovers * visited / (directories + 1));
  for (unsigned long child = 3 * k + 1; child <= 3 * k + 3 && child <= directories; child++) {
    snprintf(name, sizeof name, "directory%lu", child);
    make_directory(fd, name, 0755);
    int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (below < 0) die(name);
    fill(below, child);
    close(below);
  }
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return fprintf(stderr, "usage: grow DIRECTORY LEFTOVERS [DIRECTORIES FILES]\n"), 2;
  leftovers = strtoul(argv[2], NULL, 10);
  if (argc == 5) {
    directories = strtoul(argv[3], NULL, 10);
    files = strtoul(argv[4], NULL, 10);
  }
  umask(0);
  clock_gettime(CLOCK_REALTIME, &old[0]);
  old[0].tv_sec -= 24 * 60 * 60;
  old[1] = old[0];
  int fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) die(argv[1]);
  fill(fd, 0);
  if (syncfs(fd)) die("syncfs"); /* so that no contestant pays for writing out our tree */
  return 0;
}
