import Tensors

extension ChannelTracer {
  /// When the result of an elementwise operator is 0 at a channel that is 0 in its operands.
  enum ZeroRule {
    /// All operands are 0.
    case sum
    /// One operand is 0.
    case product
    /// The first operand is 0.
    case first
    /// The first operand is 0 and the second is not.
    case quotient
    /// The first operand is 0 and the exponent positive.
    case power
    /// All operands are 0, or constants of at most 0.
    case maximum
    /// All operands are 0, or constants of at least 0.
    case minimum
    /// The second and the third operand are 0.
    case branches
    case never
  }

  /// An operand of an elementwise operator as seen along one axis of the result.
  private struct Operand {
    let slot: Int
    /// The axis of the operand; negative when it has fewer axes than the result.
    let axis: Int
    let channels: ChannelAxis?
    let length: Int
    let signs: ConstantSigns?
  }

  /// The range of a constant operand.
  private struct ConstantSigns {
    let low: Double
    let high: Double

    init?(_ tensor: Tensor?) {
      // Long constants are tables along other axes: that they are all 0 is not worth a look.
      guard let tensor else { return nil }
      let values = tensor.count <= 4096 ? tensor.doubles : []
      low = values.min() ?? -.infinity
      high = values.max() ?? .infinity
    }
  }

  /// A function of one operand.
  mutating func unary(_ index: Int, keepsZero: Bool) {
    let node = graph.nodes[index]
    guard node.outputs.dropFirst().allSatisfy({ $0.isEmpty || consumers[$0] == nil }) else {
      stop(index)
      return
    }
    set(
      node.outputs.first,
      axes(node, 0).map { keepsZero ? $0 : $0?.losingZero(by: node.op) })
  }

  /// Clip: 0 stays 0 when it lies between the bounds.
  mutating func clip(_ index: Int) {
    let node = graph.nodes[index]
    let low = node.float("min").map(Double.init) ?? constant(node, 1)?.doubles.first
    let high = node.float("max").map(Double.init) ?? constant(node, 2)?.doubles.first
    let isKnown = [1, 2].allSatisfy { input(node, $0) == nil || constant(node, $0) != nil }
    unary(index, keepsZero: isKnown && (low ?? 0) <= 0 && (high ?? 0) >= 0)
  }

  /// An elementwise operator of operands that are repeated along axes of length 1.
  mutating func broadcast(_ index: Int, _ rule: ZeroRule) {
    let node = graph.nodes[index]
    guard let output = node.outputs.first, let rank = lengths(output)?.count else { return }
    let signs = node.inputs.indices.map { ConstantSigns(constant(node, $0)) }
    var result: [ChannelAxis?] = []
    for axis in 0..<rank {
      let operands = node.inputs.indices.compactMap { slot -> Operand? in
        guard let name = input(node, slot), let shape = lengths(name) else { return nil }
        let own = axis - rank + shape.count
        return Operand(
          slot: slot, axis: own, channels: own < 0 ? nil : axes(node, slot)[own],
          length: own < 0 ? 1 : shape[own], signs: signs[slot])
      }
      result.append(combined(index, operands, rule))
    }
    set(output, result)
  }

  /// Ties the channels of operands along one axis; nil when none has any.
  private mutating func combined(
    _ index: Int, _ operands: [Operand], _ rule: ZeroRule
  ) -> ChannelAxis? {
    let node = graph.nodes[index]
    guard let first = operands.compactMap(\.channels).first else { return nil }
    for operand in operands where operand.length > 1 {
      if let axis = operand.channels {
        tie(first.channels, axis.channels)
      } else if operand.signs != nil {
        edits.append(
          .operand(
            node: index, slot: operand.slot, axis: operand.axis, channels: first.channels,
            isZeroed: rule == .sum))
      } else {
        refuse(first, "\(node.op) with a value that keeps its channels")
      }
    }
    let zero = first.channels.indices.map { Self.isZero(operands, $0, rule) }
    let lost = operands.contains { operand in
      guard let axis = operand.channels else { return false }
      return zip(axis.isZero, zero).contains { $0 && !$1 }
    }
    let cause = operands.lazy.compactMap { $0.channels?.cause }.first
    return ChannelAxis(
      channels: first.channels, isZero: zero, cause: cause ?? (lost ? node.op : nil))
  }

  private static func isZero(_ operands: [Operand], _ position: Int, _ rule: ZeroRule) -> Bool {
    func isZero(_ operand: Operand) -> Bool {
      if let axis = operand.channels { return axis.isZero[position] }
      // A constant along the axis is set to 0 with the channel where it is added.
      guard let signs = operand.signs else { return false }
      return operand.length > 1 ? rule == .sum : signs.low == 0 && signs.high == 0
    }
    func constant(_ operand: Operand, _ test: (ConstantSigns) -> Bool) -> Bool {
      operand.channels == nil && operand.signs.map(test) == true
    }
    switch rule {
    case .sum: return operands.allSatisfy(isZero)
    case .product: return operands.contains(where: isZero)
    case .first: return operands.first.map(isZero) ?? false
    case .quotient:
      return operands.first.map(isZero) == true && operands.count == 2 && !isZero(operands[1])
    case .power:
      return operands.first.map(isZero) == true && operands.count == 2
        && constant(operands[1]) { $0.low > 0 }
    case .maximum: return operands.allSatisfy { isZero($0) || constant($0) { $0.high <= 0 } }
    case .minimum: return operands.allSatisfy { isZero($0) || constant($0) { $0.low >= 0 } }
    case .branches: return operands.count == 3 && operands.dropFirst().allSatisfy(isZero)
    case .never: return false
    }
  }
}
