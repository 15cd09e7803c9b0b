#include "common.h"

#include <stdlib.h>
#include <string.h>

ci_status ci_fail(ci_report *report, ci_status status, const char *message) {
  size_t count = 0;
  for (; message[count] != 0 && count + 1 < sizeof(report->message); count++) {
    // Libraries quote bytes of the file in their messages: keep them off the user's terminal.
    char c = message[count];
    report->message[count] = c >= ' ' && c <= '~' ? c : ' ';
  }
  report->message[count] = 0;
  return status;
}

void ci_composite_over_white(
  const uint8_t *rgba, uint8_t *rgb, size_t count, int premultiplied
) {
  for (size_t i = 0; i < count; i++) {
    uint32_t alpha = rgba[4 * i + 3];
    for (size_t channel = 0; channel < 3; channel++) {
      uint32_t color = rgba[4 * i + channel];
      if (premultiplied) {
        uint32_t sum = color + 255 - alpha;
        rgb[3 * i + channel] = (uint8_t)(sum > 255 ? 255 : sum);
      } else {
        rgb[3 * i + channel] = (uint8_t)((color * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
}

int ci_buffer_append(ci_buffer *buffer, const uint8_t *bytes, size_t count) {
  if (count > SIZE_MAX / 4 - buffer->count) return 0;
  if (buffer->count + count > buffer->capacity) {
    size_t capacity = buffer->capacity < 4096 ? 4096 : buffer->capacity;
    while (capacity < buffer->count + count) capacity *= 2;
    uint8_t *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) return 0;
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return 1;
}

void ci_buffer_free(ci_buffer *buffer) {
  free(buffer->bytes);
  *buffer = (ci_buffer){0};
}
