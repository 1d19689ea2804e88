import Foundation
import ModelCompression
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// k-means against scikit-learn's, and what the palettes promise.
@Suite struct KMeansJudgeTests {
  static func values(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &generator)
      }
      return seed % 2 == 0 ? sum : sum * sum * sum
    }
  }

  @Test(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
  func lloydAgrees() throws {
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    let count = 24
    for index in 0..<count {
      let values = Self.values([60, 700, 5000][index % 3], seed: UInt64(index))
      let clusters = [2, 4, 8, 16][index / 3 % 4]
      var generator = SeededGenerator(seed: UInt64(index) + 900)
      // Half of the starts are far outside, so that clusters stay empty.
      let reach = index % 2 == 0 ? 1.0 : 40
      let start = (0..<clusters).map { _ in
        Double.random(in: -reach...reach, using: &generator)
      }.sorted()
      arrays["\(index).x"] = Tensor([values.count], values)
      arrays["\(index).start"] = Tensor([clusters], start)
      arrays["\(index).end"] = Tensor([clusters], ScalarKMeans(values: values).lloyd(from: start))
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    let output = try JudgePython.run(
      file: "kmeans.py", arguments: [folder.path("made.npz"), "\(count)"])
    #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == count)
  }

  @Test(arguments: [ScalarKMeans.Start.spread, .linear])
  func levelsKeepTheirPromises(start: ScalarKMeans.Start) {
    let values = Self.values(500, seed: 4)
    let first = ScalarKMeans(values: values).levels(16, start: start, seed: 1)
    #expect(first == ScalarKMeans(values: values).levels(16, start: start, seed: 1))
    #expect(first == first.sorted() && Set(first).count == 16)
    let pinned = ScalarKMeans(values: values, holdsZero: true).levels(16, start: start, seed: 1)
    #expect(pinned.contains(0))
    // Fewer values than levels are kept as they are.
    let few = ScalarKMeans(values: [3, -1, 3], holdsZero: true).levels(8, start: start, seed: 1)
    #expect(few == [-1, 0, 3, 3, 3, 3, 3, 3])
  }

  @Test func seedsDecideWhereLevelsStart() {
    let values = Self.values(400, seed: 5)
    let made = Set(
      (0..<8).map { seed in
        ScalarKMeans(values: values).levels(16, start: .spread, seed: seed)
      })
    #expect(made.count > 1)
  }
}
