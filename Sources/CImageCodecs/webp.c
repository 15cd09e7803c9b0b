#include "common.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

static ci_status fail(ci_report *report, VP8StatusCode code) {
  switch (code) {
  case VP8_STATUS_NOT_ENOUGH_DATA:
    return ci_fail(report, CI_TRUNCATED, "the data ends early");
  case VP8_STATUS_OUT_OF_MEMORY:
    return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  case VP8_STATUS_UNSUPPORTED_FEATURE:
    return ci_fail(report, CI_UNSUPPORTED, "it uses an unsupported feature");
  default:
    return ci_fail(report, CI_CORRUPT, "its bitstream is invalid");
  }
}

ci_status ci_webp_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report
) {
  *report = (ci_report){0};
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
  if (code != VP8_STATUS_OK) return fail(report, code);
  if (features.width <= 0 || features.height <= 0) {
    return ci_fail(report, CI_ZERO_SIZED, "its width or height is zero");
  }
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  return CI_OK;
}

ci_status ci_webp_check_chunks(const uint8_t *bytes, size_t count, ci_report *report) {
  *report = (ci_report){0};
  const WebPData data = {bytes, count};
  WebPDemuxer *demuxer = WebPDemux(&data);
  if (demuxer == NULL) return ci_fail(report, CI_CORRUPT, "its chunks are invalid");
  WebPDemuxDelete(demuxer);
  return CI_OK;
}

/// Decodes one still bitstream into `pixels` of `channels` (3: RGB, 4: RGBA) bytes each.
static ci_status decode_still(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  size_t channels, ci_report *report
) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    return ci_fail(report, CI_UNSUPPORTED, "the installed libwebp is too old");
  }
  config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)(width * channels);
  config.output.u.RGBA.size = (size_t)width * height * channels;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &config.input);
  if (code == VP8_STATUS_OK) {
    if (config.input.width != (int)width || config.input.height != (int)height) {
      return ci_fail(report, CI_CORRUPT, "its size is not the expected one");
    }
    code = WebPDecode(bytes, count, &config);
  }
  WebPFreeDecBuffer(&config.output);
  return code == VP8_STATUS_OK ? CI_OK : fail(report, code);
}

/// Decodes a bitstream with transparency and composites it over white into the rectangle at
/// (`x`, `y`) of a picture that is `stride` pixels wide.
static ci_status decode_transparent(
  const uint8_t *bytes, size_t count, uint8_t *pixels, size_t stride, size_t x, size_t y,
  uint32_t width, uint32_t height, ci_report *report
) {
  uint8_t *rgba = malloc((size_t)width * height * 4);
  if (rgba == NULL) return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  ci_status status = decode_still(bytes, count, rgba, width, height, 4, report);
  if (status == CI_OK) {
    for (size_t row = 0; row < height; row++) {
      ci_composite_over_white(
        rgba + row * width * 4, pixels + ((y + row) * stride + x) * 3, width, 0);
    }
  }
  free(rgba);
  return status;
}

/// The first frame of an animation over a white canvas.
static ci_status decode_animation(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report
) {
  WebPData data = {bytes, count};
  WebPDemuxer *demuxer = WebPDemux(&data);
  if (demuxer == NULL) return ci_fail(report, CI_CORRUPT, "its frames are invalid");
  WebPIterator frame;
  if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
    WebPDemuxDelete(demuxer);
    return ci_fail(report, CI_CORRUPT, "it has no frame");
  }
  ci_status status;
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width <= 0 || frame.height <= 0 ||
      (uint64_t)frame.x_offset + (uint64_t)frame.width > width ||
      (uint64_t)frame.y_offset + (uint64_t)frame.height > height) {
    status = ci_fail(report, CI_CORRUPT, "its first frame is outside the picture");
  } else {
    memset(pixels, 255, (size_t)width * height * 3);
    status = decode_transparent(
      frame.fragment.bytes, frame.fragment.size, pixels, width, (size_t)frame.x_offset,
      (size_t)frame.y_offset, (uint32_t)frame.width, (uint32_t)frame.height, report);
  }
  WebPDemuxReleaseIterator(&frame);
  WebPDemuxDelete(demuxer);
  return status;
}

/// The picture of a file without animation. Only its own chunks are given to the decoder, which reads
/// on in what lies behind a damaged one; all of a file that is cut off or otherwise out of order.
static ci_status decode_picture(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  int has_alpha, ci_report *report
) {
  WebPData data = {bytes, count};
  WebPDemuxer *demuxer = WebPDemux(&data);
  WebPIterator frame;
  const int has_frame = demuxer != NULL && WebPDemuxGetFrame(demuxer, 1, &frame);
  if (has_frame) {
    bytes = frame.fragment.bytes;
    count = frame.fragment.size;
  }
  const ci_status status = has_alpha
    ? decode_transparent(bytes, count, pixels, width, 0, 0, width, height, report)
    : decode_still(bytes, count, pixels, width, height, 3, report);
  if (has_frame) WebPDemuxReleaseIterator(&frame);
  WebPDemuxDelete(demuxer);
  return status;
}

ci_status ci_webp_decode(
  const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
  ci_report *report
) {
  *report = (ci_report){0};
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
  if (code != VP8_STATUS_OK) return fail(report, code);
  if (features.has_animation) {
    return decode_animation(bytes, count, pixels, width, height, report);
  }
  return decode_picture(bytes, count, pixels, width, height, features.has_alpha, report);
}

/// libwebp gives the file in pieces; 0 stops it.
static int write_piece(const uint8_t *bytes, size_t count, const WebPPicture *picture) {
  return ci_buffer_append(picture->custom_ptr, bytes, count);
}

static ci_status fail_encoding(ci_report *report, WebPEncodingError error) {
  switch (error) {
  case VP8_ENC_ERROR_OUT_OF_MEMORY:
  case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
  case VP8_ENC_ERROR_BAD_WRITE:
    return ci_fail(report, CI_OUT_OF_MEMORY, "out of memory");
  default:
    return ci_fail(report, CI_UNSUPPORTED, "libwebp cannot encode the picture");
  }
}

ci_status ci_webp_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int quality, ci_buffer *buffer,
  ci_report *report
) {
  *report = (ci_report){0};
  if (width == 0 || height == 0 || width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION) {
    return ci_fail(report, CI_UNSUPPORTED, "WebP has no pictures of that size");
  }
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigPreset(&config, WEBP_PRESET_PHOTO, (float)quality) || !WebPPictureInit(&picture)) {
    return ci_fail(report, CI_UNSUPPORTED, "libwebp refuses the quality or is too old");
  }
  picture.width = (int)width;
  picture.height = (int)height;
  picture.writer = write_piece;
  picture.custom_ptr = buffer;
  ci_status status = CI_OK;
  if (!WebPPictureImportRGB(&picture, pixels, (int)width * 3) || !WebPEncode(&config, &picture)) {
    status = fail_encoding(report, picture.error_code);
  }
  WebPPictureFree(&picture);
  return status;
}
