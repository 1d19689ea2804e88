import COneDNN
import Tensors

/// A oneDNN primitive that is run on plain tensors: what it wants otherwise is copied over and back.
struct PlainPrimitive: Sendable {
  /// One argument.
  struct Argument: Sendable {
    /// The shim's number.
    let number: Int32
    /// The tensor's own layout.
    let plain: DataLayout
    /// The layout that the primitive wants.
    let wanted: DataLayout
    /// The copy between them; nil when they are equal.
    let copy: Primitive?

    init(
      _ number: Int, _ plain: DataLayout, of primitive: Primitive, isResult: Bool
    ) throws(OneDNNError) {
      self.number = Int32(number)
      self.plain = plain
      wanted = try primitive.layout(number)
      let (from, to) = isResult ? (wanted, plain) : (plain, wanted)
      copy = wanted == plain ? nil : try Primitive.reorder(from, to)
    }
  }

  let primitive: Primitive
  let sources: [Argument]
  let results: [Argument]

  /// Runs on the calling thread.
  ///
  /// - Parameter inputs: Float32 tensors in the order of ``sources``.
  /// - Returns: One tensor for each of ``results``, in the given shapes.
  func run(_ inputs: [Tensor], shapes: [[Int]]) throws(OneDNNError) -> [Tensor] {
    cdnn_prepare_thread()
    var copies: [UnsafeMutableRawPointer] = []
    defer { for memory in copies { memory.deallocate() } }
    var data: [UnsafeMutableRawPointer?] = []
    for (argument, tensor) in zip(sources, inputs) {
      let address = tensor.withBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
      guard let copy = argument.copy else {
        data.append(address)
        continue
      }
      let memory = Self.memory(argument.wanted)
      copies.append(memory)
      data.append(memory)
      try Self.reorder(copy, address, argument.plain, memory, argument.wanted)
    }
    var made: [UnsafeMutableRawPointer] = []
    for argument in results {
      let memory = Self.memory(argument.wanted)
      made.append(memory)
      data.append(memory)
      if argument.copy != nil { copies.append(memory) }
    }
    let all = sources + results
    try withExtendedLifetime(inputs) { () throws(OneDNNError) in
      try primitive.execute(
        arguments: all.map(\.number), layouts: all.map(\.wanted.handle), data: data)
    }
    var tensors: [Tensor] = []
    for (index, argument) in results.enumerated() {
      var memory = made[index]
      if let copy = argument.copy {
        memory = Self.memory(argument.plain)
        try Self.reorder(copy, made[index], argument.wanted, memory, argument.plain)
      }
      let storage = TensorStorage(
        adopting: memory, byteCount: argument.plain.byteCount, release: { $0.deallocate() })
      tensors.append(Tensor(type: .float32, shape: shapes[index], storage: storage))
    }
    return tensors
  }

  private static func memory(_ layout: DataLayout) -> UnsafeMutableRawPointer {
    .allocate(byteCount: max(layout.byteCount, 64), alignment: 64)
  }

  private static func reorder(
    _ copy: Primitive, _ from: UnsafeMutableRawPointer?, _ source: DataLayout,
    _ to: UnsafeMutableRawPointer, _ target: DataLayout
  ) throws(OneDNNError) {
    try copy.execute(
      arguments: [Int32(CDNN_ARG_SRC), Int32(CDNN_ARG_DST)],
      layouts: [source.handle, target.handle], data: [from, to])
  }
}
