import Tensors

/// Copies the elements that strides select into a new dense tensor: the mechanism of Transpose,
/// Slice, Expand, Tile and their kin.
enum StridedCopy {
  /// A dense tensor of `shape` whose element at index *i* is the source's element number
  /// `offset + i . strides`.
  ///
  /// Shape, strides and offset must have been checked against the source.
  static func copy(_ source: Tensor, shape: [Int], strides: [Int], offset: Int = 0) -> Tensor {
    let loop = StridedLoop(shape: shape, strides: [strides])
    if source.type == .string {
      let strings = source.storage.strings
      var result: [String] = []
      loop.forEachRow { _, offsets in
        var index = offset + offsets[0]
        for _ in 0..<loop.rowLength {
          result.append(strings[index])
          index += loop.rowStrides[0]
        }
      }
      return Tensor(shape, strings: result)
    }
    return Tensor(type: source.type, shape: shape) { target in
      source.withBytes { bytes in
        guard let from = bytes.baseAddress, let to = target.baseAddress, target.count > 0 else {
          return
        }
        let size = source.type.byteSize
        copyBytes(from: from + offset * size, to: to, size: size, loop: loop)
      }
    }
  }

  private static func copyBytes(
    from: UnsafeRawPointer, to: UnsafeMutableRawPointer, size: Int, loop: StridedLoop
  ) {
    let length = loop.rowLength
    if loop.rowStrides[0] == 1 {
      loop.forEachRow { row, offsets in
        (to + row * length * size).copyMemory(
          from: from + offsets[0] * size, byteCount: length * size)
      }
      return
    }
    switch size {
    case 1: copyElements(UInt8.self, from: from, to: to, loop: loop)
    case 2: copyElements(UInt16.self, from: from, to: to, loop: loop)
    case 4: copyElements(UInt32.self, from: from, to: to, loop: loop)
    case 8: copyElements(UInt64.self, from: from, to: to, loop: loop)
    default:
      loop.forEachRow { row, offsets in
        for index in 0..<length {
          (to + (row * length + index) * size).copyMemory(
            from: from + (offsets[0] + index * loop.rowStrides[0]) * size, byteCount: size)
        }
      }
    }
  }

  private static func copyElements<T: BitwiseCopyable>(
    _ type: T.Type, from: UnsafeRawPointer, to: UnsafeMutableRawPointer, loop: StridedLoop
  ) {
    let size = MemoryLayout<T>.size
    let length = loop.rowLength
    let step = loop.rowStrides[0] * size
    let target = to.assumingMemoryBound(to: T.self)
    if loop.strides[0].last == 1, let height = loop.lengths.last, height >= 4, length >= 4 {
      transposeElements(type, from: from, to: target, loop: loop)
      return
    }
    loop.forEachRow { row, offsets in
      // Sources may lie unaligned in a mapped file.
      var pointer = from + offsets[0] * size
      let start = row * length
      for index in 0..<length {
        target[start + index] = pointer.loadUnaligned(as: T.self)
        pointer += step
      }
    }
  }

  /// The case of a matrix transposition in the two innermost axes, in tiles that fit the cache.
  private static func transposeElements<T: BitwiseCopyable>(
    _ type: T.Type, from: UnsafeRawPointer, to: UnsafeMutablePointer<T>, loop: StridedLoop
  ) {
    let size = MemoryLayout<T>.size
    let width = loop.rowLength
    let step = loop.rowStrides[0]
    guard let height = loop.lengths.last else { return }
    let outer = StridedLoop(
      shape: Array(loop.lengths.dropLast()) + [1],
      strides: [Array(loop.strides[0].dropLast()) + [0]])
    let tile = 16
    outer.forEachRow { row, offsets in
      // The merged outer loop has rows too: walk them by its row stride.
      for inner in 0..<outer.rowLength {
        let source = from + (offsets[0] + inner * outer.rowStrides[0]) * size
        let target = to + (row * outer.rowLength + inner) * height * width
        for top in stride(from: 0, to: height, by: tile) {
          for left in stride(from: 0, to: width, by: tile) {
            for y in top..<min(top + tile, height) {
              for x in left..<min(left + tile, width) {
                target[y * width + x] = (source + (x * step + y) * size)
                  .loadUnaligned(as: T.self)
              }
            }
          }
        }
      }
    }
  }
}
