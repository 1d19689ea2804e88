import Evaluation
import TestSupport
import Testing

/// The paired bootstrap over images against the plain figures, and how often its interval is right.
@Suite struct PairedPrecisionTests {
  /// Two networks on images with a few objects of two classes: the second finds less, with other scores.
  private struct Population {
    var truths: [[TruthBox]] = []
    var baseline: [[ScoredBox]] = []
    var plan: [[ScoredBox]] = []

    init(images: Int, seed: UInt64) {
      var random = SeededGenerator(seed: seed)
      for _ in 0..<images {
        var (truths, first, second): ([TruthBox], [ScoredBox], [ScoredBox]) = ([], [], [])
        // Images are easy or hard as a whole, as in reality: what a bootstrap over boxes would miss.
        let ease = Double.random(in: 0.3...1, using: &random)
        for object in 0..<Int.random(in: 1...4, using: &random) {
          let box: SIMD4<Double> = [100 * Double(object), 10, 40, 50]
          let index = Int.random(in: 0...1, using: &random)
          truths.append(TruthBox(classIndex: index, box: box))
          let shift = Double.random(in: 0...9, using: &random)
          let score = Double.random(in: 0...1, using: &random) * 0.5 + 0.5 * ease
          if Double.random(in: 0...1, using: &random) < 0.5 + 0.5 * ease {
            first.append(
              ScoredBox(classIndex: index, score: score, box: box + [shift, 0, 0, 0]))
          }
          if Double.random(in: 0...1, using: &random) < 0.2 + 0.7 * ease {
            let more = shift + Double.random(in: 0...6, using: &random)
            second.append(
              ScoredBox(classIndex: index, score: score * 0.9, box: box + [more, 0, 0, 0]))
          }
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let box: SIMD4<Double> = [700, 300, 30, 30]
          let score = Double.random(in: 0...0.8, using: &random)
          first.append(ScoredBox(classIndex: 0, score: score * 0.8, box: box))
          second.append(ScoredBox(classIndex: 1, score: score, box: box))
        }
        self.truths.append(truths)
        baseline.append(first)
        plan.append(second)
      }
    }

    /// Images picked out of it.
    func pair(_ picked: [Int]) -> PairedPrecision {
      PairedPrecision(
        baseline: picked.map { baseline[$0] }, plan: picked.map { plan[$0] },
        truths: picked.map { truths[$0] })
    }
  }

  @Test func differencesEqualThePlainFigures() throws {
    let population = Population(images: 50, seed: 2)
    let pair = population.pair(Array(0..<50))
    func map(_ found: [[ScoredBox]], _ picked: [Int]) throws -> Double {
      try #require(
        DetectionScores(images: picked.map { (found[$0], population.truths[$0]) }).map)
    }
    var random = SeededGenerator(seed: 9)
    for round in 0..<5 {
      var draws = [Int](repeating: round == 0 ? 1 : 0, count: 50)
      if round > 0 { for _ in 0..<50 { draws[Int.random(in: 0..<50, using: &random)] += 1 } }
      let picked = draws.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
      let expected = try map(population.plan, picked) - map(population.baseline, picked)
      let own = try #require(pair.difference(draws: draws))
      #expect(abs(own - expected) < 1e-9)
    }
    let same = PairedPrecision(
      baseline: population.plan, plan: population.plan, truths: population.truths)
    #expect(same.interval95() == 0...0)
    #expect(pair.interval95(resamples: 100) == pair.interval95(resamples: 100))
    #expect(pair.interval95(resamples: 100) != pair.interval95(resamples: 100, seed: 1))
  }

  /// Of 300 subsamples of 80 images out of 1,000, 95 % should hold the difference over all 1,000; by chance
  /// their share lies between 91.5 and 98.5 % in 99 of 100 such simulations.
  @Test func theIntervalIsRightAsOftenAsItSays() throws {
    let population = Population(images: 1_000, seed: 4)
    let truth = try #require(population.pair(Array(0..<1_000)).difference())
    #expect(truth < -0.05)
    var random = SeededGenerator(seed: 11)
    var right = 0
    let rounds = 300
    for round in 0..<rounds {
      let picked = (0..<80).map { _ in Int.random(in: 0..<1_000, using: &random) }
      let interval = try #require(
        population.pair(picked).interval95(resamples: 200, seed: round))
      if interval.contains(truth) { right += 1 }
    }
    let share = Double(right) / Double(rounds)
    #expect((0.915...0.985).contains(share), "\(share)")
  }
}
