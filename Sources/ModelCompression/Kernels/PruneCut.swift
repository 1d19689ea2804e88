/// Where pruning by magnitude cuts: all weights of a lower magnitude go, and of those of exactly this
/// magnitude the ones with the lowest indices.
///
/// Unlike a mask it takes no memory, and any part of the weights can be pruned by itself.
struct PruneCut: Sendable, Hashable {
  /// How many weights go.
  let prunedCount: Int
  /// The bits of the highest magnitude that goes.
  let limit: UInt32
  /// Weights of the limit's magnitude go when their index is lower.
  let tieEnd: Int

  /// The highest magnitude that goes; nil when none does.
  var cutOff: Float? { prunedCount > 0 ? Float(bitPattern: limit) : nil }

  /// Nothing goes.
  static let none = PruneCut(prunedCount: 0, limit: 0, tieEnd: 0)

  /// Calls `body` with the parts of `range` and a bound for each: in a part exactly the weights go
  /// whose magnitude's bits are below the bound.
  @inline(__always)
  func forEachPart(of range: Range<Int>, _ body: (Range<Int>, UInt32) -> Void) {
    if range.upperBound <= tieEnd {
      body(range, limit + 1)
    } else if range.lowerBound >= tieEnd {
      body(range, limit)
    } else {
      body(range.lowerBound..<tieEnd, limit + 1)
      body(tieEnd..<range.upperBound, limit)
    }
  }
}
