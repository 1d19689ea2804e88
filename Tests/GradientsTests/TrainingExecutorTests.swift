import Execution
import Foundation
import Gradients
import ModelFormats
import NetworkGraph
import Synchronization
import Tensors
import TestSupport
import Testing

/// What holds for every network: the same bits on any thread, replaced weights, shards by memory.
@Suite struct TrainingExecutorTests {
  static func model() throws -> (graph: NetworkGraph, weights: Set<String>) {
    let path = try #require(TestModels.samples.first { $0.contains("fashion-resnet") })
    let graph = try ONNXReader.read(path: path).graph
    let weights = graph.initializers.filter { $0.value.type == .float32 && $0.value.rank > 1 }
    return (graph, Set(weights.keys))
  }

  static func shard(_ graph: NetworkGraph, samples: Int, seed: UInt64) throws -> [String: Tensor] {
    var generator = SeededGenerator(seed: seed)
    var inputs: [String: Tensor] = [:]
    for input in graph.runtimeInputs {
      let lengths = try #require(input.shape).dropFirst().map { length in
        if case .fixed(let count) = length { count } else { 1 }
      }
      let shape = [samples] + lengths
      inputs[input.name] = Tensor(
        shape,
        (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) })
    }
    return inputs
  }

  /// Half the sum of the outputs' squares.
  static func loss(
    _ outputs: [String: Tensor]
  ) -> (value: Double, seeds: [String: Tensor]) {
    (outputs.values.reduce(0) { $1.doubles.reduce($0) { $0 + $1 * $1 / 2 } }, outputs)
  }

  @Test func threadsMakeNoDifference() async throws {
    let (graph, weights) = try Self.model()
    let executor = try TrainingExecutor(graph: graph, wanted: weights)
    let shards = try (0..<4).map { try Self.shard(graph, samples: 3, seed: UInt64($0)) }
    func gradients(threads: Int) async throws -> [[String: [Float]]] {
      let found = Mutex([[String: [Float]]](repeating: [:], count: shards.count))
      try await WorkerPool(threads: threads).forEach(shards.count) { index in
        let step = try executor.step(
          inputs: shards[index], batchNormalization: .ofShard, loss: Self.loss)
        found.withLock { $0[index] = step.gradients.mapValues(\.floats) }
      }
      return found.withLock { $0 }
    }
    let alone = try await gradients(threads: 1)
    #expect(alone.allSatisfy { Set($0.keys) == weights })
    #expect(try await gradients(threads: 3) == alone)
  }

  @Test func replacedWeightsCount() throws {
    let (graph, weights) = try Self.model()
    var changed = graph
    var replacing: [String: Tensor] = [:]
    for name in weights {
      let tensor = try #require(graph.initializers[name])
      replacing[name] = Tensor(tensor.shape, tensor.floats.map { ($0 * 8).rounded() / 8 })
      changed.initializers[name] = replacing[name]
    }
    let inputs = try Self.shard(graph, samples: 2, seed: 5)
    let found = try TrainingExecutor(graph: graph, wanted: weights).step(
      inputs: inputs, weights: replacing, loss: Self.loss)
    let wanted = try TrainingExecutor(graph: changed, wanted: weights).step(
      inputs: inputs, loss: Self.loss)
    #expect(found.loss == wanted.loss)
    #expect(found.gradients.mapValues(\.floats) == wanted.gradients.mapValues(\.floats))
    let plain = try TrainingExecutor(graph: graph, wanted: weights).step(
      inputs: inputs, loss: Self.loss)
    #expect(plain.loss != wanted.loss)
  }

  @Test func shardsKeepWithinTheirMemory() throws {
    let (graph, weights) = try Self.model()
    let sample = try Self.shard(graph, samples: 1, seed: 0)
    func size(_ batch: Int, _ bytes: Int) throws -> Int {
      try TrainingExecutor(graph: graph, wanted: weights, byteLimit: bytes)
        .shardSize(batch: batch, sample: sample)
    }
    #expect(try size(200, 1 << 40) == TrainingExecutor.standardShardSize)
    #expect(try size(10, 1 << 40) == 10)
    #expect(try size(200, 1) == 1)
    let sizes = try (14..<32).map { try size(200, 1 << $0) }
    #expect(sizes == sizes.sorted())
    #expect(Set(sizes).count > 3)
  }

  @Test func operatorsWithoutGradientsAreNamed() throws {
    var graph = NetworkGraph(
      nodes: [
        Node(op: "Gelu", inputs: ["w"], outputs: ["a"]),
        Node(op: "TopK", inputs: ["a", "k"], outputs: ["y", "i"]),
      ],
      outputs: [ValueInfo(name: "y", type: .float32, shape: nil)])
    graph.initializers["w"] = Tensor([3], [1, 2, 3] as [Float])
    graph.initializers["k"] = Tensor([1], [Int64(1)])
    let error = #expect(throws: EngineError.self) {
      _ = try TrainingExecutor(graph: graph, wanted: ["w"])
    }
    #expect(error?.description.contains("TopK") == true)
  }
}
