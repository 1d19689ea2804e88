import TerminalCells
import Testing

@Suite struct ScatterPlotTests {
  private func text(
    _ plot: ScatterPlot, _ width: Int, _ height: Int, _ glyphs: Glyphs = .blocks
  ) -> String {
    var buffer = CellBuffer(width: width, height: height)
    plot.draw(in: buffer.bounds, of: &buffer, glyphs: glyphs)
    return buffer.text
  }

  private let plot = ScatterPlot(
    points: [
      .init(x: 0, y: 0), .init(x: 10, y: 4), .init(x: 5, y: 2, isCurrent: true),
      .init(x: .nan, y: 1), .init(x: 1, y: .infinity),
    ], currentLabel: "now")

  @Test func pointsLieBetweenTheEnds() {
    #expect(text(plot, 11, 3) == "          •\n     @ now\n•")
    #expect(text(plot, 11, 3, .ascii) == "          o\n     @ now\no")
    #expect(text(plot, 11, 3, .braille) == "          ⠈\n     @ now\n⡀")
  }

  @Test func theLabelGoesLeftOrAway() {
    var right = plot
    right.points[2].x = 10
    #expect(text(right, 11, 3).split(separator: "\n")[1] == "      now @")
    #expect(text(plot, 4, 3).contains("@"))
    #expect(!text(plot, 4, 3).contains("now"))
  }

  @Test func givenRangesClampPoints() {
    var wide = plot
    wide.xRange = 0...20
    wide.yRange = 0...4
    #expect(text(wide, 11, 3) == "     •\n   @ now\n•")
    wide.xRange = 6...8
    #expect(text(wide, 3, 3).split(separator: "\n").count == 3)
  }

  @Test(arguments: [(0, 0), (1, 1), (5, 0), (0, 5), (2, 1)], Glyphs.allCases)
  func smallestPlots(size: (width: Int, height: Int), glyphs: Glyphs) {
    let shown = text(plot, size.width, size.height, glyphs).contains("@")
    #expect(shown == (size.width > 0 && size.height > 0))
  }

  @Test func onePointAndNoneAreFine() {
    let one = ScatterPlot(points: [.init(x: 3, y: 3)])
    #expect(text(one, 3, 3) == "\n •\n")
    #expect(text(ScatterPlot(points: []), 3, 1).isEmpty)
    #expect(text(ScatterPlot(points: [.init(x: .nan, y: 0)]), 3, 1).isEmpty)
  }
}
