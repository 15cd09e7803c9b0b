/// Decoding and encoding of image files, fenced off from the rest of the program: no call here
/// exits, jumps out, or writes outside the buffers it is given, whatever the bytes are.
///
/// Every format has two calls. `…_read_header` gives the size without decoding, so that the caller
/// can refuse a size before memory is spent on it. `…_decode` then fills a buffer of the caller's,
/// `width · height · 3` bytes, with interleaved 8-bit RGB, top row first, no padding; transparency
/// is composited over white. Both are safe to call from several threads at once.

#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CI_OK = 0,
  /// The bytes are not a valid file of the format; the report's message says why.
  CI_CORRUPT = 1,
  /// The bytes end before the picture does.
  CI_TRUNCATED = 2,
  /// The file says that its picture has no pixels.
  CI_ZERO_SIZED = 3,
  /// The file is valid but uses what is not supported here; the report's message says what.
  CI_UNSUPPORTED = 4,
  /// Memory ran out.
  CI_OUT_OF_MEMORY = 5,
} ci_status;

typedef struct {
  uint32_t width;
  uint32_t height;
} ci_header;

typedef struct {
  /// How often the decoder found something wrong and went on (JPEG only).
  int32_t warnings;
  /// Why a call failed, in the library's words: no newline, always terminated, empty after success.
  char message[200];
} ci_report;

ci_status ci_jpeg_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report);

/// Baseline, progressive and arithmetic-coded JPEG of grey, YCbCr, RGB, CMYK or YCCK colours, with
/// the accurate integer DCT and smooth chroma upsampling.
///
/// `eighths` (1...8) is the scale at which the DCT is inverted; `width` and `height` are those of
/// the scaled picture, ⌈size · eighths / 8⌉.
ci_status ci_jpeg_decode(
  const uint8_t *bytes, size_t count, uint32_t eighths, uint8_t *pixels, uint32_t width,
  uint32_t height, ci_report *report);

ci_status ci_png_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report);

/// Of 16-bit samples the upper eight bits are used.
ci_status ci_png_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report);

ci_status ci_webp_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report);

/// Whether the demultiplexer, by which many programs read such files, takes all chunks as they are.
ci_status ci_webp_check_chunks(const uint8_t *bytes, size_t count, ci_report *report);

/// Of an animation the first frame is decoded.
ci_status ci_webp_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report);

/// The size after the rotations and mirrorings that the file prescribes.
ci_status ci_heif_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report);

/// The primary image of a HEIC or AVIF file, rotated and mirrored as the file prescribes.
ci_status ci_heif_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report);

/// An encoded file; released with `ci_buffer_free`, also after a failure.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} ci_buffer;

void ci_buffer_free(ci_buffer *buffer);

/// Inflates a zlib stream, as text in PNG files is one, that grows to no more than `limit` bytes.
ci_status ci_inflate(
  const uint8_t *bytes, size_t count, size_t limit, ci_buffer *buffer, ci_report *report);

/// Encodes `width · height · 3` bytes of RGB as an 8-bit PNG file that says which `software` made it,
/// unless that is NULL.
ci_status ci_png_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, const char *software, ci_buffer *buffer,
  ci_report *report);

/// Encodes `width · height · 3` bytes of RGB as a baseline 4:2:0 JPEG file; `quality` 1...100.
ci_status ci_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int quality, ci_buffer *buffer,
  ci_report *report);

/// Encodes `width · height · 3` bytes of RGB as a lossy WebP file; `quality` 0...100, sides up to
/// 16,383.
ci_status ci_webp_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int quality, ci_buffer *buffer,
  ci_report *report);

#endif
