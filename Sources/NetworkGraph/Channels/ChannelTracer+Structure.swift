extension ChannelTracer {
  /// Concat: channels one after the other; along other axes, operands are tied.
  mutating func concatenation(_ index: Int) {
    let node = graph.nodes[index]
    guard let output = node.outputs.first, let rank = lengths(output)?.count else { return }
    let along = position(node.int("axis") ?? 1, rank: rank)
    let parts = node.inputs.indices.map { axes(node, $0) }
    guard parts.allSatisfy({ $0.count == rank }), along < rank, along >= 0 else {
      stop(index)
      return
    }
    var result = [ChannelAxis?](repeating: nil, count: rank)
    for axis in 0..<rank {
      guard let first = parts.lazy.compactMap({ $0[axis] }).first else { continue }
      if axis == along {
        result[axis] = joined(node, axis, parts.map { $0[axis] })
        continue
      }
      var zero = first.isZero
      for part in parts {
        if let other = part[axis] {
          tie(first.channels, other.channels)
          zero = zip(zero, other.isZero).map { $0 && $1 }
        } else {
          refuse(first, "Concat with a value that keeps its channels")
        }
      }
      result[axis] = ChannelAxis(channels: first.channels, isZero: zero, cause: first.cause)
    }
    set(output, result)
  }

  private mutating func joined(
    _ node: Node, _ axis: Int, _ parts: [ChannelAxis?]
  ) -> ChannelAxis {
    var all = ChannelAxis(channels: [], isZero: [], cause: nil)
    for (slot, part) in parts.enumerated() {
      var part = part
      if part == nil {
        let length = lengths(node.inputs[slot])?[axis] ?? 0
        part = ChannelAxis(channels: sets.make(length), isZero: false)
        refuse(part, "belongs to a value that keeps its channels")
      }
      guard let part else { continue }
      all.channels += part.channels
      all.isZero += part.isZero
      all.cause = all.cause ?? part.cause
    }
    return all
  }

  /// Split: parts of the channels.
  mutating func split(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    let along = position(node.int("axis") ?? 0, rank: own.count)
    guard own.indices.contains(along), node.outputs.allSatisfy({ lengths($0) != nil }) else {
      stop(index)
      return
    }
    var start = 0
    var parts: [[Int]] = []
    for name in node.outputs {
      let length = lengths(name)?[along] ?? 0
      var result = own
      if let channels = own[along] {
        let part = channels.picking(start..<(start + length))
        result[along] = part
        parts.append(part.channels)
      }
      set(name, result)
      start += length
    }
    if !parts.isEmpty { edits.append(.parts(node: index, parts: parts)) }
  }

  /// One axis of a `Slice`, as written.
  struct SliceRange {
    let start: Int
    let end: Int
    let step: Int

    /// The positions for a step of 1.
    func bounds(length: Int) -> Range<Int> {
      let first = min(max(start < 0 ? start + length : start, 0), length)
      let last = min(max(end < 0 ? end + length : end, first), length)
      return first..<last
    }
  }

  /// What a `Slice` takes by axis; nil when that is not constant.
  func sliceRanges(_ node: Node, rank: Int) -> [Int: SliceRange]? {
    guard let starts = node.ints("starts") ?? integers(node, 1),
      let ends = node.ints("ends") ?? integers(node, 2)
    else { return nil }
    let axes = node.ints("axes") ?? integers(node, 3) ?? Array(starts.indices)
    let steps = integers(node, 4) ?? starts.map { _ in 1 }
    guard input(node, 3) == nil || integers(node, 3) != nil,
      input(node, 4) == nil || integers(node, 4) != nil, starts.count == ends.count,
      axes.count == starts.count, steps.count == starts.count
    else { return nil }
    var result: [Int: SliceRange] = [:]
    for (place, axis) in axes.enumerated() {
      result[position(axis, rank: rank)] = SliceRange(
        start: starts[place], end: ends[place], step: steps[place])
    }
    return result
  }

  /// Slice: a range of the channels; other axes may have steps.
  mutating func slice(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    var result = own
    let ranges = sliceRanges(node, rank: own.count)
    let named = (node.ints("axes") ?? integers(node, 3))?.map { position($0, rank: own.count) }
    for (axis, channels) in own.enumerated() {
      guard let channels else { continue }
      guard let ranges else {
        if named?.contains(axis) != false {
          refuse(channels, "sliced at computed places")
          result[axis] = nil
        }
        continue
      }
      guard let range = ranges[axis] else { continue }
      guard range.step == 1 else {
        refuse(channels, "slice with a step over the channel axis")
        result[axis] = nil
        continue
      }
      let bounds = range.bounds(length: channels.channels.count)
      result[axis] = channels.picking(bounds)
      edits.append(
        .range(
          node: index, axis: axis, channels: channels.channels, start: bounds.lowerBound,
          end: bounds.upperBound, isComputed: isComputed(node, 1) || isComputed(node, 2)))
    }
    refuseSliceLengths(node, own, axes: named, isKnown: ranges != nil)
    set(node.outputs.first, result)
  }

  /// Places along an axis with channels are stated anew; along others they have to stay.
  private mutating func refuseSliceLengths(
    _ node: Node, _ own: [ChannelAxis?], axes: [Int]?, isKnown: Bool
  ) {
    for slot in 1...2 {
      guard let name = input(node, slot), let elements = shapeElements[name] else { continue }
      for (place, element) in elements.enumerated() {
        let axis = axes.map { place < $0.count ? $0[place] : -1 } ?? place
        if !isKnown || !own.indices.contains(axis) || own[axis] == nil {
          refuseLengths([element], of: node)
        }
      }
    }
  }

  /// Pad: channels of its own, which are 0 when that is what it pads with.
  mutating func pad(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard let pads = node.ints("pads") ?? integers(node, 1),
      input(node, 3) == nil || integers(node, 3) != nil
    else {
      stop(index, "padded by a computed number")
      return
    }
    let padded = integers(node, 3)?.map { position($0, rank: own.count) } ?? Array(own.indices)
    guard pads.count == 2 * padded.count else {
      stop(index)
      return
    }
    let mode = node.string("mode") ?? "constant"
    let fill =
      input(node, 2) == nil
      ? Double(node.float("value") ?? 0) : constant(node, 2)?.doubles.first ?? .nan
    var result = own
    for (axis, channels) in own.enumerated() {
      guard let channels, let place = padded.firstIndex(of: axis) else { continue }
      let (before, after) = (pads[place], pads[place + padded.count])
      if before == 0, after == 0 { continue }
      guard mode == "constant", before >= 0, after >= 0 else {
        refuse(channels, "padded with its own values or cropped along the channel axis")
        result[axis] = nil
        continue
      }
      let head = sets.make(before)
      let tail = sets.make(after)
      let isZero = fill == 0
      result[axis] = ChannelAxis(
        channels: head + channels.channels + tail,
        isZero: head.map { _ in isZero } + channels.isZero + tail.map { _ in isZero },
        cause: channels.cause ?? (isZero ? nil : "Pad"))
      edits.append(.pads(node: index, axis: axis, before: head, after: tail))
    }
    set(node.outputs.first, result)
  }

  /// Gather: rows of a table, or channels by position.
  mutating func gather(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard !own.isEmpty, let name = input(node, 1), let shape = lengths(name), values[name] == nil
    else {
      stop(index)
      return
    }
    let along = position(node.int("axis") ?? 0, rank: own.count)
    guard own.indices.contains(along) else {
      stop(index)
      return
    }
    var middle = [ChannelAxis?](repeating: nil, count: shape.count)
    if let channels = own[along] {
      if let indices = integers(node, 1), shape.count <= 1 {
        let places = indices.map { position($0, rank: channels.channels.count) }
        guard places.allSatisfy(channels.channels.indices.contains) else {
          stop(index)
          return
        }
        let picked = channels.picking(places)
        if shape.isEmpty { refuse(picked, "is picked by Gather") } else { middle[0] = picked }
        edits.append(.indices(node: index, channels: channels.channels, indices: places))
      } else {
        refuse(channels, "is picked by computed positions (Gather)")
      }
    }
    set(node.outputs.first, Array(own[..<along]) + middle + Array(own[(along + 1)...]))
  }

  /// Transpose: the axes change places.
  mutating func transpose(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    let order = node.ints("perm") ?? own.indices.reversed()
    guard order.count == own.count, order.allSatisfy(own.indices.contains) else {
      stop(index)
      return
    }
    set(node.outputs.first, order.map { own[$0] })
  }

  /// Expand: axes with channels keep them.
  mutating func expand(_ index: Int) {
    let node = graph.nodes[index]
    guard let output = node.outputs.first, let shape = lengths(output),
      let name = input(node, 0), let old = lengths(name)
    else { return }
    let own = axes(node, 0)
    let result = shape.indices.map { axis -> ChannelAxis? in
      let place = axis - shape.count + own.count
      return place >= 0 && old[place] == shape[axis] ? own[place] : nil
    }
    guard let given = elements(node, 1) else {
      stop(index, "expanded to a computed shape")
      return
    }
    let isStated = given.allSatisfy { if case .number = $0 { true } else { false } }
    if isStated {
      let shift = shape.count - given.count
      edits.append(
        .target(
          node: index, slot: 1,
          entries: given.enumerated().map { place, element in
            guard case .number(let number) = element else { return .number(1) }
            return result[place + shift].map { .repeated($0.channels, number: number) }
              ?? .number(number)
          }, isComputed: false))
    } else {
      for (place, element) in given.enumerated() {
        let axis = place + shape.count - given.count
        switch element {
        case .number(let number):
          if number != 1 { refuse(result[axis], "expanded to a computed shape") }
        case .length(let value, let other):
          if result[axis] == nil { refuse(values[value]?[other], "its length enters Expand") }
        case .computed: refuseLengths([element], of: node)
        }
      }
    }
    set(output, result)
  }

  /// DepthToSpace: the channels that make one channel of the result go together.
  mutating func depthToSpace(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard own.count == 4, let block = node.int("blocksize"), block > 0 else {
      stop(index)
      return
    }
    refuse(own, except: [0, 1], "depth to space over the axis")
    var result: [ChannelAxis?] = [own[0], nil, nil, nil]
    if let channels = own[1] {
      let each = block * block
      let count = channels.channels.count / each
      let isColumnMajor = node.string("mode") == "CRD"
      for position in channels.channels.indices {
        let place = isColumnMajor ? position / each : position % count
        sets.unite(
          channels.channels[isColumnMajor ? place * each : place], channels.channels[position])
      }
      result[1] = channels.picking((0..<count).map { isColumnMajor ? $0 * each : $0 })
    }
    set(node.outputs.first, result)
  }
}
