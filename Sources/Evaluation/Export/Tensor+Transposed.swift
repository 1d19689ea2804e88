import Tensors

extension Tensor {
  /// A matrix of elements of one or four bytes with its axes swapped, made when its values are first
  /// read.
  func transposedLater() -> Tensor {
    let storage = TensorStorage(onDemand: byteCount) { [self] target in
      withBytes { source in
        if type.byteSize == 4 {
          swapAxes(source, target, UInt32.self)
        } else {
          swapAxes(source, target, UInt8.self)
        }
      }
    }
    return Tensor(type: type, shape: [shape[1], shape[0]], storage: storage)
  }

  private func swapAxes<Element: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _: Element.Type
  ) {
    let (rows, columns, size) = (shape[0], shape[1], MemoryLayout<Element>.size)
    for row in 0..<rows {
      for column in 0..<columns {
        let value = source.loadUnaligned(
          fromByteOffset: (row * columns + column) * size, as: Element.self)
        target.storeBytes(
          of: value, toByteOffset: (column * rows + row) * size, as: Element.self)
      }
    }
  }
}
