import Tensors

/// A value of a run: a plain tensor, or 32-bit floats in one of oneDNN's layouts.
///
/// Immutable.
package struct RunValue: Sendable {
  private(set) var storage: TensorStorage
  let byteOffset: Int
  let type: ElementType
  package let shape: [Int]
  /// Whether the elements are 32-bit floats.
  package var isFloat: Bool { type == .float32 }
  /// How the elements lie; nil when they are plain row-major.
  let layout: DataLayout?

  /// A plain value.
  package init(_ tensor: Tensor) {
    storage = tensor.storage
    byteOffset = tensor.byteOffset
    type = tensor.type
    shape = tensor.shape
    layout = nil
  }

  /// Floats in a layout.
  init(storage: TensorStorage, shape: [Int], layout: DataLayout?) {
    self.storage = storage
    byteOffset = 0
    type = .float32
    self.shape = shape
    self.layout = layout
  }

  /// The same dense elements seen with another shape.
  func reshaped(_ shape: [Int], _ layout: DataLayout?) -> RunValue {
    RunValue(
      storage: storage, byteOffset: byteOffset, type: type, shape: shape, layout: layout)
  }

  private init(
    storage: TensorStorage, byteOffset: Int, type: ElementType, shape: [Int], layout: DataLayout?
  ) {
    self.storage = storage
    self.byteOffset = byteOffset
    self.type = type
    self.shape = shape
    self.layout = layout
  }

  /// Bytes in memory.
  var byteCount: Int {
    layout?.byteCount ?? shape.reduce(type.byteSize, *)
  }

  /// The value as a tensor; it must be plain.
  var tensor: Tensor {
    precondition(layout == nil, "a value in oneDNN's layout is read as a plain tensor")
    return Tensor(type: type, shape: shape, storage: storage, byteOffset: byteOffset)
  }

  /// The value for keeping: in memory of its own size, if the present one is much larger.
  func trimmed() -> RunValue {
    let needed = byteCount
    guard type != .string, !storage.isMapped, storage.byteCount > 4096,
      storage.byteCount > needed + needed / 4
    else { return self }
    let copy = TensorStorage(byteCount: needed) { target in
      storage.withBytes { bytes in
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[byteOffset...].prefix(needed)))
      }
    }
    return RunValue(storage: copy, byteOffset: 0, type: type, shape: shape, layout: layout)
  }

  /// Whether nobody else holds the memory, which starts with the value.
  var isUnique: Bool { mutating get { byteOffset == 0 && isKnownUniquelyReferenced(&storage) } }

  /// Where the elements start; valid while `storage` is held.
  ///
  /// Primitives take pointers without const; they write to their results only.
  var pointer: UnsafeMutableRawPointer? {
    storage.withBytes { bytes in
      bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + byteOffset) }
    }
  }
}
