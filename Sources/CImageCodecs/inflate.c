#include "common.h"

#include <stdlib.h>

#include <zlib.h>

ci_status ci_inflate(
  const uint8_t *bytes, size_t count, size_t limit, ci_buffer *buffer, ci_report *report
) {
  *report = (ci_report){0};
  z_stream stream = {0};
  if (count > 0x7FFFFFFF) return ci_fail(report, CI_CORRUPT, "the compressed text is too long");
  if (inflateInit(&stream) != Z_OK) return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  int status = Z_OK;
  while (status == Z_OK) {
    uint8_t piece[16384];
    stream.next_out = piece;
    stream.avail_out = sizeof piece;
    status = inflate(&stream, Z_NO_FLUSH);
    const size_t made = sizeof piece - stream.avail_out;
    if (made > limit - buffer->count) {
      inflateEnd(&stream);
      return ci_fail(report, CI_CORRUPT, "the compressed text is too long");
    }
    if (!ci_buffer_append(buffer, piece, made)) {
      inflateEnd(&stream);
      return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
    }
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END
    ? CI_OK : ci_fail(report, CI_CORRUPT, "the compressed text is damaged");
}
