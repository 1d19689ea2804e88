import Evaluation
import ModelCompression
import NetworkGraph
import Tensors
import Testing

/// Channel groups of matrix products: flattened pictures, attention heads, and what is refused.
struct ChannelMatrixTests {
  let half = ChannelRemoval(amount: 0.5)
  var input: [Dimension] { [.symbol("N"), .fixed(3), .fixed(4), .fixed(4)] }

  @Test(arguments: ["Flatten", "Reshape"]) func flattenIntoGemm(op: String) throws {
    var net = ChannelFixture(input: input)
    net.node("Relu", [net.convolution("x", "a", from: 3, to: 6)], "r")
    net.integers("flat", [-1, 96])
    net.node(op, op == "Flatten" ? ["r"] : ["r", "flat"], "f")
    net.weight("fc.weight", [10, 96])
    net.weight("fc.bias", [10])
    net.node("Gemm", ["f", "fc.weight", "fc.bias"], "fc", ["transB": .int(1)])
    net.weight("out.weight", [10, 3])
    net.node("Gemm", ["fc", "out.weight"], "out")
    let outcome = try ChannelFixture.check(net.graph(["out"]), half, shape: [2, 3, 4, 4])
    #expect(outcome.shape("fc.weight") == [5, 48])
    #expect(outcome.shape("fc.bias") == [5])
    #expect(outcome.shape("out.weight") == [5, 3])
    if op == "Reshape" {
      let name = try #require(outcome.graph.nodes.first { $0.op == "Reshape" }?.inputs[1])
      #expect(outcome.graph.constant(name)?.integers == [-1, 48])
    }
  }

  @Test func weightBehindATranspose() throws {
    var net = ChannelFixture(input: [.symbol("N"), .fixed(5)])
    net.weight("a.weight", [8, 5])
    net.node("Transpose", ["a.weight"], "turned", ["perm": .ints([1, 0])])
    net.node("Tanh", [net.node("MatMul", ["x", "turned"], "a")], "t")
    net.node("MatMul", ["t", net.weight("b.weight", [8, 2])], "b")
    let outcome = try ChannelFixture.check(net.graph(["b"]), half, shape: [3, 5])
    #expect(outcome.shape("a.weight") == [4, 5])
    #expect(outcome.shape("b.weight") == [4, 2])
  }

  /// An attention block over `[N, 6, 12]` with 4 heads of 3, then a feed-forward of 20.
  private func transformer(isDynamic: Bool) -> NetworkGraph {
    var net = ChannelFixture(
      input: [.symbol("N"), isDynamic ? .symbol("L") : .fixed(6), .fixed(12)])
    for name in ["q", "k", "v"] {
      net.node("MatMul", ["x", net.weight("\(name).weight", [12, 12])], "\(name)m")
      net.node("Add", [net.weight("\(name).bias", [12]), "\(name)m"], "\(name)b")
      if isDynamic {
        // As exporters write view(N, L, heads, -1): lengths of the input, put together again.
        net.node("Shape", ["\(name)b"], "\(name)shape")
        net.integers("\(name)lead", [0, 1])
        net.node("Gather", ["\(name)shape", "\(name)lead"], "\(name)open")
        net.integers("\(name)heads", [4, 3])
        net.node("Concat", ["\(name)open", "\(name)heads"], "\(name)target", ["axis": .int(0)])
      } else {
        net.integers("\(name)target", [-1, 6, 4, 3])
      }
      net.node("Reshape", ["\(name)b", "\(name)target"], "\(name)h")
      net.node(
        "Transpose", ["\(name)h"], "\(name)t",
        ["perm": .ints(name == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3])])
    }
    net.node("Div", [net.node("MatMul", ["qt", "kt"], "raw"), net.number("root", 1.7)], "scores")
    net.node("Softmax", ["scores"], "soft", ["axis": .int(-1)])
    net.node("MatMul", ["soft", "vt"], "mixed")
    net.node("Transpose", ["mixed"], "back", ["perm": .ints([0, 2, 1, 3])])
    net.node("Reshape", ["back", net.integers("merge", [0, 0, 12])], "joined")
    net.node("MatMul", ["joined", net.weight("o.weight", [12, 12])], "o")
    net.node("Add", ["x", "o"], "res")
    net.weight("ln.weight", [12])
    net.weight("ln.bias", [12])
    net.node("LayerNormalization", ["res", "ln.weight", "ln.bias"], "n", ["axis": .int(-1)])
    net.node("MatMul", ["n", net.weight("up.weight", [12, 20])], "um")
    net.node("Add", ["um", net.weight("up.bias", [20])], "u")
    net.node("Erf", [net.node("Div", ["u", net.number("sqrt2", 1.4142135)], "ud")], "ue")
    net.node("Mul", ["u", net.node("Add", ["ue", net.number("one", 1)], "up1")], "ug")
    net.node("Mul", ["ug", net.number("halve", 0.5)], "uh")
    net.node("MatMul", ["uh", net.weight("down.weight", [20, 12])], "d")
    net.node("Add", ["n", "d"], "end")
    return net.graph(["end"])
  }

  @Test(arguments: [false, true]) func attentionHeadsAndFeedForward(isDynamic: Bool) throws {
    let graph = transformer(isDynamic: isDynamic)
    if isDynamic {
      let groups = try ChannelGroups(of: graph)
      let removal = half
      let smaller = try removal.apply(to: graph).graph
      let expected = try ChannelFixture.run(try removal.zeroed(groups), shape: [2, 7, 12])["end"]
      let found = try ChannelFixture.run(smaller, shape: [2, 7, 12])["end"]
      let (one, other) = (try #require(found).doubles, try #require(expected).doubles)
      #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(smaller.constant("q.weight")?.shape == [12, 6])
      return
    }
    let outcome = try ChannelFixture.check(graph, half, shape: [2, 6, 12])
    let heads = try outcome.group("q")
    #expect(heads.members.map(\.layer) == ["q", "k", "v"])
    #expect(heads.units == 4)
    #expect(heads.removed == 2)
    #expect(heads.members[0].kept.count == 6)
    #expect(Set(heads.members[0].kept.map { $0 / 3 }).count == 2)
    #expect(outcome.shape("o.weight") == [6, 12])
    #expect(outcome.shape("up.weight") == [12, 10])
    #expect(outcome.shape("down.weight") == [10, 12])
    let target = try #require(outcome.graph.nodes.first { $0.name == "qh" }?.inputs[1])
    #expect(outcome.graph.constant(target)?.integers == [-1, 6, 2, 3])
    // Their results are added to the network's input.
    #expect(try outcome.group("o").refusal == "Add with a value that keeps its channels")
  }

  @Test func embeddingsUnderLayerNormalizationAreRefused() throws {
    var net = ChannelFixture(input: [.symbol("N"), .fixed(4), .fixed(6)])
    net.node("MatMul", ["x", net.weight("a.weight", [6, 8])], "a")
    net.weight("ln.weight", [8])
    net.node("LayerNormalization", ["a", "ln.weight"], "n", ["axis": .int(-1)])
    net.node("MatMul", ["n", net.weight("b.weight", [8, 2])], "b")
    let report = try half.apply(to: net.graph(["b"])).report
    #expect(report.groups[0].refusal == "layer normalization over the axis")
    #expect(report.groups[0].removed == 0)
    #expect(report.parametersAfter == report.parametersBefore)
  }

  /// Ways a channel axis can end that do not allow removal, with the reason.
  static let refused: [(op: String, attributes: [String: AttributeValue], reason: String)] = [
    ("Softmax", ["axis": .int(1)], "softmax over the axis"),
    ("ReduceMean", ["axes": .ints([1]), "keepdims": .int(1)], "ReduceMean over the axis"),
    ("LRN", ["size": .int(3)], "local response normalization over the axis"),
    ("CumSum", [:], "CumSum is not followed"),
  ]

  @Test(arguments: refused.indices) func refusals(index: Int) throws {
    let (op, attributes, reason) = Self.refused[index]
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.integers("place", [1])
    net.node(
      op, op == "CumSum" ? ["a", "place"] : ["a"], "m", .init(uniqueKeysWithValues: attributes))
    net.node("Relu", ["m"], "y")
    let report = try half.apply(to: net.graph(["y"])).report
    #expect(report.groups[0].refusal == reason)
    #expect(report.groups[0].removed == 0)
  }

  @Test func reshapeThatMixesOpenAxesIsRefused() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.node("Reshape", ["a", net.integers("rows", [-1, 4, 4])], "rows of pictures")
    let report = try half.apply(to: net.graph(["rows of pictures"])).report
    #expect(report.groups[0].refusal == "reshape merges the channel axis with an open one")
  }

  @Test func unknownGroupsAndRefusedOnesAreTold() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.convolution("a", "b", from: 4, to: 4)
    let removal = ChannelRemoval(amount: 0, groups: ["nothing": 0.5, "b": 0.5, "re:a": 0.5])
    let report = try removal.apply(to: net.graph(["b"])).report
    #expect(
      report.notices == [
        "channels: no group fits 'nothing'",
        "channels: 'b' keeps its channels: feeds a graph output ('b')",
      ])
    #expect(report.groups.map(\.removed) == [2, 0])
  }

  @Test func amountOutsideItsRangeIsAnError() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    let graph = net.graph(["a"])
    #expect(throws: EngineError.self) { try ChannelRemoval(amount: 1.5).apply(to: graph) }
    #expect(throws: EngineError.self) {
      try ChannelRemoval(amount: 0.5, multiple: 0).apply(to: graph)
    }
    #expect(throws: EngineError.self) {
      var net = ChannelFixture(input: input)
      net.convolution("x", "a", from: 3, to: 4)
      net.convolution("a", "b", from: 4, to: 4)
      _ = try ChannelRemoval(amount: 0.5, criterion: "wishes").apply(to: net.graph(["b"]))
    }
  }
}
