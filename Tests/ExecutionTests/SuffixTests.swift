import Execution
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// A run resumed from a checkpoint equals the full run, bit for bit.
@Suite struct SuffixTests {
  private static let models: [AssetModel] = [
    .resnet20, .resnet20Folded, .fashion, .minilm, .ultraface, .bccd,
  ]

  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"), arguments: models,
    FastExecutor.Options.testable)
  func everyCutResumesToTheSameBits(
    _ model: AssetModel, _ options: FastExecutor.Options
  ) throws {
    let graph = try model.graph()
    let executor = try FastExecutor(graph: graph, options: options)
    let inputs = try model.inputs(for: graph, count: min(model.batch, 2))
    let cuts = Array(0...graph.nodes.count)
    let full = try executor.run(
      inputs: inputs, weights: [:], options: RunOptions(captureBefore: cuts))
    #expect(full.checkpoints.keys.sorted() == cuts)
    for cut in stride(from: 0, to: cuts.count, by: max(cuts.count / 24, 1)) {
      let checkpoint = try #require(full.checkpoints[cut])
      let resumed = try executor.run(
        inputs: [:], weights: [:], options: RunOptions(resume: checkpoint))
      expectSame(resumed, full, "\(model.path) cut \(cut)")
    }
  }

  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"), arguments: models,
    FastExecutor.Options.testable)
  func changedWeightsBehindACut(_ model: AssetModel, _ options: FastExecutor.Options) throws {
    let graph = try model.graph()
    let executor = try FastExecutor(graph: graph, options: options)
    let inputs = try model.inputs(for: graph, count: min(model.batch, 2))
    let seed: UInt64 = 20_240_607
    var generator = SeededGenerator(seed: seed)
    let weights = weightsWithFirstUse(graph)
    for round in 0..<6 {
      let (name, firstUse) = try #require(weights.randomElement(using: &generator))
      let cut = Int.random(in: 0...firstUse, using: &generator)
      let earlier = Int.random(in: 0...cut, using: &generator)
      let changed = [name: try perturbed(graph, name, &generator)]
      let base = try executor.run(
        inputs: inputs, weights: [:], options: RunOptions(captureBefore: [earlier, cut]))
      let full = try executor.run(inputs: inputs, weights: changed, options: RunOptions())
      #expect(!same(full, base) || firstUse == 0, "the change has an effect")
      for position in [cut, earlier] {
        // A checkpoint of a resumed run is as good as one of a full run.
        let checkpoint: Checkpoint = try #require(base.checkpoints[position])
        let resumed = try executor.run(
          inputs: [:], weights: changed,
          options: RunOptions(resume: checkpoint, captureBefore: [cut]))
        expectSame(
          resumed, full, "\(model.path) seed \(seed) round \(round): \(name) cut \(position)")
        let second: Checkpoint = try #require(resumed.checkpoints[cut])
        let again = try executor.run(
          inputs: [:], weights: changed, options: RunOptions(resume: second))
        expectSame(again, full, "\(model.path) seed \(seed) round \(round): twice resumed")
      }
    }
  }

  @Test func aConstantThatDecidesAParameterCanBeReplaced() throws {
    // The bound of a Clip is part of the prepared step, not an argument of it.
    let graph = NetworkGraph(
      opsets: ["": 17],
      nodes: [
        Node(op: "Mul", inputs: ["x", "two"], outputs: ["y"]),
        Node(op: "Clip", inputs: ["y", "", "high"], outputs: ["z"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: [.unknown])],
      outputs: [ValueInfo(name: "z", type: .float32, shape: nil)],
      initializers: ["two": Tensor(scalar: Float(2)), "high": Tensor(scalar: Float(3))])
    let executor = try FastExecutor(graph: graph)
    let inputs = ["x": Tensor([3], [1, 2, 3] as [Float])]
    let base = try executor.run(
      inputs: inputs, weights: [:], options: RunOptions(captureBefore: [1]))
    #expect(base.outputs["z"]?.floats == [2, 3, 3])
    let high = ["high": Tensor(scalar: Float(5))]
    let full = try executor.run(inputs: inputs, weights: high, options: RunOptions())
    #expect(full.outputs["z"]?.floats == [2, 4, 5])
    let resumed = try executor.run(
      inputs: [:], weights: high, options: RunOptions(resume: base.checkpoints[1]))
    #expect(resumed.outputs["z"]?.floats == [2, 4, 5])
  }

  private func expectSame(_ a: RunResult, _ b: RunResult, _ what: String) {
    #expect(same(a, b), "\(what)")
  }

  private func same(_ a: RunResult, _ b: RunResult) -> Bool {
    a.outputs.count == b.outputs.count
      && a.outputs.allSatisfy { name, tensor in
        b.outputs[name].map { TensorComparison.areIdentical($0, tensor) } ?? false
      }
  }

  /// Float matrices and kernels with the first node that reads them.
  private func weightsWithFirstUse(_ graph: NetworkGraph) -> [(String, Int)] {
    let consumers = graph.consumers()
    let producers = graph.producers()
    return consumers.keys.sorted().compactMap { name in
      guard let tensor = graph.constant(name, producers: producers), tensor.type == .float32,
        tensor.rank >= 1, tensor.count > 1, let first = consumers[name]?.min()
      else { return nil }
      return (name, first)
    }
  }

  private func perturbed(
    _ graph: NetworkGraph, _ name: String, _ generator: inout SeededGenerator
  ) throws -> Tensor {
    let tensor = try #require(graph.constant(name))
    let values = tensor.floats.map { value in
      Bool.random(using: &generator) ? value * 0.5 : value
    }
    return Tensor(tensor.shape, values)
  }
}
