import Tensors

/// Copies blocks of elements from given offsets, one after the other.
enum BlockGather {
  /// A dense tensor of the blocks of `length` elements at `offsets`, which lie within the source.
  static func copy(_ source: Tensor, shape: [Int], offsets: [Int], length: Int) -> Tensor {
    if source.type == .string {
      let strings = source.storage.strings
      return Tensor(shape, strings: offsets.flatMap { strings[$0..<($0 + length)] })
    }
    let size = source.type.byteSize
    return Tensor(type: source.type, shape: shape) { target in
      source.withBytes { bytes in
        guard let from = bytes.baseAddress, let to = target.baseAddress, length > 0 else { return }
        if length == 1, size == 4 {
          let words = to.assumingMemoryBound(to: UInt32.self)
          for (index, offset) in offsets.enumerated() {
            words[index] = (from + offset * 4).loadUnaligned(as: UInt32.self)
          }
          return
        }
        var position = to
        for offset in offsets {
          position.copyMemory(from: from + offset * size, byteCount: length * size)
          position += length * size
        }
      }
    }
  }
}
