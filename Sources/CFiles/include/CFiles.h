/// What Swift's modules of the C libraries do not have of files.

#ifndef CFILES_H
#define CFILES_H

#include <stdint.h>

/// Copies the extended attributes of an open file to another, as far as the file systems allow.
void cf_copy_attributes(int from, int to);

/// Sets when an open file was last modified, in seconds since 1970, and leaves when it was last
/// read; -1 and `errno` on failure.
int cf_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds);

/// Renames a file unless the new name is taken; -1 and `errno` (EEXIST where it is) on failure.
int cf_rename_new(const char *from, const char *to);

#endif
