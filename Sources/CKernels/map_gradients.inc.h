// The kernels that only training of networks over feature maps needs, part of kernels.inc.h.

// MARK: Convolution

// Calls the macro TAP(tap, offset), for each tap of a window that lies inside the map, with the tap's
// number and the place of its pixel in the image.
#define OVER_TAPS(height, width, w, top, left, TAP)                                             \
  for (size_t ky = 0; ky < (w)->kernel_height; ky++) {                                          \
    const ptrdiff_t y = (top) + (ptrdiff_t)(ky * (w)->dilation_vertical);                       \
    if (y < 0 || y >= (ptrdiff_t)(height)) continue;                                            \
    for (size_t kx = 0; kx < (w)->kernel_width; kx++) {                                         \
      const ptrdiff_t x = (left) + (ptrdiff_t)(kx * (w)->dilation_horizontal);                  \
      if (x < 0 || x >= (ptrdiff_t)(width)) continue;                                           \
      TAP(ky * (w)->kernel_width + kx, (size_t)(y * (ptrdiff_t)(width) + x));                   \
    }                                                                                           \
  }

INLINE ptrdiff_t window_start(size_t position, size_t stride, size_t padding) {
  return (ptrdiff_t)(position * stride) - (ptrdiff_t)padding;
}

static void scatter(const ck_maps *input, const ck_window *w, size_t output_height,
                    size_t output_width, size_t first_channel, size_t channels, size_t first,
                    size_t count, const float *rows, size_t stride) {
  for (size_t i = 0; i < count; i++) {
    const size_t pixel = first + i;
    const size_t n = pixel / output_width / output_height;
    float *image = input->base + n * input->height * input->width * input->pixel_stride;
    const float *row = rows + i * stride;
#define TAP(tap, place)                                                                         \
  add_scaled(row + (tap)*channels, 1.0f, channels,                                              \
             image + (place)*input->pixel_stride + first_channel)
    OVER_TAPS(input->height, input->width, w,
              window_start(pixel / output_width % output_height, w->stride_vertical,
                           w->padding_vertical),
              window_start(pixel % output_width, w->stride_horizontal, w->padding_horizontal),
              TAP)
#undef TAP
  }
}

static void depthwise_input_gradient(const ck_maps *gradient, const ck_window *w,
                                     const float *weights, const ck_maps *input, size_t image) {
  const size_t channels = input->channels;
  float *target = input->base + image * input->height * input->width * input->pixel_stride;
  const float *source =
      gradient->base + image * gradient->height * gradient->width * gradient->pixel_stride;
  for (size_t row = 0; row < gradient->height; row++)
    for (size_t column = 0; column < gradient->width; column++) {
      const float *slope = source + (row * gradient->width + column) * gradient->pixel_stride;
#define TAP(tap, place)                                                                         \
  add_products(weights + (tap)*channels, slope, channels,                                       \
               target + (place)*input->pixel_stride)
      OVER_TAPS(input->height, input->width, w,
                window_start(row, w->stride_vertical, w->padding_vertical),
                window_start(column, w->stride_horizontal, w->padding_horizontal), TAP)
#undef TAP
    }
}

// What a row of `size` taps gives to the weights of one vector of channels, or of the first `rest` of
// one if it is `part`: the sums over all pixels stay in registers.
INLINE void depthwise_weight_row(const int size, const int part, size_t rest,
                                 const ck_maps *gradient, const ck_window *w,
                                 const ck_maps *input, const float *slopes, const float *maps,
                                 ptrdiff_t ky, float *weights, size_t channels) {
  const ptrdiff_t height = input->height, width = input->width;
  const size_t step = input->pixel_stride;
  vec sum[5];
  UNROLL for (int kx = 0; kx < size; kx++) sum[kx] = (vec)0.0f;
  for (size_t row = 0; row < gradient->height; row++) {
    const ptrdiff_t y = window_start(row, w->stride_vertical, w->padding_vertical) + ky;
    if (y < 0 || y >= height) continue;
    const float *line = maps + (size_t)(y * width) * step;
    for (size_t column = 0; column < gradient->width; column++) {
      const ptrdiff_t left = window_start(column, w->stride_horizontal, w->padding_horizontal);
      const float *p = slopes + (row * gradient->width + column) * gradient->pixel_stride;
      const vec slope = part ? load_part(p, rest) : load(p);
      if (left >= 0 && left + size <= width) {
        const float *q = line + (size_t)left * step;
        UNROLL for (int kx = 0; kx < size; kx++)
          sum[kx] += slope * (part ? load_part(q + kx * step, rest) : load(q + kx * step));
      } else {
        UNROLL for (int kx = 0; kx < size; kx++) {
          const ptrdiff_t x = left + kx;
          if (x < 0 || x >= width) continue;
          const float *q = line + (size_t)x * step;
          sum[kx] += slope * (part ? load_part(q, rest) : load(q));
        }
      }
    }
  }
  UNROLL for (int kx = 0; kx < size; kx++) {
    float *target = weights + (ky * size + kx) * channels;
    if (part)
      store_part(target, load_part(target, rest) + sum[kx], rest);
    else
      store(target, load(target) + sum[kx]);
  }
}

static void depthwise_weight_gradient(const ck_maps *gradient, const ck_window *w,
                                      const ck_maps *input, size_t image, float *weights) {
  const size_t channels = input->channels, size = w->kernel_width;
  const float *maps = input->base + image * input->height * input->width * input->pixel_stride;
  const float *source =
      gradient->base + image * gradient->height * gradient->width * gradient->pixel_stride;
  if ((size == 3 || size == 5) && w->dilation_horizontal == 1 && w->dilation_vertical == 1) {
    for (size_t c = 0; c < channels; c += VECTOR_WIDTH)
      for (size_t ky = 0; ky < w->kernel_height; ky++) {
#define ROW(size, part, rest)                                                                   \
  depthwise_weight_row(size, part, rest, gradient, w, input, source + c, maps + c,              \
                       (ptrdiff_t)ky, weights + c, channels)
        const size_t rest = channels - c;
        if (size == 3 && rest >= VECTOR_WIDTH) ROW(3, 0, 0);
        else if (size == 3) ROW(3, 1, rest);
        else if (rest >= VECTOR_WIDTH) ROW(5, 0, 0);
        else ROW(5, 1, rest);
#undef ROW
      }
    return;
  }
  for (size_t row = 0; row < gradient->height; row++)
    for (size_t column = 0; column < gradient->width; column++) {
      const float *slope = source + (row * gradient->width + column) * gradient->pixel_stride;
#define TAP(tap, place)                                                                         \
  add_products(maps + (place)*input->pixel_stride, slope, channels, weights + (tap)*channels)
      OVER_TAPS(input->height, input->width, w,
                window_start(row, w->stride_vertical, w->padding_vertical),
                window_start(column, w->stride_horizontal, w->padding_horizontal), TAP)
#undef TAP
    }
}

// MARK: Pooling

static void max_pixel_gradient(const float *pixels, size_t height, size_t width,
                               size_t row_stride, size_t pixel_stride, size_t channels,
                               const float *slope, float *gradient) {
  for (size_t c = 0; c < channels; c += VECTOR_WIDTH) {
    const size_t rest = channels - c;
    const vec most = reduce_pixel(1, pixels + c, height, width, row_stride, pixel_stride,
                                  rest < VECTOR_WIDTH ? rest : VECTOR_WIDTH);
    // What the first of equal pixels takes, none of the others has.
    vec left = load_some(slope + c, rest);
    for (size_t y = 0; y < height; y++)
      for (size_t x = 0; x < width; x++) {
        const size_t place = y * row_stride + x * pixel_stride + c;
        const vec v = load_some(pixels + place, rest);
        // Where the largest is not a number, so is the pixel that takes the gradient.
        const int_vec takes = (v == most) | ((v != v) & (most != most));
        const vec taken = takes ? left : (vec)0.0f;
        left = takes ? (vec)0.0f : left;
        store_some(gradient + place, load_some(gradient + place, rest) + taken, rest);
      }
  }
}

static void sum_pixel_gradient(size_t height, size_t width, size_t row_stride,
                               size_t pixel_stride, size_t channels, float scale,
                               const float *slope, float *gradient) {
  for (size_t y = 0; y < height; y++)
    for (size_t x = 0; x < width; x++)
      add_scaled(slope, scale, channels, gradient + y * row_stride + x * pixel_stride);
}

// MARK: Normalisation

static void add_row_products(const float *a, const float *b, const float *shift, size_t rows,
                             size_t count, float *result) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const vec offset = load_some(shift + i, rest);
    vec total = (vec)0.0f;
    for (size_t row = 0; row < rows; row += SUM_LENGTH) {
      const size_t end = rows - row < SUM_LENGTH ? rows : row + SUM_LENGTH;
      vec sum = (vec)0.0f;
      if (!b) {
        for (size_t r = row; r < end; r++) {
          const vec v = load_some(a + r * count + i, rest) - offset;
          sum += v * v;
        }
      } else {
        for (size_t r = row; r < end; r++)
          sum += load_some(a + r * count + i, rest) *
                 (load_some(b + r * count + i, rest) - offset);
      }
      total += sum;
    }
    store_some(result + i, load_some(result + i, rest) + total, rest);
  }
}

static void scale_rows(const float *x, const float *scale, const float *shift,
                       const float *residual, size_t rows, size_t count, float lower,
                       float upper, float *result) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
      const size_t rest = count - i, place = r * count + i;
      vec v = load_some(x + place, rest) * load_some(scale + i, rest) + load_some(shift + i, rest);
      if (residual) v += load_some(residual + place, rest);
      store_some(result + place, clamp(v, lower, upper), rest);
    }
}

static void mix_rows(const float *a, const float *a_scale, const float *b, const float *b_scale,
                     const float *shift, size_t rows, size_t count, float *result) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
      const size_t rest = count - i, place = r * count + i;
      store_some(result + place,
                 load_some(a + place, rest) * load_some(a_scale + i, rest) +
                     load_some(b + place, rest) * load_some(b_scale + i, rest) +
                     load_some(shift + i, rest),
                 rest);
    }
}

static void clamp_gradient(const float *slope, const float *output, size_t count, float lower,
                           float upper, float *result) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const vec y = load_some(output + i, rest);
    const int_vec inside = (y > lower) & (y < upper);
    store_some(result + i, inside ? load_some(slope + i, rest) : (vec)0.0f, rest);
  }
}
