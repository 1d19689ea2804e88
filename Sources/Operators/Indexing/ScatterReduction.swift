import Tensors

/// How a scattered element is combined with the one in its place.
enum ScatterReduction: String {
  case none, add, mul, max, min

  /// The `reduction` attribute of a node.
  init(_ call: OperatorCall) throws(EngineError) {
    let text = call.string("reduction", default: "none")
    guard let value = ScatterReduction(rawValue: text) else {
      throw Shapes.unsupported("attribute 'reduction' is '\(text)'")
    }
    self = value
  }

  /// The data with blocks of `length` elements of the updates combined into it, in order.
  ///
  /// - Parameter offsets: Where each block goes; they lie within the data.
  func scatter(
    _ updates: Tensor, into data: Tensor, offsets: [Int], length: Int
  ) throws(EngineError) -> Tensor {
    guard data.type == updates.type, updates.count == offsets.count * length else {
      throw Shapes.mismatch(
        "updates of \(updates.type) \(updates.shape) do not fit data of \(data.type) \(data.shape)"
      )
    }
    if self != .none {
      return try data.type.accept(
        Kernel(
          reduction: self, data: data, updates: updates, offsets: offsets, length: length))
    }
    if data.type == .string {
      var strings = data.strings
      for (index, offset) in offsets.enumerated() {
        for step in 0..<length {
          strings[offset + step] = updates.storage.strings[index * length + step]
        }
      }
      return Tensor(data.shape, strings: strings)
    }
    let blockBytes = length * data.type.byteSize
    return Tensor(type: data.type, shape: data.shape) { target in
      data.withBytes { target.copyMemory(from: $0) }
      updates.withBytes { bytes in
        guard let to = target.baseAddress, let from = bytes.baseAddress else { return }
        for (index, offset) in offsets.enumerated() {
          (to + offset * data.type.byteSize).copyMemory(
            from: from + index * blockBytes, byteCount: blockBytes)
        }
      }
    }
  }

  private struct Kernel: NumberVisitor {
    let reduction: ScatterReduction
    let data: Tensor
    let updates: Tensor
    let offsets: [Int]
    let length: Int

    func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
      var values = data.array(of: N.self)
      updates.withElements(of: N.self) { source in
        for (index, offset) in offsets.enumerated() {
          for step in 0..<length {
            let (old, new) = (values[offset + step].work, source[index * length + step].work)
            values[offset + step] = N(work: combine(old, new))
          }
        }
      }
      return Tensor(data.shape, values)
    }

    private func combine<W: WorkNumber>(_ old: W, _ new: W) -> W {
      switch reduction {
      case .none: new
      case .add: W.sum(old, new)
      case .mul: W.product(old, new)
      case .max: W.maximum(old, new)
      case .min: W.minimum(old, new)
      }
    }
  }
}
