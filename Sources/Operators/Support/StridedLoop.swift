/// A nested loop over a result's axes that reads several operands by their own strides.
///
/// Axes are merged where all operands allow it, so that rows are as long as possible.
struct StridedLoop {
  /// Lengths of the outer axes.
  let lengths: [Int]
  /// For each operand, its strides over the outer axes.
  let strides: [[Int]]
  /// Elements in a row.
  let rowLength: Int
  /// For each operand, its stride within a row.
  let rowStrides: [Int]

  /// Makes a loop over `shape`; `strides` holds one stride per axis for each operand.
  init(shape: [Int], strides operands: [[Int]]) {
    var lengths: [Int] = []
    var strides = operands.map { _ in [Int]() }
    for axis in shape.indices where shape[axis] != 1 {
      let length = shape[axis]
      let last = lengths.count - 1
      let merges =
        last >= 0
        && operands.indices.allSatisfy { strides[$0][last] == operands[$0][axis] * length }
      if merges { lengths[last] *= length } else { lengths.append(length) }
      for operand in operands.indices {
        if merges {
          strides[operand][last] = operands[operand][axis]
        } else {
          strides[operand].append(operands[operand][axis])
        }
      }
    }
    rowLength = lengths.popLast() ?? 1
    rowStrides = strides.indices.map { strides[$0].popLast() ?? 1 }
    self.lengths = lengths
    self.strides = strides
  }

  /// Calls `body` for each row with its number and the offset at which each operand starts; row *r*
  /// of a dense result starts at *r* x ``rowLength``.
  @inline(__always)
  func forEachRow(_ body: (_ row: Int, _ offsets: [Int]) -> Void) {
    if rowLength == 0 || lengths.contains(0) { return }
    var offsets = [Int](repeating: 0, count: rowStrides.count)
    var counter = [Int](repeating: 0, count: lengths.count)
    var row = 0
    while true {
      body(row, offsets)
      row += 1
      var axis = lengths.count - 1
      while axis >= 0 {
        counter[axis] += 1
        for operand in offsets.indices { offsets[operand] += strides[operand][axis] }
        if counter[axis] < lengths[axis] { break }
        for operand in offsets.indices {
          offsets[operand] -= strides[operand][axis] * lengths[axis]
        }
        counter[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
