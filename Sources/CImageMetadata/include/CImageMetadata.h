#ifndef C_IMAGE_METADATA_H
#define C_IMAGE_METADATA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CM_OK = 0,
  /// The bytes break the rules of their format.
  CM_MALFORMED,
  /// The library failed for another reason, such as want of memory.
  CM_FAILED,
} cm_status;

typedef struct {
  /// Why a call failed: no newline, always terminated, empty after success.
  char message[200];
} cm_report;

/// Bytes that a call made; released with `cm_buffer_free`, also after a failure.
typedef struct {
  uint8_t *bytes;
  size_t count;
} cm_buffer;

void cm_buffer_free(cm_buffer *buffer);

/// The properties of an XMP packet that are read and written here.
typedef enum {
  /// dc:description, one text per language.
  CM_XMP_DESCRIPTION,
  /// Iptc4xmpCore:AltTextAccessibility, one text per language.
  CM_XMP_ALT_TEXT,
  /// photoshop:CaptionWriter.
  CM_XMP_CAPTION_WRITER,
  /// caption:Model, caption:Version and caption:TextHash: this program's own marker.
  CM_XMP_MODEL,
  CM_XMP_VERSION,
  CM_XMP_TEXT_HASH,
} cm_xmp_field;

/// Receives one text of a packet, UTF-8, not terminated; `language` is terminated, and empty where
/// the property has none.
typedef void (*cm_xmp_visitor)(
  void *context, cm_xmp_field field, const char *language, const uint8_t *text, size_t count);

/// Reports the texts of an XMP packet in the order of their fields and languages, x-default first.
///
/// All calls on XMP wait for one another, as the XMP toolkit is not made for several threads. It
/// reads nested elements by recursion: their depth is the caller's to limit.
cm_status cm_xmp_read(
  const uint8_t *packet, size_t count, cm_xmp_visitor visit, void *context, cm_report *report);

typedef struct {
  cm_xmp_field field;
  /// UTF-8, terminated, legal in XML. A property with languages gets it as x-default; those of its
  /// other languages that say what x-default said before are removed.
  const char *text;
} cm_xmp_change;

/// Writes the properties of a packet, which may have no bytes, as an x:xmpmeta element without
/// packet wrapper, with the changes made and all other properties as they were.
cm_status cm_xmp_edit(
  const uint8_t *packet, size_t count, const cm_xmp_change *changes, size_t change_count,
  cm_buffer *buffer, cm_report *report);

/// Finds Caption/Abstract (2:120) in a block of IPTC-IIM datasets; the text is UTF-8 where the
/// block says so (1:90) or the bytes are valid as such, and else read as ISO 8859-1. `buffer` has no
/// bytes where there is none.
cm_status cm_iptc_read(
  const uint8_t *datasets, size_t count, cm_buffer *buffer, cm_report *report);

/// Sets Caption/Abstract in the IPTC block of Photoshop image resources, which may have no bytes,
/// and declares the block as UTF-8, to which its other texts are brought where they were not.
///
/// All other resources stay, except for the digest of the block as it was (0x0425), which would
/// have readers believe that XMP had missed a change (Metadata Working Group, guidelines 2.0).
cm_status cm_photoshop_edit(
  const uint8_t *resources, size_t count, const uint8_t *text, size_t text_count,
  cm_buffer *buffer, cm_report *report);

/// The IPTC-IIM datasets in Photoshop image resources; no bytes where there are none.
cm_status cm_photoshop_read(
  const uint8_t *resources, size_t count, cm_buffer *buffer, cm_report *report);

/// Inflates a zlib stream that grows to no more than `limit` bytes.
cm_status cm_inflate(
  const uint8_t *bytes, size_t count, size_t limit, cm_buffer *buffer, cm_report *report);

/// The CRC-32 that PNG uses, of `count` bytes after those of which it was `crc` (0 at first).
uint32_t cm_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

/// Copies the extended attributes of an open file to another, as far as the file systems allow.
void cm_copy_attributes(int from, int to);

/// Sets when an open file was last modified, in seconds since 1970, and leaves when it was last
/// read; -1 and `errno` on failure.
int cm_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds);

/// Renames a file unless the new name is taken; -1 and `errno` (EEXIST where it is) on failure.
int cm_rename_new(const char *from, const char *to);

#ifdef __cplusplus
}
#endif

#endif
