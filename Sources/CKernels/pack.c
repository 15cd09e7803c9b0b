#include "CKernels.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

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
    for (size_t k = 0; k < depth; k++)
      for (size_t j = 0; j < count; j++)
        panel[k * width + j] = source[j * column_stride + k * depth_stride];
  }
}

void ck_prefer_large_pages(void *start, size_t size) {
#if defined(__linux__)
  // Only whole large pages inside the range; the call is advice, so that its failure does not
  // matter.
  const uintptr_t page = (uintptr_t)2 << 20;
  const uintptr_t begin = ((uintptr_t)start + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)start + size) & ~(page - 1);
  if (begin < end) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
  (void)start;
  (void)size;
#endif
}
