#include "common.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

/// What one call of libpng's needs; it lives outside the functions that call `setjmp`, whose own
/// variables are lost after a jump.
struct coder {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  /// Rows of RGBA on their way to RGB.
  uint8_t *rgba;
  png_bytep *rows;
  ci_buffer *buffer;
  ci_report *report;
  ci_status status;
};

static void on_error(png_structp png, png_const_charp message) {
  struct coder *coder = png_get_error_ptr(png);
  // A more telling status was set before the error was raised.
  if (coder->status == CI_OK) coder->status = CI_CORRUPT;
  ci_fail(coder->report, coder->status, message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  struct coder *coder = png_get_io_ptr(png);
  if (count > coder->count - coder->position) {
    coder->status = CI_TRUNCATED;
    png_error(png, "the data ends early");
  }
  memcpy(target, coder->bytes + coder->position, count);
  coder->position += count;
}

static void close_reader(struct coder *coder) {
  png_destroy_read_struct(&coder->png, &coder->info, NULL);
  free(coder->rgba);
  free(coder->rows);
}

/// Creates the reader of `coder->bytes`; returns 0 and sets the status where it cannot.
static int open_reader(struct coder *coder) {
  *coder->report = (ci_report){0};
  coder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, coder, on_error, on_warning);
  coder->info = coder->png == NULL ? NULL : png_create_info_struct(coder->png);
  if (coder->info == NULL) {
    coder->status = ci_fail(coder->report, CI_OUT_OF_MEMORY, "out of memory");
    return 0;
  }
  return 1;
}

/// Reads up to the first pixels; returns 0 and sets the status where it cannot.
static int read_header(struct coder *coder) {
  // libpng reports a size of zero like any other damage: signature, length, "IHDR", width, height.
  static const uint8_t zero[4] = {0, 0, 0, 0};
  if (coder->count >= 24 && memcmp(coder->bytes + 12, "IHDR", 4) == 0 &&
      (memcmp(coder->bytes + 16, zero, 4) == 0 || memcmp(coder->bytes + 20, zero, 4) == 0)) {
    coder->status = ci_fail(coder->report, CI_ZERO_SIZED, "its width or height is zero");
    return 0;
  }
  if (setjmp(png_jmpbuf(coder->png))) return 0;
  png_set_read_fn(coder->png, coder, read_bytes);
  // The caller has its own limit, and says more about it.
  png_set_user_limits(coder->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Profiles and texts change no pixel here: skip them instead of inflating what they claim to be.
  static const uint8_t skipped[] = "iCCP\0tEXt\0zTXt\0iTXt\0eXIf\0sPLT\0hIST";
  png_set_keep_unknown_chunks(
    coder->png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
  png_read_info(coder->png, coder->info);
  return 1;
}

static int read_pixels(struct coder *coder, uint8_t *pixels, uint32_t width, uint32_t height) {
  if (setjmp(png_jmpbuf(coder->png))) return 0;
  png_structp png = coder->png;
  png_infop info = coder->info;
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
    png_error(png, "its size is not the expected one");
  }
  int has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                  png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  int interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  png_set_strip_16(png);
  png_set_expand(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t channels = has_alpha ? 4 : 3;
  size_t stride = width * channels;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows have an unexpected length");

  if (!interlaced) {
    if (has_alpha) coder->rgba = malloc(stride);
    if (has_alpha && coder->rgba == NULL) {
      coder->status = CI_OUT_OF_MEMORY;
      png_error(png, "out of memory");
    }
    for (size_t y = 0; y < height; y++) {
      uint8_t *target = pixels + y * width * 3;
      png_read_row(png, has_alpha ? coder->rgba : target, NULL);
      if (has_alpha) ci_composite_over_white(coder->rgba, target, width, 0);
    }
    return 1;
  }
  // Interlaced passes come back to every row.
  if (has_alpha) coder->rgba = malloc(stride * height);
  coder->rows = malloc(height * sizeof *coder->rows);
  if ((has_alpha && coder->rgba == NULL) || coder->rows == NULL) {
    coder->status = CI_OUT_OF_MEMORY;
    png_error(png, "out of memory");
  }
  for (size_t y = 0; y < height; y++) {
    coder->rows[y] = (has_alpha ? coder->rgba : pixels) + y * stride;
  }
  png_read_image(png, coder->rows);
  if (has_alpha) ci_composite_over_white(coder->rgba, pixels, (size_t)width * height, 0);
  return 1;
}

ci_status ci_png_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report
) {
  struct coder coder = {.bytes = bytes, .count = count, .report = report};
  if (open_reader(&coder) && read_header(&coder)) {
    header->width = png_get_image_width(coder.png, coder.info);
    header->height = png_get_image_height(coder.png, coder.info);
  }
  close_reader(&coder);
  return coder.status;
}

ci_status ci_png_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report
) {
  struct coder coder = {.bytes = bytes, .count = count, .report = report};
  if (open_reader(&coder) && read_header(&coder)) read_pixels(&coder, pixels, width, height);
  close_reader(&coder);
  return coder.status;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  struct coder *coder = png_get_io_ptr(png);
  if (!ci_buffer_append(coder->buffer, bytes, count)) {
    coder->status = CI_OUT_OF_MEMORY;
    png_error(png, "out of memory");
  }
}

static void flush_nothing(png_structp png) {
  (void)png;
}

static void write_pixels(
  struct coder *coder, const uint8_t *pixels, uint32_t width, uint32_t height,
  const char *software
) {
  if (setjmp(png_jmpbuf(coder->png))) return;
  png_set_write_fn(coder->png, coder, write_bytes, flush_nothing);
  png_set_user_limits(coder->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(
    coder->png, coder->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (software != NULL) {
    png_text text = {
      .compression = PNG_TEXT_COMPRESSION_NONE, .key = "Software", .text = (png_charp)software,
      .text_length = strlen(software)};
    png_set_text(coder->png, coder->info, &text, 1);
  }
  png_write_info(coder->png, coder->info);
  for (size_t y = 0; y < height; y++) {
    png_write_row(coder->png, pixels + y * width * 3);
  }
  png_write_end(coder->png, NULL);
}

ci_status ci_png_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, const char *software, ci_buffer *buffer,
  ci_report *report
) {
  *report = (ci_report){0};
  struct coder coder = {.buffer = buffer, .report = report};
  coder.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &coder, on_error, on_warning);
  coder.info = coder.png == NULL ? NULL : png_create_info_struct(coder.png);
  if (coder.info == NULL) {
    coder.status = ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  } else {
    write_pixels(&coder, pixels, width, height, software);
  }
  png_destroy_write_struct(&coder.png, &coder.info);
  return coder.status;
}
