import NetworkGraph
import Operators
import Tensors
import Testing

@Suite struct ShapeInferenceTests {
  /// Two convolutions (the second of stride 2), a global pooling and a matrix product.
  private static let network = GraphBuilding.graph(
    inputs: [GraphBuilding.value("x", [.symbol("batch"), .fixed(3), .symbol("h"), .unknown])],
    outputs: ["y"],
    nodes: [
      Node(
        name: "c1", op: "Conv", inputs: ["x", "w1"], outputs: ["a"],
        attributes: ["pads": .ints([1, 1, 1, 1])]),
      Node(
        name: "c2", op: "Conv", inputs: ["a", "w2"], outputs: ["b"],
        attributes: ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]),
      Node(op: "GlobalAveragePool", inputs: ["b"], outputs: ["y"]),
    ],
    initializers: [
      "w1": .filled([4, 3, 3, 3], with: Float(1)), "w2": .filled([8, 4, 3, 3], with: Float(1)),
    ])

  @Test func shapesFollowTheInputs() throws {
    let facts = try ShapeInference.infer(graph: Self.network, inputShapes: ["x": [2, 3, 8, 6]])
    #expect(facts["a"]?.shape == [2, 4, 8, 6])
    #expect(facts["b"]?.shape == [2, 8, 4, 3])
    #expect(facts["y"]?.shape == [2, 8, 1, 1])
    #expect(facts["w1"]?.constant != nil)
  }

  @Test func unknownInputShapesGiveTypesOnly() throws {
    let facts = try ShapeInference.infer(graph: Self.network, inputShapes: [:])
    #expect(facts["b"]?.type == .float32)
    #expect(facts["b"]?.shape == nil)
  }

  @Test func mismatchesNameTheNode() throws {
    let error = #expect(throws: EngineError.self) {
      try ShapeInference.infer(graph: Self.network, inputShapes: ["x": [1, 4, 8, 8]])
    }
    #expect(error?.code == .shapeMismatch)
    #expect(error?.subject == "node 0 (Conv 'c1')")
  }

  @Test func negativeAndHugeShapesAreErrors() throws {
    for shape in [[1, 3, -8, 8], [1 << 40, 3, 1 << 40, 8]] {
      #expect(throws: EngineError.self) {
        try ShapeInference.infer(graph: Self.network, inputShapes: ["x": shape])
      }
    }
  }

  @Test func unknownOperatorsGiveDeclaredTypesOrNothing() throws {
    var graph = Self.network
    graph.nodes[1].op = "Frobnicate"
    let facts = try ShapeInference.infer(graph: graph, inputShapes: ["x": [2, 3, 8, 6]])
    #expect(facts["b"] == nil)
    #expect(facts["y"] == nil)
    graph.valueInfos = [GraphBuilding.value("b", [.fixed(1), .fixed(8), .fixed(4), .fixed(4)])]
    let declared = try ShapeInference.infer(graph: graph, inputShapes: ["x": [2, 3, 8, 6]])
    #expect(declared["b"]?.type == .float32)
    #expect(declared["b"]?.shape == nil)
    #expect(declared["y"]?.type == .float32)
  }

  @Test func constantsAreFoldedUpToTheLimit() throws {
    let side = 200
    let graph = GraphBuilding.graph(
      inputs: [], outputs: ["small", "large"],
      nodes: [
        Node(op: "MatMul", inputs: ["a", "a"], outputs: ["small"]),
        Node(op: "MatMul", inputs: ["b", "c"], outputs: ["large"]),
      ],
      initializers: [
        "a": Tensor([2, 2], [1, 2, 3, 4] as [Float]),
        "b": .filled([2 * side, 1], with: Float(1)), "c": .filled([1, side], with: Float(1)),
      ])
    let facts = try ShapeInference.infer(graph: graph, inputShapes: [:])
    #expect(facts["small"]?.constant?.floats == [7, 10, 15, 22])
    #expect(facts["large"]?.constant == nil)
    #expect(facts["large"]?.shape == [2 * side, side])
    let other = try ShapeInference.infer(
      graph: graph, inputShapes: [:], weights: ["a": Tensor([2, 2], [1, 0, 0, 1] as [Float])])
    #expect(other["small"]?.constant?.floats == [1, 0, 0, 1])
  }

  @Test func symbolicShapesNameTheOpenLengths() {
    let shapes = SymbolicShapes.describe(graph: Self.network)
    #expect(shapes["x"]?.map(\.description) == ["N", "3", "h", "W"])
    #expect(shapes["a"]?.map(\.description) == ["N", "4", "h", "W"])
    #expect(shapes["b"]?.map(\.description) == ["N", "8", "h/2", "W/2"])
    #expect(shapes["y"]?.map(\.description) == ["N", "8", "1", "1"])
    #expect(shapes["w1"]?.map(\.description) == ["4", "3", "3", "3"])
  }

  @Test func namesThatSayNothingAreNotTakenForEqual() {
    var graph = Self.network
    graph.inputs[0].shape = [.symbol("?"), .fixed(3), .symbol("?"), .symbol("?")]
    let shapes = SymbolicShapes.describe(graph: graph)
    #expect(shapes["a"]?.map(\.description) == ["N", "4", "H", "W"])
  }

  @Test func symbolicShapesOfGraphsThatDoNotFitAreEmpty() {
    var graph = Self.network
    graph.initializers["w1"] = .filled([4, 5, 3, 3], with: Float(1))
    #expect(SymbolicShapes.describe(graph: graph).isEmpty)
  }

  @Test func multiplyAddsCountOneSample() throws {
    let costs = try LayerCosts.multiplyAdds(
      graph: Self.network, inputShapes: ["x": [1, 3, 8, 6]])
    #expect(costs == [4 * 48 * 27, 8 * 12 * 36, 0])
    var graph = Self.network
    graph.nodes[1].op = "Frobnicate"
    let partial = try LayerCosts.multiplyAdds(graph: graph, inputShapes: ["x": [1, 3, 8, 6]])
    #expect(partial == [4 * 48 * 27, nil, nil])
  }
}
