#include "common.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

/// A progressive file may repeat scans that each visit all of the picture; real ones have about ten.
static const int maximum_scans = 100;

/// libjpeg's error handler, which must not return, and the place it jumps to.
struct fence {
  struct jpeg_error_mgr manager;
  jmp_buf exit;
  ci_report *report;
  ci_status status;
  int reached_end;
};

static void leave(j_common_ptr info, ci_status status, const char *message) {
  struct fence *fence = (struct fence *)info->err;
  fence->status = ci_fail(fence->report, status, message);
  longjmp(fence->exit, 1);
}

static void on_error(j_common_ptr info) {
  struct fence *fence = (struct fence *)info->err;
  char message[JMSG_LENGTH_MAX];
  info->err->format_message(info, message);
  ci_status status = CI_CORRUPT;
  if (info->err->msg_code == JERR_EMPTY_IMAGE) {
    status = CI_ZERO_SIZED;
  } else if (info->err->msg_code == JERR_OUT_OF_MEMORY) {
    status = CI_OUT_OF_MEMORY;
  } else if (fence->reached_end) {
    status = CI_TRUNCATED;
  }
  leave(info, status, message);
}

/// Whether much of the current scan is missing when its data ends: more than its last eighth.
///
/// A damaged code word often ends a scan a little early. With restart markers only the part up to
/// the next one is lost.
static int lacks_much(j_common_ptr info) {
  if (!info->is_decompressor) return 0;
  j_decompress_ptr reader = (j_decompress_ptr)info;
  JDIMENSION missing = reader->total_iMCU_rows - reader->input_iMCU_row;
  return reader->restart_interval == 0 && missing > 1 + reader->total_iMCU_rows / 8;
}

static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  struct fence *fence = (struct fence *)info->err;
  fence->report->warnings++;
  // At the end of the bytes libjpeg makes up an end marker; where the entropy decoder meets a
  // marker, it fills with grey whatever it still lacks. A file that lacks only the end marker is
  // complete. Leaving here also spares the memory and time of filling a picture that is not there.
  if (info->err->msg_code == JWRN_JPEG_EOF) {
    fence->reached_end = 1;
  } else if (info->err->msg_code == JWRN_HIT_MARKER && (fence->reached_end || lacks_much(info))) {
    leave(info, CI_TRUNCATED, "the data ends early");
  }
}

static void discard_message(j_common_ptr info) {
  (void)info;
}

static struct jpeg_error_mgr *raise_fence(struct fence *fence, ci_report *report) {
  *report = (ci_report){0};
  fence->report = report;
  fence->status = CI_OK;
  fence->reached_end = 0;
  struct jpeg_error_mgr *manager = jpeg_std_error(&fence->manager);
  manager->error_exit = on_error;
  manager->emit_message = on_message;
  manager->output_message = discard_message;
  return manager;
}

static void limit_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number > maximum_scans) {
    leave(info, CI_CORRUPT, "it has too many scans");
  }
}

/// Creates the reader and reads the header. The caller destroys the reader.
static void open_reader(
  struct jpeg_decompress_struct *reader, const uint8_t *bytes, size_t count
) {
  jpeg_create_decompress(reader);
  jpeg_mem_src(reader, bytes, count);
  jpeg_read_header(reader, TRUE);
  switch (reader->jpeg_color_space) {
  case JCS_GRAYSCALE:
  case JCS_YCbCr:
  case JCS_RGB:
    reader->out_color_space = JCS_RGB;
    break;
  case JCS_CMYK:
  case JCS_YCCK:
    reader->out_color_space = JCS_CMYK;
    break;
  default:
    leave((j_common_ptr)reader, CI_UNSUPPORTED, "its colours are neither grey, RGB nor CMYK");
  }
}

/// CMYK as Adobe's programs store it, 0 for full ink, which every reader assumes; the formula is
/// Pillow's (Convert.c, `cmyk2rgb`) without a colour profile: k − round((255 − c) · k / 255).
static void convert_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t k = cmyk[4 * i + 3];
    for (size_t channel = 0; channel < 3; channel++) {
      uint32_t ink = 255u - cmyk[4 * i + channel];
      rgb[3 * i + channel] = (uint8_t)(k - (ink * k + 127) / 255);
    }
  }
}

ci_status ci_jpeg_read_header(
  const uint8_t *bytes, size_t count, ci_header *header, ci_report *report
) {
  struct fence fence;
  struct jpeg_decompress_struct reader = {0};
  reader.err = raise_fence(&fence, report);
  if (setjmp(fence.exit) == 0) {
    open_reader(&reader, bytes, count);
    header->width = reader.image_width;
    header->height = reader.image_height;
  }
  jpeg_destroy_decompress(&reader);
  return fence.status;
}

ci_status ci_jpeg_decode(
  const uint8_t *bytes, size_t count, uint32_t eighths, uint8_t *pixels, uint32_t width,
  uint32_t height, ci_report *report
) {
  struct fence fence;
  struct jpeg_decompress_struct reader = {0};
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  reader.err = raise_fence(&fence, report);
  if (setjmp(fence.exit) == 0) {
    open_reader(&reader, bytes, count);
    reader.progress = &progress;
    reader.scale_num = eighths;
    reader.scale_denom = 8;
    reader.dct_method = JDCT_ISLOW;
    reader.do_fancy_upsampling = TRUE;
    jpeg_start_decompress(&reader);
    if (reader.output_width != width || reader.output_height != height) {
      leave((j_common_ptr)&reader, CI_CORRUPT, "its size is not the expected one");
    }
    size_t stride = (size_t)width * 3;
    if (reader.out_color_space == JCS_CMYK) {
      JSAMPARRAY row =
        reader.mem->alloc_sarray((j_common_ptr)&reader, JPOOL_IMAGE, width * 4, 1);
      while (reader.output_scanline < height) {
        uint8_t *target = pixels + reader.output_scanline * stride;
        jpeg_read_scanlines(&reader, row, 1);
        convert_inverted_cmyk(row[0], target, width);
      }
    } else {
      while (reader.output_scanline < height) {
        JSAMPROW row = pixels + reader.output_scanline * stride;
        jpeg_read_scanlines(&reader, &row, 1);
      }
    }
  }
  jpeg_destroy_decompress(&reader);
  return fence.status;
}

/// libjpeg's destination that fills a `ci_buffer`, chunk by chunk.
struct destination {
  struct jpeg_destination_mgr manager;
  ci_buffer *buffer;
  uint8_t chunk[4096];
};

static void start_chunk(j_compress_ptr writer) {
  struct destination *destination = (struct destination *)writer->dest;
  destination->manager.next_output_byte = destination->chunk;
  destination->manager.free_in_buffer = sizeof destination->chunk;
}

static void append_chunk(j_compress_ptr writer, size_t count) {
  struct destination *destination = (struct destination *)writer->dest;
  if (!ci_buffer_append(destination->buffer, destination->chunk, count)) {
    leave((j_common_ptr)writer, CI_OUT_OF_MEMORY, "out of memory");
  }
}

/// The whole chunk is full, whatever `free_in_buffer` says (libjpeg.txt).
static boolean flush_full_chunk(j_compress_ptr writer) {
  append_chunk(writer, sizeof ((struct destination *)writer->dest)->chunk);
  start_chunk(writer);
  return TRUE;
}

static void flush_last_chunk(j_compress_ptr writer) {
  struct destination *destination = (struct destination *)writer->dest;
  append_chunk(writer, sizeof destination->chunk - destination->manager.free_in_buffer);
}

ci_status ci_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int quality, ci_buffer *buffer,
  ci_report *report
) {
  struct fence fence;
  struct destination destination = {
    .manager = {
      .init_destination = start_chunk,
      .empty_output_buffer = flush_full_chunk,
      .term_destination = flush_last_chunk,
    },
    .buffer = buffer,
  };
  struct jpeg_compress_struct writer = {0};
  writer.err = raise_fence(&fence, report);
  if (setjmp(fence.exit) == 0) {
    jpeg_create_compress(&writer);
    writer.dest = &destination.manager;
    writer.image_width = width;
    writer.image_height = height;
    writer.input_components = 3;
    writer.in_color_space = JCS_RGB;
    jpeg_set_defaults(&writer);
    jpeg_set_quality(&writer, quality, TRUE);
    jpeg_start_compress(&writer, TRUE);
    while (writer.next_scanline < height) {
      JSAMPROW row = (JSAMPROW)(pixels + (size_t)writer.next_scanline * width * 3);
      jpeg_write_scanlines(&writer, &row, 1);
    }
    jpeg_finish_compress(&writer);
  }
  jpeg_destroy_compress(&writer);
  return fence.status;
}
