import NetworkGraph
import Tensors
import Testing

/// Rewriting for a newer operator set, node by node; the runtime judges the meaning elsewhere.
@Suite struct OpsetUpgradeTests {
  static func graph(_ opset: Int, _ nodes: [Node]) -> NetworkGraph {
    NetworkGraph(
      opsets: ["": opset], irVersion: 3, nodes: nodes,
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: .float32, shape: nil)])
  }

  static func upgraded(_ opset: Int, _ node: Node, to: Int = 21) throws -> NetworkGraph {
    let result = try graph(opset, [node]).upgraded(toOpset: to)
    result.checkInvariants()
    #expect(result.opset == to)
    return result
  }

  @Test func axesBecomeInputs() throws {
    for op in ["Squeeze", "Unsqueeze", "ReduceSum", "ReduceMean", "ReduceMax"] {
      let result = try Self.upgraded(
        9, Node(op: op, inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([1, 2])]))
      #expect(result.nodes[0].attributes["axes"] == nil)
      #expect(result.initializers[result.nodes[0].inputs[1]]?.integers == [1, 2])
    }
    // ReduceMean keeps the attribute until 18.
    let mean = Node(
      op: "ReduceMean", inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([1])])
    #expect(try Self.upgraded(9, mean, to: 17).nodes[0].ints("axes") == [1])
  }

  @Test func openBoundsStayOpen() throws {
    let result = try Self.upgraded(
      7, Node(op: "Clip", inputs: ["x"], outputs: ["y"], attributes: ["max": .float(6)]))
    let node = result.nodes[0]
    #expect(node.inputs.count == 3)
    #expect(node.inputs[1].isEmpty)
    #expect(result.initializers[node.inputs[2]]?.floats == [6])
  }

  @Test func softmaxFlattensUnlessLast() throws {
    let softmax = Node(op: "Softmax", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(1)])
    #expect(
      try Self.upgraded(9, softmax).nodes.map(\.op) == ["Shape", "Flatten", "Softmax", "Reshape"])
    var known = Self.graph(9, [softmax])
    known.inputs[0].shape = [.symbol("N"), .fixed(10)]
    let direct = try known.upgraded(toOpset: 21)
    #expect(direct.nodes.count == 1)
    #expect(direct.nodes[0].int("axis") == -1)
    #expect(try Self.upgraded(13, softmax).nodes.count == 1)
  }

  @Test func subgraphsFollow() throws {
    let body = NetworkGraph(
      opsets: [:], irVersion: 0,
      nodes: [
        Node(op: "Squeeze", inputs: ["x"], outputs: ["z"], attributes: ["axes": .ints([0])])
      ], outputs: [ValueInfo(name: "z", type: .float32, shape: nil)])
    let result = try Self.upgraded(
      11,
      Node(
        op: "If", inputs: ["x"], outputs: ["y"],
        attributes: ["then_branch": .graph(body), "else_branch": .graph(body)]))
    for key in ["then_branch", "else_branch"] {
      let branch = try #require(result.nodes[0].graph(key))
      #expect(branch.initializers[branch.nodes[0].inputs[1]]?.integers == [0])
    }
  }

  @Test func weightsKeepTheirNames() throws {
    var graph = Self.graph(9, [Node(op: "Conv", inputs: ["x", "w"], outputs: ["y"])])
    graph.initializers["w"] = Tensor([1, 1, 1], [2] as [Float])
    let result = try graph.upgraded(toOpset: 21)
    #expect(result.irVersion == 10)
    #expect(Array(result.initializers.keys) == ["w"])
    #expect(try result.upgraded(toOpset: 13).opset == 21)
  }

  @Test(arguments: [
    (8, Node(op: "Scan", inputs: ["x"], outputs: ["y"])),
    (
      7,
      Node(
        op: "BatchNormalization", inputs: ["x"], outputs: ["y"], attributes: ["spatial": .int(0)])
    ),
    (9, Node(op: "BatchNormalization", inputs: ["x"], outputs: ["y", "m"])),
    (7, Node(op: "Dropout", inputs: ["x"], outputs: ["y", "m"])),
    (
      11,
      Node(
        op: "Resize", inputs: ["x", "", "s"], outputs: ["y"],
        attributes: [
          "coordinate_transformation_mode": .string(Array("tf_half_pixel_for_nn".utf8))
        ])
    ),
  ])
  func whatHasNoEquivalentIsNamed(opset: Int, node: Node) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try Self.graph(opset, [node]).upgraded(toOpset: 21)
    }
    #expect(error.code == .unsupported)
    #expect(error.subject?.contains("node 0 (\(node.op)") == true)
  }

  @Test func limits() {
    let node = Node(op: "Relu", inputs: ["x"], outputs: ["y"])
    #expect(throws: EngineError.self) { try Self.graph(6, [node]).upgraded(toOpset: 13) }
    #expect(throws: EngineError.self) { try Self.graph(13, [node]).upgraded(toOpset: 22) }
  }
}
