import NetworkGraph
import TestSupport
import Testing
import WorkbenchCore

/// Grids that are gathered in runs, against one weight at a time.
@Suite struct PictureBlockTests {
  @Test(arguments: [
    ([700, 1030], 0, 1), ([1030, 700], 1, 0), ([40, 30, 3, 3], 0, 1), ([30, 40, 3, 3], 1, 0),
    ([600, 1, 5, 5], 0, 1), ([64, 3, 7, 7], 0, 1), ([1, 2000], 0, 1), ([7], 0, 0),
  ])
  func everyWeightIsInItsCell(shape: [Int], outputAxis: Int, inputAxis: Int) {
    var generator = SeededGenerator(seed: 5)
    let weights = (0..<shape.reduce(1, *)).map { _ in
      Bool.random(using: &generator) ? 0 : Float(Int.random(in: -8...8, using: &generator))
    }
    let layer = CompressibleLayer(
      name: "layer", weight: "layer.weight", nodes: [0], op: "Conv", shape: shape,
      outputAxis: outputAxis, inputAxis: inputAxis)
    let grid = weights.withUnsafeBufferPointer { HeatGrid($0, layer: layer) }
    var zeros = [Float](repeating: 0, count: grid.rows * grid.columns)
    var magnitudes = zeros
    var counts = zeros
    for (flat, weight) in weights.enumerated() {
      var place: [Int] = []
      var rest = flat
      for length in shape.reversed() {
        place.insert(rest % length, at: 0)
        rest /= length
      }
      let input = inputAxis == outputAxis ? 0 : place[inputAxis]
      let run = shape[(max(outputAxis, inputAxis) + 1)...].reduce(1, *)
      let column = grid.columnsAreWeights ? input * run + flat % run : input
      let cell =
        place[outputAxis] / grid.channelsPerRow * grid.columns + column / grid.channelsPerColumn
      zeros[cell] += weight == 0 ? 1 : 0
      magnitudes[cell] += weight.magnitude
      counts[cell] += 1
    }
    // Small integers: every order of adding gives the same sums.
    #expect(grid.zeros == zeros)
    #expect(grid.magnitudes == magnitudes)
    #expect(grid.counts == counts)
  }
}
