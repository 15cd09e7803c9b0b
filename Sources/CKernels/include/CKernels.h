#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Widens `count` IEEE half-precision numbers to single precision.
void ck_half_to_float(const uint16_t *half, float *result, size_t count);

/// Narrows `count` single-precision numbers to half precision, rounding to nearest even.
void ck_float_to_half(const float *single, uint16_t *result, size_t count);

/// Σ half[i] · single[i]; `half` needs no alignment.
float ck_dot_half(const void *half, const float *single, size_t count);

/// Whether every one of `count` numbers survives the way to half precision and back unchanged.
int ck_exact_in_half(const float *single, size_t count);

/// A product c = clamp(a · b + bias + residual), all row-major single precision.
///
/// b is packed in panels of `panel_width` columns, panel after panel, each [depth][panel width],
/// columns that do not exist filled with zeros. A last panel of at most `vector_width` columns is
/// only `vector_width` wide.
typedef struct ck_gemm {
  size_t rows, depth, columns;
  const float *a;
  size_t a_stride;
  /// float, or IEEE half where `half` is set.
  const void *panels;
  int half;
  /// Adds to what c holds, before clamping.
  int accumulate;
  float *c;
  size_t c_stride;
  /// As many numbers as the panels have columns, or NULL.
  const float *_Nullable bias;
  /// [rows][columns], or NULL; may be c.
  const float *_Nullable residual;
  size_t residual_stride;
  /// -INFINITY and INFINITY leave the result as it is.
  float lower, upper;
} ck_gemm;

/// Feature maps [batch, height, width, channels] with pixels `pixel_stride` floats apart.
typedef struct ck_maps {
  float *base;
  size_t batch, height, width, channels, pixel_stride;
} ck_maps;

/// The window of a convolution or a pooling layer.
typedef struct ck_window {
  size_t kernel_height, kernel_width;
  size_t stride_vertical, stride_horizontal;
  size_t padding_vertical, padding_horizontal;
  size_t dilation_vertical, dilation_horizontal;
} ck_window;

/// What follows a convolution: the same meaning as in `ck_gemm`.
typedef struct ck_epilogue {
  const float *bias;
  const float *_Nullable residual;
  size_t residual_pixel_stride;
  float lower, upper;
} ck_epilogue;

/// A step of gradient descent with momentum: g = gradient + decay · p; v = momentum · v + g; p -=
/// rate · v, or, with Nesterov's correction, rate · (g + momentum · v).
typedef struct ck_momentum {
  float rate, momentum, decay;
  int nesterov;
} ck_momentum;

/// A step of Adam: m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²; p -= rate · (m / first_correction)
/// / (√(v / second_correction) + ε). The weight decay is added to the gradient, or, if `decoupled`,
/// p shrinks by rate · decay first.
typedef struct ck_adam {
  float rate, beta1, beta2, epsilon, decay;
  /// 1 - β₁ᵗ and 1 - β₂ᵗ after t steps.
  float first_correction, second_correction;
  int decoupled;
} ck_adam;

/// The kernels of one instruction set. All pointers may be unaligned.
typedef struct ck_kernels {
  const char *name;
  /// Floats in a vector.
  size_t vector_width;
  /// Columns of a packed panel, two vectors.
  size_t panel_width;
  /// Rows that a full tile of the product computes at once.
  size_t tile_rows;
  /// Whether `gemm` takes panels in half precision.
  int has_half;

  void (*gemm)(const ck_gemm *product);

  /// Writes for each output pixel in [first, first + count), numbered across the batch, the
  /// `channels` inputs from `first_channel` on under each tap: count rows of kernel_height ·
  /// kernel_width · channels floats, `stride` apart.
  void (*gather)(const ck_maps *input, const ck_window *window, size_t output_height,
                 size_t output_width, size_t first_channel, size_t channels, size_t first,
                 size_t count, float *rows, size_t stride);

  /// Rows [first_row, last_row) of the output, numbered across the batch. `weights` is
  /// [kernel height][kernel width][channels], `zeros` holds as many zeros as there are channels.
  void (*depthwise)(const ck_maps *input, const ck_window *window, const float *weights,
                    const float *zeros, const ck_epilogue *epilogue, const ck_maps *output,
                    size_t first_row, size_t last_row);

  /// Winograd's filter transform, F(size × size, 3 × 3) with size 2 or 4, in double precision: from
  /// [outputs][inputs][3][3] to panels for `gemm` with depth `inputs` for each of the (size + 2)²
  /// positions, `position_stride` floats apart.
  void (*pack_winograd)(int size, const float *filters, size_t outputs, size_t inputs,
                        float *panels, size_t position_stride);

  /// Winograd's input transform, F(size × size, 3 × 3) with size 2 or 4, of tiles [first, first +
  /// count), numbered across the batch: for each of the (size + 2)² positions `count` rows of
  /// `row_stride` floats.
  void (*winograd_input)(int size, const ck_maps *input, const ck_window *window,
                         const float *zeros, size_t tiles_down, size_t tiles_across, size_t first,
                         size_t count, float *transformed, size_t row_stride,
                         size_t position_stride);

  /// The way back: from the products at each position to the output pixels of the tiles.
  void (*winograd_output)(int size, const float *products, size_t row_stride,
                          size_t position_stride, const ck_epilogue *epilogue,
                          const ck_maps *output, size_t tiles_down, size_t tiles_across,
                          size_t first, size_t count);

  /// result[c] = max over the rectangle [height][width] of pixels; the strides are in floats.
  void (*max_pixel)(const float *pixels, size_t height, size_t width, size_t row_stride,
                    size_t pixel_stride, size_t channels, float *result);
  /// result[c] = scale · the sum over the rectangle.
  void (*sum_pixel)(const float *pixels, size_t height, size_t width, size_t row_stride,
                    size_t pixel_stride, size_t channels, float scale, float *result);

  /// result = clamp(a + b)
  void (*add)(const float *a, const float *b, size_t count, float lower, float upper,
              float *result);
  void (*exp)(const float *x, float *result, size_t count);
  void (*sigmoid)(const float *x, float *result, size_t count);
  void (*tanh)(const float *x, float *result, size_t count);
  void (*softmax)(const float *x, float *result, size_t count);
  void (*log_softmax)(const float *x, float *result, size_t count);
  /// One LSTM cell from its pre-activations [4][count] in the order input, forget, candidate,
  /// output.
  void (*lstm_cell)(const float *gates, float *cell, float *hidden, size_t count);
  /// scores[r] = Σ weights[i] · act(keys[r][i] + query[i]), where act is ReLU or tanh.
  void (*attention_scores)(const float *keys, size_t rows, size_t key_stride, const float *query,
                           const float *weights, size_t count, int use_tanh, float *scores);
  /// result[i] = Σ weights[r] · values[r][i]
  void (*weighted_sum)(const float *values, size_t rows, size_t value_stride,
                       const float *weights, size_t count, float *result);

  // For training.

  /// One LSTM cell from its pre-activations [4][count] in the order input, forget, candidate,
  /// output, which are replaced by their activations: cell = σ(f) · previous + σ(i) · tanh(g),
  /// hidden = σ(o) · tanh(cell). `cell` may be `previous`.
  void (*lstm_forward)(float *gates, const float *previous, float *cell, float *hidden,
                       size_t count);
  /// The way back, from the activations. The gradient of the hidden state is the sum of two;
  /// `cell_gradient` is the cell's, replaced by the previous cell's; `gate_gradients` receives
  /// those of the pre-activations.
  void (*lstm_backward)(const float *gates, const float *previous, const float *cell,
                        const float *output_gradient, const float *hidden_gradient,
                        float *cell_gradient, float *gate_gradients, size_t count);
  /// The same with pre-activations [5][count] in the order input, forget, output and two
  /// candidates, of which the larger counts, without tanh.
  void (*maxout_forward)(float *gates, const float *previous, float *cell, float *hidden,
                         size_t count);
  void (*maxout_backward)(const float *gates, const float *previous, const float *cell,
                          const float *output_gradient, const float *hidden_gradient,
                          float *cell_gradient, float *gate_gradients, size_t count);
  /// The way back through `attention_scores`: key_gradients [rows][count] and weight_gradient gain
  /// what the gradients of the scores give them, query_gradient is overwritten.
  void (*attention_backward)(const float *keys, size_t rows, size_t key_stride,
                             const float *query, const float *weights, size_t count, int use_tanh,
                             const float *score_gradients, float *key_gradients,
                             float *query_gradient, float *weight_gradient);
  /// result[r] = Σ matrix[r][i] · x[i]
  void (*dot_rows)(const float *matrix, size_t rows, size_t stride, const float *x, size_t count,
                   float *result);
  /// matrix[r][i] += weights[r] · x[i]
  void (*add_outer)(const float *weights, size_t rows, const float *x, size_t count,
                    float *matrix, size_t stride);
  /// Returns -Σ q log softmax(logits) and replaces the logits by its gradient times `scale`, where
  /// q is smoothing / count everywhere and 1 - smoothing more at the target.
  double (*cross_entropy)(float *logits, size_t count, size_t target, float smoothing,
                          float scale);
  /// result += scale · x
  void (*add_scaled)(const float *x, float scale, size_t count, float *result);
  /// result = a · b, element by element.
  void (*multiply)(const float *a, const float *b, size_t count, float *result);
  /// result[i] += Σ matrix[r][i]
  void (*add_rows)(const float *matrix, size_t rows, size_t stride, size_t count, float *result);
  double (*sum_of_squares)(const float *x, size_t count);
  /// result[i] = 0 where the top 24 bits of SplitMix64's number i after `state` are below
  /// `threshold`, and scale · x[i] elsewhere.
  void (*dropout)(const float *x, size_t count, uint64_t state, uint32_t threshold, float scale,
                  float *result);
  void (*momentum_step)(const ck_momentum *step, float *parameter, const float *gradient,
                        float *velocity, size_t count);
  void (*adam_step)(const ck_adam *step, float *parameter, const float *gradient, float *first,
                    float *second, size_t count);

  // For training over feature maps.

  /// The way back of `gather`: adds rows of kernel_height · kernel_width · channels floats, `stride`
  /// apart, to the inputs under the windows of the output pixels [first, first + count).
  void (*scatter)(const ck_maps *input, const ck_window *window, size_t output_height,
                  size_t output_width, size_t first_channel, size_t channels, size_t first,
                  size_t count, const float *rows, size_t stride);
  /// Of one image of the batch, from the gradient of the output: adds to that of the input, and to
  /// that of the weights [kernel height][kernel width][channels].
  void (*depthwise_input_gradient)(const ck_maps *gradient, const ck_window *window,
                                   const float *weights, const ck_maps *input, size_t image);
  void (*depthwise_weight_gradient)(const ck_maps *gradient, const ck_window *window,
                                    const ck_maps *input, size_t image, float *weights);
  /// The ways back of `max_pixel` and `sum_pixel`: `slope` is the gradient of the result, and
  /// `gradient`, laid out as the pixels, gains theirs. Of equal largest pixels the first takes all.
  void (*max_pixel_gradient)(const float *pixels, size_t height, size_t width, size_t row_stride,
                             size_t pixel_stride, size_t channels, const float *slope,
                             float *gradient);
  void (*sum_pixel_gradient)(size_t height, size_t width, size_t row_stride, size_t pixel_stride,
                             size_t channels, float scale, const float *slope, float *gradient);
  /// result[i] += Σ a[r][i] · (b[r][i] - shift[i]); Σ (a[r][i] - shift[i])² without b.
  void (*add_row_products)(const float *a, const float *_Nullable b, const float *shift, size_t rows,
                           size_t count, float *result);
  /// result[r][i] = clamp(x[r][i] · scale[i] + shift[i] + residual[r][i])
  void (*scale_rows)(const float *x, const float *scale, const float *shift,
                     const float *_Nullable residual, size_t rows, size_t count, float lower,
                     float upper, float *result);
  /// result[r][i] = a[r][i] · a_scale[i] + b[r][i] · b_scale[i] + shift[i]
  void (*mix_rows)(const float *a, const float *a_scale, const float *b, const float *b_scale,
                   const float *shift, size_t rows, size_t count, float *result);
  /// The slope where the clamped output lies between the bounds, 0 elsewhere.
  void (*clamp_gradient)(const float *slope, const float *output, size_t count, float lower,
                         float upper, float *result);
} ck_kernels;

/// The number of kernel sets that this machine can run; at least 1.
size_t ck_available_count(void);

/// The kernel sets that this machine can run, from the plain one to the widest.
const ck_kernels *ck_available(size_t index);

/// The set named by the environment variable CAPTION_KERNELS if this machine can run it, or the
/// widest.
const ck_kernels *ck_best(void);

/// Arranges a matrix for `ck_gemm`: column j at depth k stands at weights[j · column_stride + k ·
/// depth_stride] and goes to depth `first_depth` + k of panels whose whole depth is `total_depth`.
/// Columns that pad the last panel are left alone: clear the memory before.
void ck_pack_panels(const float *weights, size_t column_stride, size_t depth_stride, size_t columns,
                    size_t depth, size_t total_depth, size_t first_depth, size_t vector_width,
                    float *panels);

/// result[j · result_stride + i] = matrix[i · stride + j], for i < rows and j < columns.
void ck_transpose(const float *matrix, size_t rows, size_t columns, size_t stride, float *result,
                  size_t result_stride);

/// The way back of `ck_local_response_norm`: gradient[c] gains the gradient of x[c]. `scratch` holds
/// 2 · channels floats.
void ck_local_response_norm_gradient(const float *x, const float *slope, size_t channels,
                                     size_t size, float alpha, float beta, float bias,
                                     float *scratch, float *gradient);

/// result[c] = x[c] / (bias + alpha / size · Σ x²)^beta, the sum over the channels [c - size / 2, c
/// - size / 2 + size) that exist. `result` is not x.
void ck_local_response_norm(const float *x, size_t channels, size_t size, float alpha, float beta,
                            float bias, float *result);

/// What a parallel loop does for an index; no two calls with the same `worker` run at once.
typedef void (*ck_loop_body)(void *context, size_t index, size_t worker);

/// Calls `body` for every index below `iterations`, on this thread and on up to `threads` - 1
/// helpers, and returns when all are done. Each begins with its own contiguous share of the
/// indices, the same in every loop, and then helps with the others'. Workers are numbered from 0,
/// this thread's number, to `threads` - 1. Helpers sleep unless a loop ran in the last tenth of a
/// millisecond. While one loop runs, others run on their own thread alone.
void ck_parallel_for(size_t iterations, size_t threads, ck_loop_body body, void *context);

/// Memory for `count` floats after the next multiple of 64 bytes, all zero, in large pages where
/// the system has them; stops the program when there is no memory, as Swift's own allocations do.
void *ck_allocate_zeros(size_t count);

/// Frees what `ck_allocate_zeros` gave.
void ck_free(void *memory);

#pragma clang assume_nonnull end

#endif
