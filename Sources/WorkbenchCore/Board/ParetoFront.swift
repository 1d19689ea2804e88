/// Which of the measured plans no other beats in both size and quality.
struct ParetoFront {
  /// Whether each point is on the front.
  let isOnFront: [Bool]

  /// - Complexity: O(n log n).
  init(_ points: [MeasuredPoint]) {
    var result = [Bool](repeating: false, count: points.count)
    let order = points.indices.sorted {
      (points[$0].storedBytes, -points[$0].quality) < (points[$1].storedBytes, -points[$1].quality)
    }
    var best = -Double.infinity
    var bytes = -1
    for index in order {
      let point = points[index]
      // Equal in both is no defeat.
      if point.quality > best || (point.quality == best && point.storedBytes == bytes) {
        result[index] = true
        best = point.quality
        bytes = point.storedBytes
      }
    }
    isOnFront = result
  }
}
