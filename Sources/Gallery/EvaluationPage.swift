package import Foundation
package import SystemPackage

/// A page that shows what an evaluation came to: one HTML file that needs no other, nor a network,
/// nor scripts.
///
/// All texts are data: they are escaped, and a content security policy allows the page's own style
/// and pictures and nothing else.
package struct EvaluationPage: Sendable {
  /// A photo, its caption and what people wrote about it.
  package struct Photo: Sendable {
    package let name: String
    package let path: FilePath?
    package let candidate: String
    package let references: [String]
    /// Names and values of scores, as they are shown.
    package let scores: [(name: String, value: String)]

    package init(
      name: String, path: FilePath?, candidate: String, references: [String],
      scores: [(name: String, value: String)]
    ) {
      self.name = name
      self.path = path
      self.candidate = candidate
      self.references = references
      self.scores = scores
    }
  }

  /// Photos that belong together, as the best do.
  package struct Section: Sendable {
    package let title: String
    package let photos: [Photo]

    package init(title: String, photos: [Photo]) {
      self.title = title
      self.photos = photos
    }
  }

  package struct Table: Sendable {
    package let caption: String
    package let columns: [String]
    package let rows: [[String]]

    package init(caption: String, columns: [String], rows: [[String]]) {
      self.caption = caption
      self.columns = columns
      self.rows = rows
    }
  }

  private static let thumbnailSide = 320

  private let title: String
  private let tables: [Table]
  /// An SVG document.
  private let figure: String
  private let sections: [Section]

  package init(title: String, tables: [Table], figure: String, sections: [Section]) {
    self.title = title
    self.tables = tables
    self.figure = figure
    self.sections = sections
  }

  /// Writes the page.
  ///
  /// - Throws: what `write` throws.
  package func write(threads: Int, to write: (Data) throws -> Void) throws {
    try ReportPage(title: title).write(to: write) {
      let content = """
        <div class="tables">
        \(tables.map(html).joined(separator: "\n"))
        </div>
        <figure>
        \(figure)
        </figure>
        \(sections.map { html($0, threads: threads) }.joined(separator: "\n"))
        """
      try write(Data(content.utf8))
    }
  }

  private func html(_ table: Table) -> String {
    let heading = table.columns.map { "<th scope=\"col\">\(PageTemplate.escaped($0))</th>" }
    let rows = table.rows.map { row in
      let cells = row.enumerated().map { index, cell in
        let text = PageTemplate.escaped(cell)
        return index == 0 ? "<th scope=\"row\">\(text)</th>" : "<td>\(text)</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <table>
      <caption>\(PageTemplate.escaped(table.caption))</caption>
      <thead><tr>\(heading.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private func html(_ section: Section, threads: Int) -> String {
    let thumbnails = Thumbnail.all(
      of: section.photos.map { $0.path.map { [$0] } ?? [] }, longSide: Self.thumbnailSide,
      threads: threads)
    let photos = zip(section.photos, thumbnails).map(html)
    return """
      <section>
      <h2>\(PageTemplate.escaped(section.title))</h2>
      <div class="photos">
      \(photos.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private func html(_ photo: Photo, _ thumbnail: Thumbnail.Result) -> String {
    let picture =
      switch thumbnail {
      case .success(let data):
        "<img alt=\"\" src=\"data:image/webp;base64,\(data.base64EncodedString())\">"
      case .failure(let failure):
        "<p class=\"missing\">No picture: \(PageTemplate.escaped(failure.reason)).</p>"
      }
    let candidate = photo.candidate.isEmpty ? "(no caption)" : photo.candidate
    let references = photo.references.map { "<li>\(PageTemplate.escaped($0))</li>" }
    let scores = photo.scores.map { "\(PageTemplate.escaped($0.name)) \($0.value)" }
    return """
      <article>
      \(picture)
      <h3>\(PageTemplate.escaped(candidate))</h3>
      <ul>\(references.joined())</ul>
      <p class="scores">\(scores.joined(separator: " · "))</p>
      <p class="name">\(PageTemplate.escaped(photo.name))</p>
      </article>
      """
  }
}
