// renameat2 is no part of POSIX.
#define _GNU_SOURCE

#include "CFiles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifdef __linux__
#include <fcntl.h>
#include <sys/xattr.h>
#endif

void cf_copy_attributes(int from, int to) {
#ifdef __linux__
  const ssize_t size = flistxattr(from, NULL, 0);
  if (size <= 0) return;
  char *names = malloc((size_t)size);
  if (names == NULL) return;
  const ssize_t filled = flistxattr(from, names, (size_t)size);
  for (ssize_t i = 0; i < filled; i += (ssize_t)strlen(names + i) + 1) {
    const ssize_t length = fgetxattr(from, names + i, NULL, 0);
    if (length < 0) continue;
    char *value = malloc((size_t)length + 1);
    if (value == NULL) continue;
    const ssize_t count = fgetxattr(from, names + i, value, (size_t)length);
    // Some, such as those of security modules, are not a user's to set.
    if (count >= 0) (void)fsetxattr(to, names + i, value, (size_t)count, 0);
    free(value);
  }
  free(names);
#else
  (void)from;
  (void)to;
#endif
}

int cf_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds) {
  struct timespec times[2] = {{0}};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = (time_t)seconds;
  times[1].tv_nsec = (long)nanoseconds;
  return futimens(descriptor, times);
}

int cf_rename_new(const char *from, const char *to) {
#if defined(__linux__) && defined(RENAME_NOREPLACE)
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  // Some file systems cannot do it.
  if (errno != EINVAL && errno != ENOSYS) return -1;
#endif
  struct stat status;
  if (lstat(to, &status) == 0) {
    errno = EEXIST;
    return -1;
  }
  return rename(from, to);
}
