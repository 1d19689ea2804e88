import Tensors

/// Which values of a tape are kept for the way back, and which are computed a second time.
///
/// The steps are cut into segments. On the way forwards only what a later segment reads stays; on the way
/// back a segment runs forwards once more before its gradients (Chen et al. 2016, 1604.06174). The same
/// kernels get the same numbers both times, so that no bit of the result depends on the cuts.
struct TapeSegments: Sendable {
  /// Places in the plan's steps, in order.
  let ranges: [Range<Int>]
  /// For each segment but the last, the values that stay when it has run: what later segments read, and
  /// what it and those before it were made from.
  let kept: [Set<String>]
  /// Bytes that they take at most: what stays between segments, and twice what the largest segment
  /// makes, for its values and for gradients and copies between layouts.
  let bytes: Int

  /// All steps as one segment.
  static func whole(_ count: Int) -> TapeSegments {
    TapeSegments(ranges: [0..<count], kept: [], bytes: 0)
  }

  private init(ranges: [Range<Int>], kept: [Set<String>], bytes: Int) {
    self.ranges = ranges
    self.kept = kept
    self.bytes = bytes
  }

  /// The fewest segments that keep within `byteLimit`; those that need least where none do.
  ///
  /// - Parameters:
  ///   - steps: The steps that are cut.
  ///   - sizes: Bytes of each value by name.
  ///   - outputs: The graph's outputs, which stay.
  ///   - byteLimit: The memory.
  static func fitting(
    _ steps: [any TapeStep], sizes: [String: Int], outputs: Set<String>, byteLimit: Int
  ) -> TapeSegments {
    let costs = Costs(steps, sizes: sizes, outputs: outputs)
    var best = costs.cut(into: 1)
    var count = 2
    while best.bytes > byteLimit, count <= steps.count {
      let found = costs.cut(into: count)
      if found.bytes < best.bytes { best = found }
      count += max(count / 2, 1)
    }
    return best
  }

  /// What there is to weigh at each place between two steps.
  private struct Costs {
    let sizes: [String: Int]
    /// Bytes made by the steps in front of each place.
    var made = [0]
    /// Values made in front of each place and read behind it.
    var crossing: [Set<String>] = [[]]

    init(_ steps: [any TapeStep], sizes: [String: Int], outputs: Set<String>) {
      self.sizes = sizes
      var last: [String: Int] = [:]
      for (index, step) in steps.enumerated() {
        for name in step.inputs { last[name] = index }
      }
      for name in outputs { last[name] = steps.count }
      var alive: Set<String> = []
      for (index, step) in steps.enumerated() {
        for name in step.outputs where last[name] ?? 0 > index { alive.insert(name) }
        for name in step.inputs where last[name] == index { alive.remove(name) }
        made.append(step.outputs.reduce(made[index]) { $0 + (sizes[$1] ?? 0) })
        crossing.append(alive)
      }
    }

    /// Segments that make about equally many bytes, cut where the least crosses.
    func cut(into count: Int) -> TapeSegments {
      let total = made.last ?? 0
      var bounds = [0]
      for segment in 1..<max(count, 1) {
        // Half a segment around the even cut.
        let low = (2 * segment - 1) * total / (2 * count)
        let high = (2 * segment + 1) * total / (2 * count)
        let first = (bounds.last ?? 0) + 1
        let places = (first..<max(first, made.count - 1)).filter { (low...high).contains(made[$0]) }
        if let place = places.min(by: { bytes(crossing[$0]) < bytes(crossing[$1]) }) {
          bounds.append(place)
        }
      }
      var staying: Set<String> = []
      let kept = bounds.dropFirst().map { place in
        staying.formUnion(crossing[place])
        return staying
      }
      bounds.append(made.count - 1)
      let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
      let largest = ranges.map { made[$0.upperBound] - made[$0.lowerBound] }.max() ?? 0
      return TapeSegments(ranges: ranges, kept: kept, bytes: bytes(staying) + 2 * largest)
    }

    private func bytes(_ names: Set<String>) -> Int { names.reduce(0) { $0 + (sizes[$1] ?? 0) } }
  }
}
