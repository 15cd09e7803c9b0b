// The kernels that only training needs, part of kernels.inc.h.

// MARK: LSTM

static void lstm_forward(float *gates, const float *previous, float *cell, float *hidden,
                         size_t count) {
  lstm_step(gates, gates, previous, cell, hidden, count);
}

static void lstm_backward(const float *gates, const float *previous, const float *cell,
                          const float *output_gradient, const float *hidden_gradient,
                          float *cell_gradient, float *gate_gradients, size_t count) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const float *g = gates + i;
    const vec input = load_some(g, rest), forget = load_some(g + count, rest);
    const vec candidate = load_some(g + 2 * count, rest), output = load_some(g + 3 * count, rest);
    const vec c = vec_tanh(load_some(cell + i, rest));
    const vec dh = load_some(output_gradient + i, rest) + load_some(hidden_gradient + i, rest);
    const vec dc = load_some(cell_gradient + i, rest) + dh * output * (1.0f - c * c);
    float *d = gate_gradients + i;
    store_some(d, dc * candidate * input * (1.0f - input), rest);
    store_some(d + count, dc * load_some(previous + i, rest) * forget * (1.0f - forget), rest);
    store_some(d + 2 * count, dc * input * (1.0f - candidate * candidate), rest);
    store_some(d + 3 * count, dh * c * output * (1.0f - output), rest);
    store_some(cell_gradient + i, dc * forget, rest);
  }
}

static void maxout_forward(float *gates, const float *previous, float *cell, float *hidden,
                           size_t count) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    float *g = gates + i;
    const vec input = vec_sigmoid(load_some(g, rest));
    const vec forget = vec_sigmoid(load_some(g + count, rest));
    const vec output = vec_sigmoid(load_some(g + 2 * count, rest));
    const vec first = load_some(g + 3 * count, rest), second = load_some(g + 4 * count, rest);
    const vec c =
        forget * load_some(previous + i, rest) + input * (first > second ? first : second);
    store_some(g, input, rest);
    store_some(g + count, forget, rest);
    store_some(g + 2 * count, output, rest);
    store_some(cell + i, c, rest);
    store_some(hidden + i, output * vec_tanh(c), rest);
  }
}

static void maxout_backward(const float *gates, const float *previous, const float *cell,
                            const float *output_gradient, const float *hidden_gradient,
                            float *cell_gradient, float *gate_gradients, size_t count) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const float *g = gates + i;
    const vec input = load_some(g, rest), forget = load_some(g + count, rest);
    const vec output = load_some(g + 2 * count, rest);
    const vec first = load_some(g + 3 * count, rest), second = load_some(g + 4 * count, rest);
    const vec candidate = first > second ? first : second;
    const vec c = vec_tanh(load_some(cell + i, rest));
    const vec dh = load_some(output_gradient + i, rest) + load_some(hidden_gradient + i, rest);
    const vec dc = load_some(cell_gradient + i, rest) + dh * output * (1.0f - c * c);
    // Equal candidates share the gradient, as in PyTorch.
    const vec half = 0.5f * dc * input;
    float *d = gate_gradients + i;
    store_some(d, dc * candidate * input * (1.0f - input), rest);
    store_some(d + count, dc * load_some(previous + i, rest) * forget * (1.0f - forget), rest);
    store_some(d + 2 * count, dh * c * output * (1.0f - output), rest);
    store_some(d + 3 * count, first > second ? 2.0f * half : (first < second ? (vec)0.0f : half),
               rest);
    store_some(d + 4 * count, second > first ? 2.0f * half : (second < first ? (vec)0.0f : half),
               rest);
    store_some(cell_gradient + i, dc * forget, rest);
  }
}

// MARK: Sums and products of vectors

static void add_scaled(const float *x, float scale, size_t count, float *result) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    store_some(result + i, load_some(result + i, rest) + scale * load_some(x + i, rest), rest);
  }
}

INLINE void add_products(const float *a, const float *b, size_t count, float *result) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    store_some(result + i,
               load_some(result + i, rest) + load_some(a + i, rest) * load_some(b + i, rest), rest);
  }
}

static void multiply(const float *a, const float *b, size_t count, float *result) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    store_some(result + i, load_some(a + i, rest) * load_some(b + i, rest), rest);
  }
}

// `vectors` whole vectors of columns, or part of one. Sums of SUM_LENGTH rows are added up apart, for
// accuracy.
INLINE void add_row_block(const int vectors, const float *matrix, size_t rows, size_t stride,
                          size_t rest, float *result) {
  for (size_t row = 0; row < rows; row += SUM_LENGTH) {
    const size_t end = rows - row < SUM_LENGTH ? rows : row + SUM_LENGTH;
    vec sum[8];
    UNROLL for (int j = 0; j < vectors; j++) sum[j] = (vec)0.0f;
    for (size_t r = row; r < end; r++) {
      UNROLL for (int j = 0; j < vectors; j++)
        sum[j] += load_some(matrix + r * stride + j * VECTOR_WIDTH, rest);
    }
    UNROLL for (int j = 0; j < vectors; j++)
      store_some(result + j * VECTOR_WIDTH,
                 load_some(result + j * VECTOR_WIDTH, rest) + sum[j], rest);
  }
}

static void add_rows(const float *matrix, size_t rows, size_t stride, size_t count,
                     float *result) {
  size_t i = 0;
  for (; i + 8 * VECTOR_WIDTH <= count; i += 8 * VECTOR_WIDTH)
    add_row_block(8, matrix + i, rows, stride, VECTOR_WIDTH, result + i);
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH)
    add_row_block(1, matrix + i, rows, stride, VECTOR_WIDTH, result + i);
  if (i < count) add_row_block(1, matrix + i, rows, stride, count - i, result + i);
}

static double sum_of_squares(const float *x, size_t count) {
  double total = 0;
  size_t i = 0;
  while (i + VECTOR_WIDTH <= count) {
    vec sum = (vec)0.0f;
    for (int block = 0; block < 64 && i + VECTOR_WIDTH <= count; block++, i += VECTOR_WIDTH) {
      const vec v = load(x + i);
      sum += v * v;
    }
    total += sum_lanes(sum);
  }
  for (; i < count; i++) total += x[i] * x[i];
  return total;
}

// MARK: Attention

INLINE void attention_backward_vector(const int use_tanh, const float *keys, size_t rows,
                                      size_t key_stride, const float *query,
                                      const float *weights, const float *score_gradients,
                                      float *key_gradients, size_t gradient_stride,
                                      float *query_gradient, float *weight_gradient,
                                      size_t rest) {
  const vec q = load_some(query, rest), w = load_some(weights, rest);
  vec query_sum = (vec)0.0f, weight_sum = (vec)0.0f;
  for (size_t r = 0; r < rows; r++) {
    const vec sum = load_some(keys + r * key_stride, rest) + q;
    vec activated, slope;
    if (use_tanh) {
      activated = vec_tanh(sum);
      slope = w * (1.0f - activated * activated);
    } else {
      activated = sum > 0.0f ? sum : (vec)0.0f;
      slope = sum > 0.0f ? w : (vec)0.0f;
    }
    weight_sum += score_gradients[r] * activated;
    const vec change = score_gradients[r] * slope;
    query_sum += change;
    float *target = key_gradients + r * gradient_stride;
    store_some(target, load_some(target, rest) + change, rest);
  }
  store_some(query_gradient, query_sum, rest);
  store_some(weight_gradient, load_some(weight_gradient, rest) + weight_sum, rest);
}

static void attention_backward(const float *keys, size_t rows, size_t key_stride,
                               const float *query, const float *weights, size_t count,
                               int use_tanh, const float *score_gradients, float *key_gradients,
                               float *query_gradient, float *weight_gradient) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
#define ATTENTION_BACKWARD(use_tanh)                                                            \
  attention_backward_vector(use_tanh, keys + i, rows, key_stride, query + i, weights + i,       \
                            score_gradients, key_gradients + i, count, query_gradient + i,      \
                            weight_gradient + i, count - i)
    if (use_tanh)
      ATTENTION_BACKWARD(1);
    else
      ATTENTION_BACKWARD(0);
#undef ATTENTION_BACKWARD
  }
}

static void dot_rows(const float *matrix, size_t rows, size_t stride, const float *x,
                     size_t count, float *result) {
  for (size_t r = 0; r < rows; r++) {
    const float *row = matrix + r * stride;
    vec sums[4] = {(vec)0.0f, (vec)0.0f, (vec)0.0f, (vec)0.0f};
    size_t i = 0;
    for (; i + 4 * VECTOR_WIDTH <= count; i += 4 * VECTOR_WIDTH) {
      UNROLL for (int j = 0; j < 4; j++)
        sums[j] += load(row + i + j * VECTOR_WIDTH) * load(x + i + j * VECTOR_WIDTH);
    }
    for (; i < count; i += VECTOR_WIDTH)
      sums[0] += load_some(row + i, count - i) * load_some(x + i, count - i);
    result[r] = sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }
}

static void add_outer(const float *weights, size_t rows, const float *x, size_t count,
                      float *matrix, size_t stride) {
  for (size_t r = 0; r < rows; r++) add_scaled(x, weights[r], count, matrix + r * stride);
}

// MARK: Loss

INLINE double sum_of(const float *x, size_t count) {
  double total = 0;
  size_t i = 0;
  while (i + VECTOR_WIDTH <= count) {
    vec sum = (vec)0.0f;
    for (int block = 0; block < 64 && i + VECTOR_WIDTH <= count; block++, i += VECTOR_WIDTH)
      sum += load(x + i);
    total += sum_lanes(sum);
  }
  for (; i < count; i++) total += x[i];
  return total;
}

static double cross_entropy(float *logits, size_t count, size_t target, float smoothing,
                            float scale) {
  const float most = largest(logits, count), chosen = logits[target];
  const double sum = smoothing > 0 ? sum_of(logits, count) - (double)count * most : 0;
  const float total = sum_exp(logits, most, count, logits);
  const float factor = scale / total, offset = scale * smoothing / (float)count;
  for (size_t i = 0; i < count; i++) logits[i] = logits[i] * factor - offset;
  logits[target] -= scale * (1.0f - smoothing);
  const double log_total = log((double)total);
  return (1.0 - smoothing) * (log_total - ((double)chosen - most)) +
         smoothing * (log_total - sum / (double)count);
}

// MARK: Dropout

static void dropout(const float *x, size_t count, uint64_t state, uint32_t threshold, float scale,
                    float *result) {
  for (size_t i = 0; i < count; i++) {
    uint64_t z = state + (uint64_t)(i + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    result[i] = (uint32_t)(z >> 40) < threshold ? 0.0f : x[i] * scale;
  }
}

// MARK: Optimizers

static void momentum_step(const ck_momentum *m, float *parameter, const float *gradient,
                          float *velocity, size_t count) {
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const vec p = load_some(parameter + i, rest);
    const vec g = load_some(gradient + i, rest) + m->decay * p;
    const vec v = m->momentum * load_some(velocity + i, rest) + g;
    store_some(velocity + i, v, rest);
    store_some(parameter + i, p - m->rate * (m->nesterov ? g + m->momentum * v : v), rest);
  }
}

static void adam_step(const ck_adam *a, float *parameter, const float *gradient, float *first,
                      float *second, size_t count) {
  const float step = a->rate / a->first_correction;
  const float scale = 1.0f / sqrtf(a->second_correction);
  const float kept = a->decoupled ? 1.0f - a->rate * a->decay : 1.0f;
  const float decay = a->decoupled ? 0.0f : a->decay;
  for (size_t i = 0; i < count; i += VECTOR_WIDTH) {
    const size_t rest = count - i;
    const vec p = kept * load_some(parameter + i, rest);
    const vec g = load_some(gradient + i, rest) + decay * p;
    const vec m = a->beta1 * load_some(first + i, rest) + (1.0f - a->beta1) * g;
    const vec v = a->beta2 * load_some(second + i, rest) + (1.0f - a->beta2) * (g * g);
    store_some(first + i, m, rest);
    store_some(second + i, v, rest);
    const vec root = __builtin_elementwise_sqrt(v) * scale + a->epsilon;
    store_some(parameter + i, p - step * m / root, rest);
  }
}
