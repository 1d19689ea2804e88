import Tensors

/// Which weights of a layer stay.
public struct PruneMask: Sendable, Hashable {
  /// Whether each weight stays, in row-major order.
  public let keeps: [Bool]
  /// How many weights go.
  public let prunedCount: Int
  /// The highest score that goes; nil when none does, or when scores were not ranked in one list.
  public let cutOff: Float?

  /// The mask in which the `prunedCount` lowest scores go; of equal scores the lower index first.
  ///
  /// - Complexity: O(n).
  public init(scores: [Float], prunedCount: Int) {
    precondition(
      (0...scores.count).contains(prunedCount), "prune \(prunedCount) of \(scores.count)")
    self.prunedCount = prunedCount
    guard prunedCount > 0 else {
      keeps = [Bool](repeating: true, count: scores.count)
      cutOff = nil
      return
    }
    let (limit, lower) = ScoreSelection.key(at: prunedCount - 1, among: [scores])
    var equalLeft = prunedCount - lower
    keeps = [Bool](unsafeUninitializedCapacity: scores.count) { keeps, count in
      for (index, score) in scores.enumerated() {
        let key = ScoreSelection.key(score)
        var keep = key > limit
        if key == limit {
          keep = equalLeft <= 0
          equalLeft -= 1
        }
        keeps.initializeElement(at: index, to: keep)
      }
      count = scores.count
    }
    cutOff = ScoreSelection.score(limit)
  }

  /// The mask with these weights.
  init(keeps: [Bool]) {
    self.keeps = keeps
    prunedCount = keeps.count { !$0 }
    cutOff = nil
  }

  /// How many of `count` weights `amount` means: round-half-even(amount x n) in double precision.
  public static func prunedCount(amount: Double, of count: Int) -> Int {
    min(max(Int((amount * Double(count)).rounded(.toNearestOrEven)), 0), count)
  }

  /// How many of the pooled scores go in each list when `amount` of all of them go.
  ///
  /// Of equal scores those of the earlier list go first, inside a list the lower index.
  public static func prunedCounts(amount: Double, pooling lists: [[Float]]) -> [Int] {
    let total = lists.reduce(0) { $0 + $1.count }
    let pruned = prunedCount(amount: amount, of: total)
    guard pruned > 0 else { return lists.map { _ in 0 } }
    let (limit, lower) = ScoreSelection.key(at: pruned - 1, among: lists)
    var equalLeft = pruned - lower
    return lists.map { scores in
      var below = 0
      var equal = 0
      for score in scores {
        let key = ScoreSelection.key(score)
        if key < limit {
          below += 1
        } else if key == limit {
          equal += 1
        }
      }
      let taken = min(equal, equalLeft)
      equalLeft -= taken
      return below + taken
    }
  }

  /// How many scores of each list lie below the percentile 100 x `fraction` of all of them.
  ///
  /// The percentile is NumPy's with linear interpolation, in double precision.
  public static func prunedCounts(belowQuantile fraction: Double, pooling lists: [[Float]]) -> [Int]
  {
    let threshold = ScoreSelection.quantile(fraction, of: lists)
    return lists.map { ScoreSelection.count(of: $0, below: threshold) }
  }
}
