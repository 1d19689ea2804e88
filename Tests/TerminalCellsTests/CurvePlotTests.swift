import TerminalCells
import Testing

@Suite struct CurvePlotTests {
  private func text(
    _ plot: CurvePlot, _ width: Int, _ height: Int, _ glyphs: Glyphs = .blocks
  ) -> String {
    var buffer = CellBuffer(width: width, height: height)
    plot.draw(in: buffer.bounds, of: &buffer, glyphs: glyphs, style: .plain)
    return buffer.text
  }

  @Test func columnsRiseFromTheLowestToTheHighest() {
    let rise = CurvePlot(values: [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(text(rise, 8, 1) == "▁▂▃▄▅▆▇█")
    #expect(
      text(rise, 8, 2) == """
            ▂▄▆█
        ▁▃▅▇████
        """)
    #expect(text(CurvePlot(values: [7, 0]), 2, 1) == "█▁")
    let isPlain = text(rise, 8, 2, .ascii).allSatisfy(\.isASCII)
    #expect(isPlain)
  }

  @Test func aStatedRangeIsKept() {
    #expect(text(CurvePlot(values: [0.5, 0.25], range: 0...1), 2, 1) == "▅▃")
    // What lies outside of it is cut off.
    #expect(text(CurvePlot(values: [-3, 4], range: 0...1), 2, 1) == "▁█")
  }

  @Test func manyNumbersAreMeansAndFewAreSpread() {
    // Two to a column: means 0.5, 2.5, 4.5, 6.5.
    let rise = CurvePlot(values: [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(text(rise, 4, 1) == "▁▃▆█")
    #expect(text(CurvePlot(values: [0, 1]), 6, 1) == "▁▁▁███")
  }

  @Test func numbersThatAreNoneLeaveAGap() {
    #expect(text(CurvePlot(values: [0, .nan, 1]), 3, 1) == "▁ █")
    #expect(text(CurvePlot(values: [0, .infinity, 1]), 3, 1) == "▁ █")
    #expect(text(CurvePlot(values: [.nan, .nan]), 2, 1).allSatisfy { $0 == " " || $0 == "\n" })
  }

  @Test func aLevelCurveIsInTheMiddle() {
    let level = text(CurvePlot(values: [3, 3, 3]), 3, 1)
    #expect(level == "▅▅▅")
  }

  @Test(arguments: [(0, 0), (1, 1), (0, 3), (3, 0), (1, 2), (2, 9)], Glyphs.allCases)
  func smallestPlots(size: (width: Int, height: Int), glyphs: Glyphs) {
    for values in [[], [1], [1, 2, 3], [-1e308, 1e308]] as [[Double]] {
      let lines = text(CurvePlot(values: values), size.width, size.height, glyphs)
        .split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.count <= size.width })
    }
  }
}
