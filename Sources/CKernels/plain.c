// Vectors of four floats: what every x86-64 and every 64-bit ARM processor has.
#define VECTOR_WIDTH 4
#define TILE_ROWS 6
#define NAME "plain"
#define KERNELS ck_plain
#if defined(__aarch64__)
#define HAS_HALF 1
#else
// Without F16C each half-precision number would be widened by a function call.
#define HAS_HALF 0
#endif

#include "vectors.h"

static inline vec load_part(const float *p, size_t n) {
  vec v = (vec)0.0f;
  for (size_t i = 0; i < n; i++) v[i] = p[i];
  return v;
}

static inline void store_part(float *p, vec v, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = v[i];
}

static inline __attribute__((always_inline)) vec load_panel(const int half, const void *panel,
                                                            size_t index) {
#if HAS_HALF
  typedef _Float16 half_vec __attribute__((ext_vector_type(VECTOR_WIDTH), aligned(2), may_alias));
  if (half)
    return __builtin_convertvector(*(const half_vec *)((const uint16_t *)panel +
                                                       index * VECTOR_WIDTH),
                                   vec);
#else
  (void)half;
#endif
  return *(const vec_unaligned *)((const float *)panel + index * VECTOR_WIDTH);
}

#include "kernels.inc.h"
