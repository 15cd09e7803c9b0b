import Datasets
import Testing

@Suite struct SpreadsheetCellTests {
  @Test(
    arguments: [
      "=1", "=HYPERLINK(\"x\")", "+1", "-a", "-1+2", "--1", "@a", "\t=1", "\r=1", "\n=1", "＝1",
      "＋1",
      "－1", "＠a", "'=1", "''=1", "-", "-inf", "-nan", "-0x1p3",
    ])
  func `a formula gets an apostrophe, and loses it again`(cell: String) {
    #expect(SpreadsheetCell.guarded(cell) == "'" + cell)
    #expect(SpreadsheetCell.unguarded(SpreadsheetCell.guarded(cell)) == cell)
  }

  @Test(
    arguments: [
      "", "a", "'a'", "'", "a=1", " =1", "1", "-1", "-1.5", "-3.5e-05", "0.5", "café", "[=1]",
    ])
  func `texts and numbers stay as they are`(cell: String) {
    #expect(SpreadsheetCell.guarded(cell) == cell)
    #expect(SpreadsheetCell.unguarded(cell) == cell)
  }
}
