import Tensors

/// Exact order statistics of |w| over one layer, or over several whose weights are pooled.
///
/// The tables find the bucket of a rank; one pass over the weights gathers the few in that bucket, and
/// those are ranked by their remaining bits. No sorting of the whole, no copy of the scores.
struct MagnitudeRanking {
  private let lists: [PreparedWeights]
  private let tables: [MagnitudeTable]
  private let pooled: [Int]
  private let isCancelled: () -> Bool

  /// Ranks the weights of `lists`, which must be finite.
  ///
  /// - Throws: `CancellationError`.
  init(_ lists: [PreparedWeights], isCancelled: @escaping () -> Bool) throws {
    self.lists = lists
    self.isCancelled = isCancelled
    let tables = try lists.map { try $0.table(isCancelled: isCancelled) }
    self.tables = tables
    var pooled = [Int](repeating: 0, count: MagnitudeTable.length)
    pooled.withUnsafeMutableBufferPointer { pooled in
      for table in tables {
        table.counts.withUnsafeBufferPointer { counts in
          for index in 0..<MagnitudeTable.length { pooled[index] &+= Int(counts[index]) }
        }
      }
    }
    self.pooled = pooled
  }

  /// The weights of one bucket: the low bits of their magnitudes, and their indices, in order.
  private struct Members {
    var lows: [UInt16]
    var indices: [UInt32]
  }

  /// The magnitude at a rank, and how each list lies around it.
  struct Position {
    /// The bits of the magnitude.
    let key: UInt32
    /// Weights of each list with lower magnitudes.
    let below: [Int]
    /// Weights of each list with exactly this magnitude.
    let equal: [Int]
  }

  /// The magnitude at `rank` (0 is the lowest) among all weights.
  func position(ofRank rank: Int) throws -> Position {
    let (bucket, lower) = bucket(ofRank: rank)
    let members = try lists.indices.map { try self.members(of: bucket, in: $0, withIndices: false) }
    let low = Self.low(atRank: rank - lower, among: members.map(\.lows))
    return position(bucket, low, members)
  }

  private func position(_ bucket: Int, _ low: UInt16, _ members: [Members]) -> Position {
    var below = tables.map { $0.count(below: bucket) }
    var equal = [Int](repeating: 0, count: lists.count)
    for (index, list) in members.enumerated() {
      for value in list.lows {
        if value < low { below[index] += 1 }
        if value == low { equal[index] += 1 }
      }
    }
    return Position(
      key: UInt32(bucket) << MagnitudeTable.lowBits | UInt32(low), below: below, equal: equal)
  }

  /// How many weights of each list have a magnitude below `threshold`.
  func counts(below threshold: Double) throws -> [Int] {
    // The first magnitude that is not below, as bits.
    var first = Float(threshold)
    if Double(first) < threshold { first = first.nextUp }
    guard first > 0 else { return lists.map { _ in 0 } }
    let bucket = Int(first.bitPattern >> MagnitudeTable.lowBits)
    let low = UInt16(truncatingIfNeeded: first.bitPattern)
    let members = try lists.indices.map { try self.members(of: bucket, in: $0, withIndices: false) }
    return position(bucket, low, members).below
  }

  /// How many weights of each list lie below the percentile 100 x `fraction` of all of them: NumPy's,
  /// with linear interpolation in double precision.
  func counts(belowQuantile fraction: Double) throws -> [Int] {
    let count = lists.reduce(0) { $0 + $1.weights.count }
    guard count > 0 else { return lists.map { _ in 0 } }
    func magnitude(_ rank: Int) throws -> Double {
      Double(Float(bitPattern: try position(ofRank: rank).key))
    }
    return try counts(
      below: ScoreSelection.quantile(fraction, ofCount: count, valueAtRank: magnitude))
  }

  /// How many weights of each list go when the `prunedCount` lowest of all do; of equal magnitudes
  /// those of the earlier list go first.
  func counts(pruning prunedCount: Int) throws -> [Int] {
    guard prunedCount > 0 else { return lists.map { _ in 0 } }
    let position = try position(ofRank: prunedCount - 1)
    var equalLeft = prunedCount - position.below.reduce(0, +)
    return zip(position.below, position.equal).map { below, equal in
      let taken = min(equal, equalLeft)
      equalLeft -= taken
      return below + taken
    }
  }

  /// The cut that takes the `prunedCount` lowest weights of the only list.
  func cut(prunedCount: Int) throws -> PruneCut {
    guard prunedCount > 0 else { return .none }
    let (bucket, lower) = bucket(ofRank: prunedCount - 1)
    let members = try self.members(of: bucket, in: 0, withIndices: true)
    let low = Self.low(atRank: prunedCount - 1 - lower, among: [members.lows])
    var equalLeft = prunedCount - lower
    for value in members.lows where value < low { equalLeft -= 1 }
    var tieEnd = 0
    for (value, index) in zip(members.lows, members.indices) where value == low {
      equalLeft -= 1
      if equalLeft == 0 {
        tieEnd = Int(index) + 1
        break
      }
    }
    return PruneCut(
      prunedCount: prunedCount, limit: UInt32(bucket) << MagnitudeTable.lowBits | UInt32(low),
      tieEnd: tieEnd)
  }

  private func bucket(ofRank rank: Int) -> (bucket: Int, lower: Int) {
    pooled.withUnsafeBufferPointer { pooled in
      var lower = 0
      var bucket = 0
      while lower + pooled[bucket] <= rank {
        lower += pooled[bucket]
        bucket += 1
      }
      return (bucket, lower)
    }
  }

  private func members(
    of bucket: Int, in list: Int, withIndices: Bool
  ) throws -> Members {
    let count = Int(tables[list].counts[bucket])
    guard count > 0 else { return Members(lows: [], indices: []) }
    let weights = lists[list].weights
    var indices: [UInt32] = []
    let lows = try [UInt16](unsafeUninitializedCapacity: count) { lows, written in
      try Self.withIndices(withIndices ? count : 0, &indices) { indices in
        try weights.forEachBlock { block, first in
          if first % (64 * Tensor.blockLength) == 0, isCancelled() { throw CancellationError() }
          guard written < count else { return }
          WeightKernels.gather(
            block, first: first, bucket: UInt32(bucket), lows: lows, indices: indices,
            count: &written)
        }
      }
    }
    return Members(lows: lows, indices: indices)
  }

  private static func withIndices(
    _ count: Int, _ result: inout [UInt32],
    _ body: (UnsafeMutableBufferPointer<UInt32>) throws -> Void
  ) rethrows {
    result = try [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
      try body(buffer)
      written = count
    }
  }

  /// The value at `rank` among the lists; at most 2^16 values, so one counting pass tells.
  private static func low(atRank rank: Int, among lists: [[UInt16]]) -> UInt16 {
    let total = lists.reduce(0) { $0 + $1.count }
    if total <= 4096 { return lists.flatMap { $0 }.sorted()[rank] }
    var counts = [Int](repeating: 0, count: 1 << 16)
    counts.withUnsafeMutableBufferPointer { counts in
      for list in lists {
        for value in list { counts[Int(value)] &+= 1 }
      }
    }
    var lower = 0
    var value = 0
    while lower + counts[value] <= rank {
      lower += counts[value]
      value += 1
    }
    return UInt16(value)
  }
}
