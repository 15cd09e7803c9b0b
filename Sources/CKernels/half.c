#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2,f16c"))) static void widen_f16c(const uint16_t *half, float *result,
                                                            size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(result + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(half + i))));
  for (; i < count; i++) result[i] = _cvtsh_ss(half[i]);
}

__attribute__((target("avx2,f16c"))) static void narrow_f16c(const float *single, uint16_t *result,
                                                             size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm_storeu_si128((__m128i *)(result + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(single + i), _MM_FROUND_TO_NEAREST_INT));
  for (; i < count; i++) result[i] = _cvtss_sh(single[i], _MM_FROUND_TO_NEAREST_INT);
}

__attribute__((target("avx2,fma,f16c"))) static float dot_f16c(const uint8_t *half,
                                                               const float *single, size_t count) {
  __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                    _mm256_setzero_ps()};
  size_t i = 0;
  for (; i + 32 <= count; i += 32)
    for (size_t j = 0; j < 4; j++)
      sums[j] = _mm256_fmadd_ps(
          _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(half + 2 * (i + 8 * j)))),
          _mm256_loadu_ps(single + i + 8 * j), sums[j]);
  float lanes[8], sum = 0;
  _mm256_storeu_ps(lanes, _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]),
                                        _mm256_add_ps(sums[2], sums[3])));
  for (size_t j = 0; j < 8; j++) sum += lanes[j];
  for (; i < count; i++) {
    uint16_t value;
    __builtin_memcpy(&value, half + 2 * i, sizeof value);
    sum += _cvtsh_ss(value) * single[i];
  }
  return sum;
}
#endif

float ck_dot_half(const void *half, const float *single, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c"))
    return dot_f16c(half, single, count);
#endif
  float sum = 0;
  for (size_t i = 0; i < count; i++) {
    _Float16 value;
    __builtin_memcpy(&value, (const uint8_t *)half + 2 * i, sizeof value);
    sum += (float)value * single[i];
  }
  return sum;
}

void ck_half_to_float(const uint16_t *half, float *result, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c")) {
    widen_f16c(half, result, count);
    return;
  }
#endif
  for (size_t i = 0; i < count; i++) {
    _Float16 value;
    __builtin_memcpy(&value, half + i, sizeof value);
    result[i] = (float)value;
  }
}

void ck_float_to_half(const float *single, uint16_t *result, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c")) {
    narrow_f16c(single, result, count);
    return;
  }
#endif
  for (size_t i = 0; i < count; i++) {
    _Float16 value = (_Float16)single[i];
    __builtin_memcpy(result + i, &value, sizeof value);
  }
}

int ck_exact_in_half(const float *single, size_t count) {
  uint16_t half[256];
  float back[256];
  for (size_t i = 0; i < count; i += 256) {
    const size_t block = count - i < 256 ? count - i : 256;
    ck_float_to_half(single + i, half, block);
    ck_half_to_float(half, back, block);
    if (__builtin_memcmp(back, single + i, block * sizeof(float)) != 0) return 0;
  }
  return 1;
}
