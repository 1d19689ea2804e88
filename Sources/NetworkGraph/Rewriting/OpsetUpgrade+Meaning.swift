import Tensors

/// Operators whose meaning or name changed.
extension OpsetUpgrade {
  /// `Upsample` is `Resize` since 10.
  mutating func upsample(_ node: Node) throws(EngineError) -> Node {
    var node = node
    if crosses(9), let scales = node.floats("scales") {
      node.attributes.removeValue(forKey: "scales")
      let name = "\(base(node))_scales"
      node.setInput(1, constant(Tensor([scales.count], scales), named: name))
    }
    guard to >= 10 else { return node }
    node.op = "Resize"
    guard to >= 11 else { return node }
    return try resizeOf10(node)
  }

  /// Coordinates and rounding are told since 11, the region of interest can be left out since 13.
  mutating func resize(_ node: Node) throws(EngineError) -> Node {
    var node = node
    if crosses(11) { return try resizeOf10(node) }
    guard crosses(13) else { return node }
    if node.string("coordinate_transformation_mode") == "tf_half_pixel_for_nn" {
      throw unconvertible("Resize with coordinates 'tf_half_pixel_for_nn'")
    }
    // Sizes came with empty scales; now one of the two is left out.
    if node.inputs.count > 3, !node.inputs[3].isEmpty, constants[node.inputs[2]]?.count == 0 {
      node.inputs[2] = ""
    }
    return node
  }

  /// What `Resize` meant before it told: coordinates divided by the scale; nearest is the lower
  /// neighbour when enlarging and the upper one when reducing.
  private mutating func resizeOf10(_ node: Node) throws(EngineError) -> Node {
    var node = node
    guard node.inputs.count > 1, !node.inputs[1].isEmpty else {
      throw unconvertible("Resize without scales")
    }
    let scales = node.inputs[1]
    let region =
      to >= 13 ? "" : constant(Tensor([0], [Float]()), named: "\(base(node))_roi")
    node.inputs = [node.inputs[0], region, scales]
    node.attributes["coordinate_transformation_mode"] = .text("asymmetric")
    guard node.string("mode") ?? "nearest" == "nearest" else { return node }
    let known = (constants[scales] ?? added[scales])?.floats ?? []
    let reduces = known.contains { $0 < 1 }
    if reduces, known.contains(where: { $0 > 1 }) {
      throw unconvertible("Resize that enlarges one axis and reduces another")
    }
    node.attributes["nearest_mode"] = .text(reduces ? "ceil" : "floor")
    return node
  }

  /// Since 13 along one axis; before, over all axes from the given one on, as one.
  mutating func softmax(_ node: Node) -> [Node] {
    guard crosses(13), let input = node.inputs.first, let output = node.outputs.first else {
      return [node]
    }
    var node = node
    let axis = node.int("axis") ?? 1
    let rank = rank(of: input) ?? rank(of: output)
    if axis == -1 || rank.map({ axis == $0 - 1 }) == true {
      node.attributes["axis"] = .int(-1)
      return [node]
    }
    let shape = names.fresh("\(output)_shape")
    let flat = names.fresh("\(output)_flat_input")
    let result = names.fresh("\(output)_flat")
    node.attributes["axis"] = .int(-1)
    node.inputs[0] = flat
    node.outputs[0] = result
    return [
      Node(op: "Shape", inputs: [input], outputs: [shape]),
      Node(op: "Flatten", inputs: [input], outputs: [flat], attributes: ["axis": .int(axis)]),
      node,
      Node(op: "Reshape", inputs: [result, shape], outputs: [output]),
    ]
  }

  /// `spatial` is gone since 9; training is told since 14.
  func batchNormalization(_ node: Node) throws(EngineError) -> Node {
    var node = node
    if crosses(9) {
      guard node.int("spatial") ?? 1 != 0 else {
        throw unconvertible("BatchNormalization of each position (spatial 0)")
      }
      node.attributes.removeValue(forKey: "spatial")
    }
    if crosses(14) {
      guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
        throw unconvertible("BatchNormalization in training mode")
      }
      node.outputs = Array(node.outputs.prefix(1))
    }
    return node
  }

  /// Scale and bias have one number for each channel since 21; before, one for each group.
  mutating func groupNormalization(_ node: Node) -> [Node] {
    guard crosses(21), node.inputs.count >= 3, let groups = node.int("num_groups") else {
      return [node]
    }
    var node = node
    let name = base(node)
    let shape = names.fresh("\(name)_channels")
    let perGroup = names.fresh("\(name)_channels_per_group")
    let expanded = names.fresh("\(name)_expanded_shape")
    let groupCount = constant([groups], named: "\(name)_groups")
    let one = constant([1], named: "\(name)_axis")
    let all = constant([-1], named: "\(name)_all")
    var nodes = [
      Node(
        op: "Shape", inputs: [node.inputs[0]], outputs: [shape],
        attributes: ["start": .int(1), "end": .int(2)]),
      Node(op: "Div", inputs: [shape, groupCount], outputs: [perGroup]),
      Node(
        op: "Concat", inputs: [groupCount, perGroup], outputs: [expanded],
        attributes: ["axis": .int(0)]),
    ]
    for slot in 1...2 {
      let column = names.fresh("\(name)_column")
      let repeated = names.fresh("\(name)_repeated")
      let vector = names.fresh("\(name)_per_channel")
      nodes += [
        Node(op: "Unsqueeze", inputs: [node.inputs[slot], one], outputs: [column]),
        Node(op: "Expand", inputs: [column, expanded], outputs: [repeated]),
        Node(op: "Reshape", inputs: [repeated, all], outputs: [vector]),
      ]
      node.inputs[slot] = vector
    }
    return nodes + [node]
  }
}
