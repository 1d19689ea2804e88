import Tensors

extension NetworkGraph {
  /// Puts other numbers under the name of a constant, initializer or `Constant` node alike.
  ///
  /// A declared type or shape that no longer fits is changed with it.
  ///
  /// - Returns: Whether there is such a constant; without one nothing changes.
  @discardableResult
  public mutating func replaceConstant(_ name: String, with tensor: Tensor) -> Bool {
    if initializers[name] != nil {
      initializers[name] = tensor
    } else if let index = nodes.firstIndex(where: { $0.outputs.first == name }),
      nodes[index].op == "Constant", nodes[index].domain.isEmpty
    {
      nodes[index].attributes = ["value": .tensor(tensor)]
    } else {
      return false
    }
    for index in inputs.indices where inputs[index].name == name {
      inputs[index].redeclare(as: tensor)
    }
    for index in valueInfos.indices where valueInfos[index].name == name {
      valueInfos[index].redeclare(as: tensor)
    }
    return true
  }

  /// Removes an initializer with everything that is declared about it.
  public mutating func removeInitializer(_ name: String) {
    initializers.removeValue(forKey: name)
    preservedTensorFields[name] = nil
    inputs.removeAll { $0.name == name }
    valueInfos.removeAll { $0.name == name }
  }

  /// Removes those of `names` that nothing reads any more: initializers with their declarations,
  /// `Constant` nodes, and the `Identity` and `Transpose` nodes that led from them.
  public mutating func removeConstants(unusedAmong names: Set<String>) {
    var candidates = names
    while true {
      var read = Set(outputs.map(\.name))
      for node in nodes { read.formUnion(node.allInputs) }
      let unused = candidates.subtracting(read)
      if unused.isEmpty { return }
      for name in unused where initializers[name] != nil { removeInitializer(name) }
      nodes.removeAll { node in
        guard let output = node.outputs.first, unused.contains(output), node.outputs.count == 1,
          ["Constant", "Identity", "Transpose"].contains(node.op), node.domain.isEmpty
        else { return false }
        candidates.formUnion(node.inputs)
        return true
      }
      candidates.subtract(unused)
    }
  }
}

extension ValueInfo {
  /// Declares the type and shape of `tensor`.
  mutating func redeclare(as tensor: Tensor) {
    type = tensor.type
    shape = tensor.shape.map { .fixed($0) }
  }
}
