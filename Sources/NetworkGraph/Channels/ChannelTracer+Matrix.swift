extension ChannelTracer {
  /// Gemm: alpha x A x B + beta x C.
  mutating func gemm(_ index: Int) {
    let node = graph.nodes[index]
    let (a, b) = (axes(node, 0), axes(node, 1))
    guard a.count == 2, b.count == 2, let output = node.outputs.first else {
      stop(index)
      return
    }
    let isTransposed = (a: node.int("transA") ?? 0 != 0, b: node.int("transB") ?? 0 != 0)
    contract(
      index, a[isTransposed.a ? 0 : 1], b[isTransposed.b ? 1 : 0])
    var result = [a[isTransposed.a ? 1 : 0], b[isTransposed.b ? 0 : 1]]
    if let name = input(node, 2), let shape = lengths(name) {
      for axis in 0..<2 {
        let own = axis - 2 + shape.count
        guard let made = result[axis], own >= 0, shape[own] > 1 else {
          // A number that is added to all channels; it can't be 0 for some of them.
          if constant(node, 2)?.doubles.allSatisfy({ $0 == 0 }) != true {
            result[axis] = result[axis]?.losingZero(by: "Gemm")
          }
          continue
        }
        if constant(node, 2) != nil {
          edits.append(
            .operand(
              node: index, slot: 2, axis: own, channels: made.channels, isZeroed: axis == 1))
          if axis == 0 { result[axis] = made.losingZero(by: "Gemm") }
        } else {
          refuse(made, "Gemm with a bias that is not constant")
        }
      }
    }
    set(output, result)
  }

  /// MatMul of weights and values alike: ties what is summed over, and the batch axes of both sides.
  mutating func matrixProduct(_ index: Int) {
    let node = graph.nodes[index]
    let (a, b) = (axes(node, 0), axes(node, 1))
    guard a.count > 1, b.count > 1, let output = node.outputs.first,
      let left = lengths(node.inputs[0]), let right = lengths(node.inputs[1])
    else {
      stop(index)
      return
    }
    contract(index, a[a.count - 1], b[b.count - 2])
    let rank = max(a.count, b.count)
    var result: [ChannelAxis?] = []
    for axis in 0..<(rank - 2) {
      let (i, j) = (axis - rank + a.count, axis - rank + b.count)
      let one = i >= 0 ? a[i] : nil
      let other = j >= 0 ? b[j] : nil
      switch (one, other) {
      case (let one?, let other?):
        tie(one.channels, other.channels)
        result.append(
          ChannelAxis(
            channels: one.channels, isZero: zip(one.isZero, other.isZero).map { $0 || $1 },
            cause: one.cause ?? other.cause))
      case (let one?, nil):
        if j >= 0, right[j] > 1 { refuse(one, "MatMul with a value that keeps its channels") }
        result.append(one)
      case (nil, let other?):
        if i >= 0, left[i] > 1 { refuse(other, "MatMul with a value that keeps its channels") }
        result.append(other)
      case (nil, nil): result.append(nil)
      }
    }
    set(output, result + [a[a.count - 2], b[b.count - 1]])
  }

  /// Ties the channels that a product sums over.
  private mutating func contract(_ index: Int, _ one: ChannelAxis?, _ other: ChannelAxis?) {
    let node = graph.nodes[index]
    guard let one, let other else {
      refuse(one ?? other, "\(node.op) with a value that keeps its channels")
      return
    }
    tie(one.channels, other.channels)
    contractions[index] = one.channels
    let isZero = zip(one.isZero, other.isZero).map { $0 || $1 }
    consume(ChannelAxis(channels: one.channels, isZero: isZero, cause: one.cause ?? other.cause))
  }
}
