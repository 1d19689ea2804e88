import Evaluation
import Execution
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

  /// Of the mean of n samples the bootstrap's interval is Student's: t(19) = 2.0930.
  @Test(arguments: [(2, 12.7062), (6, 2.5706), (20, 2.0930), (72, 1.9939)])
  func theIntervalOfAMeanIsStudents(count: Int, quantile: Double) throws {
    var random = SeededGenerator(seed: 3)
    let values = (0..<count).map { _ in Double.random(in: 0...1, using: &random) }
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    let half = quantile * (variance / Double(count)).squareRoot()
    let bootstrap = PairedBootstrap(count: count, resamples: 40_000)
    let interval = try #require(
      bootstrap.studentInterval95(around: mean) { draws in
        zip(draws, values).reduce(0) { $0 + Double($1.0) * $1.1 } / Double(count)
      })
    #expect(abs(interval.lowerBound - (mean - half)) < 0.03 * half)
    #expect(abs(interval.upperBound - (mean + half)) < 0.03 * half)
    let one = PairedBootstrap(count: 1).studentInterval95(around: 1) { Double($0[0]) }
    #expect(one == nil)
  }

  @Test func coverageIsCountedTheSameByAnyNumberOfThreads() async throws {
    let pair = Population(images: 60, seed: 8).pair(Array(0..<60))
    func coverage(_ size: Int, threads: Int) async throws -> IntervalCoverage {
      try #require(
        try await pair.coverage(
          size: size, subsamples: 100, resamples: 60, pool: WorkerPool(threads: threads)))
    }
    let one = try await coverage(30, threads: 1)
    let three = try await coverage(30, threads: 3)
    #expect(one == three && one.difference == pair.difference())
    #expect((0.85...1).contains(one.withReplacement))
    #expect((0.85...1).contains(try #require(one.withoutReplacement)))
    #expect(try await coverage(60, threads: 2).withoutReplacement == nil)
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
