import Tensors

/// A form that primitives want constants in: how the tensor's bytes are seen, and the layout they
/// are copied into.
final class WeightForm: Sendable {
  let view: DataLayout
  let target: DataLayout
  /// nil when the tensor can be used as it is.
  private let reorder: Primitive?

  init(view: DataLayout, target: DataLayout) throws(OneDNNError) {
    self.view = view
    self.target = target
    reorder = view == target ? nil : try Primitive.reorder(view, target)
  }

  /// A tensor in this form; the tensor itself where nothing has to be done.
  func prepare(_ tensor: Tensor) throws -> RunValue {
    let plain = WeightForm.aligned(tensor)
    guard let reorder else { return RunValue(plain) }
    let source = RunValue(plain)
    let storage = try TensorStorage(byteCount: target.byteCount) { bytes in
      let data = [source.pointer, bytes.baseAddress]
      try withExtendedLifetime(source.storage) {
        try reorder.execute(arguments: [1, 17], layouts: [view.handle, target.handle], data: data)
      }
    }
    return RunValue(storage: storage, shape: target.shape, layout: target)
  }

  /// Mapped files hold floats at any address.
  private static func aligned(_ tensor: Tensor) -> Tensor {
    let isAligned = tensor.withBytes { UInt(bitPattern: $0.baseAddress) % 4 == 0 }
    if isAligned { return tensor }
    return Tensor(type: tensor.type, shape: tensor.shape) { target in
      tensor.withBytes { target.copyMemory(from: $0) }
    }
  }
}
