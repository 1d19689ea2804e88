import OrderedCollections
import Tensors

/// Takes channels out of a graph, or sets them to 0.
struct ChannelRewriter {
  private let tracer: ChannelTracer
  private let roots: [Int]
  private let removed: Set<Int>
  private var graph: NetworkGraph
  private var names: UniqueNames
  /// Constant operands with other contents: by node and input.
  private var operands: OrderedDictionary<Slot, [Int: [Int]]> = [:]
  /// Shapes and positions made for one node, by the constant they replace and their numbers.
  private var made: [String: [(values: Tensor, name: String)]] = [:]
  private var gone: Set<Int> = []
  private var replaced: Set<String> = []

  private struct Slot: Hashable {
    let node: Int
    let slot: Int
  }

  /// - Parameter removed: The roots of the sets that go.
  init(groups: ChannelGroups, removed: Set<Int>) {
    tracer = groups.tracer
    roots = groups.roots
    self.removed = removed
    graph = groups.graph
    names = UniqueNames(groups.graph)
  }

  private func isRemoved(_ channel: Int) -> Bool { removed.contains(roots[channel]) }

  /// The positions that stay.
  private func kept(_ channels: [Int]) -> [Int] {
    channels.indices.filter { !isRemoved(channels[$0]) }
  }

  private func keptCount(_ channels: some Sequence<Int>) -> Int {
    channels.reduce(0) { $0 + (isRemoved($1) ? 0 : 1) }
  }

  // MARK: Zeroing

  /// The graph with weights and biases of the channels set to 0.
  mutating func zeroing() -> NetworkGraph {
    for layer in tracer.layers {
      let axis = ChannelTracer.channelAxis(of: layer)
      guard let channels = tracer.values[layer.weight]?[axis]?.channels,
        let tensor = graph.constant(layer.weight, producers: tracer.producers)
      else { continue }
      let positions = channels.indices.filter { isRemoved(channels[$0]) }
      guard !positions.isEmpty else { continue }
      graph.replaceConstant(layer.weight, with: tensor.zeroing([axis: positions]))
    }
    for case .operand(let node, let slot, let axis, let channels, true) in tracer.edits {
      let positions = channels.indices.filter { isRemoved(channels[$0]) }
      if !positions.isEmpty {
        operands[Slot(node: node, slot: slot), default: [:]][axis] = positions
      }
    }
    replaceOperands { $0.zeroing($1) }
    return finished()
  }

  // MARK: Removing

  /// The graph without the channels.
  mutating func removing() -> NetworkGraph {
    guard !removed.isEmpty else { return graph }
    for layer in tracer.layers {
      guard let axes = tracer.values[layer.weight],
        let tensor = graph.constant(layer.weight, producers: tracer.producers)
      else { continue }
      var positions: [Int: [Int]] = [:]
      for (axis, channels) in axes.enumerated() {
        guard let channels = channels?.channels, channels.contains(where: isRemoved) else {
          continue
        }
        positions[axis] = kept(channels)
      }
      if !positions.isEmpty {
        graph.replaceConstant(layer.weight, with: tensor.selecting(positions))
      }
    }
    for edit in tracer.edits { apply(edit) }
    replaceOperands { $0.selecting($1) }
    redeclare()
    return finished()
  }

  private mutating func apply(_ edit: ChannelEdit) {
    switch edit {
    case .operand(let node, let slot, let axis, let channels, _):
      if channels.contains(where: isRemoved) {
        operands[Slot(node: node, slot: slot), default: [:]][axis] = kept(channels)
      }
    case .groupCount(let node, let channels):
      graph.nodes[node].attributes["group"] = .int(keptCount(channels))
    case .parts(let node, let parts): cut(node, parts.map { keptCount($0) }, parts.joined())
    case .range(let node, let axis, let channels, let start, let end, let isComputed):
      guard isComputed || channels.contains(where: isRemoved) else { return }
      let first = keptCount(channels[..<start])
      slice(node, axis: axis, start: first, end: first + keptCount(channels[start..<end]))
    case .pads(let node, let axis, let before, let after):
      guard (before + after).contains(where: isRemoved) else { return }
      pad(node, axis: axis, before: keptCount(before), after: keptCount(after))
    case .target(let node, let slot, let entries, let isComputed):
      state(node, slot, entries, isComputed)
    case .indices(let node, let channels, let indices):
      guard channels.contains(where: isRemoved) else { return }
      let rank = graph.constant(graph.nodes[node].inputs[1], producers: tracer.producers)?.rank
      let stay = indices.filter { !isRemoved(channels[$0]) }
      let places = stay.map { Int64(keptCount(channels[..<$0])) }
      give(node, 1, Tensor(rank == 0 ? [] : [places.count], places))
    case .shuffle(let nodes, let axis, let channels, let order, let isComputed):
      guard isComputed || channels.contains(where: isRemoved) else { return }
      reorder(nodes, axis: axis, channels, order)
    }
  }

  private mutating func cut(_ index: Int, _ lengths: [Int], _ channels: some Sequence<Int>) {
    guard channels.contains(where: isRemoved) else { return }
    graph.nodes[index].attributes.removeValue(forKey: "num_outputs")
    if graph.opset < 13 {
      graph.nodes[index].attributes["split"] = .ints(lengths)
    } else {
      give(index, 1, Tensor([lengths.count], lengths.map { Int64($0) }))
    }
  }

  private mutating func slice(_ index: Int, axis: Int, start: Int, end: Int) {
    let node = graph.nodes[index]
    let rank = node.inputs.first.flatMap { tracer.lengths($0)?.count } ?? 0
    func place(_ axes: [Int]?) -> Int? {
      axes.map { $0.firstIndex { tracer.position($0, rank: rank) == axis } } ?? axis
    }
    if var starts = node.ints("starts"), var ends = node.ints("ends"),
      let place = place(node.ints("axes"))
    {
      (starts[place], ends[place]) = (start, end)
      graph.nodes[index].attributes["starts"] = .ints(starts)
      graph.nodes[index].attributes["ends"] = .ints(ends)
    } else if var starts = tracer.integers(node, 1), var ends = tracer.integers(node, 2),
      let place = place(tracer.integers(node, 3))
    {
      // A later edit of the same node sees what an earlier one put here.
      starts = current(index, 1) ?? starts
      ends = current(index, 2) ?? ends
      (starts[place], ends[place]) = (start, end)
      give(index, 1, Tensor([starts.count], starts.map { Int64($0) }))
      give(index, 2, Tensor([ends.count], ends.map { Int64($0) }))
    }
  }

  private func current(_ index: Int, _ slot: Int) -> [Int]? {
    graph.initializers[graph.nodes[index].inputs[slot]]?.integers
  }

  private mutating func pad(_ index: Int, axis: Int, before: Int, after: Int) {
    let node = graph.nodes[index]
    let rank = node.inputs.first.flatMap { tracer.lengths($0)?.count } ?? 0
    let axes = tracer.integers(node, 3)?.map { tracer.position($0, rank: rank) } ?? Array(0..<rank)
    guard let place = axes.firstIndex(of: axis),
      var pads = node.ints("pads") ?? current(index, 1) ?? tracer.integers(node, 1)
    else { return }
    pads[place] = before
    pads[place + axes.count] = after
    if node.ints("pads") != nil {
      graph.nodes[index].attributes["pads"] = .ints(pads)
    } else {
      give(index, 1, Tensor([pads.count], pads.map { Int64($0) }))
    }
  }

  private mutating func state(
    _ index: Int, _ slot: Int, _ entries: [ChannelEdit.TargetEntry], _ isComputed: Bool
  ) {
    var isChanged = isComputed
    let numbers = entries.map { entry -> Int64 in
      switch entry {
      case .number(let number): return Int64(number)
      case .kept(let channels):
        isChanged = isChanged || channels.contains(where: isRemoved)
        return Int64(keptCount(channels))
      case .repeated(let channels, let number):
        let isRepeated = channels.contains(where: isRemoved)
        isChanged = isChanged || isRepeated
        return isRepeated ? 1 : Int64(number)
      }
    }
    guard isChanged else { return }
    give(index, slot, Tensor([numbers.count], numbers))
  }

  /// One `Gather` in place of the nodes that reorder channels.
  private mutating func reorder(
    _ nodes: [Int], axis: Int, _ channels: [Int], _ order: [Int]
  ) {
    let places = order.filter { !isRemoved(channels[$0]) }
      .map { Int64(keptCount(channels[..<$0])) }
    let first = graph.nodes[nodes[0]]
    let name = names.fresh("\(first.outputs[0])_order")
    graph.initializers[name] = Tensor([places.count], places)
    graph.nodes[nodes[0]] = Node(
      name: first.name, op: "Gather", inputs: [first.inputs[0], name],
      outputs: graph.nodes[nodes[2]].outputs, attributes: ["axis": .int(axis)])
    gone.formUnion(nodes.dropFirst())
    replaced.formUnion(first.inputs.dropFirst())
    for node in nodes.dropFirst() { replaced.formUnion(graph.nodes[node].inputs.dropFirst()) }
  }

  // MARK: Constants

  /// Gives a node a constant of its own, or one that was made before for the same purpose.
  private mutating func give(_ index: Int, _ slot: Int, _ tensor: Tensor) {
    while graph.nodes[index].inputs.count <= slot { graph.nodes[index].inputs.append("") }
    let old = graph.nodes[index].inputs[slot]
    let values = tensor.integers
    if let same = made[old]?.first(where: {
      $0.values.integers == values && $0.values.shape == tensor.shape
    }) {
      graph.nodes[index].inputs[slot] = same.name
      return
    }
    let base = old.isEmpty ? "\(graph.nodes[index].outputs.first ?? "")_parts" : "\(old)_kept"
    let name = names.fresh(base)
    graph.initializers[name] = tensor
    graph.nodes[index].inputs[slot] = name
    made[old, default: []].append((tensor, name))
    if !old.isEmpty { replaced.insert(old) }
  }

  /// Puts changed operands in: in place where all readers of a constant change it alike, else under
  /// names of their own.
  private mutating func replaceOperands(_ change: (Tensor, [Int: [Int]]) -> Tensor) {
    var byName: OrderedDictionary<String, [(slot: Slot, positions: [Int: [Int]])]> = [:]
    for (slot, positions) in operands {
      byName[graph.nodes[slot.node].inputs[slot.slot], default: []].append((slot, positions))
    }
    for (name, uses) in byName {
      guard let first = uses.first,
        let tensor = tracer.constant(graph.nodes[first.slot.node], first.slot.slot)
      else { continue }
      let readers = graph.nodes.reduce(0) { count, node in
        count + node.allInputs.count { $0 == name }
      }
      let readingSlots = Set(uses.map(\.slot.node)).count
      if readers == readingSlots, uses.allSatisfy({ $0.positions == first.positions }),
        graph.replaceConstant(name, with: change(tensor, first.positions))
      {
        continue
      }
      var copies: [[Int: [Int]]: String] = [:]
      for use in uses {
        let copy = copies[use.positions] ?? names.fresh("\(name)_kept")
        if copies.updateValue(copy, forKey: use.positions) == nil {
          graph.initializers[copy] = change(tensor, use.positions)
        }
        graph.nodes[use.slot.node].inputs[use.slot.slot] = copy
      }
      replaced.insert(name)
    }
  }

  // MARK: Declarations

  /// Declares the new lengths of values.
  private mutating func redeclare() {
    for index in graph.valueInfos.indices {
      guard let axes = tracer.values[graph.valueInfos[index].name],
        var shape = graph.valueInfos[index].shape, shape.count == axes.count
      else { continue }
      for (axis, channels) in axes.enumerated() {
        guard let channels = channels?.channels, case .fixed = shape[axis] else { continue }
        shape[axis] = .fixed(keptCount(channels))
      }
      graph.valueInfos[index].shape = shape
    }
  }

  /// The graph without nodes and constants that nothing reads any more.
  private mutating func finished() -> NetworkGraph {
    if !gone.isEmpty {
      let dead = Set(gone.flatMap { graph.nodes[$0].inputs })
      graph.nodes = graph.nodes.indices.filter { !gone.contains($0) }.map { graph.nodes[$0] }
      let produced = Set(graph.nodes.flatMap(\.outputs))
      graph.valueInfos.removeAll { dead.contains($0.name) && !produced.contains($0.name) }
    }
    removeUnread()
    graph.checkInvariants()
    return graph
  }

  /// Removes what led to replaced constants only.
  private mutating func removeUnread() {
    var candidates = replaced
    while !candidates.isEmpty {
      var read = Set(graph.outputs.map(\.name))
      for node in graph.nodes { read.formUnion(node.allInputs) }
      let unread = candidates.subtracting(read)
      if unread.isEmpty { return }
      candidates = []
      for name in unread where graph.initializers[name] != nil { graph.removeInitializer(name) }
      graph.nodes.removeAll { node in
        guard node.outputs.contains(where: unread.contains),
          node.outputs.allSatisfy({ $0.isEmpty || !read.contains($0) })
        else { return false }
        candidates.formUnion(node.allInputs)
        return true
      }
      graph.valueInfos.removeAll { unread.contains($0.name) }
    }
  }
}
