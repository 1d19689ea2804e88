import Execution
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Samples picked out of the checkpoints of other batches give what they give when run together.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: nothing gathered"))
struct GatheringTests {
  @Test(arguments: [1, 9, 20, 40])
  func rowsOfTwoBatches(position: Int) throws {
    let path = try #require(SharedAssets.path("cifar10/resnet20.onnx"))
    let graph = try ONNXReader.read(path: path).graph
    let executor = try FastExecutor(graph: graph)
    let name = try #require(graph.runtimeInputs.first?.name)
    var generator = SeededGenerator(seed: 7)
    let images = (0..<10).map { _ in
      (0..<3072).map { _ in Float.random(in: -2...2, using: &generator) }
    }
    func input(_ picked: [Int]) -> [String: Tensor] {
      [name: Tensor([picked.count, 3, 32, 32], picked.flatMap { images[$0] })]
    }
    func checkpoint(_ picked: [Int]) throws -> Checkpoint {
      let result = try executor.run(
        inputs: input(picked), weights: [:],
        options: RunOptions(captureBefore: [position], stopBefore: position))
      #expect(result.outputs.isEmpty)
      return try #require(result.checkpoints[position])
    }
    let (first, second) = (try checkpoint([0, 1, 2, 3, 4]), try checkpoint([5, 6, 7, 8, 9]))
    let gathered = try #require(
      try executor.gather([(second, 3), (first, 0), (second, 0)]))
    let resumed = try executor.run(
      inputs: [:], weights: [:], options: RunOptions(resume: gathered)
    ).outputs
    let whole = try executor.run(
      inputs: input([8, 0, 5]), weights: [:], options: RunOptions()
    ).outputs
    for (name, expected) in whole {
      let difference =
        zip(try #require(resumed[name]).floats, expected.floats)
        .map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-4)
    }
  }
}
