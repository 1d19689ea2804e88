import Gradients
import NetworkGraph
import Tensors
import Testing

/// Rounding on the way: the straight-through estimator.
@Suite struct StraightThroughTests {
  @Test func passesWithinTheRangeOfTheCodes() throws {
    // Codes of 0.5 from -1 (code 0 at zero point 2) to 126.5.
    var graph = NetworkGraph(
      nodes: [
        Node(op: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["q"]),
        Node(op: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["y"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: .float32, shape: nil)])
    graph.initializers["s"] = Tensor(scalar: Float(0.5))
    graph.initializers["z"] = Tensor(scalar: UInt8(2))
    let executor = try TrainingExecutor(graph: graph, wanted: ["x"])
    let x: [Float] = [-2, -1.2, -1, 0.3, 126.5, 127]
    let step = try executor.step(inputs: ["x": Tensor([6], x)]) { outputs in
      #expect(outputs["y"]?.floats == [-1, -1, -1, 0.5, 126.5, 126.5])
      return (0, ["y": Tensor([6], [1, 2, 3, 4, 5, 6] as [Float])])
    }
    #expect(step.gradients["x"]?.floats == [0, 2, 3, 4, 5, 0])
  }

  @Test func passesWholeWithDynamicScales() throws {
    let graph = NetworkGraph(
      nodes: [
        Node(op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"]),
        Node(op: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["y"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: .float32, shape: nil)])
    let executor = try TrainingExecutor(graph: graph, wanted: ["x"])
    let step = try executor.step(inputs: ["x": Tensor([3], [-1, 0.2, 3] as [Float])]) { _ in
      (0, ["y": Tensor([3], [1, 2, 4] as [Float])])
    }
    let found = try #require(step.gradients["x"]?.floats)
    for (value, wanted) in zip(found, [1, 2, 4] as [Float]) { #expect(abs(value - wanted) < 1e-5) }
  }
}
