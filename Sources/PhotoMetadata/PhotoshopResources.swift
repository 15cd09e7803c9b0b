internal import CImageMetadata

/// Photoshop's image resources, the place where JPEG files hold IPTC.
enum PhotoshopResources {
  /// IPTC Caption/Abstract (2:120), nil where there is none.
  ///
  /// - Throws: `ShimFailure` where the resources or the datasets are damaged.
  static func caption(_ resources: [UInt8]) throws(ShimFailure) -> String? {
    let datasets = try shimBytes { datasets, report in
      cm_photoshop_read(resources, resources.count, &datasets, &report)
    }
    let caption = try shimBytes { caption, report in
      cm_iptc_read(datasets, datasets.count, &caption, &report)
    }
    let text = DescriptionText.trimmed(decodedText(caption))
    return text.isEmpty ? nil : text
  }

  /// The resources with another caption and all else as it was; they may have been none.
  ///
  /// - Throws: `ShimFailure`.
  static func edited(_ resources: [UInt8], caption: String) throws(ShimFailure) -> [UInt8] {
    let text = Array(DescriptionText.truncatedForIPTC(caption).utf8)
    return try shimBytes { written, report in
      cm_photoshop_edit(resources, resources.count, text, text.count, &written, &report)
    }
  }

  /// The resource that holds a block of IPTC datasets: a signature, a number, an empty name.
  static func wrapped(datasets: [UInt8]) -> [UInt8] {
    var resource = Array("8BIM".utf8) + [0x04, 0x04, 0, 0]
    resource.append(datasets.count, width: 4)
    resource += datasets
    if datasets.count % 2 != 0 { resource.append(0) }
    return resource
  }
}
