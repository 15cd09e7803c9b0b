#include <stdlib.h>

#include "CKernels.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

void *ck_allocate_zeros(size_t count) {
  if (count > (SIZE_MAX - 64) / sizeof(float)) abort();
  const size_t size = count * sizeof(float) + 64;
  // Large blocks come from the system as zeros, so that calloc does not touch them.
  void *memory = calloc(1, size);
  if (!memory) abort();
#if defined(__linux__)
  // Large pages, for the whole ones inside the block; advice, so that its failure does not matter.
  const uintptr_t page = (uintptr_t)2 << 20;
  const uintptr_t begin = ((uintptr_t)memory + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)memory + size) & ~(page - 1);
  if (begin < end) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#endif
  return memory;
}

void ck_free(void *memory) { free(memory); }
