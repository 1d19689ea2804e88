extension ChannelTracer {
  /// Convolution: reads the channels that its weight's input axis is tied to, and makes those of its
  /// output axis.
  mutating func convolution(_ index: Int) {
    let node = graph.nodes[index]
    let (value, weight) = (axes(node, 0), axes(node, 1))
    guard let name = input(node, 1), let shape = lengths(name), value.count == shape.count,
      shape.count > 2, let output = node.outputs.first
    else {
      stop(index)
      return
    }
    refuse(value, except: [1], "convolution slides over the axis")
    guard values[name] != nil else {
      stop(index, "convolution with weights that are no layer")
      return
    }
    let group = max(node.int("group") ?? 1, 1)
    if group > 1 {
      groups(index, group: group, value: value[1], weight: weight)
    } else if let read = value[1] {
      if let columns = weight[1] {
        tie(read.channels, columns.channels)
        contractions[index] = read.channels
      }
      consume(read)
    }
    var result: [ChannelAxis?] = value.map { _ in nil }
    result[1] = weight[0].map { ChannelAxis(channels: $0.channels, isZero: true) }
    bias(index, slot: 2, result[1])
    set(output, result)
  }

  /// A constant that is added to each of `made`.
  private mutating func bias(_ index: Int, slot: Int, _ made: ChannelAxis?) {
    let node = graph.nodes[index]
    guard let made, let name = input(node, slot) else { return }
    guard constant(node, slot) != nil, lengths(name) == [made.channels.count] else {
      refuse(made, "\(node.op) with a bias that is not constant")
      return
    }
    edits.append(
      .operand(node: index, slot: slot, axis: 0, channels: made.channels, isZeroed: true))
  }

  /// Grouped and depthwise convolution.
  ///
  /// Where there are more groups than channels in one, whole groups are removed (in a depthwise
  /// convolution each channel is a group); else every group loses the channels at the same places.
  private mutating func groups(
    _ index: Int, group: Int, value: ChannelAxis?, weight: [ChannelAxis?]
  ) {
    let node = graph.nodes[index]
    guard let made = weight[0], let total = lengths(node.inputs[0])?[1], total % group == 0,
      made.channels.count % group == 0
    else {
      stop(index, "convolution groups that do not fit")
      return
    }
    let (inner, outer) = (total / group, made.channels.count / group)
    if group >= min(inner, outer) {
      guard let read = value else {
        refuse(made, "grouped convolution of a value that keeps its channels")
        return
      }
      for start in 0..<group {
        for place in 0..<inner {
          sets.unite(read.channels[start * inner], read.channels[start * inner + place])
        }
        for place in 0..<outer {
          sets.unite(read.channels[start * inner], made.channels[start * outer + place])
        }
      }
      edits.append(
        .groupCount(
          node: index, channels: stride(from: 0, to: total, by: inner).map { read.channels[$0] }))
      return
    }
    for position in made.channels.indices {
      sets.unite(made.channels[position % outer], made.channels[position])
    }
    guard let read = value else { return }
    for position in read.channels.indices {
      sets.unite(read.channels[position % inner], read.channels[position])
    }
    if let columns = weight[1] {
      tie(columns.channels, read.channels)
      contractions[index] = columns.channels
    }
    consume(read)
  }

  /// Transposed convolution; with groups only where each channel has its own.
  mutating func transposedConvolution(_ index: Int) {
    let node = graph.nodes[index]
    let (value, weight) = (axes(node, 0), axes(node, 1))
    guard let name = input(node, 1), let shape = lengths(name), value.count == shape.count,
      shape.count > 2, let output = node.outputs.first, values[name] != nil
    else {
      stop(index)
      return
    }
    refuse(value, except: [1], "convolution slides over the axis")
    var result: [ChannelAxis?] = value.map { _ in nil }
    let group = max(node.int("group") ?? 1, 1)
    if group == 1 {
      if let read = value[1] {
        if let rows = weight[0] {
          tie(read.channels, rows.channels)
          contractions[index] = read.channels
        }
        consume(read)
      }
      result[1] = weight[1]
    } else if group == shape[0], shape[1] == 1 {
      if let read = value[1], let rows = weight[0] {
        tie(read.channels, rows.channels)
        edits.append(.groupCount(node: index, channels: read.channels))
      }
      result[1] = value[1]
    } else {
      refuse(value[1], "transposed convolution in groups")
      refuse(weight, except: [], "transposed convolution in groups")
      return
    }
    bias(index, slot: 2, result[1])
    set(output, result)
  }
}
