import Tensors

/// Rounds floats to codes and back, in the memory that they are in where nobody else needs them.
struct RoundingStep: Step {
  let source: Source
  let result: Int
  let shape: [Int]
  /// nil for plain values.
  let layout: DataLayout?
  /// Bytes of the value in its layout; elements that fill up a layout are 0 and stay 0.
  let byteCount: Int
  /// Scale and codes; nil when each value decides for itself.
  let rounding: LinearRounding?
  /// Parts of the value that decide each for itself.
  let parts: Int

  var sources: [Source] { [source] }
  var results: [Int] { [result] }
  var implementation: String { "rounding" }

  func run(_ state: RunState) throws {
    let storage: TensorStorage
    if let own = try state.exclusive(source) {
      storage = own
      try own.withBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        // Held by this step alone.
        try apply(start, UnsafeMutableRawPointer(mutating: start))
      }
    } else {
      let input = try state.read(source)
      storage = try state.services.pool.storage(byteCount: byteCount) { memory in
        try withExtendedLifetime(input.storage) {
          guard let start = input.pointer else { return }
          try apply(start, memory)
        }
      }
    }
    state.values[result] = RunValue(storage: storage, shape: shape, layout: layout)
  }

  private func apply(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) throws {
    let count = byteCount / 4 / parts
    for part in 0..<parts {
      let values = source.assumingMemoryBound(to: Float.self) + part * count
      guard let rounding = rounding ?? LinearRounding(spanning: values, count: count) else {
        throw EngineError(
          .notFinite, problem: "the input has NaN or infinite elements",
          remedy: "Check the data and the layers before this node")
      }
      rounding.apply(
        values, target.assumingMemoryBound(to: Float.self) + part * count, count: count)
    }
  }
}
