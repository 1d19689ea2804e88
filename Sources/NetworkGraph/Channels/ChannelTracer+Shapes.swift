extension ChannelTracer {
  /// The inputs that hold a shape, of the operators that are understood to follow one.
  private static let shapeSlots: [String: Set<Int>] = [
    "Reshape": [1], "Expand": [1], "Resize": [3], "Slice": [1, 2],
  ]

  /// Follows the entries of shapes through a node, and refuses axes whose length is calculated with:
  /// what the result means when the length changes is not known.
  mutating func followShapes(_ index: Int) {
    let node = graph.nodes[index]
    if node.op == "Shape", node.domain.isEmpty, let name = input(node, 0),
      let output = node.outputs.first,
      let rank = lengths(name)?.count
    {
      let start = min(max(position(node.int("start") ?? 0, rank: rank), 0), rank)
      let end = min(max(position(node.int("end") ?? rank, rank: rank), start), rank)
      shapeElements[output] = (start..<end).map { .length(value: name, axis: $0) }
      return
    }
    guard node.allInputs.contains(where: { shapeElements[$0] != nil }) else { return }
    if let output = node.outputs.first, let elements = derivedShape(node) {
      shapeElements[output] = elements
      return
    }
    let slots = Self.shapeSlots[node.op] ?? []
    let hasChannels = input(node, 0).map { values[$0] != nil } ?? false
    for name in node.allInputs {
      guard let elements = shapeElements[name] else { continue }
      let isFollowed = hasChannels && slots.contains { input(node, $0) == name }
      if !isFollowed { refuseLengths(elements, of: node) }
    }
  }

  /// Refuses the axes whose lengths decide these entries.
  mutating func refuseLengths(_ elements: [ShapeElement], of node: Node) {
    for length in elements.flatMap(\.lengths) {
      refuse(values[length.value]?[length.axis], "its length enters \(node.op)")
    }
  }

  /// Whether an input is calculated from lengths of axes.
  func isComputed(_ node: Node, _ slot: Int) -> Bool {
    input(node, slot).map { shapeElements[$0] != nil } ?? false
  }

  /// The entries of an input: numbers, or lengths of axes; nil when neither.
  func elements(_ node: Node, _ slot: Int) -> [ShapeElement]? {
    guard let name = input(node, slot) else { return nil }
    return shapeElements[name] ?? integers(node, slot)?.map { .number($0) }
  }

  private func derivedShape(_ node: Node) -> [ShapeElement]? {
    guard node.domain.isEmpty else { return nil }
    switch node.op {
    case "Identity", "Cast", "Unsqueeze", "Squeeze": return elements(node, 0)
    case "Concat":
      var all: [ShapeElement] = []
      for slot in node.inputs.indices {
        guard let part = elements(node, slot) else { return nil }
        all += part
      }
      return all
    case "Gather":
      guard let data = elements(node, 0), let indices = integers(node, 1) else { return nil }
      let places = indices.map { position($0, rank: data.count) }
      return places.allSatisfy(data.indices.contains) ? places.map { data[$0] } : nil
    case "Slice":
      guard let data = elements(node, 0), let range = sliceRanges(node, rank: 1)?[0],
        range.step == 1
      else { return nil }
      let bounds = range.bounds(length: data.count)
      return Array(data[bounds])
    case "Add", "Sub", "Mul", "Div", "Mod", "Min", "Max", "Floor", "Ceil": return computed(node)
    default: return nil
    }
  }

  /// What arithmetic makes of lengths.
  private func computed(_ node: Node) -> [ShapeElement]? {
    guard let output = node.outputs.first, let shape = lengths(output), shape.count <= 1 else {
      return nil
    }
    var sources: [ShapeElement.Length] = []
    for slot in node.inputs.indices {
      guard let part = elements(node, slot) else { return nil }
      sources += part.flatMap(\.lengths)
    }
    return Array(repeating: .computed(from: sources), count: shape.first ?? 1)
  }

  /// The entries of a shape input once channels are gone; nil when they can't be stated.
  ///
  /// Axes with channels get what is left of them, open axes stay open: copied from the input where
  /// it has the same one at the same place, else as the one length that follows from the rest.
  func target(_ index: Int, _ result: [ChannelAxis?]) -> [ChannelEdit.TargetEntry]? {
    let node = graph.nodes[index]
    guard let output = node.outputs.first, let new = lengths(output), let data = input(node, 0),
      let old = lengths(data), let others = shapes.others[data],
      let newOthers = shapes.others[output]
    else { return nil }
    let stated = integers(node, 1).flatMap { $0.count == new.count ? $0 : nil }
    let copies = node.int("allowzero") ?? 0 == 0
    let own = axes(node, 0)
    var open = 0
    var entries: [ChannelEdit.TargetEntry] = []
    for axis in new.indices {
      if stated?[axis] == -1 {
        open += 1
        entries.append(.number(-1))
      } else if let channels = result[axis]?.channels {
        entries.append(.kept(channels))
      } else if axis < old.count, own[axis] == nil, copies,
        stated?[axis] == 0
          || (shapes.isOpen(output, axis: axis) && old[axis] == new[axis]
            && others[axis] == newOthers[axis])
      {
        entries.append(.number(0))
      } else if shapes.isOpen(output, axis: axis) {
        open += 1
        entries.append(.number(-1))
      } else {
        entries.append(.number(new[axis]))
      }
    }
    return open <= 1 ? entries : nil
  }
}
