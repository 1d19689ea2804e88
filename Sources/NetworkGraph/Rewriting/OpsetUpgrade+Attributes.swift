import Tensors

/// Operators whose attributes became inputs.
extension OpsetUpgrade {
  /// Moves an integer or list attribute into input `slot` when the versions cross `since`.
  ///
  /// An empty list of axes means all axes before and is left out after.
  mutating func attributeToInput(
    _ node: Node, _ name: String, slot: Int, since: Int
  ) -> Node {
    guard crosses(since) else { return node }
    var node = node
    let values = node.ints(name) ?? node.int(name).map { [$0] } ?? []
    node.attributes.removeValue(forKey: name)
    if !values.isEmpty {
      node.setInput(slot, constant(values, named: "\(base(node))_\(name)"))
    }
    return node
  }

  /// Sizes as an input since 13; the number of outputs is told since 18.
  mutating func split(_ node: Node) -> Node {
    var node = attributeToInput(node, "split", slot: 1, since: 13)
    let hasSizes = node.inputs.count > 1 && !node.inputs[1].isEmpty
    if crosses(18), !hasSizes { node.attributes["num_outputs"] = .int(node.outputs.count) }
    return node
  }

  /// Bounds as inputs since 11; a bound that is not given stays open.
  mutating func clip(_ node: Node) -> Node {
    guard crosses(11) else { return node }
    var node = node
    for (slot, name) in [(1, "min"), (2, "max")] {
      guard let bound = node.float(name) else { continue }
      node.attributes.removeValue(forKey: name)
      node.setInput(
        slot, constant(bound, like: node.inputs[0], named: "\(base(node))_\(name)"))
    }
    return node
  }

  /// The ratio as an input since 12, where leaving out `training_mode` means inference as before.
  mutating func dropout(_ node: Node) throws(EngineError) -> Node {
    if crosses(10), node.outputs.count > 1, !node.outputs[1].isEmpty {
      throw unconvertible("Dropout with a mask of numbers")
    }
    guard crosses(12) else { return node }
    var node = node
    if let ratio = node.float("ratio") {
      node.attributes.removeValue(forKey: "ratio")
      node.setInput(1, constant(Tensor(scalar: ratio), named: "\(base(node))_ratio"))
    }
    return node
  }

  /// Amounts and value as inputs since 11.
  mutating func pad(_ node: Node) -> Node {
    guard crosses(11) else { return node }
    var node = node
    node.setInput(1, constant(node.ints("pads") ?? [], named: "\(base(node))_pads"))
    if let value = node.float("value"), value != 0 {
      node.setInput(2, constant(value, like: node.inputs[0], named: "\(base(node))_value"))
    }
    node.attributes.removeValue(forKey: "pads")
    node.attributes.removeValue(forKey: "value")
    return node
  }

  /// Starts, ends and axes as inputs since 10.
  mutating func slice(_ node: Node) -> Node {
    guard crosses(10) else { return node }
    var node = node
    for (slot, name) in [(1, "starts"), (2, "ends"), (3, "axes")] {
      guard let values = node.ints(name) else { continue }
      node.attributes.removeValue(forKey: name)
      node.setInput(slot, constant(values, named: "\(base(node))_\(name)"))
    }
    return node
  }

  /// Interpolation modes renamed in 20.
  func gridSample(_ node: Node) -> Node {
    guard crosses(20) else { return node }
    var node = node
    switch node.string("mode") {
    case "bilinear": node.attributes["mode"] = .text("linear")
    case "bicubic": node.attributes["mode"] = .text("cubic")
    default: break
    }
    return node
  }

  /// The axis, 1 unless given, as an input since 20.
  mutating func fourier(_ node: Node) -> Node {
    guard crosses(20) else { return node }
    var node = node
    let axis = Tensor(scalar: Int64(node.int("axis") ?? 1))
    node.attributes.removeValue(forKey: "axis")
    node.setInput(2, constant(axis, named: "\(base(node))_axis"))
    return node
  }
}

extension Node {
  /// Sets an input, leaving out those between the present ones and it.
  mutating func setInput(_ slot: Int, _ name: String) {
    while inputs.count <= slot { inputs.append("") }
    inputs[slot] = name
  }
}
