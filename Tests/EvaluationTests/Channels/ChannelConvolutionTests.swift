import Evaluation
import ModelCompression
import NetworkGraph
import Tensors
import Testing

/// Channel groups of convolutional structures: what is tied, what shrinks, and that outputs are those
/// of the network with the channels at 0.
struct ChannelConvolutionTests {
  let half = ChannelRemoval(amount: 0.5)
  let picture = [2, 3, 8, 8]
  var input: [Dimension] { [.symbol("N"), .fixed(3), .fixed(8), .fixed(8)] }

  @Test func chainOfConvolutions() throws {
    var net = ChannelFixture(input: input)
    net.node("Relu", [net.convolution("x", "a", from: 3, to: 8)], "r")
    net.convolution("r", "b", from: 8, to: 5)
    let outcome = try ChannelFixture.check(net.graph(["b"]), half, shape: picture)
    #expect(outcome.shape("a.weight") == [4, 3, 3, 3])
    #expect(outcome.shape("a.bias") == [4])
    #expect(outcome.shape("b.weight") == [5, 4, 3, 3])
    #expect(try outcome.group("b").refusal == "feeds a graph output ('b')")
    // 64 places x 9 weights x (3 x 4 + 4 x 5) channels.
    #expect(outcome.foreseen == 64 * 9 * (3 * 4 + 4 * 5))
    #expect(outcome.report.multiplyAddsBefore == 64 * 9 * (3 * 8 + 8 * 5))
  }

  @Test func lowestScoresGoAndTiesByIndex() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.convolution("a", "b", from: 4, to: 2)
    var graph = net.graph(["b"])
    let rows: [Float] = [2, 1, 1, 3]
    graph.replaceConstant(
      "a.weight", with: Tensor([4, 3, 3, 3], rows.flatMap { [Float](repeating: $0, count: 27) }))
    for (amount, kept) in [(0.25, [0, 2, 3]), (0.5, [0, 3]), (1.0, [3])] {
      let report = try ChannelRemoval(amount: amount).apply(to: graph).report
      #expect(report.groups[0].members[0].kept == kept)
    }
  }

  @Test func scoresGivenFromOutsideDecide() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.convolution("a", "b", from: 4, to: 2)
    let report = try half.apply(to: net.graph(["b"]), scores: ["a": [4, 1, 3, 2]]).report
    #expect(report.groups[0].members[0].kept == [0, 2])
  }

  @Test func residualAdditionTiesBothSides() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 8)
    net.convolution("a", "b", from: 8, to: 8)
    net.node("Relu", [net.node("Add", ["a", "b"], "sum")], "r")
    net.convolution("r", "c", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    let group = try outcome.group("a")
    #expect(group.members.map(\.layer) == ["a", "b"])
    #expect(group.members[0].kept == group.members[1].kept)
    #expect(outcome.shape("b.weight") == [4, 4, 3, 3])
  }

  @Test func batchNormalizationAndPerChannelConstants() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 6)
    for part in ["scale", "shift", "mean"] { net.weight(part, [6]) }
    var graph: NetworkGraph
    net.weight("variance", [6])
    net.node("BatchNormalization", ["a", "scale", "shift", "mean", "variance"], "n")
    net.weight("slope", [6, 1, 1])
    net.node("PRelu", ["n", "slope"], "p")
    net.node("Mul", ["p", net.weight("gain", [1, 6, 1, 1])], "m")
    net.node("Sub", ["m", net.weight("offset", [6, 1, 1])], "s")
    net.convolution("s", "b", from: 6, to: 2)
    graph = net.graph(["b"])
    graph.replaceConstant("variance", with: Tensor([6], [1, 2, 3, 4, 5, 6] as [Float]))
    let outcome = try ChannelFixture.check(graph, half, shape: picture)
    #expect(outcome.shape("slope") == [3, 1, 1])
    #expect(outcome.shape("gain") == [1, 3, 1, 1])
    #expect(outcome.shape("variance") == [3])
  }

  @Test func sharedConstantIsCopiedWhereChannelsDiffer() throws {
    var net = ChannelFixture(input: input)
    net.weight("shared", [4, 1, 1])
    net.node("Add", [net.convolution("x", "a", from: 3, to: 4), "shared"], "r")
    net.node("Add", [net.convolution("r", "b", from: 4, to: 4), "shared"], "s")
    net.convolution("s", "c", from: 4, to: 2)
    let removal = ChannelRemoval(amount: 0, groups: ["a": 0.5])
    let outcome = try ChannelFixture.check(net.graph(["c"]), removal, shape: picture)
    #expect(outcome.shape("shared") == [4, 1, 1])
    let copy = try #require(outcome.graph.nodes.first { $0.op == "Add" }?.inputs[1])
    #expect(outcome.shape(copy) == [2, 1, 1])
  }

  @Test func concatenationAndSplit() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.convolution("x", "b", from: 3, to: 6)
    net.node("Concat", ["a", "b"], "both", ["axis": .int(1)])
    net.integers("lengths", [3, 7])
    net.node("Split", ["both", "lengths"], outputs: ["left", "right"], ["axis": .int(1)])
    net.convolution("left", "c", from: 3, to: 2)
    net.convolution("right", "d", from: 7, to: 2)
    let outcome = try ChannelFixture.check(
      net.graph(["c", "d"]), ChannelRemoval(amount: 0.5), shape: picture)
    #expect(try outcome.group("a").members.map(\.layer) == ["a"])
    let columns = try #require(outcome.shape("c.weight")?[1])
    #expect(try columns + #require(outcome.shape("d.weight")?[1]) == 5)
  }

  @Test(arguments: [11, 17]) func sliceWithinChannels(opset: Int) throws {
    var net = ChannelFixture(input: input, opset: opset)
    net.convolution("x", "a", from: 3, to: 8)
    for (name, value) in [("from", 2), ("to", 6), ("along", 1)] { net.integers(name, [value]) }
    net.node("Slice", ["a", "from", "to", "along"], "part")
    net.convolution("part", "b", from: 4, to: 2)
    net.convolution("a", "c", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["b", "c"]), half, shape: picture)
    let kept = try outcome.group("a").members[0].kept
    #expect(outcome.shape("b.weight")?[1] == kept.count { (2..<6).contains($0) })
  }

  @Test func everyPartOfASplitKeepsAChannel() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 6)
    net.node("Split", ["a"], outputs: ["left", "right"], ["axis": .int(1)])
    net.convolution("left", "b", from: 3, to: 2)
    net.convolution("right", "c", from: 3, to: 2)
    let outcome = try ChannelFixture.check(
      net.graph(["b", "c"]), ChannelRemoval(amount: 1), shape: picture)
    #expect(try outcome.group("a").members[0].kept.count == 2)
    #expect(outcome.shape("b.weight")?[1] == 1)
  }

  @Test func shortcutThatPadsChannels() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.integers("begin", [0, 0])
    net.integers("end", [Int(Int32.max), Int(Int32.max)])
    net.integers("axes", [2, 3])
    net.integers("step", [2, 2])
    net.node("Slice", ["a", "begin", "end", "axes", "step"], "short")
    net.node("Pad", ["short", net.integers("pads", [0, 2, 0, 0, 0, 2, 0, 0])], "padded")
    net.weight("b.weight", [8, 4, 3, 3])
    net.node(
      "Conv", ["a", "b.weight"], "b", ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
    net.node("Relu", [net.node("Add", ["b", "padded"], "sum")], "r")
    net.convolution("r", "c", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    let group = try outcome.group("a")
    #expect(group.members.map(\.layer) == ["a", "b"])
    #expect(group.units == 8)
    // Of the four units in both layers two, of the four in the second layer alone two.
    #expect(group.members.map(\.kept.count) == [2, 4])
    #expect(
      group.members[0].kept.map { $0 + 2 } == group.members[1].kept.filter { (2..<6).contains($0) })
  }

  @Test func depthwiseConvolutionGoesWithItsInput() throws {
    var net = ChannelFixture(input: input)
    net.node(
      "Clip",
      [net.convolution("x", "a", from: 3, to: 8), net.number("low", 0), net.number("high", 6)], "r")
    net.convolution("r", "b", from: 8, to: 8, group: 8)
    net.convolution("b", "c", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    #expect(outcome.shape("b.weight") == [4, 1, 3, 3])
    #expect(outcome.graph.nodes.first { $0.name == "b" }?.int("group") == 4)
    #expect(try outcome.group("a").members.map(\.layer) == ["a", "b"])
  }

  @Test func depthwiseConvolutionWithMultiplier() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.convolution("a", "b", from: 4, to: 8, group: 4)
    net.convolution("b", "c", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    #expect(outcome.shape("b.weight") == [4, 1, 3, 3])
    #expect(outcome.graph.nodes.first { $0.name == "b" }?.int("group") == 2)
  }

  @Test func fewGroupsLoseTheSamePlaces() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 12)
    net.convolution("a", "b", from: 12, to: 16, group: 2)
    net.convolution("b", "c", from: 16, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    #expect(outcome.shape("b.weight") == [8, 3, 3, 3])
    #expect(outcome.shape("c.weight") == [2, 8, 3, 3])
    #expect(outcome.graph.nodes.first { $0.name == "b" }?.int("group") == 2)
    let kept = try outcome.group("b").members[0].kept
    #expect(kept.filter { $0 >= 8 } == kept.filter { $0 < 8 }.map { $0 + 8 })
  }

  @Test func manyGroupsGoWhole() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 12)
    net.convolution("a", "b", from: 12, to: 12, group: 6)
    net.convolution("b", "c", from: 12, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["c"]), half, shape: picture)
    #expect(outcome.graph.nodes.first { $0.name == "b" }?.int("group") == 3)
    #expect(outcome.shape("b.weight") == [6, 2, 3, 3])
    #expect(try outcome.group("a").units == 6)
  }

  @Test func transposedConvolution() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 4)
    net.weight("b.weight", [4, 6, 2, 2])
    net.weight("b.bias", [6])
    net.node("ConvTranspose", ["a", "b.weight", "b.bias"], "b", ["strides": .ints([2, 2])])
    net.weight("c.weight", [6, 1, 2, 2])
    net.node("ConvTranspose", ["b", "c.weight"], "c", ["group": .int(6)])
    net.convolution("c", "d", from: 6, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["d"]), half, shape: picture)
    #expect(outcome.shape("b.weight") == [2, 3, 2, 2])
    #expect(outcome.shape("c.weight") == [3, 1, 2, 2])
  }

  @Test func shuffleBecomesAGather() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 8)
    net.integers("apart", [0, 2, 4, 8, 8])
    net.integers("together", [0, -1, 8, 8])
    net.node("Reshape", ["a", "apart"], "five")
    net.node("Transpose", ["five"], "swapped", ["perm": .ints([0, 2, 1, 3, 4])])
    net.node("Reshape", ["swapped", "together"], "shuffled")
    net.node("Split", ["shuffled"], outputs: ["left", "right"], ["axis": .int(1)])
    net.convolution("left", "b", from: 4, to: 2)
    net.convolution("right", "c", from: 4, to: 2)
    let outcome = try ChannelFixture.check(
      net.graph(["b", "c"]), ChannelRemoval(amount: 0.25), shape: picture)
    #expect(outcome.graph.nodes.map(\.op) == ["Conv", "Gather", "Split", "Conv", "Conv"])
    #expect(outcome.shape("a.weight") == [6, 3, 3, 3])
    #expect(outcome.shape("apart") == nil)
  }

  @Test func halvesAtComputedPlaces() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 8)
    // As exporters write chunk(2, dim=1): the length of the axis, halved.
    net.node("Shape", ["a"], "shape")
    for (name, value) in [("one", 1), ("two", 2), ("zero", 0)] { net.integers(name, [value]) }
    net.node("Gather", ["shape", "one"], "length")
    net.node("Div", ["length", "two"], "middle")
    net.node("Slice", ["a", "zero", "middle", "one"], "left")
    net.node("Slice", ["a", "middle", "length", "one"], "right")
    net.convolution("left", "b", from: 4, to: 2)
    net.convolution("right", "c", from: 4, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["b", "c"]), half, shape: picture)
    let kept = try outcome.group("a").members[0].kept
    #expect(outcome.shape("b.weight")?[1] == kept.count { $0 < 4 })
    #expect(outcome.shape("a.weight")?[0] == 4)
  }

  @Test func lengthThatIsCalculatedWithIsRefused() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 8)
    net.node("Cast", [net.node("Shape", ["a"], "shape")], "floats", ["to": .int(1)])
    net.node("ReduceSum", ["floats"], "sum", ["keepdims": .int(0)])
    net.node("Mul", ["a", "sum"], "scaled")
    net.convolution("scaled", "b", from: 8, to: 2)
    let report = try half.apply(to: net.graph(["b"])).report
    #expect(report.groups[0].refusal == "its length enters ReduceSum")
  }

  @Test func squeezeAndExcite() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 8)
    net.node("GlobalAveragePool", ["a"], "pooled")
    net.weight("down.weight", [4, 8, 1, 1])
    net.weight("up.weight", [8, 4, 1, 1])
    net.node("Relu", [net.node("Conv", ["pooled", "down.weight"], "down")], "r")
    net.node("HardSigmoid", [net.node("Conv", ["r", "up.weight"], "up")], "gate")
    net.node("Mul", ["a", "gate"], "scaled")
    net.convolution("scaled", "b", from: 8, to: 2)
    let outcome = try ChannelFixture.check(net.graph(["b"]), half, shape: picture)
    #expect(outcome.shape("up.weight") == [4, 2, 1, 1])
    #expect(outcome.shape("down.weight") == [2, 4, 1, 1])
  }

  @Test func keptCountsAreMultiples() throws {
    var net = ChannelFixture(input: input)
    net.convolution("x", "a", from: 3, to: 20)
    net.convolution("a", "b", from: 20, to: 10)
    net.convolution("b", "c", from: 10, to: 2)
    let removal = ChannelRemoval(amount: 0.5, multiple: 8)
    let outcome = try ChannelFixture.check(net.graph(["c"]), removal, shape: picture)
    #expect(outcome.shape("a.weight") == [16, 3, 3, 3])
    #expect(outcome.shape("b.weight") == [8, 16, 3, 3])
  }

  @Test func sigmoidMakesTheDifferenceKnown() throws {
    var net = ChannelFixture(input: input)
    net.node("Sigmoid", [net.convolution("x", "a", from: 3, to: 4)], "s")
    net.convolution("s", "b", from: 4, to: 2)
    let outcome = try ChannelFixture.check(
      net.graph(["b"]), half, shape: picture, isExact: false)
    #expect(try outcome.group("a").inexact == "Sigmoid")
  }
}
