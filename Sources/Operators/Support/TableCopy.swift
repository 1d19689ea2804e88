import Tensors

/// Copies elements chosen by one table of positions per axis: the mechanism of Pad, nearest Resize
/// and Compress.
enum TableCopy {
  /// A dense tensor whose element at *(i, j, ...)* is the source's at *(tables[0][i], tables[1][j],
  /// ...)*, or `fill` where any of them is negative.
  ///
  /// There is one table per axis, with positions within it; `fill` has one element of the same type.
  static func copy(_ source: Tensor, tables: [[Int]], fill: Tensor? = nil) -> Tensor {
    let shape = tables.map(\.count)
    let strides = Shapes.strides(source.shape)
    // Trailing axes that are copied whole are moved as one block.
    var innerAxes = source.rank
    while innerAxes > 0, tables[innerAxes - 1] == Array(0..<source.shape[innerAxes - 1]) {
      innerAxes -= 1
    }
    let block = Shapes.product(source.shape[innerAxes...])
    var offsets = [0]
    for axis in 0..<max(innerAxes - 1, 0) {
      offsets = offsets.flatMap { base in
        tables[axis].map { base < 0 || $0 < 0 ? -1 : base + $0 * strides[axis] }
      }
    }
    let last = innerAxes > 0 ? tables[innerAxes - 1].map { $0 < 0 ? -1 : $0 * block } : [0]
    let plan = Plan(offsets: offsets, last: last, block: block)
    if source.type == .string { return copyStrings(source, shape: shape, plan: plan, fill: fill) }
    return Tensor(type: source.type, shape: shape) { target in
      source.withBytes { bytes in
        guard let to = target.baseAddress, !target.isEmpty else { return }
        let size = source.type.byteSize
        let pattern =
          fill?.withBytes { Array($0.prefix(size)) } ?? [UInt8](repeating: 0, count: size)
        pattern.withUnsafeBytes { pattern in
          guard let fill = pattern.baseAddress else { return }
          let from = bytes.baseAddress ?? fill
          plan.copyBytes(from: from, to: to, size: size, fill: fill)
        }
      }
    }
  }

  private static func copyStrings(
    _ source: Tensor, shape: [Int], plan: Plan, fill: Tensor?
  ) -> Tensor {
    let strings = source.storage.strings
    let blank = fill?.strings.first ?? ""
    var result: [String] = []
    for offset in plan.offsets {
      for position in plan.last {
        for index in 0..<plan.block {
          let isFilled = offset < 0 || position < 0
          result.append(isFilled ? blank : strings[offset + position + index])
        }
      }
    }
    return Tensor(shape, strings: result)
  }

  /// Blocks of elements: for each outer offset, one at each position of the last table.
  private struct Plan {
    let offsets: [Int]
    let last: [Int]
    let block: Int

    func copyBytes(
      from: UnsafeRawPointer, to: UnsafeMutableRawPointer, size: Int, fill: UnsafeRawPointer
    ) {
      switch size {
      case 1: copy(UInt8.self, from: from, to: to, fill: fill)
      case 2: copy(UInt16.self, from: from, to: to, fill: fill)
      case 4: copy(UInt32.self, from: from, to: to, fill: fill)
      case 8: copy(UInt64.self, from: from, to: to, fill: fill)
      default: copy(SIMD2<UInt64>.self, from: from, to: to, fill: fill)
      }
    }

    private func copy<T: BitwiseCopyable>(
      _ type: T.Type, from: UnsafeRawPointer, to: UnsafeMutableRawPointer, fill: UnsafeRawPointer
    ) {
      let size = MemoryLayout<T>.size
      let blank = fill.loadUnaligned(as: T.self)
      let target = to.assumingMemoryBound(to: T.self)
      let runs = mergedRuns()
      var written = 0
      for offset in offsets {
        for run in runs {
          if offset < 0 || run.start < 0 {
            for index in written..<(written + run.count) { target[index] = blank }
          } else if run.count <= 4 {
            var pointer = from + (offset + run.start) * size
            for index in written..<(written + run.count) {
              target[index] = pointer.loadUnaligned(as: T.self)
              pointer += size
            }
          } else {
            UnsafeMutableRawPointer(target + written).copyMemory(
              from: from + (offset + run.start) * size, byteCount: run.count * size)
          }
          written += run.count
        }
      }
    }

    /// The last table as runs of consecutive elements.
    private func mergedRuns() -> [(start: Int, count: Int)] {
      var runs: [(start: Int, count: Int)] = []
      for position in last where block > 0 {
        if let previous = runs.last,
          position < 0
            ? previous.start < 0
            : previous.start >= 0
              && previous.start + previous.count == position
        {
          runs[runs.count - 1].count += block
        } else {
          runs.append((position < 0 ? -1 : position, block))
        }
      }
      return runs
    }
  }
}
