extension CellBuffer {
  /// The cells that differ from an earlier buffer, as runs in reading order.
  ///
  /// A buffer of another size, or none, differs everywhere. A wide character is always in a run
  /// with both its halves.
  ///
  /// - Complexity: O(*n*) over the cells.
  public func diff(from earlier: CellBuffer?) -> [CellRun] {
    guard let earlier, earlier.width == width, earlier.height == height else {
      guard width > 0 else { return [] }
      return (0..<height).map { y in
        CellRun(x: 0, y: y, cells: Array(cells[(y * width)..<((y + 1) * width)]))
      }
    }
    var runs: [CellRun] = []
    for y in 0..<height {
      let row = y * width
      var x = 0
      while x < width {
        guard cells[row + x] != earlier.cells[row + x] else {
          x += 1
          continue
        }
        let start = cells[row + x].isContinuation && x > 0 ? x - 1 : x
        var end = x + 1
        while end < width
          && (cells[row + end] != earlier.cells[row + end] || cells[row + end].isContinuation)
        {
          end += 1
        }
        runs.append(CellRun(x: start, y: y, cells: Array(cells[(row + start)..<(row + end)])))
        x = end
      }
    }
    return runs
  }
}
