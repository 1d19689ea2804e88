import NetworkGraph
import OrderedCollections
import Tensors
import Testing

/// Folding of batch normalization, by hand.
@Suite struct BatchNormalizationTests {
  /// Conv with weight [2, 1, 1, 1] and a batch normalization of factors 2 and 3 behind it.
  static func graph(op: String = "Conv", bias: Bool = false) -> NetworkGraph {
    var graph = NetworkGraph(
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: .float32, shape: nil)])
    let shape = op == "Gemm" ? [1, 2] : (op == "Conv" ? [2, 1, 1, 1] : [1, 2, 1, 1])
    graph.initializers = [
      "c.weight": Tensor(shape, [5, 7] as [Float]),
      "gamma": Tensor([2], [4, 6] as [Float]), "beta": Tensor([2], [10, 20] as [Float]),
      "mean": Tensor([2], [1, 2] as [Float]), "variance": Tensor([2], [4, 4] as [Float]),
    ]
    graph.nodes = [
      Node(op: op, inputs: ["x", "c.weight"], outputs: ["c"]),
      Node(
        op: "BatchNormalization", inputs: ["c", "gamma", "beta", "mean", "variance"],
        outputs: ["y"], attributes: ["epsilon": .float(0)]),
    ]
    if bias {
      graph.initializers["c.bias"] = Tensor([2], [1, 1] as [Float])
      graph.nodes[0].inputs.append("c.bias")
    }
    return graph
  }

  @Test(arguments: ["Conv", "ConvTranspose", "Gemm"])
  func scalesWeightsAndMakesABias(op: String) {
    var graph = Self.graph(op: op)
    #expect(graph.foldBatchNormalization() == 1)
    graph.checkInvariants()
    #expect(graph.nodes.map(\.op) == [op])
    #expect(graph.nodes[0].inputs == ["x", "c.weight", "c.bias"])
    #expect(graph.nodes[0].outputs == ["y"])
    #expect(graph.initializers["c.weight"]?.floats == [10, 21])
    #expect(graph.initializers["c.bias"]?.floats == [8, 14])
    #expect(Array(graph.initializers.keys) == ["c.weight", "c.bias"])
  }

  @Test func keepsTheBiasUnderItsName() {
    var graph = Self.graph(bias: true)
    graph.inputs.append(ValueInfo(name: "gamma", type: .float32, shape: [.fixed(2)]))
    #expect(graph.foldBatchNormalization() == 1)
    #expect(graph.initializers["c.bias"]?.floats == [10, 17])
    #expect(graph.inputs.map(\.name) == ["x"])
  }

  @Test func gemmFactorsAreKept() {
    var graph = Self.graph(op: "Gemm", bias: true)
    graph.nodes[0].attributes = ["alpha": .float(0.5), "beta": .float(3)]
    #expect(graph.foldBatchNormalization() == 1)
    #expect(graph.nodes[0].float("alpha") == 0.5)
    #expect(graph.nodes[0].float("beta") == nil)
    #expect(graph.initializers["c.bias"]?.floats == [14, 23])
  }

  @Test func groupsOfTransposedConvolutions() {
    var graph = Self.graph(op: "ConvTranspose")
    // Two groups with one output each: the group decides over the factor.
    graph.initializers["c.weight"] = Tensor([4, 1, 1, 1], [1, 1, 1, 1] as [Float])
    graph.nodes[0].attributes["group"] = .int(2)
    #expect(graph.foldBatchNormalization() == 1)
    #expect(graph.initializers["c.weight"]?.floats == [2, 2, 3, 3])
  }

  @Test func sharedWeightsAreCopied() {
    var graph = Self.graph()
    graph.nodes.append(Node(op: "Conv", inputs: ["x", "c.weight"], outputs: ["z"]))
    graph.outputs.append(ValueInfo(name: "z", type: .float32, shape: nil))
    #expect(graph.foldBatchNormalization() == 1)
    graph.checkInvariants()
    #expect(graph.initializers["c.weight"]?.floats == [5, 7])
    #expect(graph.initializers[graph.nodes[0].inputs[1]]?.floats == [10, 21])
  }

  @Test func constantNodesServeToo() {
    var graph = Self.graph()
    let names = Array(graph.initializers.keys)
    graph.nodes =
      names.map { name in
        Node(
          op: "Constant", inputs: [], outputs: [name],
          attributes: ["value": .tensor(graph.initializers[name] ?? Tensor(scalar: Float(0)))])
      } + graph.nodes
    graph.initializers = [:]
    #expect(graph.foldBatchNormalization() == 1)
    graph.checkInvariants()
    #expect(graph.nodes.map(\.op) == ["Constant", "Conv"])
    #expect(graph.constant("c.weight")?.floats == [10, 21])
  }

  @Test func twoInARowFoldBoth() {
    var graph = Self.graph()
    graph.nodes[1].outputs = ["m"]
    graph.nodes.append(
      Node(
        op: "BatchNormalization", inputs: ["m", "gamma", "beta", "mean", "variance"],
        outputs: ["y"], attributes: ["epsilon": .float(0)]))
    #expect(graph.foldBatchNormalization() == 2)
    graph.checkInvariants()
    #expect(graph.initializers["c.weight"]?.floats == [20, 63])
    #expect(graph.initializers["c.bias"]?.floats == [24, 56])
  }

  @Test func whatCannotBeFoldedStays() {
    var training = Self.graph()
    training.nodes[1].attributes["training_mode"] = .int(1)
    var positions = Self.graph()
    positions.nodes[1].attributes["spatial"] = .int(0)
    var read = Self.graph()
    read.outputs.append(ValueInfo(name: "c", type: .float32, shape: nil))
    var variable = Self.graph()
    variable.initializers.removeValue(forKey: "gamma")
    variable.inputs.append(ValueInfo(name: "gamma", type: .float32, shape: nil))
    var negative = Self.graph()
    negative.initializers["variance"] = Tensor([2], [-4, 4] as [Float])
    var channels = Self.graph()
    channels.initializers["c.weight"] = Tensor([3, 1, 1, 1], [1, 2, 3] as [Float])
    var other = Self.graph()
    other.nodes[0].op = "Relu"
    for var graph in [training, positions, read, variable, negative, channels, other] {
      let before = graph.initializers.mapValues(\.doubles)
      #expect(graph.foldBatchNormalization() == 0)
      #expect(graph.nodes.count == 2)
      #expect(
        graph.initializers.mapValues { $0.doubles.description } == before.mapValues(\.description))
    }
  }
}
