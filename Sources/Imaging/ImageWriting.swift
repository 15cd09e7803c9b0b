internal import CImageCodecs
public import Foundation

extension RGBImage {
  /// The picture as a PNG file.
  ///
  /// - Precondition: width and height are at most 1,000,000.
  public func pngData() -> Data { pngData(software: nil) }

  /// - Parameter software: what the file says that it was made by.
  func pngData(software: String?) -> Data {
    encoded { buffer, report in
      ci_png_encode(pixels, UInt32(width), UInt32(height), software, &buffer, &report)
    }
  }

  /// The picture as a baseline JPEG file, chroma at half resolution.
  ///
  /// - Precondition: `quality` is within 1...100, width and height are at most 65,500.
  package func jpegData(quality: Int) -> Data {
    precondition((1...100).contains(quality), "JPEG quality \(quality)")
    return encoded { buffer, report in
      ci_jpeg_encode(
        pixels, UInt32(width), UInt32(height), Int32(quality), &buffer, &report)
    }
  }

  /// The picture as a lossy WebP file.
  ///
  /// - Precondition: `quality` is within 0...100, width and height are at most 16,383.
  package func webPData(quality: Int) -> Data {
    precondition((0...100).contains(quality), "WebP quality \(quality)")
    return encoded { buffer, report in
      ci_webp_encode(
        pixels, UInt32(width), UInt32(height), Int32(quality), &buffer, &report)
    }
  }

  /// Valid pixels of a valid size always encode, short of memory running out.
  private func encoded(_ encode: (inout ci_buffer, inout ci_report) -> ci_status) -> Data {
    var buffer = ci_buffer()
    defer { ci_buffer_free(&buffer) }
    var report = ci_report()
    let status = encode(&buffer, &report)
    precondition(status == CI_OK, "a picture of \(size) pixels cannot be encoded: \(report)")
    return Data(bytes: buffer.bytes, count: buffer.count)
  }
}
