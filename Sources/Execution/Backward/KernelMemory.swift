import COneDNN
import Synchronization
import Tensors

/// Memory and copies between layouts that the kernels of one training executor share.
package final class KernelMemory: Sendable {
  private struct LayoutPair: Hashable {
    let from: ObjectIdentifier
    let into: ObjectIdentifier
  }

  private struct Known {
    var plain: [[Int]: DataLayout] = [:]
    /// Nil where the two are the same arrangement.
    var copies: [LayoutPair: Primitive?] = [:]
    /// Held, so that their identities stay theirs.
    var layouts: [DataLayout] = []
    var sums: [LayoutPair: Primitive] = [:]
  }

  private let pool: BufferPool
  private let known = Mutex(Known())

  /// Keeps at most `freeByteLimit` bytes of unused memory for each thread.
  package init(freeByteLimit: Int = 1 << 30) {
    pool = BufferPool(freeLimit: freeByteLimit)
  }

  /// The dense row-major layout of a shape.
  func plain(_ shape: [Int]) throws(OneDNNError) -> DataLayout {
    try locked { known throws(OneDNNError) in
      if let layout = known.plain[shape] { return layout }
      let made = try DataLayout.plain(shape)
      known.plain[shape] = made
      return made
    }
  }

  /// Where a value's elements lie.
  func layout(of value: RunValue) throws(OneDNNError) -> DataLayout {
    if let layout = value.layout { return layout }
    return try plain(value.shape)
  }

  /// The value in another layout of the same shape; itself where it lies there already.
  func converted(_ value: RunValue, to target: DataLayout) throws(OneDNNError) -> RunValue {
    let from = try layout(of: value)
    let pair = LayoutPair(from: ObjectIdentifier(from), into: ObjectIdentifier(target))
    let copy: Primitive? = try locked { known throws(OneDNNError) in
      if let copy = known.copies[pair] { return copy }
      let made = from == target ? nil : try Primitive.reorder(from, target)
      known.copies[pair] = .some(made)
      known.layouts += [from, target]
      return made
    }
    guard let copy else { return value }
    let results = try run(
      copy, [(CDNN_ARG_SRC, from, value)], into: [(CDNN_ARG_DST, target, value.shape)])
    return results[0]
  }

  /// The value as a plain tensor.
  package func tensor(_ value: RunValue) throws(EngineError) -> Tensor {
    try engine { () throws(OneDNNError) in
      guard let layout = value.layout, !layout.isPlain else { return value.tensor }
      return try converted(value, to: plain(value.shape)).tensor
    }
  }

  /// a + b of two values of one shape, in the layout of `a`.
  package func sum(_ a: RunValue, _ b: RunValue) throws(EngineError) -> RunValue {
    try engine { () throws(OneDNNError) in try sum(a, b, clipped: false) }
  }

  /// a + b, or max(a + b, 0).
  func sum(_ a: RunValue, _ b: RunValue, clipped: Bool) throws(OneDNNError) -> RunValue {
    // Plain values come to those in blocks.
    if a.layout == nil, b.layout != nil { return try sum(b, a, clipped: clipped) }
    let layout = try layout(of: a)
    let other = try converted(b, to: layout)
    // The second key tells the two forms apart.
    let pair = LayoutPair(
      from: ObjectIdentifier(layout), into: ObjectIdentifier(clipped ? self : layout))
    let primitive: Primitive = try locked { known throws(OneDNNError) in
      if let primitive = known.sums[pair] { return primitive }
      let ops = clipped ? [cdnn_post_op(function: Int32(CDNN_RELU), alpha: 0, beta: 0)] : []
      let made = try Primitive {
        cdnn_binary(
          &$0, Int32(CDNN_ADD), layout.handle, layout.handle, layout.handle, ops,
          Int32(ops.count))
      }
      known.sums[pair] = made
      known.layouts.append(layout)
      return made
    }
    let results = try run(
      primitive, [(CDNN_ARG_SRC, layout, a), (CDNN_ARG_SRC_1, layout, other)],
      into: [(CDNN_ARG_DST, layout, a.shape)])
    return results[0]
  }

  /// Runs a primitive on the calling thread; the results lie in new memory.
  func run<Argument: BinaryInteger>(
    _ primitive: Primitive, _ inputs: [(Argument, DataLayout, RunValue)],
    into results: [(Argument, DataLayout, [Int])]
  ) throws(OneDNNError) -> [RunValue] {
    var data = inputs.map { $0.2.pointer }
    var made: [RunValue] = []
    for (_, layout, shape) in results {
      let storage = pool.storage(byteCount: layout.byteCount) { _ in }
      let value = RunValue(storage: storage, shape: shape, layout: layout.isPlain ? nil : layout)
      data.append(value.pointer)
      made.append(value)
    }
    let arguments = inputs.map { Int32($0.0) } + results.map { Int32($0.0) }
    let handles = inputs.map { $0.1.handle } + results.map { $0.1.handle }
    try withExtendedLifetime((inputs, made)) { () throws(OneDNNError) in
      try primitive.execute(arguments: arguments, layouts: handles, data: data)
    }
    return made
  }

  private func locked<Result>(
    _ body: (inout Known) throws(OneDNNError) -> Result
  ) throws(OneDNNError) -> Result {
    try known.withLock { known throws(OneDNNError) in try body(&known) }
  }
}

/// Runs `body` and tells oneDNN's errors as the engine's.
func engine<Result>(_ body: () throws(OneDNNError) -> Result) throws(EngineError) -> Result {
  do throws(OneDNNError) {
    return try body()
  } catch {
    throw error.engineError
  }
}
