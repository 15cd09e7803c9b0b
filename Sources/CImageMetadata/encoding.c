#include "CImageMetadata.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

static cm_status fail(cm_report *report, cm_status status, const char *message) {
  strncpy(report->message, message, sizeof(report->message) - 1);
  report->message[sizeof(report->message) - 1] = 0;
  return status;
}

cm_status cm_convert(
  const char *from, const char *to, const uint8_t *bytes, size_t count, cm_buffer *buffer,
  cm_report *report
) {
  report->message[0] = 0;
  // No encoding that is asked for here needs more for a character than four times its bytes.
  if (count > SIZE_MAX / 4 - 4) return fail(report, CM_MALFORMED, "the text is too long");
  iconv_t converter = iconv_open(to, from);
  if (converter == (iconv_t)-1) return fail(report, CM_FAILED, "the encoding is not known here");
  const size_t capacity = 4 * count + 4;
  buffer->bytes = malloc(capacity);
  if (buffer->bytes == NULL) {
    iconv_close(converter);
    return fail(report, CM_FAILED, "out of memory");
  }
  char *input = (char *)bytes, *output = (char *)buffer->bytes;
  size_t input_left = count, output_left = capacity;
  const size_t inexact = iconv(converter, &input, &input_left, &output, &output_left);
  iconv_close(converter);
  buffer->count = capacity - output_left;
  // Other than zero: replaced what the encoding does not have, or stopped there.
  return inexact == 0 && input_left == 0
    ? CM_OK : fail(report, CM_MALFORMED, "the text cannot be said in the encoding");
}
