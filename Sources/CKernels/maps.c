#include <math.h>

#include "CKernels.h"

typedef float quad __attribute__((ext_vector_type(4)));
typedef float quad_unaligned __attribute__((ext_vector_type(4), aligned(4), may_alias));

static inline quad load_quad(const float *p) { return *(const quad_unaligned *)p; }

static inline void store_quad(float *p, quad v) { *(quad_unaligned *)p = v; }

// Four by four numbers through registers.
static inline void transpose_quads(const float *matrix, size_t stride, float *result,
                                   size_t result_stride) {
  const quad a = load_quad(matrix), b = load_quad(matrix + stride);
  const quad c = load_quad(matrix + 2 * stride), d = load_quad(matrix + 3 * stride);
  const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store_quad(result, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store_quad(result + result_stride, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store_quad(result + 2 * result_stride, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store_quad(result + 3 * result_stride, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

void ck_transpose(const float *matrix, size_t rows, size_t columns, size_t stride, float *result,
                  size_t result_stride) {
  // Blocks that fit into the first-level cache on both sides.
  enum { block = 32 };
  for (size_t i = 0; i < rows; i += block)
    for (size_t j = 0; j < columns; j += block) {
      const size_t last_i = rows - i < block ? rows : i + block;
      const size_t last_j = columns - j < block ? columns : j + block;
      size_t x = i;
      // Four rows at a time: rows a power of two apart compete for the same places in the cache.
      for (; x + 4 <= last_i; x += 4) {
        size_t y = j;
        for (; y + 4 <= last_j; y += 4)
          transpose_quads(matrix + x * stride + y, stride, result + y * result_stride + x,
                          result_stride);
        for (; y < last_j; y++)
          for (size_t k = x; k < x + 4; k++) result[y * result_stride + k] = matrix[k * stride + y];
      }
      for (; x < last_i; x++)
        for (size_t y = j; y < last_j; y++) result[y * result_stride + x] = matrix[x * stride + y];
    }
}

void ck_local_response_norm(const float *x, size_t channels, size_t size, float alpha, float beta,
                            float bias, float *result) {
  for (size_t c = 0; c < channels; c++) {
    const size_t before = size / 2;
    const size_t first = c < before ? 0 : c - before;
    const size_t end = c + size - before < channels ? c + size - before : channels;
    float sum = 0;
    for (size_t i = first; i < end; i++) sum += x[i] * x[i];
    result[c] = x[c] / powf(bias + alpha / (float)size * sum, beta);
  }
}

void ck_local_response_norm_gradient(const float *x, const float *slope, size_t channels,
                                     size_t size, float alpha, float beta, float bias,
                                     float *scratch, float *gradient) {
  // With s = bias + alpha / size · Σ x² and y = x · s^-beta: dx = dy · s^-beta - 2 · alpha · beta /
  // size · x · Σ dy · x · s^(-beta - 1), summed over the channels whose sums hold this one.
  const size_t before = size / 2, after = size - before - 1;
  float *products = scratch, *factors = scratch + channels;
  for (size_t c = 0; c < channels; c++) {
    const size_t first = c < before ? 0 : c - before;
    const size_t end = c + size - before < channels ? c + size - before : channels;
    float sum = 0;
    for (size_t i = first; i < end; i++) sum += x[i] * x[i];
    const float s = bias + alpha / (float)size * sum;
    factors[c] = powf(s, -beta);
    products[c] = slope[c] * x[c] * factors[c] / s;
  }
  for (size_t c = 0; c < channels; c++) {
    const size_t first = c < after ? 0 : c - after;
    const size_t end = c + before + 1 < channels ? c + before + 1 : channels;
    float sum = 0;
    for (size_t i = first; i < end; i++) sum += products[i];
    gradient[c] += slope[c] * factors[c] - 2 * alpha * beta / (float)size * x[c] * sum;
  }
}
