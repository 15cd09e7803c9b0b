#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Widens `count` IEEE half-precision numbers to single precision.
void ck_half_to_float(const uint16_t *half, float *result, size_t count);

/// Narrows `count` single-precision numbers to half precision, rounding to nearest even.
void ck_float_to_half(const float *single, uint16_t *result, size_t count);

#endif
