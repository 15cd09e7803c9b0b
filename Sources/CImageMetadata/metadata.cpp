#include "CImageMetadata.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

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

bool isUTF8(const std::string &text) {
  size_t i = 0;
  while (i < text.size()) {
    const uint8_t lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3
      : lead < 0xF5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; k++) {
      const uint8_t byte = static_cast<uint8_t>(text[i + k]);
      uint8_t low = 0x80, high = 0xBF;
      if (k == 1) {
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
      }
      if (byte < low || byte > high) return false;
    }
    i += length;
  }
  return true;
}

std::string latin1ToUTF8(const std::string &text) {
  std::string result;
  for (const char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0 | byte >> 6);
      result += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return result;
}

/// Adds a dataset with exactly these bytes.
void add(Exiv2::IptcData &data, uint8_t record, uint8_t tag, const std::string &bytes) {
  Exiv2::DataValue value(
    reinterpret_cast<const Exiv2::byte *>(bytes.data()), static_cast<long>(bytes.size()));
  data.add(Exiv2::IptcKey(tag, record), &value);
}

/// All IPTC blocks of Photoshop resources, joined.
std::string datasetsOf(const uint8_t *resources, size_t count) {
  std::string result;
  const Exiv2::byte *position = resources;
  size_t left = count;
  while (left > 0) {
    const Exiv2::byte *record = nullptr;
    uint32_t header = 0, size = 0;
    if (Exiv2::Photoshop::locateIptcIrb(
          position, static_cast<long>(left), &record, &header, &size) != 0) {
      break;
    }
    result.append(reinterpret_cast<const char *>(record + header), size);
    const size_t end = static_cast<size_t>(record - position) + header + size + (size & 1);
    if (end >= left) break;
    position += end;
    left -= end;
  }
  return result;
}

struct Dataset {
  uint8_t record;
  uint8_t tag;
  std::string bytes;
};

/// Splits a block into its datasets (IPTC-IIM 4.2, chapter 3).
///
/// exiv2's own parser reads them by their types, and writes what it understood; here their bytes
/// are to stay.
cm_status decodeDatasets(
  std::vector<Dataset> &datasets, const std::string &block, cm_report *report
) {
  size_t position = 0;
  while (position + 5 <= block.size()) {
    const auto byte = [&](size_t offset) { return static_cast<uint8_t>(block[position + offset]); };
    if (byte(0) != 0x1C) {
      // Writers pad blocks with zeros.
      if (byte(0) == 0) { position++; continue; }
      return fail(report, CM_MALFORMED, "a dataset does not begin with its marker");
    }
    size_t size = static_cast<size_t>(byte(3)) << 8 | byte(4), header = 5;
    if (size & 0x8000) {
      // An extended dataset: the size of its size.
      const size_t width = size & 0x7FFF;
      if (width > 4 || position + 5 + width > block.size()) {
        return fail(report, CM_MALFORMED, "a dataset has an impossible size");
      }
      size = 0;
      for (size_t i = 0; i < width; i++) size = size << 8 | byte(5 + i);
      header += width;
    }
    if (size > block.size() - position - header) {
      return fail(report, CM_MALFORMED, "a dataset ends beyond its block");
    }
    datasets.push_back({byte(1), byte(2), block.substr(position + header, size)});
    position += header + size;
  }
  return CM_OK;
}

const uint8_t envelope = 1, application = 2, characterSet = 90, captionAbstract = 120;

/// What dataset 1:90 says of UTF-8 (ISO/IEC 2022).
const char *const utf8Announcement = "\x1B%G";

bool isDeclaredUTF8(const std::vector<Dataset> &datasets) {
  return std::any_of(datasets.begin(), datasets.end(), [](const Dataset &dataset) {
    return dataset.record == envelope && dataset.tag == characterSet
      && dataset.bytes == utf8Announcement;
  });
}

/// Whether a dataset of the application record holds a number or a picture instead of text.
bool isBinary(const Dataset &dataset) {
  return dataset.tag == 0 || dataset.tag == 125 || (dataset.tag >= 200 && dataset.tag <= 202);
}

/// The resources without those of one kind.
std::string without(uint16_t kind, std::string resources) {
  const Exiv2::byte *record = nullptr;
  uint32_t header = 0, size = 0;
  while (true) {
    const auto start = reinterpret_cast<const Exiv2::byte *>(resources.data());
    if (Exiv2::Photoshop::locateIrb(
          start, static_cast<long>(resources.size()), kind, &record, &header, &size) != 0) {
      return resources;
    }
    resources.erase(
      static_cast<size_t>(record - start), static_cast<size_t>(header) + size + (size & 1));
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
    for (int number = CM_XMP_DESCRIPTION; number <= CM_XMP_TEXT_HASH; number++) {
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

cm_status cm_iptc_read(
  const uint8_t *bytes, size_t count, cm_buffer *buffer, cm_report *report
) {
  return fenced(report, [&]() -> cm_status {
    std::vector<Dataset> datasets;
    const cm_status status = decodeDatasets(datasets, text(bytes, count), report);
    if (status != CM_OK) return status;
    for (const Dataset &dataset : datasets) {
      if (dataset.record != application || dataset.tag != captionAbstract) continue;
      const std::string value =
        isUTF8(dataset.bytes) ? dataset.bytes : latin1ToUTF8(dataset.bytes);
      return fill(buffer, report, value.data(), value.size());
    }
    return CM_OK;
  });
}

cm_status cm_photoshop_read(
  const uint8_t *resources, size_t count, cm_buffer *buffer, cm_report *report
) {
  return fenced(report, [&]() -> cm_status {
    const std::string datasets = datasetsOf(resources, count);
    return fill(buffer, report, datasets.data(), datasets.size());
  });
}

cm_status cm_photoshop_edit(
  const uint8_t *resources, size_t count, const uint8_t *caption, size_t caption_count,
  cm_buffer *buffer, cm_report *report
) {
  return fenced(report, [&]() -> cm_status {
    std::vector<Dataset> datasets;
    const cm_status status = decodeDatasets(datasets, datasetsOf(resources, count), report);
    if (status != CM_OK) return status;
    const bool wasUTF8 = isDeclaredUTF8(datasets);
    Exiv2::IptcData data;
    add(data, envelope, characterSet, utf8Announcement);
    for (const Dataset &dataset : datasets) {
      if (dataset.record == envelope && dataset.tag == characterSet) continue;
      if (dataset.record == application && dataset.tag == captionAbstract) continue;
      const bool isLatin1 = !wasUTF8 && dataset.record == application && !isBinary(dataset)
        && !isUTF8(dataset.bytes);
      add(
        data, dataset.record, dataset.tag, isLatin1 ? latin1ToUTF8(dataset.bytes) : dataset.bytes);
    }
    add(data, application, captionAbstract, text(caption, caption_count));
    const std::string kept = without(0x0425, text(resources, count));
    const Exiv2::DataBuf written = Exiv2::Photoshop::setIptcIrb(
      reinterpret_cast<const Exiv2::byte *>(kept.data()), static_cast<long>(kept.size()), data);
    return fill(buffer, report, written.pData_, static_cast<size_t>(written.size_));
  });
}
