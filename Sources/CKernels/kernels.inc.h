// The kernels of one instruction set, written once over vectors of VECTOR_WIDTH floats. Each of
// plain.c, avx2.c and avx512.c defines VECTOR_WIDTH, TILE_ROWS (of the product's tile, two vectors
// wide), HAS_HALF, KERNELS (the table's name), NAME, load_part(p, n) and store_part(p, v, n), which
// touch only the first n < VECTOR_WIDTH floats, and includes this file. Multiplication followed by
// addition in one expression becomes one fused instruction where the instruction set has it
// (-ffp-contract=on is clang's default).

#include <math.h>
#include <string.h>

#include "CKernels.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define PANEL_WIDTH (2 * VECTOR_WIDTH)
#define SUM_LENGTH 128

INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }

INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }

INLINE vec clamp(vec v, float lower, float upper) {
  // In this order a NaN stays a NaN.
  v = v < lower ? (vec)lower : v;
  return v > upper ? (vec)upper : v;
}

INLINE float clamp_scalar(float v, float lower, float upper) {
  v = v < lower ? lower : v;
  return v > upper ? upper : v;
}

INLINE float sum_lanes(vec v) {
  float sum = 0;
  for (int i = 0; i < VECTOR_WIDTH; i++) sum += v[i];
  return sum;
}

// MARK: Matrix product

static __attribute__((noinline)) void finish_part(const ck_gemm *g, const float *tile, size_t width,
                                                  size_t rows, size_t columns, float *c,
                                                  const float *residual) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      float value = tile[i * width + j];
      if (g->accumulate) value += c[i * g->c_stride + j];
      if (residual) value += residual[i * g->residual_stride + j];
      c[i * g->c_stride + j] = clamp_scalar(value, g->lower, g->upper);
    }
}

// One tile of `rows` × `vectors`, with `sets` independent sums for each place so that a tile of few
// rows does not wait for its own additions. The first four parameters are constants at every call.
INLINE void product_tile(const int rows, const int vectors, const int sets, const int half,
                         const ck_gemm *g, const float *a, const void *panel, size_t columns,
                         float *c, const float *bias, const float *residual) {
  vec sum[4][TILE_ROWS][2];
  UNROLL for (int s = 0; s < sets; s++)
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++) sum[s][i][j] = (vec)0.0f;
  // Sums of many terms in sequence lose accuracy with their length: after SUM_LENGTH steps they are
  // added up apart. In memory, since all registers are taken.
  vec total[TILE_ROWS][2];
  const size_t depth = g->depth, stride = g->a_stride;
  size_t k = 0;
#define PRODUCT_STEP(s, k)                                                                      \
  do {                                                                                          \
    vec b[2];                                                                                   \
    UNROLL for (int j = 0; j < vectors; j++) b[j] = load_panel(half, panel, (k)*vectors + j); \
    UNROLL for (int i = 0; i < rows; i++) {                                                     \
      const vec x = (vec)a[i * stride + (k)];                                                   \
      UNROLL for (int j = 0; j < vectors; j++) sum[s][i][j] += x * b[j];                        \
    }                                                                                           \
  } while (0)
  for (;;) {
    const int is_first = k == 0, is_last = depth - k < (size_t)(3 * SUM_LENGTH * sets / 2);
    const size_t end = is_last ? depth : k + SUM_LENGTH * sets;
    if (sets > 1) {
      for (; k + sets <= end; k += sets) {
        UNROLL for (int s = 0; s < sets; s++) PRODUCT_STEP(s, k + s);
      }
    }
    for (; k < end; k++) PRODUCT_STEP(0, k);
    if (is_first && is_last) break;
    __asm__ volatile("" : : "r"(total) : "memory");
    UNROLL for (int s = 0; s < sets; s++) {
      UNROLL for (int i = 0; i < rows; i++)
        UNROLL for (int j = 0; j < vectors; j++) {
          total[i][j] = is_first && s == 0 ? sum[s][i][j] : total[i][j] + sum[s][i][j];
          sum[s][i][j] = (vec)0.0f;
        }
    }
    __asm__ volatile("" : : "r"(total) : "memory");
    if (is_last) {
      UNROLL for (int i = 0; i < rows; i++)
        UNROLL for (int j = 0; j < vectors; j++) sum[0][i][j] = total[i][j];
      break;
    }
  }
#undef PRODUCT_STEP
  UNROLL for (int s = 1; s < sets; s++)
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++) sum[0][i][j] += sum[s][i][j];
  if (bias) {
    UNROLL for (int j = 0; j < vectors; j++) {
      const vec b = load(bias + j * VECTOR_WIDTH);
      UNROLL for (int i = 0; i < rows; i++) sum[0][i][j] += b;
    }
  }
  if (columns < (size_t)vectors * VECTOR_WIDTH) {
    float tile[TILE_ROWS * PANEL_WIDTH];
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++)
        store(tile + (i * vectors + j) * VECTOR_WIDTH, sum[0][i][j]);
    finish_part(g, tile, vectors * VECTOR_WIDTH, rows, columns, c, residual);
    return;
  }
  if (g->accumulate) {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++)
        sum[0][i][j] += load(c + i * g->c_stride + j * VECTOR_WIDTH);
  }
  if (residual) {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++)
        sum[0][i][j] += load(residual + i * g->residual_stride + j * VECTOR_WIDTH);
  }
  const float lower = g->lower, upper = g->upper;
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < vectors; j++)
      store(c + i * g->c_stride + j * VECTOR_WIDTH, clamp(sum[0][i][j], lower, upper));
}

typedef void (*tile_function)(const ck_gemm *g, const float *a, const void *panel, size_t columns,
                              float *c, const float *bias, const float *residual);

#define SETS(rows) ((rows) == 1 ? 4 : (rows) <= 3 ? 2 : 1)
#define TILE(rows, vectors, half)                                                              \
  static void tile_##rows##_##vectors##_##half(const ck_gemm *g, const float *a,               \
                                               const void *panel, size_t columns, float *c,    \
                                               const float *bias, const float *residual) {     \
    product_tile(rows, vectors, SETS(rows), half, g, a, panel, columns, c, bias, residual);    \
  }
#define TILES(rows) TILE(rows, 1, 0) TILE(rows, 2, 0) TILE(rows, 1, 1) TILE(rows, 2, 1)
#define ENTRY(rows) \
  { {tile_##rows##_1_0, tile_##rows##_2_0}, {tile_##rows##_1_1, tile_##rows##_2_1} }

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if TILE_ROWS == 12
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif

// By rows - 1, half, vectors - 1.
static const tile_function tiles[TILE_ROWS][2][2] = {
    ENTRY(1), ENTRY(2), ENTRY(3), ENTRY(4),  ENTRY(5),  ENTRY(6),
#if TILE_ROWS == 12
    ENTRY(7), ENTRY(8), ENTRY(9), ENTRY(10), ENTRY(11), ENTRY(12),
#endif
};

static void gemm(const ck_gemm *g) {
  const int half = g->half != 0;
  const size_t element = half ? 2 : 4;
  if (g->rows == 0 || g->columns == 0) return;
  // Tiles of nearly equal height: 13 rows become 7 + 6, not 12 + 1.
  const size_t tile_count = (g->rows + TILE_ROWS - 1) / TILE_ROWS;
  for (size_t column = 0; column < g->columns; column += PANEL_WIDTH) {
    const size_t columns =
        g->columns - column < PANEL_WIDTH ? g->columns - column : PANEL_WIDTH;
    const int vectors = columns > VECTOR_WIDTH ? 2 : 1;
    const char *panel = (const char *)g->panels + column * g->depth * element;
    for (size_t t = 0; t < tile_count; t++) {
      const size_t row = t * g->rows / tile_count;
      const size_t rows = (t + 1) * g->rows / tile_count - row;
      tiles[rows - 1][half][vectors - 1](
          g, g->a + row * g->a_stride, panel, columns, g->c + row * g->c_stride + column,
          g->bias ? g->bias + column : NULL,
          g->residual ? g->residual + row * g->residual_stride + column : NULL);
    }
  }
}

// MARK: Convolution

INLINE vec load_some(const float *p, size_t rest) {
  return rest < VECTOR_WIDTH ? load_part(p, rest) : load(p);
}

INLINE void store_some(float *p, vec v, size_t rest) {
  if (rest < VECTOR_WIDTH)
    store_part(p, v, rest);
  else
    store(p, v);
}

// Copies of a few floats are so short that a call to memcpy would dominate them.
INLINE void copy_floats(float *to, const float *from, size_t count) {
  size_t i = 0;
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH) store(to + i, load(from + i));
  if (i < count) store_part(to + i, load_part(from + i, count - i), count - i);
}

INLINE void zero_floats(float *to, size_t count) {
  size_t i = 0;
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH) store(to + i, (vec)0.0f);
  if (i < count) store_part(to + i, (vec)0.0f, count - i);
}

static void gather(const ck_maps *input, const ck_window *w, size_t output_height,
                   size_t output_width, size_t first_channel, size_t channels, size_t first,
                   size_t count, float *rows, size_t stride) {
  size_t x = first % output_width, y = first / output_width % output_height;
  size_t n = first / output_width / output_height;
  const ptrdiff_t height = input->height, width = input->width;
  // Neighbouring taps of a kernel row lie in one contiguous run.
  const int contiguous = w->dilation_horizontal == 1 && input->pixel_stride == channels;
  const ptrdiff_t kernel_width = w->kernel_width, dilation = w->dilation_horizontal;
  for (size_t i = 0; i < count; i++) {
    float *row = rows + i * stride;
    const ptrdiff_t left = (ptrdiff_t)(x * w->stride_horizontal) - (ptrdiff_t)w->padding_horizontal;
    const ptrdiff_t top = (ptrdiff_t)(y * w->stride_vertical) - (ptrdiff_t)w->padding_vertical;
    // Taps [begin, end) of a kernel row lie inside the map.
    const ptrdiff_t begin = left < 0 ? (-left + dilation - 1) / dilation : 0;
    const ptrdiff_t inside = width - left <= 0 ? 0 : (width - left - 1) / dilation + 1;
    const ptrdiff_t end = inside < kernel_width ? inside : kernel_width;
    const int is_interior =
        begin == 0 && end == kernel_width && top >= 0 &&
        top + (ptrdiff_t)((w->kernel_height - 1) * w->dilation_vertical) < height;
    if (contiguous && is_interior) {
      const float *source = input->base + ((n * height + top) * width + left) * channels;
      for (size_t ky = 0; ky < w->kernel_height; ky++)
        copy_floats(row + ky * kernel_width * channels,
                    source + ky * w->dilation_vertical * width * channels,
                    kernel_width * channels);
    }
    for (size_t ky = contiguous && is_interior ? w->kernel_height : 0; ky < w->kernel_height; ky++, row += kernel_width * channels) {
      const ptrdiff_t iy = top + (ptrdiff_t)(ky * w->dilation_vertical);
      if (iy < 0 || iy >= height || begin >= end) {
        zero_floats(row, kernel_width * channels);
        continue;
      }
      // From the first tap inside the map on: a pointer before the map would be undefined.
      const float *source =
          input->base +
          (((ptrdiff_t)n * height + iy) * width + left + begin * dilation) * input->pixel_stride +
          first_channel;
      zero_floats(row, begin * channels);
      if (contiguous) {
        copy_floats(row + begin * channels, source, (end - begin) * channels);
      } else {
        for (ptrdiff_t kx = begin; kx < end; kx++)
          copy_floats(row + kx * channels, source + (kx - begin) * dilation * input->pixel_stride,
                      channels);
      }
      zero_floats(row + end * channels, (kernel_width - end) * channels);
    }
    if (++x == output_width) {
      x = 0;
      if (++y == output_height) {
        y = 0;
        n++;
      }
    }
  }
}

// The most columns that the windows of four neighbouring pixels reach over: 5 × 5 with stride 2.
#define DEPTHWISE_COLUMNS 11

// One vector of channels, or the first `rest` of one if it is `part`, of `outputs` neighbouring
// pixels of one row of a convolution of `size` × `size`. The taps lie at `first`, rows and pixels
// apart by the strides; or, if that is NULL, where `taps` point to.
INLINE void depthwise_vector(const int size, const int outputs, const int stride, const int part,
                             size_t rest,
                             size_t c, const float *first, size_t row_stride, size_t pixel_stride,
                             const float *const *taps, const float *weights, size_t channels,
                             const ck_epilogue *e, const float *residual, float *result,
                             size_t result_stride) {
  const int columns = (outputs - 1) * stride + size;
  const vec bias = part ? load_part(e->bias + c, rest) : load(e->bias + c);
  vec sum[4];
  UNROLL for (int i = 0; i < outputs; i++) sum[i] = bias;
  for (int ky = 0; ky < size; ky++) {
    const float *row_weights = weights + ky * size * channels + c;
    vec w[5];
    UNROLL for (int kx = 0; kx < size; kx++)
      w[kx] = part ? load_part(row_weights + kx * channels, rest)
                   : load(row_weights + kx * channels);
    UNROLL for (int x = 0; x < columns; x++) {
      const float *p =
          (first ? first + ky * row_stride + x * pixel_stride : taps[ky * DEPTHWISE_COLUMNS + x]) +
          c;
      const vec v = part ? load_part(p, rest) : load(p);
      UNROLL for (int kx = 0; kx < size; kx++) {
        if (x >= kx && (x - kx) % stride == 0 && (x - kx) / stride < outputs)
          sum[(x - kx) / stride] += v * w[kx];
      }
    }
  }
  UNROLL for (int i = 0; i < outputs; i++) {
    if (residual) {
      const float *p = residual + i * e->residual_pixel_stride + c;
      sum[i] += part ? load_part(p, rest) : load(p);
    }
    const vec v = clamp(sum[i], e->lower, e->upper);
    if (part)
      store_part(result + i * result_stride + c, v, rest);
    else
      store(result + i * result_stride + c, v);
  }
}

// All channels of such pixels, at `result`.
INLINE void depthwise_pixels(const int size, const int outputs, const int stride,
                             const float *first,
                             size_t row_stride, size_t pixel_stride, const float *const *taps,
                             const float *weights, size_t channels, const ck_epilogue *e,
                             const float *residual, float *result, size_t result_stride) {
  size_t c = 0;
  for (; c + VECTOR_WIDTH <= channels; c += VECTOR_WIDTH)
    depthwise_vector(size, outputs, stride, 0, 0, c, first, row_stride, pixel_stride, taps, weights,
                     channels, e, residual, result, result_stride);
  if (c < channels)
    depthwise_vector(size, outputs, stride, 1, channels - c, c, first, row_stride, pixel_stride,
                     taps, weights, channels, e, residual, result, result_stride);
}

// One pixel under a window of any size.
static void depthwise_pixel(const ck_maps *input, const ck_window *w, const float *image,
                            ptrdiff_t top, ptrdiff_t left, const float *weights,
                            const ck_epilogue *e, const float *residual, float *result) {
  const size_t channels = input->channels;
  for (size_t c = 0; c < channels; c += VECTOR_WIDTH) {
    const size_t rest = channels - c < VECTOR_WIDTH ? channels - c : VECTOR_WIDTH;
    const int part = rest < VECTOR_WIDTH;
    vec sum = part ? load_part(e->bias + c, rest) : load(e->bias + c);
    for (size_t ky = 0; ky < w->kernel_height; ky++) {
      const ptrdiff_t y = top + (ptrdiff_t)(ky * w->dilation_vertical);
      if (y < 0 || y >= (ptrdiff_t)input->height) continue;
      for (size_t kx = 0; kx < w->kernel_width; kx++) {
        const ptrdiff_t x = left + (ptrdiff_t)(kx * w->dilation_horizontal);
        if (x < 0 || x >= (ptrdiff_t)input->width) continue;
        const float *p = image + (y * input->width + x) * input->pixel_stride + c;
        const float *q = weights + (ky * w->kernel_width + kx) * channels + c;
        sum += part ? load_part(p, rest) * load_part(q, rest) : load(p) * load(q);
      }
    }
    if (residual) sum += part ? load_part(residual + c, rest) : load(residual + c);
    sum = clamp(sum, e->lower, e->upper);
    if (part)
      store_part(result + c, sum, rest);
    else
      store(result + c, sum);
  }
}

// Rows of a convolution of `size` × `size`, 3 or 5, with `stride` 1 or 2, four pixels at a time.
INLINE void depthwise_rows(const int size, const int stride, const ck_maps *input,
                           const ck_window *w, const float *weights, const float *zeros,
                           const ck_epilogue *e, const ck_maps *output, size_t first_row,
                           size_t last_row) {
  const ptrdiff_t height = input->height, width = input->width;
  for (size_t row = first_row; row < last_row; row++) {
    const size_t n = row / output->height, y = row % output->height;
    const float *image = input->base + n * height * width * input->pixel_stride;
    const ptrdiff_t top = (ptrdiff_t)(y * w->stride_vertical) - (ptrdiff_t)w->padding_vertical;
    for (size_t x = 0, outputs; x < output->width; x += outputs) {
      outputs = output->width - x < 4 ? output->width - x : 4;
      const ptrdiff_t left = (ptrdiff_t)(x * stride) - (ptrdiff_t)w->padding_horizontal;
      const ptrdiff_t columns = (outputs - 1) * stride + size;
      const size_t pixel = row * output->width + x;
      float *result = output->base + pixel * output->pixel_stride;
      const float *residual = e->residual ? e->residual + pixel * e->residual_pixel_stride : NULL;
      if (outputs == 4 && top >= 0 && top + size <= height && left >= 0 &&
          left + columns <= width) {
        depthwise_pixels(size, 4, stride, image + (top * width + left) * input->pixel_stride,
                         width * input->pixel_stride, input->pixel_stride, NULL, weights,
                         input->channels, e, residual, result, output->pixel_stride);
        continue;
      }
      const float *taps[5 * DEPTHWISE_COLUMNS];
      for (ptrdiff_t ky = 0; ky < size; ky++)
        for (ptrdiff_t column = 0; column < columns; column++) {
          const ptrdiff_t iy = top + ky, ix = left + column;
          taps[ky * DEPTHWISE_COLUMNS + column] =
              iy >= 0 && iy < height && ix >= 0 && ix < width
                  ? image + (iy * width + ix) * input->pixel_stride
                  : zeros;
        }
#define DEPTHWISE(outputs)                                                                      \
  depthwise_pixels(size, outputs, stride, NULL, 0, 0, taps, weights, input->channels, e,        \
                   residual, result, output->pixel_stride)
      switch (outputs) {
        case 1: DEPTHWISE(1); break;
        case 2: DEPTHWISE(2); break;
        case 3: DEPTHWISE(3); break;
        default: DEPTHWISE(4); break;
      }
#undef DEPTHWISE
    }
  }
}

static void depthwise(const ck_maps *input, const ck_window *w, const float *weights,
                      const float *zeros, const ck_epilogue *e, const ck_maps *output,
                      size_t first_row, size_t last_row) {
  const size_t size = w->kernel_width, stride = w->stride_horizontal;
  if (w->kernel_height == size && (size == 3 || size == 5) && stride <= 2 &&
      w->dilation_horizontal == 1 && w->dilation_vertical == 1) {
#define DEPTHWISE(size, stride)                                                                 \
  depthwise_rows(size, stride, input, w, weights, zeros, e, output, first_row, last_row)
    if (size == 3 && stride == 1) DEPTHWISE(3, 1);
    else if (size == 3) DEPTHWISE(3, 2);
    else if (stride == 1) DEPTHWISE(5, 1);
    else DEPTHWISE(5, 2);
#undef DEPTHWISE
    return;
  }
  for (size_t row = first_row; row < last_row; row++) {
    const size_t n = row / output->height, y = row % output->height;
    const float *image = input->base + n * input->height * input->width * input->pixel_stride;
    for (size_t x = 0; x < output->width; x++) {
      const size_t pixel = row * output->width + x;
      depthwise_pixel(input, w, image,
                      (ptrdiff_t)(y * w->stride_vertical) - (ptrdiff_t)w->padding_vertical,
                      (ptrdiff_t)(x * stride) - (ptrdiff_t)w->padding_horizontal, weights, e,
                      e->residual ? e->residual + pixel * e->residual_pixel_stride : NULL,
                      output->base + pixel * output->pixel_stride);
    }
  }
}

// MARK: Winograd's minimal filtering (Lavin and Gray, arXiv 1509.09308)

// Bᵀ d of one column of a tile, F(2, 3): points 0, 1, -1.
INLINE void input_column_2(const vec d[4], vec r[4]) {
  r[0] = d[0] - d[2];
  r[1] = d[1] + d[2];
  r[2] = d[2] - d[1];
  r[3] = d[1] - d[3];
}

// F(4, 3) at the points 0, ±a, ±b with a = 5/8 and b = 3/2: among simple fractions, those whose
// rounding errors were the smallest in a search, less than half of those of the usual 0, ±1, ±2.
#define A 0.625f
#define B 1.5f

INLINE void input_column_4(const vec d[6], vec r[6]) {
  const vec even_a = d[4] - B * B * d[2], odd_a = A * (d[3] - B * B * d[1]);
  const vec even_b = d[4] - A * A * d[2], odd_b = B * (d[3] - A * A * d[1]);
  r[0] = (A * A * B * B * d[0] + d[4]) - (A * A + B * B) * d[2];
  r[1] = even_a + odd_a;
  r[2] = even_a - odd_a;
  r[3] = even_b + odd_b;
  r[4] = even_b - odd_b;
  r[5] = (A * A * B * B * d[1] + d[5]) - (A * A + B * B) * d[3];
}

// Aᵀ m of one column of products.
INLINE void output_column_2(const vec m[4], vec r[2]) {
  r[0] = m[0] + m[1] + m[2];
  r[1] = m[1] - m[2] - m[3];
}

INLINE void output_column_4(const vec m[6], vec r[4]) {
  const vec sum_a = m[1] + m[2], difference_a = m[1] - m[2];
  const vec sum_b = m[3] + m[4], difference_b = m[3] - m[4];
  r[0] = m[0] + sum_a + sum_b;
  r[1] = A * difference_a + B * difference_b;
  r[2] = A * A * sum_a + B * B * sum_b;
  r[3] = A * A * A * difference_a + B * B * B * difference_b + m[5];
}

// G g of one column of a filter, in double precision for each of PANEL_WIDTH outputs: row i
// evaluates the filter at the i-th point, (1, p, p²) / Π (p - other points); the last point is
// infinity.
INLINE void filter_column(const int size, const double *g0, const double *g1, const double *g2,
                          double *restrict result) {
  const double a = A, b = B;
  const double n_a = 2 * a * a * (a * a - b * b), n_b = 2 * b * b * (b * b - a * a);
  for (int j = 0; j < PANEL_WIDTH; j++) {
    if (size == 2) {
      const double even = (g0[j] + g2[j]) / 2, odd = g1[j] / 2;
      result[j] = g0[j];
      result[PANEL_WIDTH + j] = even + odd;
      result[2 * PANEL_WIDTH + j] = even - odd;
      result[3 * PANEL_WIDTH + j] = g2[j];
    } else {
      const double even_a = (g0[j] + a * a * g2[j]) * (1 / n_a), odd_a = g1[j] * (a / n_a);
      const double even_b = (g0[j] + b * b * g2[j]) * (1 / n_b), odd_b = g1[j] * (b / n_b);
      result[j] = g0[j] * (1 / (a * a * b * b));
      result[PANEL_WIDTH + j] = even_a + odd_a;
      result[2 * PANEL_WIDTH + j] = even_a - odd_a;
      result[3 * PANEL_WIDTH + j] = even_b + odd_b;
      result[4 * PANEL_WIDTH + j] = even_b - odd_b;
      result[5 * PANEL_WIDTH + j] = g2[j];
    }
  }
}

INLINE void filter_panels(const int size, const float *filters, size_t outputs, size_t inputs,
                          float *panels, size_t position_stride) {
  const int side = size + 2;
  for (size_t column = 0; column < outputs; column += PANEL_WIDTH) {
    const size_t rest = outputs - column;
    const size_t count = rest < PANEL_WIDTH ? rest : PANEL_WIDTH;
    const size_t width = rest <= VECTOR_WIDTH ? VECTOR_WIDTH : PANEL_WIDTH;
    for (size_t c = 0; c < inputs; c++) {
      double g[9][PANEL_WIDTH] = {{0}}, half_way[3][6 * PANEL_WIDTH], result[6 * PANEL_WIDTH];
      for (size_t j = 0; j < count; j++)
        for (int tap = 0; tap < 9; tap++)
          g[tap][j] = filters[((column + j) * inputs + c) * 9 + tap];
      for (int x = 0; x < 3; x++) filter_column(size, g[x], g[3 + x], g[6 + x], half_way[x]);
      for (int y = 0; y < side; y++) {
        const int row = y * PANEL_WIDTH;
        filter_column(size, half_way[0] + row, half_way[1] + row, half_way[2] + row, result);
        for (int x = 0; x < side; x++) {
          float *to = panels + (y * side + x) * position_stride + column * inputs + c * width;
          for (size_t j = 0; j < width; j++) to[j] = (float)result[x * PANEL_WIDTH + j];
        }
      }
    }
  }
}

static void pack_winograd(int size, const float *filters, size_t outputs, size_t inputs,
                          float *panels, size_t position_stride) {
  if (size == 2)
    filter_panels(2, filters, outputs, inputs, panels, position_stride);
  else
    filter_panels(4, filters, outputs, inputs, panels, position_stride);
}

#undef A
#undef B

INLINE void input_column(const int size, const vec *d, vec *r) {
  if (size == 2)
    input_column_2(d, r);
  else
    input_column_4(d, r);
}

INLINE void output_column(const int size, const vec *m, vec *r) {
  if (size == 2)
    output_column_2(m, r);
  else
    output_column_4(m, r);
}

INLINE void input_tiles(const int size, const ck_maps *input, const ck_window *w,
                        const float *zeros, size_t tiles_down, size_t tiles_across, size_t first,
                        size_t count, float *transformed, size_t row_stride,
                        size_t position_stride) {
  const int side = size + 2;
  const ptrdiff_t height = input->height, width = input->width;
  for (size_t t = 0; t < count; t++) {
    const size_t tile = first + t;
    const ptrdiff_t left =
        (ptrdiff_t)(tile % tiles_across * size) - (ptrdiff_t)w->padding_horizontal;
    const ptrdiff_t top = (ptrdiff_t)(tile / tiles_across % tiles_down * size) -
                          (ptrdiff_t)w->padding_vertical;
    const float *image = input->base + tile / tiles_across / tiles_down * height * width *
                                           (ptrdiff_t)input->pixel_stride;
    const float *taps[6][6];
    for (ptrdiff_t y = 0; y < side; y++)
      for (ptrdiff_t x = 0; x < side; x++)
        taps[y][x] = top + y >= 0 && top + y < height && left + x >= 0 && left + x < width
                         ? image + ((top + y) * width + left + x) * input->pixel_stride
                         : zeros;
    for (size_t c = 0; c < input->channels; c += VECTOR_WIDTH) {
      const size_t rest = input->channels - c;
      vec half_way[6][6];
      UNROLL for (int x = 0; x < side; x++) {
        vec d[6], r[6];
        UNROLL for (int y = 0; y < side; y++)
          d[y] = rest < VECTOR_WIDTH ? load_part(taps[y][x] + c, rest) : load(taps[y][x] + c);
        input_column(size, d, r);
        UNROLL for (int y = 0; y < side; y++) half_way[y][x] = r[y];
      }
      UNROLL for (int y = 0; y < side; y++) {
        vec r[6];
        input_column(size, half_way[y], r);
        float *to = transformed + y * side * position_stride + t * row_stride + c;
        UNROLL for (int x = 0; x < side; x++) store(to + x * position_stride, r[x]);
      }
    }
  }
}

static void winograd_input(int size, const ck_maps *input, const ck_window *w, const float *zeros,
                           size_t tiles_down, size_t tiles_across, size_t first, size_t count,
                           float *transformed, size_t row_stride, size_t position_stride) {
  if (size == 2)
    input_tiles(2, input, w, zeros, tiles_down, tiles_across, first, count, transformed,
                row_stride, position_stride);
  else
    input_tiles(4, input, w, zeros, tiles_down, tiles_across, first, count, transformed,
                row_stride, position_stride);
}

INLINE void output_tiles(const int size, const float *products, size_t row_stride,
                         size_t position_stride, const ck_epilogue *e, const ck_maps *output,
                         size_t tiles_down, size_t tiles_across, size_t first, size_t count) {
  const int side = size + 2;
  for (size_t t = 0; t < count; t++) {
    const size_t tile = first + t;
    const size_t left = tile % tiles_across * size;
    const size_t top = tile / tiles_across % tiles_down * size;
    const size_t n = tile / tiles_across / tiles_down;
    const size_t pixel = (n * output->height + top) * output->width + left;
    const size_t edge = size;
    const size_t rows = output->height - top < edge ? output->height - top : edge;
    const size_t columns = output->width - left < edge ? output->width - left : edge;
    for (size_t c = 0; c < output->channels; c += VECTOR_WIDTH) {
      const size_t rest = output->channels - c;
      const int part = rest < VECTOR_WIDTH;
      vec half_way[4][6];
      const float *from = products + t * row_stride + c;
      UNROLL for (int x = 0; x < side; x++) {
        vec m[6], r[4];
        UNROLL for (int y = 0; y < side; y++) m[y] = load(from + (y * side + x) * position_stride);
        output_column(size, m, r);
        UNROLL for (int y = 0; y < size; y++) half_way[y][x] = r[y];
      }
      const vec bias = part ? load_part(e->bias + c, rest) : load(e->bias + c);
      for (size_t y = 0; y < rows; y++) {
        vec r[4];
        output_column(size, half_way[y], r);
        const size_t row = pixel + y * output->width;
        for (size_t x = 0; x < columns; x++) {
          vec v = r[x] + bias;
          if (e->residual) {
            const float *p = e->residual + (row + x) * e->residual_pixel_stride + c;
            v += part ? load_part(p, rest) : load(p);
          }
          v = clamp(v, e->lower, e->upper);
          float *to = output->base + (row + x) * output->pixel_stride + c;
          if (part)
            store_part(to, v, rest);
          else
            store(to, v);
        }
      }
    }
  }
}

static void winograd_output(int size, const float *products, size_t row_stride,
                            size_t position_stride, const ck_epilogue *e, const ck_maps *output,
                            size_t tiles_down, size_t tiles_across, size_t first, size_t count) {
  if (size == 2)
    output_tiles(2, products, row_stride, position_stride, e, output, tiles_down, tiles_across,
                 first, count);
  else
    output_tiles(4, products, row_stride, position_stride, e, output, tiles_down, tiles_across,
                 first, count);
}

// MARK: Pooling

INLINE vec reduce_pixel(const int take_max, const float *pixels, size_t height, size_t width,
                        size_t row_stride, size_t pixel_stride, size_t rest) {
  vec result = (vec)(take_max ? -INFINITY : 0.0f);
  for (size_t y = 0; y < height; y++)
    for (size_t x = 0; x < width; x++) {
      const float *p = pixels + y * row_stride + x * pixel_stride;
      const vec v = rest < VECTOR_WIDTH ? load_part(p, rest) : load(p);
      if (take_max) {
        result = v > result ? v : result;
        // A NaN wins and stays, as in PyTorch.
        result = v != v ? v : result;
      } else {
        result += v;
      }
    }
  return result;
}

static void max_pixel(const float *pixels, size_t height, size_t width, size_t row_stride,
                      size_t pixel_stride, size_t channels, float *result) {
  size_t c = 0;
  for (; c + VECTOR_WIDTH <= channels; c += VECTOR_WIDTH)
    store(result + c,
          reduce_pixel(1, pixels + c, height, width, row_stride, pixel_stride, VECTOR_WIDTH));
  if (c < channels)
    store_part(result + c,
               reduce_pixel(1, pixels + c, height, width, row_stride, pixel_stride, channels - c),
               channels - c);
}

static void sum_pixel(const float *pixels, size_t height, size_t width, size_t row_stride,
                      size_t pixel_stride, size_t channels, float scale, float *result) {
  size_t c = 0;
  for (; c + VECTOR_WIDTH <= channels; c += VECTOR_WIDTH)
    store(result + c, scale * reduce_pixel(0, pixels + c, height, width, row_stride, pixel_stride,
                                           VECTOR_WIDTH));
  if (c < channels)
    store_part(result + c,
               scale * reduce_pixel(0, pixels + c, height, width, row_stride, pixel_stride,
                                    channels - c),
               channels - c);
}

// MARK: Element by element

// exp(x) = 2ⁿ · exp(r) with |r| ≤ ln 2 / 2; the polynomial and the split of ln 2 are those of
// Cephes' expf.
INLINE vec vec_exp(vec x) {
  x = clamp(x, -105.0f, 89.0f);
  // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
  const vec shifted = x * 1.44269504088896341f + 12582912.0f;
  const vec n = shifted - 12582912.0f;
  const vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vec p = (vec)1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // 2ⁿ in two factors, since n reaches from -151 to 128.
  const int_vec exponent = (int_vec)shifted - 0x4B400000;
  const int_vec first = exponent >> 1, second = exponent - first;
  return p * (vec)((first + 127) << 23) * (vec)((second + 127) << 23);
}

INLINE vec vec_sigmoid(vec x) { return 1.0f / (1.0f + vec_exp(-x)); }

// Near zero Cephes' tanhf polynomial, which keeps the relative error small; elsewhere by the
// exponential.
INLINE vec vec_tanh(vec x) {
  const vec z = x * x;
  vec p = (vec)-5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const vec small = p * z * x + x;
  const vec large = 1.0f - 2.0f / (vec_exp(2.0f * x) + 1.0f);
  return z < 0.390625f ? small : large;
}

#define MAP(name, function)                                            \
  static void name(const float *x, float *result, size_t count) {      \
    size_t i = 0;                                                      \
    for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH)               \
      store(result + i, function(load(x + i)));                        \
    if (i < count)                                                     \
      store_part(result + i, function(load_part(x + i, count - i)), count - i); \
  }

MAP(map_exp, vec_exp)
MAP(map_sigmoid, vec_sigmoid)
MAP(map_tanh, vec_tanh)

static void add(const float *a, const float *b, size_t count, float lower, float upper,
                float *result) {
  size_t i = 0;
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH)
    store(result + i, clamp(load(a + i) + load(b + i), lower, upper));
  for (; i < count; i++) result[i] = clamp_scalar(a[i] + b[i], lower, upper);
}

INLINE float largest(const float *x, size_t count) {
  vec most = (vec)-INFINITY;
  size_t i = 0;
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH) {
    const vec v = load(x + i);
    most = v > most ? v : most;
  }
  float result = -INFINITY;
  for (int lane = 0; lane < VECTOR_WIDTH; lane++)
    if (most[lane] > result) result = most[lane];
  for (; i < count; i++)
    if (x[i] > result) result = x[i];
  return result;
}

// Σ exp(x - most); with `result`, each term goes there. Long rows are summed in blocks, for
// accuracy.
INLINE float sum_exp(const float *x, float most, size_t count, float *result) {
  float sum = 0;
  size_t i = 0;
  while (i + VECTOR_WIDTH <= count) {
    vec sums = (vec)0.0f;
    for (int block = 0; block < 64 && i + VECTOR_WIDTH <= count; block++, i += VECTOR_WIDTH) {
      const vec v = vec_exp(load(x + i) - most);
      sums += v;
      if (result) store(result + i, v);
    }
    sum += sum_lanes(sums);
  }
  if (i < count) {
    const vec v = vec_exp(load_part(x + i, count - i) - most);
    for (size_t lane = 0; lane < count - i; lane++) sum += v[lane];
    if (result) store_part(result + i, v, count - i);
  }
  return sum;
}

static void softmax(const float *x, float *result, size_t count) {
  const float scale = 1.0f / sum_exp(x, largest(x, count), count, result);
  for (size_t i = 0; i < count; i++) result[i] *= scale;
}

static void log_softmax(const float *x, float *result, size_t count) {
  const float most = largest(x, count);
  const float log_sum = logf(sum_exp(x, most, count, NULL));
  for (size_t i = 0; i < count; i++) result[i] = (x[i] - most) - log_sum;
}

// One LSTM cell. Where `kept` is not NULL, it receives the gates' activations; it may be `gates`, as
// `cell` may be `previous`.
INLINE void lstm_step(const float *gates, float *kept, const float *previous, float *cell,
                      float *hidden, size_t count) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const float *g = gates + i;
    const vec input = vec_sigmoid(load_some(g, rest));
    const vec forget = vec_sigmoid(load_some(g + count, rest));
    const vec candidate = vec_tanh(load_some(g + 2 * count, rest));
    const vec output = vec_sigmoid(load_some(g + 3 * count, rest));
    const vec c = forget * load_some(previous + i, rest) + input * candidate;
    if (kept) {
      store_some(kept + i, input, rest);
      store_some(kept + i + count, forget, rest);
      store_some(kept + i + 2 * count, candidate, rest);
      store_some(kept + i + 3 * count, output, rest);
    }
    store_some(cell + i, c, rest);
    store_some(hidden + i, output * vec_tanh(c), rest);
  }
}

static void lstm_cell(const float *gates, float *cell, float *hidden, size_t count) {
  lstm_step(gates, NULL, cell, cell, hidden, count);
}

INLINE float attention_score(const int use_tanh, const float *key, const float *query,
                             const float *weights, size_t count) {
  vec sum = (vec)0.0f;
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const int part = rest < VECTOR_WIDTH;
    vec v = part ? load_part(key + i, rest) + load_part(query + i, rest)
                 : load(key + i) + load(query + i);
    v = use_tanh ? vec_tanh(v) : (v < 0.0f ? (vec)0.0f : v);
    sum += v * (part ? load_part(weights + i, rest) : load(weights + i));
  }
  return sum_lanes(sum);
}

static void attention_scores(const float *keys, size_t rows, size_t key_stride, const float *query,
                             const float *weights, size_t count, int use_tanh, float *scores) {
  if (use_tanh) {
    for (size_t r = 0; r < rows; r++)
      scores[r] = attention_score(1, keys + r * key_stride, query, weights, count);
  } else {
    for (size_t r = 0; r < rows; r++)
      scores[r] = attention_score(0, keys + r * key_stride, query, weights, count);
  }
}

INLINE void weighted_block(const int vectors, const float *values, size_t rows, size_t stride,
                           const float *weights, float *result) {
  vec sum[4];
  UNROLL for (int j = 0; j < vectors; j++) sum[j] = (vec)0.0f;
  for (size_t r = 0; r < rows; r++) {
    UNROLL for (int j = 0; j < vectors; j++)
      sum[j] += weights[r] * load(values + r * stride + j * VECTOR_WIDTH);
  }
  UNROLL for (int j = 0; j < vectors; j++) store(result + j * VECTOR_WIDTH, sum[j]);
}

static void weighted_sum(const float *values, size_t rows, size_t value_stride,
                         const float *weights, size_t count, float *result) {
  size_t i = 0;
  for (; i + 4 * VECTOR_WIDTH <= count; i += 4 * VECTOR_WIDTH)
    weighted_block(4, values + i, rows, value_stride, weights, result + i);
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH)
    weighted_block(1, values + i, rows, value_stride, weights, result + i);
  for (; i < count; i++) {
    float sum = 0;
    for (size_t r = 0; r < rows; r++) sum += weights[r] * values[r * value_stride + i];
    result[i] = sum;
  }
}

#include "training.inc.h"
#include "map_gradients.inc.h"

const ck_kernels KERNELS = {
    .name = NAME,
    .vector_width = VECTOR_WIDTH,
    .panel_width = PANEL_WIDTH,
    .tile_rows = TILE_ROWS,
    .has_half = HAS_HALF,
    .gemm = gemm,
    .gather = gather,
    .depthwise = depthwise,
    .pack_winograd = pack_winograd,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .max_pixel = max_pixel,
    .sum_pixel = sum_pixel,
    .add = add,
    .exp = map_exp,
    .sigmoid = map_sigmoid,
    .tanh = map_tanh,
    .softmax = softmax,
    .log_softmax = log_softmax,
    .lstm_cell = lstm_cell,
    .attention_scores = attention_scores,
    .weighted_sum = weighted_sum,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .maxout_forward = maxout_forward,
    .maxout_backward = maxout_backward,
    .attention_backward = attention_backward,
    .dot_rows = dot_rows,
    .add_outer = add_outer,
    .cross_entropy = cross_entropy,
    .add_scaled = add_scaled,
    .multiply = multiply,
    .add_rows = add_rows,
    .sum_of_squares = sum_of_squares,
    .dropout = dropout,
    .momentum_step = momentum_step,
    .adam_step = adam_step,
    .scatter = scatter,
    .depthwise_input_gradient = depthwise_input_gradient,
    .depthwise_weight_gradient = depthwise_weight_gradient,
    .max_pixel_gradient = max_pixel_gradient,
    .sum_pixel_gradient = sum_pixel_gradient,
    .add_row_products = add_row_products,
    .scale_rows = scale_rows,
    .mix_rows = mix_rows,
    .clamp_gradient = clamp_gradient,
};
