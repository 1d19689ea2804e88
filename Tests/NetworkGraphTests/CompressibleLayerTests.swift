import NetworkGraph
import Tensors
import Testing

/// Which weights are layers, with which axes, under which names.
@Suite struct CompressibleLayerTests {
  static func weight(_ shape: [Int]) -> Tensor {
    Tensor(shape, (0..<shape.reduce(1, *)).map { Float($0) })
  }

  static func node(
    _ op: String, _ inputs: [String], name: String = "", _ attributes: [String: Int] = [:]
  ) -> Node {
    var node = Node(name: name, op: op, inputs: inputs, outputs: ["out" + name + inputs.joined()])
    for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
      node.attributes[key] = .int(value)
    }
    return node
  }

  static func names(_ entries: [(weight: String, node: String)], op: String = "Conv") -> [String] {
    var graph = NetworkGraph()
    for entry in entries {
      graph.initializers[entry.weight] = weight([2, 1, 1])
      graph.nodes.append(node(op, ["x", entry.weight], name: entry.node))
    }
    return graph.compressibleLayers().map(\.name)
  }

  @Test(arguments: [
    ("layer1.0.conv1.weight", "/layer1/layer1.0/conv1/Conv", "layer1.0.conv1"),
    ("onnx::Conv_123", "/layer1/layer1.0/conv1/Conv", "layer1.0.conv1"),
    ("onnx::Conv_123", "/s2/s2.1/a/a.0/Conv", "s2.1.a.0"),
    ("onnx::Conv_123", "/s2/s2.0/s2.0.0/Conv", "s2.0.0"),
    ("509", "Conv_7", "Conv_0"),
    ("509", "", "Conv_0"),
    ("onnx::Conv_1", "/Conv", "Conv_0"),
    ("layer.0.query.weight_T", "/layer.0/query/MatMul", "layer.0.query"),
    ("conv2_expand_weights", "Conv@1", "conv2_expand"),
    ("model/conv1/Conv2D/kernel", "model/conv1/Conv2D", "model.conv1"),
    ("a\u{7}b\u{1B}[31m.weight", "", "ab[31m"),
    ("re:x.weight", "", "re_x"),
    ("type:Conv.weight", "", "type_Conv"),
    ("\u{202E}.weight", "", "Conv_0"),
    ("/Constant_output_0", "/features/features.0/Conv", "features.0"),
  ])
  func namesAreReadable(weight: String, node: String, expected: String) {
    #expect(Self.names([(weight, node)]) == [expected])
  }

  @Test func namesAreUnique() {
    #expect(
      Self.names([("1", "/a/Conv"), ("2", "/a/Conv_1"), ("a_2.weight", ""), ("3", ""), ("4", "")])
        == ["a", "a_2", "a_2_2", "Conv_3", "Conv_4"])
  }

  @Test func axesFollowTheOperator() throws {
    var graph = NetworkGraph()
    let table: [(op: String, shape: [Int], attributes: [String: Int], output: Int, input: Int)] = [
      ("Conv", [8, 2, 3, 3], ["group": 2], 0, 1), ("Conv", [8, 2, 3], [:], 0, 1),
      ("ConvTranspose", [8, 2, 3, 3], ["group": 2], 1, 0), ("Gemm", [8, 2], ["transB": 1], 0, 1),
      ("Gemm", [8, 2], [:], 1, 0), ("MatMul", [8, 2], [:], 1, 0), ("MatMul", [3, 8, 2], [:], 2, 1),
    ]
    for (index, row) in table.enumerated() {
      graph.initializers["w\(index)"] = Self.weight(row.shape)
      graph.nodes.append(Self.node(row.op, ["x", "w\(index)"], row.attributes))
    }
    graph.initializers["table"] = Self.weight([5, 4])
    graph.nodes.append(Self.node("Gather", ["table", "ids"]))
    graph.initializers["left"] = Self.weight([5, 4])
    graph.nodes.append(Self.node("MatMul", ["left", "x"]))
    let layers = graph.compressibleLayers()
    #expect(layers.map(\.op) == table.map(\.op) + ["Gather", "MatMul"])
    #expect(layers.map(\.outputAxis) == table.map(\.output) + [0, 0])
    #expect(layers.map(\.inputAxis) == table.map(\.input) + [1, 1])
    #expect(layers.map(\.group) == [2, 1, 2, 1, 1, 1, 1, 1, 1])
    #expect(layers.map(\.nodes) == layers.indices.map { [$0] })
  }

  @Test func otherInputsAreNoWeights() {
    var graph = NetworkGraph()
    graph.initializers["vector"] = Self.weight([4])
    graph.initializers["indices"] = Tensor([2], [0, 1] as [Int64])
    graph.initializers["table"] = Self.weight([5, 4])
    graph.initializers["half"] = Tensor([2, 2], [0, 1, 2, 3] as [Double])
    graph.initializers["empty"] = Self.weight([0, 4])
    graph.initializers["shape"] = Tensor([2, 1], [0, 1] as [Int64])
    graph.nodes = [
      Self.node("MatMul", ["x", "vector"]), Self.node("Gather", ["table", "indices"]),
      Self.node("MatMul", ["x", "half"]), Self.node("MatMul", ["x", "empty"]),
      Self.node("MatMul", ["x", "y"]), Self.node("Gather", ["shape", "ids"]),
      Self.node("Conv", ["x"]), Self.node("Gemm", ["x", ""]), Self.node("Add", ["x", "table"]),
      Node(op: "Conv", domain: "other", inputs: ["x", "table"], outputs: ["z"]),
    ]
    #expect(graph.compressibleLayers().isEmpty)
  }

  @Test func sharedWeightsAreOneLayer() throws {
    var graph = NetworkGraph()
    graph.initializers["word.weight"] = Self.weight([6, 4])
    graph.nodes = [
      Self.node("Gather", ["word.weight", "ids"]),
      Node(
        op: "Transpose", inputs: ["word.weight"], outputs: ["t"],
        attributes: ["perm": .ints([1, 0])]),
      Self.node("MatMul", ["x", "t"]),
    ]
    let layer = try #require(graph.compressibleLayers().first)
    #expect(graph.compressibleLayers().count == 1)
    #expect(layer.nodes == [0, 2])
    #expect(layer.op == "Gather")
    #expect(layer.shape == [6, 4])
    #expect(layer.outputAxis == 0)
  }

  @Test func constantsMayBeNodesAndBehindTransposes() throws {
    var graph = NetworkGraph()
    graph.nodes = [
      Node(
        op: "Constant", inputs: [], outputs: ["c"],
        attributes: ["value": .tensor(Self.weight([6, 4]))]),
      Node(op: "Identity", inputs: ["c"], outputs: ["i"]),
      Node(op: "Transpose", inputs: ["i"], outputs: ["t"]),
      Self.node("Gemm", ["x", "t"]),
    ]
    let layer = try #require(graph.compressibleLayers().first)
    #expect(layer.weight == "c")
    #expect(layer.shape == [6, 4])
    // Gemm's output axis 1 of the transposed weight is axis 0 of the stored one.
    #expect(layer.outputAxis == 0)
    #expect(layer.inputAxis == 1)
    graph.nodes[2].attributes["perm"] = .ints([0, 0])
    #expect(graph.compressibleLayers().isEmpty)
  }
}
