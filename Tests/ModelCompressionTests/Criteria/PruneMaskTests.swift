import ModelCompression
import TestSupport
import Testing

/// Which weights go: exact counts, lowest scores, ties by index.
@Suite struct PruneMaskTests {
  @Test(arguments: [
    (0.5, 5, 2), (0.5, 7, 4), (0.5, 3, 2), (0.3, 10, 3), (0.7, 36864, 25805), (0.9, 432, 389),
    (0, 8, 0), (1, 8, 8), (0.25, 2, 0), (0.75, 2, 2),
  ])
  func countsRoundHalfToEven(amount: Double, count: Int, expected: Int) {
    #expect(PruneMask.prunedCount(amount: amount, of: count) == expected)
  }

  @Test func tiesFallByIndex() {
    let scores: [Float] = [2, 1, 1, 0, -0.0, 1, 3]
    #expect(
      PruneMask(scores: scores, prunedCount: 1).keeps == [
        true, true, true, false, true, true, true,
      ])
    let mask = PruneMask(scores: scores, prunedCount: 4)
    #expect(mask.keeps == [true, false, false, false, false, true, true])
    #expect(mask.cutOff == 1)
    #expect(PruneMask(scores: scores, prunedCount: 0).cutOff == nil)
    #expect(PruneMask(scores: scores, prunedCount: 7).keeps.allSatisfy { !$0 })
  }

  @Test func negativeScoresAreLowest() {
    let scores: [Float] = [-1, 5, -7, 0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let mask = PruneMask(scores: scores, prunedCount: 3)
    #expect(mask.keeps == [false, true, false, false, true, true])
    #expect(mask.cutOff == 0)
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func agreesWithSorting(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let count = Int.random(in: 1...400, using: &generator)
      let levels = Int.random(in: 1...300, using: &generator)
      let scores = (0..<count).map { _ in
        Float(Int.random(in: -levels...levels, using: &generator)) * 0.37
      }
      let pruned = Int.random(in: 0...count, using: &generator)
      let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
      var expected = [Bool](repeating: true, count: count)
      for index in order.prefix(pruned) { expected[index] = false }
      let mask = PruneMask(scores: scores, prunedCount: pruned)
      #expect(mask.keeps == expected, "seed \(seed)")
      #expect(mask.keeps.count { !$0 } == pruned)
      // Pooled lists fall like their concatenation.
      let cut = Int.random(in: 0...count, using: &generator)
      let amount = Double(pruned) / Double(count)
      let counts = PruneMask.prunedCounts(
        amount: amount, pooling: [Array(scores[..<cut]), Array(scores[cut...])])
      #expect(counts == [expected[..<cut].count { !$0 }, expected[cut...].count { !$0 }])
    }
  }

  @Test func percentilesInterpolate() {
    let scores: [Float] = [4, 1, 3, 2]
    // numpy.percentile([1, 2, 3, 4], 50) is 2.5, of 40 it is 2.2, of 100 it is 4.
    #expect(PruneMask.prunedCounts(belowQuantile: 0.5, pooling: [scores]) == [2])
    #expect(PruneMask.prunedCounts(belowQuantile: 0.4, pooling: [scores]) == [2])
    #expect(PruneMask.prunedCounts(belowQuantile: 1, pooling: [scores]) == [3])
    #expect(PruneMask.prunedCounts(belowQuantile: 0, pooling: [scores]) == [0])
    #expect(PruneMask.prunedCounts(belowQuantile: 0.5, pooling: [[4, 1], [3, 2]]) == [1, 1])
    #expect(PruneMask.prunedCounts(belowQuantile: 0.5, pooling: [[]]) == [0])
  }
}
