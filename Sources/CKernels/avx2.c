// Vectors of eight floats: AVX2 with FMA and F16C.
#if defined(__x86_64__)
#include <immintrin.h>
// The libraries' headers come before the pragma, which would give their functions this target, too.
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define VECTOR_WIDTH 8
#define TILE_ROWS 6
#define NAME "avx2"
#define KERNELS ck_avx2
#define HAS_HALF 1

#include "vectors.h"

// All ones in the first n lanes.
static inline __m256i first_lanes(size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline vec load_part(const float *p, size_t n) {
  return (vec)_mm256_maskload_ps(p, first_lanes(n));
}

static inline void store_part(float *p, vec v, size_t n) {
  _mm256_maskstore_ps(p, first_lanes(n), (__m256)v);
}

static inline __attribute__((always_inline)) vec load_panel(const int half, const void *panel,
                                                            size_t index) {
  if (half)
    return (vec)_mm256_cvtph_ps(
        _mm_loadu_si128((const __m128i *)((const uint16_t *)panel + index * VECTOR_WIDTH)));
  return (vec)_mm256_loadu_ps((const float *)panel + index * VECTOR_WIDTH);
}

#include "kernels.inc.h"

#pragma clang attribute pop
#endif
