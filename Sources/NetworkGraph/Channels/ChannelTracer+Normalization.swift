extension ChannelTracer {
  /// Batch and instance normalization: one set of numbers for each channel.
  mutating func channelNormalization(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    refuse(own, except: [1], "\(node.op) over the axis")
    guard own.count > 1, let channels = own[1] else { return }
    guard node.int("training_mode") ?? 0 == 0 else {
      stop(index, "batch normalization in training mode")
      return
    }
    for slot in 1..<node.inputs.count {
      guard constant(node, slot) != nil else {
        stop(index, "\(node.op) with numbers that are not constant")
        return
      }
      edits.append(
        .operand(
          node: index, slot: slot, axis: 0, channels: channels.channels, isZeroed: slot < 3))
    }
    // Scale and bias are set to 0 with the channel.
    var result = [ChannelAxis?](repeating: nil, count: own.count)
    result[1] = ChannelAxis(channels: channels.channels, isZero: true)
    set(node.outputs.first, result)
  }

  /// Layer normalization mixes the channels of the axes that it normalizes.
  mutating func layerNormalization(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    let first = position(node.int("axis") ?? -1, rank: own.count)
    refuse(own, except: Set(0..<max(first, 0)), "layer normalization over the axis")
    set(
      node.outputs.first,
      own.enumerated().map { $0.offset < first ? $0.element?.losingZero(by: node.op) : nil })
  }

  /// Softmax mixes the axis that it normalizes; before opset 13 all axes from it on.
  mutating func softmax(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    let isOld = graph.opset < 13
    let axis = position(node.int("axis") ?? (isOld ? 1 : -1), rank: own.count)
    let mixed = isOld ? Set(axis..<max(axis, own.count)) : [axis]
    for place in mixed where own.indices.contains(place) {
      refuse(own[place], "\(node.op.lowercased()) over the axis")
    }
    set(
      node.outputs.first,
      own.enumerated().map { mixed.contains($0.offset) ? nil : $0.element?.losingZero(by: node.op) }
    )
  }

  /// Pooling slides over all axes but the first two.
  mutating func pool(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard node.outputs.dropFirst().allSatisfy({ $0.isEmpty || consumers[$0] == nil }) else {
      stop(index, "max-pooling whose positions are read")
      return
    }
    refuse(own, except: [0, 1], "pooling over the axis")
    set(node.outputs.first, own.enumerated().map { $0.offset < 2 ? $0.element : nil })
  }

  /// Resize: axes with channels keep their length.
  mutating func resize(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard let output = node.outputs.first, let old = lengths(node.inputs[0]),
      let new = lengths(output), old.count == new.count
    else { return }
    for axis in own.indices where old[axis] != new[axis] || axis > 1 {
      refuse(own[axis], "resized along the axis")
    }
    let named = node.ints("axes")?.map { position($0, rank: own.count) } ?? Array(own.indices)
    if node.op == "Resize", let sizes = elements(node, 3), sizes.count == named.count {
      let isStated = sizes.allSatisfy { if case .number = $0 { true } else { false } }
      var entries: [ChannelEdit.TargetEntry] = []
      for (place, axis) in named.enumerated() {
        switch sizes[place] {
        case .number(let number):
          if !isStated { refuse(own[axis], "resized to a computed size") }
          entries.append(own[axis].map { .kept($0.channels) } ?? .number(number))
        case .length(let value, let other):
          let same = values[value]?[other]?.channels == own[axis]?.channels
          if !same { refuse(own[axis], "resized to a computed size") }
          if !same { refuseLengths([sizes[place]], of: node) }
        case .computed:
          refuse(own[axis], "resized to a computed size")
          refuseLengths([sizes[place]], of: node)
        }
      }
      if isStated {
        edits.append(.target(node: index, slot: 3, entries: entries, isComputed: false))
      }
    } else if input(node, 3) != nil {
      stop(index, "resized to a computed size")
    }
    set(output, own)
  }

  /// Reductions: the axes that are reduced go; sums over channels that are 0 lose nothing.
  mutating func reduction(_ index: Int) {
    let node = graph.nodes[index]
    let own = axes(node, 0)
    guard input(node, 1) == nil || integers(node, 1) != nil else {
      stop(index, "\(node.op) over computed axes")
      return
    }
    let given = node.ints("axes") ?? integers(node, 1) ?? []
    if given.isEmpty, node.int("noop_with_empty_axes") ?? 0 != 0 {
      set(node.outputs.first, own)
      return
    }
    let reduced =
      given.isEmpty
      ? Set(own.indices) : Set(given.map { position($0, rank: own.count) })
    for axis in reduced where own.indices.contains(axis) {
      guard let channels = own[axis] else { continue }
      if ["ReduceSum", "ReduceL1", "ReduceL2", "ReduceSumSquare"].contains(node.op) {
        consume(channels)
      } else {
        refuse(channels, reductionReason(node))
      }
    }
    let keepsAxes = node.int("keepdims") ?? 1 != 0
    let keepsZero = !["ReduceLogSum", "ReduceLogSumExp"].contains(node.op)
    set(
      node.outputs.first,
      own.enumerated().compactMap { axis, channels -> ChannelAxis?? in
        if reduced.contains(axis) { return keepsAxes ? .some(nil) : nil }
        return .some(keepsZero ? channels : channels?.losingZero(by: node.op))
      })
  }

  /// Exporters write layer normalization out: a mean, and what is left when it is subtracted.
  private func reductionReason(_ node: Node) -> String {
    guard node.op == "ReduceMean", let name = input(node, 0), let mean = node.outputs.first,
      consumers[mean]?.contains(where: {
        graph.nodes[$0].op == "Sub" && graph.nodes[$0].inputs == [name, mean]
      }) == true
    else { return "\(node.op) over the axis" }
    return "layer normalization over the axis"
  }
}
