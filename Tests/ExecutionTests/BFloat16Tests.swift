import Execution
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// The bf16 executor is near the 32-bit one, and says so when it can't run.
@Suite(.enabled(if: FastExecutor.supportsBFloat16, "the processor has no bf16 products"))
struct BFloat16Tests {
  private static let options = FastExecutor.Options(precision: .bfloat16)

  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"), arguments: AssetModel.all)
  func outputsAreNear(_ model: AssetModel) throws {
    let graph = try model.graph()
    let inputs = try model.inputs(for: graph)
    let exact = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    let draft = try FastExecutor(graph: graph, options: Self.options).run(
      inputs: inputs, weights: [:], options: RunOptions())
    for (name, tensor) in exact.outputs where tensor.type == .float32 {
      let values = try #require(draft.outputs[name])
      #expect(values.type == .float32)
      #expect(values.shape == tensor.shape)
      let difference = relativeDifference(values.floats, tensor.floats)
      #expect(difference < 0.1, "\(model.path) \(name): \(difference)")
      #expect(difference > 0, "\(model.path) \(name) ran in 32 bits")
    }
  }

  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"),
    arguments: [AssetModel.resnet20, .fashion, .bccd])
  func checkpointsTakeHalfTheMemory(_ model: AssetModel) throws {
    let graph = try model.graph()
    let inputs = try model.inputs(for: graph)
    let cut = graph.nodes.count / 2
    let capture = RunOptions(captureBefore: [cut])
    let exact = try FastExecutor(graph: graph).run(inputs: inputs, weights: [:], options: capture)
    let draft = try FastExecutor(graph: graph, options: Self.options).run(
      inputs: inputs, weights: [:], options: capture)
    let (full, half) = (exact.checkpoints[cut]?.byteCount, draft.checkpoints[cut]?.byteCount)
    #expect(try #require(half) * 2 == #require(full))
  }

  @Test func checkpointsOfAnotherPrecisionAreRefused() throws {
    let graph = NetworkGraph(
      opsets: ["": 17],
      nodes: [
        Node(op: "MatMul", inputs: ["x", "w"], outputs: ["y"]),
        Node(op: "Relu", inputs: ["y"], outputs: ["z"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "z", type: nil, shape: nil)],
      initializers: ["w": Tensor([2, 1], [1, 1] as [Float])])
    let exact = try FastExecutor(graph: graph)
    let draft = try FastExecutor(graph: graph, options: Self.options)
    let inputs = ["x": Tensor([1, 2], [1, 2] as [Float])]
    for (one, other) in [(exact, draft), (draft, exact)] {
      let result = try one.run(
        inputs: inputs, weights: [:], options: RunOptions(captureBefore: [0]))
      #expect(result.outputs["z"]?.floats == [3])
      let error = #expect(throws: EngineError.self) {
        try other.run(
          inputs: [:], weights: [:], options: RunOptions(resume: result.checkpoints[0]))
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func arithmeticBeforeProductsStaysExact() throws {
    // Attention masks: the lowest finite number would become infinite in bf16, and 0 times it NaN.
    let graph = NetworkGraph(
      opsets: ["": 17],
      nodes: [
        Node(op: "Sub", inputs: ["one", "mask"], outputs: ["inverse"]),
        Node(op: "Mul", inputs: ["inverse", "lowest"], outputs: ["bias"]),
        Node(op: "MatMul", inputs: ["x", "w"], outputs: ["scores"]),
        Node(op: "Add", inputs: ["scores", "bias"], outputs: ["masked"]),
        Node(op: "Softmax", inputs: ["masked"], outputs: ["y"]),
      ],
      inputs: [
        ValueInfo(name: "x", type: .float32, shape: nil),
        ValueInfo(name: "mask", type: .float32, shape: nil),
      ],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)],
      initializers: [
        "w": Tensor([2, 4], [1, 0, 0, 1, 0, 1, 1, 0] as [Float]),
        "one": Tensor(scalar: Float(1)), "lowest": Tensor(scalar: -Float.greatestFiniteMagnitude),
      ])
    let result = try FastExecutor(graph: graph, options: Self.options).run(
      inputs: [
        "x": Tensor([1, 2], [1, 1] as [Float]), "mask": Tensor([1, 4], [1, 1, 0, 0] as [Float]),
      ], weights: [:], options: RunOptions())
    #expect(result.outputs["y"]?.floats == [0.5, 0.5, 0, 0])
  }

  @Test func theFasterPrecisionIsMeasured() throws {
    let graph = NetworkGraph(
      opsets: ["": 17], nodes: [Node(op: "Conv", inputs: ["x", "w"], outputs: ["y"])],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)],
      initializers: ["w": Tensor.filled([8, 8, 1, 1], with: Float(1))])
    let comparison = try PrecisionComparison.measure(
      float32: FastExecutor(graph: graph),
      bfloat16: FastExecutor(graph: graph, options: Self.options),
      inputs: ["x": Tensor.filled([1, 8, 9, 9], with: Float(1))])
    #expect(comparison.float32Seconds > 0)
    #expect(comparison.bfloat16Seconds > 0)
  }

  /// The root of the mean square of the differences over that of the values.
  private func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
    var (difference, size) = (0.0, 0.0)
    for (x, y) in zip(a, b) {
      difference += Double(x - y) * Double(x - y)
      size += Double(y) * Double(y)
    }
    return (difference / max(size, 1e-30)).squareRoot()
  }
}
