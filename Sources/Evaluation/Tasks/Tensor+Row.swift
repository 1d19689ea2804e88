import Tensors

extension Tensor {
  /// One index of the first axis, without that axis and without copying.
  func row(_ index: Int) -> Tensor {
    let row = Array(shape.dropFirst())
    return Tensor(
      type: type, shape: row, storage: storage,
      byteOffset: byteOffset + index * row.reduce(1, *) * type.byteSize)
  }
}
