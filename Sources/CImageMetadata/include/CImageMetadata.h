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
  /// dc:title, one text per language; from here on they are only read.
  CM_XMP_TITLE,
  /// photoshop:Headline.
  CM_XMP_HEADLINE,
  /// dc:subject: all keywords, joined by commas.
  CM_XMP_SUBJECT,
  /// tiff:ImageDescription and exif:UserComment, one text per language: copies of EXIF's.
  CM_XMP_IMAGE_DESCRIPTION,
  CM_XMP_USER_COMMENT,
  /// Iptc4xmpCore:ExtDescrAccessibility, one text per language.
  CM_XMP_EXTENDED_DESCRIPTION,
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
  /// other languages that say what x-default said before are removed. Null takes the property out.
  const char *text;
  /// Where `text` is null: of a property with languages only those that say exactly this are taken
  /// out; null for all of them.
  const char *old;
} cm_xmp_change;

/// Writes the properties of a packet, which may have no bytes, as an x:xmpmeta element without
/// packet wrapper, with the changes made and all other properties as they were.
cm_status cm_xmp_edit(
  const uint8_t *packet, size_t count, const cm_xmp_change *changes, size_t change_count,
  cm_buffer *buffer, cm_report *report);

/// Brings text from one encoding to another, by the names that iconv knows; `CM_MALFORMED` where it
/// is not valid in the first or has characters that the second does not.
cm_status cm_convert(
  const char *from, const char *to, const uint8_t *bytes, size_t count, cm_buffer *buffer,
  cm_report *report);

/// The CRC-32 that PNG uses, of `count` bytes after those of which it was `crc` (0 at first).
uint32_t cm_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
