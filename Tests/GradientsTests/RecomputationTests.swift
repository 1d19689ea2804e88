import Gradients
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Values that are computed a second time instead of being kept: less memory, the same bits.
@Suite struct RecomputationTests {
  static let limits = [1 << 24, 1 << 22, 1 << 20, 1 << 18, 1]

  @Test(
    arguments: limits, [TrainingExecutor.BatchNormalization.frozen, .ofShard])
  func noBitDiffers(_ byteLimit: Int, _ mode: TrainingExecutor.BatchNormalization) throws {
    let (graph, weights) = try TrainingExecutorTests.model()
    let inputs = try TrainingExecutorTests.shard(graph, samples: 4, seed: 9)
    func step(_ byteLimit: Int) throws -> (TrainingExecutor.Step, segments: Int) {
      let executor = try TrainingExecutor(graph: graph, wanted: weights, byteLimit: byteLimit)
      let found = try executor.step(
        inputs: inputs, batchNormalization: mode, loss: TrainingExecutorTests.loss)
      return (found, executor.segmentCount(shapes: inputs.mapValues(\.shape)))
    }
    let (whole, one) = try step(.max)
    let (cut, segments) = try step(byteLimit)
    #expect(one == 1)
    #expect(byteLimit > 1 << 23 || segments > 1)
    #expect(cut.loss == whole.loss)
    #expect(cut.gradients.mapValues(\.floats) == whole.gradients.mapValues(\.floats))
    #expect(cut.statistics.mapValues(\.floats) == whole.statistics.mapValues(\.floats))
    #expect(Set(cut.gradients.keys) == weights)
  }

  /// Sums of unequal shapes, views, several outputs, one of them read again, a value wanted in between.
  @Test(arguments: limits)
  func everyKindOfStep(_ byteLimit: Int) throws {
    var graph = NetworkGraph(
      nodes: [
        Node(op: "MatMul", inputs: ["x", "w"], outputs: ["a"]),
        Node(op: "Add", inputs: ["a", "b"], outputs: ["s"]),
        Node(op: "Relu", inputs: ["s"], outputs: ["r"]),
        Node(op: "Reshape", inputs: ["r", "shape"], outputs: ["v"]),
        Node(op: "Softmax", inputs: ["v"], outputs: ["p"]),
        Node(
          op: "Transpose", inputs: ["p"], outputs: ["t"], attributes: ["perm": .ints([1, 0, 2])]),
        Node(op: "Mul", inputs: ["t", "t"], outputs: ["q"]),
        Node(op: "MatMul", inputs: ["q", "u"], outputs: ["y"]),
        Node(op: "Sigmoid", inputs: ["r"], outputs: ["z"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: ["y", "r", "z"].map { ValueInfo(name: $0, type: nil, shape: nil) })
    var generator = SeededGenerator(seed: 4)
    for (name, shape) in [("w", [6, 8]), ("b", [8]), ("u", [4, 3])] {
      graph.initializers[name] = Tensor(
        shape, (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) })
    }
    graph.initializers["shape"] = Tensor([3], [0, 2, 4].map { Int64($0) })
    let x = Tensor([5, 6], (0..<30).map { _ in Float.random(in: -1...1, using: &generator) })
    func gradients(_ byteLimit: Int) throws -> [String: [Float]] {
      try TrainingExecutor(
        graph: graph, wanted: ["w", "b", "u", "x"], byteLimit: byteLimit
      ).step(inputs: ["x": x], loss: TrainingExecutorTests.loss).gradients.mapValues(\.floats)
    }
    let whole = try gradients(.max)
    #expect(whole.count == 4)
    #expect(try gradients(byteLimit) == whole)
  }

  @Test func moreSegmentsNeedLessMemory() throws {
    let (graph, weights) = try TrainingExecutorTests.model()
    let inputs = try TrainingExecutorTests.shard(graph, samples: 64, seed: 1)
    let counts = try (16..<30).reversed().map { power in
      try TrainingExecutor(graph: graph, wanted: weights, byteLimit: 1 << power)
        .segmentCount(shapes: inputs.mapValues(\.shape))
    }
    #expect(counts.first == 1)
    #expect(Set(counts).count > 2)
  }
}
