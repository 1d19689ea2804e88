import Tensors

/// Which tensor this is: the bytes it looks at, not what they are.
///
/// It holds the storage, so that its address can't come to mean another tensor.
struct TensorIdentity: Hashable, Sendable {
  private let storage: TensorStorage
  private let byteOffset: Int
  private let shape: [Int]

  init(_ tensor: Tensor) {
    storage = tensor.storage
    byteOffset = tensor.byteOffset
    shape = tensor.shape
  }

  static func == (a: TensorIdentity, b: TensorIdentity) -> Bool {
    a.storage === b.storage && a.byteOffset == b.byteOffset && a.shape == b.shape
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(storage))
    hasher.combine(byteOffset)
  }
}
