import TerminalCells
import Testing

@Suite struct HistogramPlotTests {
  private func text(
    _ plot: HistogramPlot, _ width: Int, _ height: Int, _ glyphs: Glyphs = .blocks
  ) -> String {
    var buffer = CellBuffer(width: width, height: height)
    plot.draw(in: buffer.bounds, of: &buffer, glyphs: glyphs)
    return buffer.text
  }

  private let hill = HistogramPlot(counts: [1, 4, 16, 8, 0, 2], range: -0.31...0.31)

  @Test func columnsStandOnTheAxis() {
    #expect(
      text(hill, 12, 4) == """
            ██
            ██▄▄
        ▂▂▆▆████  ▃▃
        -0.31   0.31
        """)
    #expect(
      text(hill, 12, 3, .ascii) == """
            ##
        ..==####  ::
        -0.31   0.31
        """)
  }

  @Test func narrowPlotsShowTheLargestOfTheirBins() {
    #expect(hill.heights(width: 3) == [0.25, 1, 0.125])
    #expect(hill.heights(width: 1) == [1])
    #expect(hill.heights(width: 0) == [])
    #expect(hill.heights(width: 4).contains(1))
  }

  @Test func logarithmShowsSmallCounts() {
    var plot = HistogramPlot(counts: [0, 1, 1_000_000], range: 0...1, scale: .logarithmic)
    let heights = plot.heights(width: 3)
    #expect(heights[0] == 0 && heights[1] > 0.04 && heights[2] == 1)
    plot.scale = .linear
    #expect(plot.heights(width: 3)[1] < 0.00001)
    // Something is never drawn as nothing.
    #expect(text(plot, 3, 1) == " ▁█")
  }

  @Test func marksStandBelowTheColumns() {
    let plot = HistogramPlot(
      counts: Array(repeating: 1, count: 10), range: -1...1, cutOffs: [-0.3, 0.3],
      levels: [-1, 0, 1, 9, .nan])
    #expect(
      text(plot, 10, 5, .ascii) == """
        ##########
        ##########
        ##########
        '  ^ '^  '
        -1.00 1.00
        """)
  }

  @Test func weightsInsideTheCutOffHaveTheirStyle() {
    var buffer = CellBuffer(width: 10, height: 4)
    let plot = HistogramPlot(
      counts: Array(repeating: 1, count: 10), range: -1...1, cutOffs: [-0.3, 0.3])
    let cut = Style(foreground: .ansi(1))
    plot.draw(
      in: buffer.bounds, of: &buffer, glyphs: .blocks,
      styles: HistogramPlot.Styles(bars: .plain, cut: cut))
    #expect((0..<10).filter { buffer[$0, 0].style == cut } == [3, 4, 5, 6])
  }

  @Test func sharedHeightsCompare() {
    var small = HistogramPlot(counts: [2, 4], range: 0...1)
    small.largest = 8
    #expect(small.heights(width: 2) == [0.25, 0.5])
    small.largest = 2
    #expect(small.heights(width: 2) == [1, 1])
  }

  @Test(arguments: [(0, 0), (1, 1), (0, 3), (3, 0), (1, 2), (2, 9)], Glyphs.allCases)
  func smallestPlots(size: (width: Int, height: Int), glyphs: Glyphs) {
    let plot = HistogramPlot(counts: [1, 2, 3], range: -1...1, cutOffs: [0, 1], levels: [0])
    let drawn = text(plot, size.width, size.height, glyphs).filter { $0 != "\n" }
    #expect(drawn.isEmpty == (size.width == 0 || size.height == 0))
  }

  @Test(arguments: [[], [0, 0], [.nan, -4], [.infinity, 1]] as [[Double]])
  func strangeCounts(counts: [Double]) {
    for range in [0.0...0.0, -1...1, -Double.infinity...Double.infinity] {
      let plot = HistogramPlot(counts: counts, range: range, cutOffs: [0, 0], levels: [0])
      #expect(text(plot, 9, 5).split(separator: "\n").count >= 1)
      #expect(plot.heights(width: 5).allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func labelsFitTheirSize() {
    let fine = HistogramPlot(counts: [1], range: -0.0123...0.0123)
    #expect(fine.lowLabel == "-0.0123" && fine.highLabel == "0.0123")
    #expect(text(fine, 9, 2).hasSuffix("-0.0123"))
    let named = HistogramPlot(counts: [1], range: 0...1, lowLabel: "0 %", highLabel: "100 %")
    #expect(text(named, 10, 2).hasSuffix("0 %  100 %"))
  }
}
