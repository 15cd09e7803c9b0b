#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

extern const ck_kernels ck_plain;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2, ck_avx512;
#endif

// Fills `sets` with what this machine can run, narrowest first, and returns how many there are.
static size_t find_available(const ck_kernels *sets[3]) {
  size_t count = 0;
  sets[count++] = &ck_plain;
#if defined(__x86_64__)
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                   __builtin_cpu_supports("f16c");
  if (avx2) sets[count++] = &ck_avx2;
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    sets[count++] = &ck_avx512;
#endif
  return count;
}

size_t ck_available_count(void) {
  const ck_kernels *sets[3];
  return find_available(sets);
}

const ck_kernels *ck_available(size_t index) {
  const ck_kernels *sets[3];
  const size_t count = find_available(sets);
  return sets[index < count ? index : count - 1];
}

const ck_kernels *ck_best(void) {
  const ck_kernels *sets[3];
  const size_t count = find_available(sets);
  const char *wanted = getenv("CAPTION_KERNELS");
  for (size_t i = 0; wanted && i < count; i++)
    if (strcmp(wanted, sets[i]->name) == 0) return sets[i];
  return sets[count - 1];
}
