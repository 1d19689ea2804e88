extension Tensor {
  /// Elements in a block of ``forEachBlock(in:_:)``: small enough to stay in the nearest cache.
  public static let blockLength = 1 << 14

  /// Calls `body` with the float32 elements of `range` in blocks, and the index of each block's first.
  ///
  /// Tensors in files are seldom aligned; a block that is not is copied, never the whole tensor.
  /// Blocks begin at multiples of ``blockLength``.
  public func forEachBlock(
    in range: Range<Int>? = nil,
    _ body: (_ elements: UnsafeBufferPointer<Float>, _ first: Int) throws -> Void
  ) rethrows {
    let range = range ?? 0..<count
    try withBytes { bytes in
      guard let base = bytes.baseAddress, !range.isEmpty else { return }
      let isAligned = Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockLength) { copy in
        var first = range.lowerBound
        while first < range.upperBound {
          let end = min((first / Self.blockLength + 1) * Self.blockLength, range.upperBound)
          let part = UnsafeRawBufferPointer(rebasing: bytes[(first * 4)..<(end * 4)])
          if isAligned {
            try body(part.bindMemory(to: Float.self), first)
          } else {
            UnsafeMutableRawBufferPointer(copy).copyMemory(from: part)
            try body(UnsafeBufferPointer(rebasing: copy[..<(end - first)]), first)
          }
          first = end
        }
      }
    }
  }
}
