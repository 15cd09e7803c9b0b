#include <math.h>

#include "CKernels.h"

void ck_transpose(const float *matrix, size_t rows, size_t columns, size_t stride, float *result,
                  size_t result_stride) {
  // Blocks that fit into the first-level cache on both sides.
  enum { block = 32 };
  for (size_t i = 0; i < rows; i += block)
    for (size_t j = 0; j < columns; j += block) {
      const size_t last_i = rows - i < block ? rows : i + block;
      const size_t last_j = columns - j < block ? columns : j + block;
      // The inner loop writes in sequence.
      for (size_t y = j; y < last_j; y++)
        for (size_t x = i; x < last_i; x++)
          result[y * result_stride + x] = matrix[x * stride + y];
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
