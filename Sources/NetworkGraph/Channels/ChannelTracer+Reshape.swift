extension ChannelTracer {
  /// Axes of the input and of the result of a reshape that hold the same elements.
  private struct Segment {
    var input: Range<Int>
    var output: Range<Int>
  }

  /// Reshape, Flatten, Squeeze, Unsqueeze: axes are merged, split, or stay.
  mutating func reshape(_ index: Int) {
    let node = graph.nodes[index]
    guard let name = input(node, 0), let output = node.outputs.first,
      let segments = segments(from: name, to: output), let rank = lengths(output)?.count
    else {
      stop(index, "reshape to a shape that is not known")
      return
    }
    let own = axes(node, 0)
    if let shuffle = shuffle(index, segments) {
      permute(shuffle, own)
      return
    }
    var result = [ChannelAxis?](repeating: nil, count: rank)
    for segment in segments {
      let axes = segment.input.filter { own[$0] != nil }
      guard let axis = axes.first, let channels = own[axis] else { continue }
      guard axes.count == 1 else {
        for axis in axes { refuse(own[axis], "reshape mixes two channel axes") }
        continue
      }
      place(channels, axis, of: name, segment, &result, output)
    }
    set(output, result)
    guard node.op == "Reshape" else { return }
    guard result.contains(where: { $0 != nil }) else {
      refuseLengths(shapeElements[node.inputs[1]] ?? [], of: node)
      return
    }
    if let entries = target(index, result) {
      edits.append(
        .target(node: index, slot: 1, entries: entries, isComputed: isComputed(node, 1)))
    } else {
      stop(index, "reshape to a computed shape")
    }
  }

  /// Puts the channels of an axis onto the axis of the result that can hold them.
  private mutating func place(
    _ channels: ChannelAxis, _ axis: Int, of name: String, _ segment: Segment,
    _ result: inout [ChannelAxis?], _ output: String
  ) {
    func isLong(_ value: String, _ axis: Int) -> Bool {
      (lengths(value)?[axis] ?? 0) != 1 || shapes.isOpen(value, axis: axis)
    }
    let sources = segment.input.filter { isLong(name, $0) }
    let targets = segment.output.filter { isLong(output, $0) }
    if sources == [axis], targets.count == 1 {
      result[targets[0]] = channels
      return
    }
    guard !sources.contains(where: { shapes.isOpen(name, axis: $0) }),
      !targets.contains(where: { shapes.isOpen(output, axis: $0) }),
      let from = lengths(name), let to = lengths(output)
    else {
      refuse(channels, "reshape merges the channel axis with an open one")
      return
    }
    let inner = segment.input.filter { $0 > axis }.reduce(1) { $0 * from[$1] }
    let total = segment.input.reduce(1) { $0 * from[$1] }
    guard total <= 1 << 22 else {
      refuse(channels, "reshape merges the channel axis with long ones")
      return
    }
    let flat = channels.picking((0..<total).map { $0 / inner % channels.channels.count })
    if targets.count == 1 {
      result[targets[0]] = flat
      return
    }
    let blocks = targets.map { target -> (length: Int, inner: Int) in
      (to[target], segment.output.filter { $0 > target }.reduce(1) { $0 * to[$1] })
    }
    let whole = blocks.firstIndex { block in
      flat.channels.indices.allSatisfy { position in
        let place = position / block.inner % block.length
        return sets.root(flat.channels[position]) == sets.root(flat.channels[place * block.inner])
      }
    }
    // Heads: what is split goes or stays block by block.
    let chosen = whole ?? 0
    let block = blocks[chosen]
    var zero = [Bool](repeating: true, count: block.length)
    for (position, channel) in flat.channels.enumerated() {
      let place = position / block.inner % block.length
      sets.unite(flat.channels[place * block.inner], channel)
      if !flat.isZero[position] { zero[place] = false }
    }
    result[targets[chosen]] = ChannelAxis(
      channels: (0..<block.length).map { flat.channels[$0 * block.inner] }, isZero: zero,
      cause: flat.cause)
  }

  /// The smallest groups of axes with equal numbers of elements, for both choices of open lengths.
  private func segments(from name: String, to output: String) -> [Segment]? {
    guard let a = lengths(name), let b = lengths(output), let c = shapes.others[name],
      let d = shapes.others[output], a.count == c.count, b.count == d.count, !a.contains(0),
      !b.contains(0)
    else { return nil }
    var result: [Segment] = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      var segment = Segment(input: i..<i, output: j..<j)
      var left = (1, 1)
      var right = (1, 1)
      func takeInput() {
        left = (left.0 * a[i], left.1 * c[i])
        i += 1
      }
      func takeOutput() {
        right = (right.0 * b[j], right.1 * d[j])
        j += 1
      }
      if i < a.count { takeInput() }
      if j < b.count { takeOutput() }
      while left != right {
        if i < a.count, j == b.count || left.0 < right.0 || left.1 < right.1 {
          takeInput()
        } else if j < b.count {
          takeOutput()
        } else {
          return nil
        }
      }
      segment.input = segment.input.lowerBound..<i
      segment.output = segment.output.lowerBound..<j
      result.append(segment)
    }
    return result
  }

  // MARK: Channel shuffle

  /// Reshape, transpose, reshape: channels in another order.
  private struct Shuffle {
    let nodes: [Int]
    let axis: Int
    let order: [Int]
    let output: String
  }

  /// The shuffle that begins at this node, when the two nodes behind it complete one.
  private func shuffle(_ index: Int, _ segments: [Segment]) -> Shuffle? {
    let node = graph.nodes[index]
    guard node.op == "Reshape", let name = input(node, 0), let middle = node.outputs.first,
      let second = onlyReader(of: middle), graph.nodes[second].op == "Transpose",
      let permutation = graph.nodes[second].ints("perm"),
      let third = graph.nodes[second].outputs.first.flatMap(onlyReader),
      graph.nodes[third].op == "Reshape", let output = graph.nodes[third].outputs.first,
      lengths(output) == lengths(name), shapes.others[output] == shapes.others[name]
    else { return nil }
    let own = axes(node, 0)
    let labelled = own.indices.filter { own[$0] != nil }
    guard labelled.count == 1, let axis = labelled.first, let total = own[axis]?.channels.count,
      let segment = segments.first(where: { $0.input.contains(axis) }),
      segment.input.count == 1, segment.output.count == 2,
      segments.allSatisfy({
        $0.input == segment.input || ($0.input.count == 1 && $0.output.count == 1)
      }),
      let groups = lengths(middle)?[segment.output.lowerBound]
    else { return nil }
    var swapped = Array(0..<(own.count + 1))
    swapped.swapAt(segment.output.lowerBound, segment.output.lowerBound + 1)
    guard permutation == swapped, total % groups == 0 else { return nil }
    let each = total / groups
    return Shuffle(
      nodes: [index, second, third], axis: axis,
      order: (0..<total).map { $0 % groups * each + $0 / groups }, output: output)
  }

  /// The node that reads a value, when it is the only one and nothing else does.
  private func onlyReader(of name: String) -> Int? {
    guard let readers = consumers[name], readers.count == 1,
      !graph.outputs.contains(where: { $0.name == name }),
      graph.nodes[readers[0]].domain.isEmpty, graph.nodes[readers[0]].inputs.first == name
    else { return nil }
    return readers[0]
  }

  private mutating func permute(_ shuffle: Shuffle, _ own: [ChannelAxis?]) {
    skipped.formUnion(shuffle.nodes)
    guard let axis = own[shuffle.axis] else { return }
    var result = own
    result[shuffle.axis] = axis.picking(shuffle.order)
    set(shuffle.output, result)
    edits.append(
      .shuffle(
        nodes: shuffle.nodes, axis: shuffle.axis, channels: axis.channels, order: shuffle.order,
        isComputed: shuffle.nodes.contains { isComputed(graph.nodes[$0], 1) }))
  }
}
