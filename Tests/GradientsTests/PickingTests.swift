import Gradients
import NetworkGraph
import Tensors
import Testing

/// Operators that put elements of one input into another, or leave some out.
@Suite struct PickingTests {
  private static func gradients(
    _ node: Node, _ inputs: [String: Tensor], wanted: Set<String>, seed: Tensor
  ) throws -> [String: [Float]] {
    var graph = NetworkGraph(
      nodes: [node], outputs: [ValueInfo(name: "y", type: nil, shape: nil)])
    for (name, tensor) in inputs { graph.initializers[name] = tensor }
    return try TrainingExecutor(graph: graph, wanted: wanted).step(inputs: [:]) { _ in
      (0, ["y": seed])
    }.gradients.mapValues(\.floats)
  }

  private static let seed = Tensor([5], [1, 2, 3, 4, 5] as [Float])
  private static let data = Tensor([5], [Float](repeating: 0, count: 5))
  private static let updates = Tensor([2], [Float](repeating: 0, count: 2))

  @Test(arguments: ["ScatterElements", "ScatterND"])
  func scattering(_ op: String) throws {
    let places = [3, 1].map { Int64($0) }
    let found = try Self.gradients(
      Node(op: op, inputs: ["x", "i", "u"], outputs: ["y"]),
      ["x": Self.data, "u": Self.updates, "i": Tensor(op == "ScatterND" ? [2, 1] : [2], places)],
      wanted: ["x", "u"], seed: Self.seed)
    #expect(found == ["x": [1, 0, 3, 0, 5], "u": [4, 2]])
  }

  @Test func addingIsRefusedByName() throws {
    let error = #expect(throws: EngineError.self) {
      try Self.gradients(
        Node(
          op: "ScatterND", inputs: ["x", "i", "u"], outputs: ["y"],
          attributes: ["reduction": .string(Array("add".utf8))]),
        ["x": Self.data, "u": Self.updates, "i": Tensor([2, 1], [3, 1].map { Int64($0) })],
        wanted: ["x"], seed: Self.seed)
    }
    #expect(error?.description.contains("ScatterND with reduction 'add'") == true)
  }

  @Test func leavingOut() throws {
    let found = try Self.gradients(
      Node(op: "Compress", inputs: ["x", "c"], outputs: ["y"]),
      ["x": Self.data, "c": Tensor([4], [true, false, false, true])], wanted: ["x"],
      seed: Tensor([2], [7, 8] as [Float]))
    #expect(found == ["x": [7, 0, 0, 8, 0]])
  }

  @Test func turning() throws {
    let found = try Self.gradients(
      Node(
        op: "ReverseSequence", inputs: ["x", "n"], outputs: ["y"],
        attributes: ["time_axis": .int(1), "batch_axis": .int(0)]),
      [
        "x": Tensor([2, 3], [Float](repeating: 0, count: 6)),
        "n": Tensor([2], [3, 2].map { Int64($0) }),
      ], wanted: ["x"], seed: Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float]))
    #expect(found == ["x": [3, 2, 1, 5, 4, 6]])
  }
}
