// Vectors of sixteen floats: AVX-512 as of Skylake-X and Zen 4.
#if defined(__x86_64__)
#include <immintrin.h>
// The libraries' headers come before the pragma, which would give their functions this target, too.
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c"))), apply_to = function)

#define VECTOR_WIDTH 16
#define TILE_ROWS 12
#define NAME "avx512"
#define KERNELS ck_avx512
#define HAS_HALF 1

#include "vectors.h"

static inline vec load_part(const float *p, size_t n) {
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

static inline void store_part(float *p, vec v, size_t n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}

static inline __attribute__((always_inline)) vec load_panel(const int half, const void *panel,
                                                            size_t index) {
  if (half)
    return (vec)_mm512_cvtph_ps(
        _mm256_loadu_si256((const __m256i *)((const uint16_t *)panel + index * VECTOR_WIDTH)));
  return (vec)_mm512_loadu_ps((const float *)panel + index * VECTOR_WIDTH);
}

#include "kernels.inc.h"

#pragma clang attribute pop
#endif
