#include "CImageMetadata.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

// exiv2 0.27 hands out std::auto_ptr.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <exiv2/exiv2.hpp>

namespace {

cm_status fail(cm_report *report, cm_status status, const char *message) {
  size_t count = 0;
  for (; message[count] != 0 && count + 1 < sizeof(report->message); count++) {
    // Libraries quote bytes of the file in their messages: keep them off the user's terminal.
    char c = message[count];
    report->message[count] = c >= ' ' && c <= '~' ? c : ' ';
  }
  report->message[count] = 0;
  return status;
}

/// Keeps C++ exceptions from crossing into Swift, which cannot unwind them.
template <typename Body>
cm_status fenced(cm_report *report, Body body) {
  report->message[0] = 0;
  try {
    return body();
  } catch (const Exiv2::AnyError &error) {
    return fail(report, CM_MALFORMED, error.what());
  } catch (const std::exception &error) {
    return fail(report, CM_FAILED, error.what());
  } catch (...) {
    return fail(report, CM_FAILED, "unknown exception");
  }
}

cm_status fill(cm_buffer *buffer, cm_report *report, const void *bytes, size_t count) {
  if (count == 0) return CM_OK;
  buffer->bytes = static_cast<uint8_t *>(std::malloc(count));
  if (buffer->bytes == nullptr) return fail(report, CM_FAILED, "out of memory");
  std::memcpy(buffer->bytes, bytes, count);
  buffer->count = count;
  return CM_OK;
}

/// No domain is owned for this: a UUID is as unique. The character at the end is asked for by XMP.
const char *const markerNamespace = "urn:uuid:b7a2d0f4-3c1e-4f0b-9a55-6f1d2a8c7e30#";

/// The XMP toolkit, for one call at a time, and made anew for each: it remembers the namespaces of
/// every packet, so that one file which calls another namespace “dc” would have the texts of all
/// later ones written into that. Making it takes some microseconds.
class Toolkit {
 public:
  Toolkit() : lock(mutex()) {
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    if (!Exiv2::XmpParser::initialize()) {
      throw std::runtime_error("the XMP toolkit cannot be initialized");
    }
    Exiv2::XmpProperties::registerNs(markerNamespace, "caption");
  }

  ~Toolkit() {
    try {
      Exiv2::XmpProperties::unregisterNs();
      Exiv2::XmpParser::terminate();
    } catch (...) {
    }
  }

  Toolkit(const Toolkit &) = delete;
  Toolkit &operator=(const Toolkit &) = delete;

  cm_status decode(Exiv2::XmpData &data, const std::string &packet, cm_report *report) const {
    if (packet.empty()) return CM_OK;
    if (Exiv2::XmpParser::decode(data, packet) != 0) {
      return fail(report, CM_MALFORMED, "the XMP packet cannot be parsed");
    }
    const char *const namespaces[][2] = {
      {"dc", "http://purl.org/dc/elements/1.1/"},
      {"iptc", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"},
      {"photoshop", "http://ns.adobe.com/photoshop/1.0/"},
      {"caption", markerNamespace},
    };
    for (const auto &entry : namespaces) {
      if (Exiv2::XmpProperties::ns(entry[0]) != entry[1]) {
        return fail(report, CM_MALFORMED, "the XMP packet gives a namespace another's prefix");
      }
    }
    return CM_OK;
  }

 private:
  static std::mutex &mutex() {
    static std::mutex mutex;
    return mutex;
  }

  const std::lock_guard<std::mutex> lock;
};

const char *keyOf(cm_xmp_field field) {
  switch (field) {
    case CM_XMP_DESCRIPTION: return "Xmp.dc.description";
    case CM_XMP_ALT_TEXT: return "Xmp.iptc.AltTextAccessibility";
    case CM_XMP_CAPTION_WRITER: return "Xmp.photoshop.CaptionWriter";
    case CM_XMP_MODEL: return "Xmp.caption.Model";
    case CM_XMP_VERSION: return "Xmp.caption.Version";
    case CM_XMP_TEXT_HASH: return "Xmp.caption.TextHash";
    case CM_XMP_TITLE: return "Xmp.dc.title";
    case CM_XMP_HEADLINE: return "Xmp.photoshop.Headline";
    case CM_XMP_SUBJECT: return "Xmp.dc.subject";
    case CM_XMP_IMAGE_DESCRIPTION: return "Xmp.tiff.ImageDescription";
    case CM_XMP_USER_COMMENT: return "Xmp.exif.UserComment";
    case CM_XMP_EXTENDED_DESCRIPTION: return "Xmp.iptc.ExtDescrAccessibility";
  }
  throw std::runtime_error("unknown property");
}

bool hasLanguages(cm_xmp_field field) {
  return field == CM_XMP_DESCRIPTION || field == CM_XMP_ALT_TEXT;
}

/// Whether a key is that of a property or of a part of it.
bool belongs(const std::string &key, const std::string &property) {
  return key.compare(0, property.size(), property) == 0
    && (key.size() == property.size() || key[property.size()] == '['
        || key[property.size()] == '/');
}

/// Takes the languages out that say `old`, or all of them where it is null.
void keepOthers(Exiv2::LangAltValue &value, const char *old) {
  if (old == nullptr) value.value_.clear();
  for (auto entry = value.value_.begin(); entry != value.value_.end();) {
    entry = entry->second == old ? value.value_.erase(entry) : std::next(entry);
  }
}

/// exiv2 ends the name of every namespace with a slash, and thereby changes the names of those that
/// have none in the packet; this takes the slash away again.
void restoreNamespaces(const std::string &packet, std::string &written) {
  size_t position = 0;
  while ((position = packet.find("xmlns:", position)) != std::string::npos) {
    const size_t open = packet.find_first_of("\"'<>", position);
    position += 6;
    if (open == std::string::npos || (packet[open] != '"' && packet[open] != '\'')) continue;
    const size_t close = packet.find(packet[open], open + 1);
    if (close == std::string::npos) return;
    const std::string name = packet.substr(open + 1, close - open - 1);
    if (name.empty() || name.back() == '/' || name.back() == '#') continue;
    const std::string changed = "=\"" + name + "/\"";
    // Both in one packet: they became one, which cannot be taken apart.
    if (packet.find(name + "/" + packet[open]) != std::string::npos) continue;
    size_t found = 0;
    while ((found = written.find(changed, found)) != std::string::npos) {
      const size_t start = written.find_last_of(" \t\n<", found);
      if (start != std::string::npos && written.compare(start + 1, 6, "xmlns:") == 0) {
        written.replace(found, changed.size(), "=\"" + name + "\"");
      }
      found += 1;
    }
  }
}

std::string text(const uint8_t *bytes, size_t count) {
  return count == 0 ? std::string() : std::string(reinterpret_cast<const char *>(bytes), count);
}

}  // namespace

void cm_buffer_free(cm_buffer *buffer) {
  std::free(buffer->bytes);
  *buffer = cm_buffer{nullptr, 0};
}

cm_status cm_xmp_read(
  const uint8_t *packet, size_t count, cm_xmp_visitor visit, void *context, cm_report *report
) {
  return fenced(report, [&]() -> cm_status {
    const Toolkit toolkit;
    Exiv2::XmpData data;
    const cm_status status = toolkit.decode(data, text(packet, count), report);
    if (status != CM_OK) return status;
    for (int number = CM_XMP_DESCRIPTION; number <= CM_XMP_EXTENDED_DESCRIPTION; number++) {
      const cm_xmp_field field = static_cast<cm_xmp_field>(number);
      for (const Exiv2::Xmpdatum &datum : data) {
        if (!belongs(datum.key(), keyOf(field))) continue;
        const auto languages = dynamic_cast<const Exiv2::LangAltValue *>(&datum.value());
        if (languages == nullptr) {
          const std::string value = datum.value().toString();
          visit(
            context, field, "", reinterpret_cast<const uint8_t *>(value.data()), value.size());
          continue;
        }
        // exiv2 orders the languages with x-default before the others.
        for (const auto &entry : languages->value_) {
          visit(
            context, field, entry.first.c_str(),
            reinterpret_cast<const uint8_t *>(entry.second.data()), entry.second.size());
        }
      }
    }
    return CM_OK;
  });
}

cm_status cm_xmp_edit(
  const uint8_t *packet, size_t count, const cm_xmp_change *changes, size_t change_count,
  cm_buffer *buffer, cm_report *report
) {
  return fenced(report, [&]() -> cm_status {
    const Toolkit toolkit;
    const std::string original = text(packet, count);
    Exiv2::XmpData data;
    const cm_status status = toolkit.decode(data, original, report);
    if (status != CM_OK) return status;
    for (size_t i = 0; i < change_count; i++) {
      const cm_xmp_change &change = changes[i];
      const std::string key = keyOf(change.field);
      Exiv2::LangAltValue value;
      for (auto datum = data.begin(); datum != data.end();) {
        if (!belongs(datum->key(), key)) {
          ++datum;
          continue;
        }
        const auto languages = dynamic_cast<const Exiv2::LangAltValue *>(&datum->value());
        if (languages != nullptr) value.value_ = languages->value_;
        datum = data.erase(datum);
      }
      if (change.text == nullptr) {
        keepOthers(value, change.old);
        if (!value.value_.empty()) data.add(Exiv2::XmpKey(key), &value);
        continue;
      }
      if (!hasLanguages(change.field)) {
        const Exiv2::XmpTextValue simple(change.text);
        data.add(Exiv2::XmpKey(key), &simple);
        continue;
      }
      const auto before = value.value_.find("x-default");
      if (before != value.value_.end()) {
        const std::string same = before->second;
        for (auto entry = value.value_.begin(); entry != value.value_.end();) {
          entry = entry->second == same ? value.value_.erase(entry) : std::next(entry);
        }
      }
      value.value_["x-default"] = change.text;
      data.add(Exiv2::XmpKey(key), &value);
    }
    std::string written;
    if (Exiv2::XmpParser::encode(
          written, data,
          Exiv2::XmpParser::omitPacketWrapper | Exiv2::XmpParser::useCompactFormat) != 0) {
      return fail(report, CM_MALFORMED, "the XMP packet cannot be written");
    }
    restoreNamespaces(original, written);
    return fill(buffer, report, written.data(), written.size());
  });
}
