import NetworkGraph
import Operators
import Tensors
import Testing

@Suite struct ReferenceExecutorTests {
  private static let image = ValueInfo(
    name: "x", type: .float32, shape: [.symbol("N"), .fixed(2)])
  private static let weight = Tensor([2, 2], [1, 2, 3, 4] as [Float])
  private static let graph = GraphBuilding.graph(
    inputs: [image], outputs: ["y"],
    nodes: [
      Node(name: "first", op: "MatMul", inputs: ["x", "w"], outputs: ["h"]),
      Node(name: "second", op: "MatMul", inputs: ["h", "w"], outputs: ["y"]),
    ],
    initializers: ["w": weight])
  private static let row = Tensor([1, 2], [1, 1] as [Float])

  @Test func runsNodesInOrder() throws {
    let result = try ReferenceExecutor(graph: Self.graph).run(inputs: ["x": Self.row])
    #expect(result.keys.sorted() == ["y"])
    #expect(result["y"]?.floats == [22, 32])
  }

  @Test func keepsAllValuesWhenAsked() throws {
    let result = try ReferenceExecutor(graph: Self.graph).runKeepingAll(inputs: ["x": Self.row])
    #expect(result.keys.sorted() == ["h", "x", "y"])
    #expect(result["h"]?.floats == [4, 6])
  }

  @Test func weightsStandInForConstants() throws {
    let other = Tensor([2, 2], [1, 0, 0, 1] as [Float])
    let result = try ReferenceExecutor(graph: Self.graph)
      .run(inputs: ["x": Self.row], weights: ["w": other])
    #expect(result["y"]?.floats == [1, 1])
    let error = #expect(throws: EngineError.self) {
      try ReferenceExecutor(graph: Self.graph)
        .run(inputs: ["x": Self.row], weights: ["w": Tensor([1], [1] as [Float])])
    }
    #expect(error?.code == .shapeMismatch)
    #expect(error?.description.contains("'w'") == true)
  }

  @Test(arguments: [
    [String: Tensor](),
    ["x": Tensor([1, 3], [1, 2, 3] as [Float])],
    ["x": Tensor([2], [1, 2] as [Float])],
    ["x": Tensor([1, 2], [1, 2] as [Double])],
    ["x": row, "z": row],
  ])
  func inputsThatDoNotFitAreNamed(_ inputs: [String: Tensor]) throws {
    let error = #expect(throws: EngineError.self) {
      try ReferenceExecutor(graph: Self.graph).run(inputs: inputs)
    }
    #expect(error?.description.contains("takes 'x' (float32 [N, 2])") == true)
  }

  @Test func errorsNameTheNode() throws {
    var graph = Self.graph
    graph.initializers["w"] = Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float])
    let error = #expect(throws: EngineError.self) {
      try ReferenceExecutor(graph: graph).run(inputs: ["x": Self.row])
    }
    #expect(error?.subject == "node 1 (MatMul 'second')")
  }

  @Test func unknownOperatorsAreNamed() throws {
    var graph = Self.graph
    graph.nodes[1].op = "Frobnicate"
    graph.nodes[1].domain = "com.example"
    let error = #expect(throws: EngineError.self) {
      try ReferenceExecutor(graph: graph).run(inputs: ["x": Self.row])
    }
    #expect(error?.code == .unsupported)
    #expect(error?.problem == "operator 'Frobnicate' of domain 'com.example' is not known")
    let found = UnsupportedOperators.find(in: graph)
    #expect(found.map(\.nodeIndex) == [1])
    graph.functionNames = ["com.example:Frobnicate"]
    #expect(
      UnsupportedOperators.find(in: graph).map(\.reason) == ["defined as a function in the file"])
  }

  @Test func subgraphsSeeTheValuesAround() throws {
    let branch = { (factor: String) in
      GraphBuilding.graph(
        inputs: [], outputs: ["b"],
        nodes: [Node(op: "MatMul", inputs: ["x", factor], outputs: ["b"])])
    }
    var graph = GraphBuilding.graph(
      inputs: [Self.image, ValueInfo(name: "c", type: .bool, shape: [])], outputs: ["y"],
      nodes: [
        Node(
          op: "If", inputs: ["c"], outputs: ["y"],
          attributes: ["then_branch": .graph(branch("w")), "else_branch": .graph(branch("v"))])
      ],
      initializers: ["w": Self.weight, "v": Tensor([2, 2], [1, 0, 0, 1] as [Float])])
    let executor = ReferenceExecutor(graph: graph)
    for (condition, expected) in [(true, [4, 6]), (false, [1, 1])] as [(Bool, [Float])] {
      let result = try executor.run(inputs: ["x": Self.row, "c": Tensor(scalar: condition)])
      #expect(result["y"]?.floats == expected)
    }
    let facts = try ShapeInference.infer(graph: graph, inputShapes: ["x": [5, 2]])
    #expect(facts["y"]?.shape == [5, 2])
    var broken = branch("w")
    broken.nodes[0].op = "Frobnicate"
    graph.nodes[0].attributes["then_branch"] = .graph(broken)
    #expect(UnsupportedOperators.find(in: graph).map(\.nodeIndex) == [0])
    #expect(try ShapeInference.infer(graph: graph, inputShapes: ["x": [5, 2]])["y"] == nil)
  }

  @Test func loopsCarryAndCollect() throws {
    let body = GraphBuilding.graph(
      inputs: [
        ValueInfo(name: "i", type: .int64, shape: []),
        ValueInfo(name: "go", type: .bool, shape: []),
        GraphBuilding.value("state", nil),
      ],
      outputs: ["go", "next", "next"],
      nodes: [Node(op: "MatMul", inputs: ["state", "w"], outputs: ["next"])])
    let graph = GraphBuilding.graph(
      inputs: [Self.image, ValueInfo(name: "m", type: .int64, shape: [])], outputs: ["y", "all"],
      nodes: [
        Node(
          op: "Loop", inputs: ["m", "", "x"], outputs: ["y", "all"],
          attributes: ["body": .graph(body)])
      ],
      initializers: ["w": Self.weight])
    let result = try ReferenceExecutor(graph: graph)
      .run(inputs: ["x": Self.row, "m": Tensor(scalar: Int64(2))])
    #expect(result["y"]?.floats == [22, 32])
    #expect(result["all"]?.shape == [2, 1, 2])
    #expect(result["all"]?.floats == [4, 6, 22, 32])
    let facts = try ShapeInference.infer(graph: graph, inputShapes: ["x": [1, 2]])
    #expect(facts["y"]?.shape == [1, 2])
    #expect(facts["all"]?.type == .float32)
    #expect(facts["all"]?.shape == nil)
  }
}
