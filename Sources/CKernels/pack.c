#include <string.h>

#include "CKernels.h"

void ck_pack_panels(const float *weights, size_t column_stride, size_t depth_stride, size_t columns,
                    size_t depth, size_t total_depth, size_t first_depth, size_t vector_width,
                    float *panels) {
  const size_t panel_width = 2 * vector_width;
  for (size_t column = 0; column < columns; column += panel_width) {
    const size_t rest = columns - column;
    const size_t count = rest < panel_width ? rest : panel_width;
    const size_t width = rest <= vector_width ? vector_width : panel_width;
    float *panel = panels + column * total_depth + first_depth * width;
    const float *source = weights + column * column_stride;
    if (column_stride == 1) {
      for (size_t k = 0; k < depth; k++)
        memcpy(panel + k * width, source + k * depth_stride, count * sizeof(float));
      continue;
    }
    if (depth_stride == 1) {
      ck_transpose(source, count, depth, column_stride, panel, width);
      continue;
    }
    // Blocks in which both the reads and the writes stay in the first-level cache.
    enum { block = 16 };
    for (size_t k = 0; k < depth; k += block) {
      const size_t end = depth - k < block ? depth : k + block;
      for (size_t j = 0; j < count; j++)
        for (size_t i = k; i < end; i++)
          panel[i * width + j] = source[j * column_stride + i * depth_stride];
    }
  }
}
