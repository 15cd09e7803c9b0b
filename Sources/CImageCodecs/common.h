/// What the codecs share.

#ifndef CIMAGECODECS_COMMON_H
#define CIMAGECODECS_COMMON_H

#include "include/CImageCodecs.h"

/// Puts a library's message into the report, on one line and cut to its length; returns `status`.
ci_status ci_fail(ci_report *report, ci_status status, const char *message);

/// Composites `count` RGBA pixels over white: round((c · a + 255 · (255 − a)) / 255), or, where the
/// colours are already multiplied by alpha, c + 255 − a.
void ci_composite_over_white(
  const uint8_t *rgba, uint8_t *rgb, size_t count, int premultiplied);

/// Appends to a buffer; returns 0 where memory runs out.
int ci_buffer_append(ci_buffer *buffer, const uint8_t *bytes, size_t count);

#endif
