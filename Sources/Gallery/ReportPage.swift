internal import Foundation

/// A page to be read and printed: a title, a style, and what stands under it; no scripts.
struct ReportPage {
  let title: String
  /// What the page needs beside the style of all such pages.
  var style = ""

  /// Writes the page.
  ///
  /// - Parameter content: writes the HTML under the title.
  /// - Throws: what `write` and `content` throw.
  func write(to write: (Data) throws -> Void, content: () throws -> Void) throws {
    let style = PageTemplate.resource(PackageResources.report_css) + style
    let policy = PageTemplate.policy(style: style, script: nil, images: "data:")
    try PageTemplate(PageTemplate.resource(PackageResources.report_html)).write(to: write) {
      place in
      switch place {
      case "policy": try write(Data(policy.utf8))
      case "title": try write(Data(PageTemplate.escaped(title).utf8))
      case "style": try write(Data(style.utf8))
      case "content": try content()
      default: preconditionFailure("the page has a place “\(place)”")
      }
    }
  }
}
