import TerminalCells
import Testing

@Suite struct HeatmapPlotTests {
  private func draw(
    _ plot: HeatmapPlot, _ width: Int, _ height: Int, _ glyphs: Glyphs, _ depth: ColorDepth,
    theme: Theme = .terminal
  ) -> CellBuffer {
    var buffer = CellBuffer(width: width, height: height)
    let sheet = StyleSheet(theme: theme, depth: depth)
    plot.draw(in: buffer.bounds, of: &buffer, glyphs: glyphs, sheet: sheet)
    return buffer
  }

  private let steps = HeatmapPlot(
    rows: 2, columns: 5, values: [0, 0.25, 0.5, 0.75, 1, 0.001, 0.26, nil, 0.99, .nan])

  @Test(arguments: ColorDepth.allCases)
  func shadesTellTheValuesAtEveryDepth(depth: ColorDepth) {
    #expect(draw(steps, 5, 2, .blocks, depth).text == "·░▒▓█\n░▒ █")
    #expect(draw(steps, 5, 2, .ascii, depth).text == ".:+#@\n:+ @")
  }

  @Test func coloursGoWithTheShades() {
    let eight = draw(steps, 5, 1, .blocks, .ansi8)
    #expect(eight[1, 0].style.foreground == .ansi(4))
    #expect(eight[4, 0].style.foreground == .terminal)
    let indexed = draw(steps, 5, 2, .blocks, .indexed256)
    #expect(indexed[4, 0].style == Style(foreground: .indexed(226), background: .indexed(226)))
    #expect(indexed[0, 1].style.background == .indexed(17))
    let mono = draw(steps, 5, 2, .blocks, .mono)
    #expect(mono[4, 0].style == .plain)
  }

  @Test func rowsThatDoNotFitShareCells() {
    let plot = HeatmapPlot(rows: 3, columns: 3, values: [1, 0, nil, 0.01, 0, nil, 0, 1, nil])
    let buffer = draw(plot, 3, 2, .blocks, .indexed256)
    #expect(buffer.text == "▀·\n·▀")
    #expect(
      buffer[0, 0].style == Style(foreground: .indexed(226), background: .indexed(17)))
    let lower = HeatmapPlot(rows: 2, columns: 1, values: [0, 1])
    let half = draw(lower, 1, 1, .blocks, .indexed256)
    #expect(half[0, 0] == Cell("▄", style: Style(foreground: .indexed(226))))
    // Without 256 colours or blocks the rest is cut off.
    #expect(draw(plot, 3, 1, .blocks, .ansi16).text == "█·")
    #expect(draw(plot, 3, 1, .ascii, .direct).text == "@.")
  }

  @Test func blocksOfCellsBecomeTheirMeans() {
    let plot = HeatmapPlot(
      rows: 3, columns: 4, values: [0, 1, 0, 0, 1, 0, 0, 0, 0.5, nil, nil, nil])
    let (small, tall, wide) = plot.reduced(maxRows: 2, maxColumns: 2)
    #expect(tall == 2 && wide == 2)
    #expect(small.rows == 2 && small.columns == 2)
    #expect(small.values == [0.5, 0, 0.5, nil])
    #expect(plot.reduced(maxRows: 9, maxColumns: 9).plot == plot)
    #expect(plot.reduced(maxRows: 0, maxColumns: 9).plot.values.isEmpty)
  }

  @Test func signsShowWithoutColours() {
    let plot = HeatmapPlot(
      rows: 1, columns: 5, values: [-1, -0.2, 0, 0.2, 1], isSigned: true)
    #expect(draw(plot, 5, 1, .ascii, .mono).text == "=-.+#")
    let colored = draw(plot, 5, 1, .blocks, .indexed256)
    #expect(colored[0, 0].style.background == .indexed(25))
    #expect(colored[1, 0].style.background == .indexed(153))
    #expect(colored[3, 0].style.background == .indexed(223))
    #expect(colored[4, 0].style.background == .indexed(166))
  }

  @Test func theLegendHasEveryStep() {
    let sheet = StyleSheet(theme: .terminal, depth: .ansi16)
    let pieces = steps.legend(low: "", high: "100 %", glyphs: .blocks, sheet: sheet)
    #expect(pieces.map(\.text).joined() == "·0 ░▒▓█ 100 %")
    let rich = StyleSheet(theme: .terminal, depth: .indexed256)
    let colors = steps.legend(low: "", high: "max", glyphs: .blocks, sheet: rich)
      .map(\.style.background).filter { $0 != .terminal }
    #expect(colors == Ramp.viridis.colors(at: .indexed256))
  }

  @Test func cellsAreFoundUnderTheMouse() {
    let plot = HeatmapPlot(rows: 6, columns: 4, values: [])
    let sheet = StyleSheet(depth: .indexed256)
    let rect = Rect(x: 2, y: 1, width: 4, height: 3)
    #expect(
      plot.position(x: 3, y: 2, in: rect, glyphs: .blocks, sheet: sheet)
        == HeatmapPlot.Position(row: 2, column: 1))
    #expect(plot.position(x: 1, y: 2, in: rect, glyphs: .blocks, sheet: sheet) == nil)
    #expect(HeatmapPlot.rowCapacity(screenRows: 3, glyphs: .blocks, sheet: sheet) == 6)
    #expect(HeatmapPlot.rowCapacity(screenRows: 3, glyphs: .ascii, sheet: sheet) == 3)
  }

  @Test func theHighlightedCellIsSeen() {
    var plot = steps
    plot.highlighted = HeatmapPlot.Position(row: 1, column: 1)
    let buffer = draw(plot, 5, 2, .blocks, .mono)
    #expect(buffer.text == "·░▒▓█\n░X █")
    #expect(buffer[1, 1].style.reverse)
  }

  @Test(arguments: [(0, 0), (1, 1), (3, 0), (0, 3)], ColorDepth.allCases)
  func smallestPlots(size: (width: Int, height: Int), depth: ColorDepth) {
    let buffer = draw(steps, size.width, size.height, .blocks, depth)
    #expect(buffer.text.isEmpty == (size != (1, 1)) || buffer.text == "\n\n")
    let none = HeatmapPlot(rows: 0, columns: -1, values: [])
    #expect(draw(none, 3, 3, .braille, depth).text == "\n\n")
  }
}
