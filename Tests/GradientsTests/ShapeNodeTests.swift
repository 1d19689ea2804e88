import Gradients
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Shapes that a network works out of its own values, as exporters write them.
@Suite struct ShapeNodeTests {
  /// x (N, 4) times w (4, 6), reshaped to (N, 2, 3), turned, by a shape that is told or worked out.
  private static func graph(isWorkedOut: Bool) -> NetworkGraph {
    var nodes = [Node(op: "MatMul", inputs: ["x", "w"], outputs: ["y"])]
    var graph = NetworkGraph(opsets: ["": 17])
    if isWorkedOut {
      nodes += [
        Node(op: "Shape", inputs: ["y"], outputs: ["all"]),
        Node(op: "Slice", inputs: ["all", "0", "1"], outputs: ["samples"]),
        Node(
          op: "Concat", inputs: ["samples", "rest"], outputs: ["shape"],
          attributes: ["axis": .int(0)]),
      ]
      graph.initializers["0"] = Tensor([1], [0] as [Int64])
      graph.initializers["1"] = Tensor([1], [1] as [Int64])
      graph.initializers["rest"] = Tensor([2], [2, 3] as [Int64])
    } else {
      graph.initializers["shape"] = Tensor([3], [-1, 2, 3] as [Int64])
    }
    nodes += [
      Node(op: "Reshape", inputs: ["y", "shape"], outputs: ["z"]),
      Node(
        op: "Transpose", inputs: ["z"], outputs: ["out"], attributes: ["perm": .ints([0, 2, 1])]),
    ]
    graph.nodes = nodes
    graph.inputs = [ValueInfo(name: "x", type: .float32, shape: nil)]
    graph.outputs = [ValueInfo(name: "out", type: .float32, shape: nil)]
    graph.initializers["w"] = Tensor([4, 6], (0..<24).map { Float($0 * 7 % 11) - 5 })
    return graph
  }

  @Test func gradientsPassBesideThem() throws {
    let x = Tensor([3, 4], (0..<12).map { Float($0 * 5 % 7) - 3 })
    let found = try [true, false].map { isWorkedOut in
      try TrainingExecutor(graph: Self.graph(isWorkedOut: isWorkedOut), wanted: ["w"]).step(
        inputs: ["x": x], loss: TrainingExecutorTests.loss)
    }
    #expect(found[0].loss == found[1].loss)
    let gradient = try #require(found[0].gradients["w"]).floats
    #expect(gradient == found[1].gradients["w"]?.floats)
    #expect(gradient.contains { $0 != 0 })
  }
}
