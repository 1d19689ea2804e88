import TerminalCells
import Testing

@Suite struct BarTests {
  @Test(
    arguments: [
      (0.0, "    "), (1.0, "████"), (0.5, "██  "), (0.25 + 1.0 / 32, "█▏  "), (0.001, "▏   "),
      (0.999, "███▉"), (-3.0, "    "), (7.0, "████"), (Double.nan, "    "), (.infinity, "████"),
    ])
  func eighthsOfCells(fraction: Double, expected: String) {
    let bar = HorizontalBar(fraction: fraction)
    #expect(String(bar.characters(width: 4, glyphs: .blocks)) == expected)
  }

  @Test func asciiHasWholeCells() {
    #expect(String(HorizontalBar(fraction: 0.5).characters(width: 5, glyphs: .ascii)) == "###  ")
    #expect(HorizontalBar(fraction: 0.5).characters(width: 0, glyphs: .ascii).isEmpty)
    #expect(HorizontalBar(fraction: 0.5).characters(width: -2, glyphs: .ascii).isEmpty)
  }

  @Test(
    arguments: [
      (12, 0.65, "[███████░░░]"), (12, 0.0, "[░░░░░░░░░░]"), (12, 1.0, "[██████████]"),
      (12, 0.999, "[█████████░]"), (12, 0.001, "[█░░░░░░░░░]"), (4, 0.5, "[█░]"), (3, 1.0, "███"),
      (1, 0.3, "█"), (0, 0.5, ""),
    ])
  func progressInBrackets(width: Int, fraction: Double, expected: String) {
    var buffer = CellBuffer(width: width, height: 1)
    ProgressBar(fraction: fraction).draw(in: buffer.bounds, of: &buffer, glyphs: .blocks)
    #expect(buffer.text == expected)
  }

  @Test func theMouseSetsWhatIsUnderIt() {
    #expect(ProgressBar.fraction(atColumn: 0, width: 12) == 0)
    #expect(ProgressBar.fraction(atColumn: 11, width: 12) == 1)
    #expect(abs(ProgressBar.fraction(atColumn: 5, width: 12) - 0.45) < 1e-12)
    #expect(ProgressBar.fraction(atColumn: 5, width: 2) == 0)
  }

  @Test func nothingIsDrawnWithoutRows() {
    var buffer = CellBuffer(width: 5, height: 1)
    let none = Rect(width: 5, height: 0)
    ProgressBar(fraction: 1).draw(in: none, of: &buffer, glyphs: .blocks)
    HorizontalBar(fraction: 1).draw(in: none, of: &buffer, glyphs: .blocks)
    #expect(buffer.text.isEmpty)
  }
}
