import Tensors

/// Follows the channels of every weight through a graph: which channels of which values and weights
/// have to be removed together, which can't be, and what has to change at each node.
///
/// Each position along a weight's output and input axis is a channel of its own; nodes in order unite
/// channels (a residual addition those of both operands, a convolution those it reads with its
/// weight's input axis), or refuse them. An axis without channels keeps its length.
struct ChannelTracer {
  let graph: NetworkGraph
  let shapes: KnownShapes
  let layers: [CompressibleLayer]
  let producers: [String: Int]
  let consumers: [String: [Int]]
  /// Channels along the axes of values; a value without any is missing.
  private(set) var values: [String: [ChannelAxis?]] = [:]
  var sets = ChannelSets()
  /// Channels that can't be removed, with the reason; the first one counts.
  private(set) var refusals: [(channel: Int, reason: String)] = []
  /// Channels whose removal is not the same as setting them to 0, with the operator that is to blame.
  private(set) var inexact: [(channel: Int, reason: String)] = []
  var edits: [ChannelEdit] = []
  /// The channels that a node sums over, for counting its multiply-adds.
  var contractions: [Int: [Int]] = [:]
  /// Nodes that were understood together with an earlier one.
  var skipped: Set<Int> = []
  /// Values made of shapes, element by element.
  var shapeElements: [String: [ShapeElement]] = [:]

  init(graph: NetworkGraph, shapes: KnownShapes) {
    self.graph = graph
    self.shapes = shapes
    layers = graph.compressibleLayers()
    producers = graph.producers()
    consumers = graph.consumers()
  }

  /// Visits every node.
  mutating func trace() {
    for layer in layers {
      let axes = layer.shape.enumerated().map { axis, length -> ChannelAxis? in
        let role = Self.channelAxis(of: layer)
        guard length > 1, axis == layer.outputAxis || axis == layer.inputAxis else { return nil }
        return ChannelAxis(channels: sets.make(length), isZero: axis == role)
      }
      if axes.contains(where: { $0 != nil }) { values[layer.weight] = axes }
    }
    for index in graph.nodes.indices where !skipped.contains(index) { visit(index) }
    for output in graph.outputs {
      for axis in values[output.name] ?? [] {
        refuse(axis, "feeds a graph output ('\(output.name)')")
      }
    }
  }

  /// The axis of a layer's weight whose positions are the channels that it makes: a table's columns.
  static func channelAxis(of layer: CompressibleLayer) -> Int {
    layer.op == "Gather" ? layer.inputAxis : layer.outputAxis
  }

  private mutating func visit(_ index: Int) {
    let node = graph.nodes[index]
    followShapes(index)
    guard node.allInputs.contains(where: { values[$0] != nil }), node.op != "Shape" else { return }
    guard node.domain.isEmpty, node.subgraphs.isEmpty, let handler = Self.handlers[node.op],
      let first = node.outputs.first, lengths(first) != nil,
      node.inputs.allSatisfy({ $0.isEmpty || lengths($0) != nil })
    else {
      stop(index)
      return
    }
    handler(&self, index)
  }

  // MARK: What handlers use

  /// The shape for the first choice of open lengths.
  func lengths(_ name: String) -> [Int]? { shapes.lengths[name] }

  /// The name of an input; nil when omitted.
  func input(_ node: Node, _ slot: Int) -> String? {
    slot < node.inputs.count && !node.inputs[slot].isEmpty ? node.inputs[slot] : nil
  }

  /// The channels along each axis of an input; all nil for values that keep their shape.
  func axes(_ node: Node, _ slot: Int) -> [ChannelAxis?] {
    guard let name = input(node, slot) else { return [] }
    return values[name] ?? (lengths(name) ?? []).map { _ in nil }
  }

  /// The number behind an input that is constant and no layer's weight.
  func constant(_ node: Node, _ slot: Int) -> Tensor? {
    guard let name = input(node, slot), values[name] == nil else { return nil }
    return graph.constant(name, producers: producers) ?? shapes.constants[name]
  }

  /// The integers of a constant input.
  func integers(_ node: Node, _ slot: Int) -> [Int]? { constant(node, slot)?.integers }

  /// `axis` counted from the front.
  func position(_ axis: Int, rank: Int) -> Int { axis < 0 ? axis + rank : axis }

  /// Sets the channels of an output.
  mutating func set(_ name: String?, _ axes: [ChannelAxis?]) {
    guard let name, !name.isEmpty else { return }
    var axes = axes
    for index in axes.indices {
      guard let axis = axes[index], axis.channels.count < 2 else { continue }
      // An axis of length 1 would be taken for one to be repeated.
      refuse(axis, "is the only channel of '\(name)'")
      axes[index] = nil
    }
    values[name] = axes.contains { $0 != nil } ? axes : nil
  }

  /// Ties the channels at equal positions.
  mutating func tie(_ one: [Int], _ other: [Int]) {
    for (a, b) in zip(one, other) { sets.unite(a, b) }
  }

  /// Notes that the channels of an axis can't be removed.
  mutating func refuse(_ axis: ChannelAxis?, _ reason: String) {
    for channel in axis?.channels ?? [] { refusals.append((channel, reason)) }
  }

  /// Refuses the axes of an input that `isAllowed` does not name.
  mutating func refuse(
    _ axes: [ChannelAxis?], except allowed: Set<Int>, _ reason: String
  ) {
    for (axis, channels) in axes.enumerated() where !allowed.contains(axis) {
      refuse(channels, reason)
    }
  }

  /// Notes that a node sums over these channels: a removed one has to have been 0.
  mutating func consume(_ axis: ChannelAxis) {
    for (channel, isZero) in zip(axis.channels, axis.isZero) where !isZero {
      inexact.append((channel, axis.cause ?? "a value of its own"))
    }
  }

  /// Refuses everything that enters a node which is not followed.
  mutating func stop(_ index: Int, _ reason: String? = nil) {
    let node = graph.nodes[index]
    for name in node.allInputs {
      for axis in values[name] ?? [] {
        refuse(axis, reason ?? "\(node.op) is not followed")
      }
    }
  }
}
