import NetworkGraph
import Tensors
import Testing
import WorkbenchCore

/// Histograms and grids of weights.
@Suite struct PictureTests {
  @Test(arguments: [1, 7, 37, 128, 5000])
  func histogramColumnsKeepTheCount(columns: Int) {
    let weights = (0..<1000).map { Float($0 % 97) / 97 - 0.3 }
    let histogram = weights.withUnsafeBufferPointer { WeightHistogram($0, range: -0.3...0.7) }
    let sum = histogram.columns(columns).reduce(0, +)
    #expect(abs(sum + Double(histogram.zeros) - 1000) < 1e-6)
    #expect(histogram.columns(columns).count == columns)
  }

  @Test func zerosAndOddNumbersAreApart() {
    let weights: [Float] = [0, 0, -0.0, .nan, .infinity, 0.5, -0.5, 9]
    let histogram = weights.withUnsafeBufferPointer { WeightHistogram($0, range: -1...1) }
    #expect(histogram.zeros == 3)
    #expect(histogram.columns(2) == [1, 2])
    #expect(histogram.column(of: 0, among: 10) == 5)
    #expect(histogram.column(of: 2, among: 10) == nil)
  }

  @Test func aGridCountsByOutputAndInput() {
    let layer = CompressibleLayer(
      name: "a", weight: "a", nodes: [0], op: "Conv", shape: [2, 17, 1, 2], outputAxis: 0,
      inputAxis: 1)
    var weights = [Float](repeating: 1, count: 68)
    weights[0] = 0
    weights[1] = 0
    weights[67] = 0
    let grid = weights.withUnsafeBufferPointer { HeatGrid($0, layer: layer) }
    #expect(grid.rows == 2 && grid.columns == 17 && !grid.columnsAreWeights)
    #expect(grid.zeroShares[0] == 1)
    #expect(grid.zeroShares[33] == 0.5)
    #expect(grid.meanMagnitudes[1] == 1)
    let small = grid.gathered(maxRows: 1, maxColumns: 5)
    #expect(small.rows == 1 && small.columns == 5)
    #expect(small.counts.reduce(0, +) == 68 && small.zeros.reduce(0, +) == 3)
    #expect(small.cellDescription == "2 out x 4 in")
  }

  @Test func inputsLastIsReadByItsAxes() {
    let layer = CompressibleLayer(
      name: "m", weight: "m", nodes: [0], op: "MatMul", shape: [3, 2], outputAxis: 1,
      inputAxis: 0)
    let weights: [Float] = [0, 1, 0, 1, 1, 1]
    let grid = weights.withUnsafeBufferPointer { HeatGrid($0, layer: layer) }
    #expect(grid.rows == 2 && grid.columns == 3)
    #expect(grid.zeroShares == [1, 1, 0, 0, 0, 0])
  }

  @Test func depthwiseShowsEveryWeight() {
    let layer = CompressibleLayer(
      name: "d", weight: "d", nodes: [0], op: "Conv", shape: [8, 1, 3, 3], outputAxis: 0,
      inputAxis: 1, group: 8)
    let weights = [Float](repeating: 0.5, count: 72)
    let grid = weights.withUnsafeBufferPointer { HeatGrid($0, layer: layer) }
    #expect(grid.columnsAreWeights && grid.columns == 9)
    #expect(grid.cellDescription == "1 out x 1 weight")
  }
}
