#include "common.h"

#include <string.h>

#include <libheif/heif.h>

static ci_status fail(ci_report *report, struct heif_error error) {
  ci_status status = CI_CORRUPT;
  if (error.subcode == heif_suberror_End_of_data) {
    status = CI_TRUNCATED;
  } else if (error.code == heif_error_Unsupported_feature ||
             error.code == heif_error_Unsupported_filetype ||
             error.code == heif_error_Plugin_loading_error) {
    status = CI_UNSUPPORTED;
  } else if (error.code == heif_error_Memory_allocation_error) {
    status = CI_OUT_OF_MEMORY;
  }
  return ci_fail(report, status, error.message == NULL ? "unknown error" : error.message);
}

/// Opens the primary image. After success the caller releases both the handle and the context.
static ci_status open_image(
  const uint8_t *bytes, size_t count, struct heif_context **context,
  struct heif_image_handle **handle, ci_report *report
) {
  *report = (ci_report){0};
  *context = heif_context_alloc();
  if (*context == NULL) return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  struct heif_error error =
    heif_context_read_from_memory_without_copy(*context, bytes, count, NULL);
  if (error.code == heif_error_Ok) {
    error = heif_context_get_primary_image_handle(*context, handle);
  }
  if (error.code == heif_error_Ok) return CI_OK;
  ci_status status = fail(report, error);
  heif_context_free(*context);
  return status;
}

ci_status ci_heif_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report
) {
  struct heif_context *context;
  struct heif_image_handle *handle;
  ci_status status = open_image(bytes, count, &context, &handle, report);
  if (status != CI_OK) return status;
  int width = heif_image_handle_get_width(handle);
  int height = heif_image_handle_get_height(handle);
  if (width <= 0 || height <= 0) {
    status = ci_fail(report, CI_ZERO_SIZED, "its width or height is zero");
  } else {
    header->width = (uint32_t)width;
    header->height = (uint32_t)height;
  }
  heif_image_handle_release(handle);
  heif_context_free(context);
  return status;
}

/// Copies the decoder's rows, which are padded, into `pixels`.
static ci_status copy_pixels(
  const struct heif_image *image, uint8_t *pixels, uint32_t width, uint32_t height, int has_alpha,
  int premultiplied, ci_report *report
) {
  // The decoded size comes from the bitstream, the announced one from the container.
  int stride = 0;
  const uint8_t *rows =
    heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  size_t row_count = (size_t)width * (has_alpha ? 4 : 3);
  if (rows == NULL || heif_image_get_width(image, heif_channel_interleaved) != (int)width ||
      heif_image_get_height(image, heif_channel_interleaved) != (int)height ||
      stride < 0 || (size_t)stride < row_count) {
    return ci_fail(report, CI_CORRUPT, "its size is not the expected one");
  }
  for (size_t y = 0; y < height; y++) {
    const uint8_t *row = rows + y * (size_t)stride;
    uint8_t *target = pixels + y * width * 3;
    if (has_alpha) {
      ci_composite_over_white(row, target, width, premultiplied);
    } else {
      memcpy(target, row, row_count);
    }
  }
  return CI_OK;
}

ci_status ci_heif_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report
) {
  struct heif_context *context;
  struct heif_image_handle *handle;
  ci_status status = open_image(bytes, count, &context, &handle, report);
  if (status != CI_OK) return status;
  int has_alpha = heif_image_handle_has_alpha_channel(handle);
  struct heif_decoding_options *options = heif_decoding_options_alloc();
  if (options == NULL) {
    status = ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  } else {
    options->convert_hdr_to_8bit = 1;
    struct heif_image *image = NULL;
    struct heif_error error = heif_decode_image(
      handle, &image, heif_colorspace_RGB,
      has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options);
    if (error.code != heif_error_Ok) {
      status = fail(report, error);
    } else {
      status = copy_pixels(
        image, pixels, width, height, has_alpha,
        heif_image_handle_is_premultiplied_alpha(handle), report);
      heif_image_release(image);
    }
    heif_decoding_options_free(options);
  }
  heif_image_handle_release(handle);
  heif_context_free(context);
  return status;
}
