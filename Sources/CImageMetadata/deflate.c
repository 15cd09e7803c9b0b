#include "CImageMetadata.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

static cm_status fail(cm_report *report, cm_status status, const char *message) {
  strncpy(report->message, message, sizeof(report->message) - 1);
  report->message[sizeof(report->message) - 1] = 0;
  return status;
}

cm_status cm_inflate(
  const uint8_t *bytes, size_t count, size_t limit, cm_buffer *buffer, cm_report *report
) {
  report->message[0] = 0;
  z_stream stream = {0};
  if (count > 0x7FFFFFFF) return fail(report, CM_MALFORMED, "the compressed text is too long");
  if (inflateInit(&stream) != Z_OK) return fail(report, CM_FAILED, "out of memory");
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  size_t capacity = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    if (buffer->count == capacity) {
      if (capacity >= limit) {
        inflateEnd(&stream);
        return fail(report, CM_MALFORMED, "the compressed text is too long");
      }
      capacity = capacity == 0 ? 4096 : 2 * capacity;
      if (capacity > limit) capacity = limit;
      uint8_t *grown = realloc(buffer->bytes, capacity);
      if (grown == NULL) {
        inflateEnd(&stream);
        return fail(report, CM_FAILED, "out of memory");
      }
      buffer->bytes = grown;
    }
    const uInt room = (uInt)(capacity - buffer->count);
    stream.next_out = buffer->bytes + buffer->count;
    stream.avail_out = room;
    status = inflate(&stream, Z_NO_FLUSH);
    buffer->count += room - stream.avail_out;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END
    ? CM_OK : fail(report, CM_MALFORMED, "the compressed text is damaged");
}

uint32_t cm_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  return (uint32_t)crc32_z(crc, bytes, count);
}
