internal import CImageMetadata

/// The version of the library that reads and writes metadata.
package var exiv2Version: String { String(cString: cm_exiv2_version()) }
