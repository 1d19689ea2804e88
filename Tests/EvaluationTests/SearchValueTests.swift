import Datasets
import Evaluation
import Foundation
import Tensors
import TestSupport
import Testing

/// The values that a search is made of: sizes as typed, the split of the images, the paired test.
@Suite struct SearchValueTests {
  @Test(arguments: [
    ("262144", 262_144), ("200K", 200_000), ("1.5M", 1_500_000), ("1 mb", 1_000_000),
    ("256KiB", 262_144), ("25%", 270_000), ("12.5 %", 135_000), ("2g", 2_000_000_000),
  ])
  func sizesAreRead(text: String, bytes: Int) throws {
    #expect(try SizeText(text).bytes(of: 1_080_000) == bytes)
  }

  @Test(arguments: ["", "K", "25x", "-3", "0", "1e5", "25%%", "1.2.3", "nan", "K200"])
  func otherTextIsRefused(text: String) {
    #expect(throws: EngineError.self) { try SizeText(text) }
  }

  private var data: EvaluationData {
    get throws {
      try EvaluationData.open(
        path: SharedAssets.root.appending(
          path: "sample-models/fashion-mnist/fashion-mnist-test2000.yaml"
        ).path, limit: 800)
    }
  }

  @Test(arguments: [nil, 1, 100, 333, 799], [0, 7])
  func searchAndReportAreDisjointAndBalanced(report: Int?, seed: Int) throws {
    let data = try data
    let labels = try #require(data.labels)
    let split = try SampleSplit(data, reportImages: report, seed: seed)
    #expect(split.report.count == report ?? 400)
    #expect(Set(split.search).isDisjoint(with: split.report))
    #expect(Set(split.search + split.report) == Set(0..<800))
    #expect(split.search.count + split.report.count == 800)
    for label in Set(labels) {
      let all = labels.filter { $0 == label }.count
      let aside = split.report.filter { labels[$0] == label }.count
      let share = Double(all * split.report.count) / 800
      #expect(abs(Double(aside) - share) < 1, "class \(label): \(aside), expected \(share)")
    }
    #expect(try SampleSplit(data, reportImages: report, seed: seed) == split)
    #expect(try SampleSplit(data, reportImages: report, seed: seed + 1) != split)
  }

  @Test(arguments: [0, 800, -1, 5_000])
  func aSideWithoutImagesIsRefused(report: Int) throws {
    let data = try data
    #expect(throws: EngineError.self) {
      try SampleSplit(data, reportImages: report, seed: 0)
    }
  }

  /// Expected from SciPy: `stats.sem(new - old)` and the one-sided normal quantile.
  @Test func aPairedDifferenceNeedsMoreThanChance() {
    let old = [0.5, 0.25, 1.0, 0.75]
    let same = PairedHarm(old: old, new: old)
    #expect(same.difference == 0 && !same.isBetter)
    let better = PairedHarm(old: old, new: [0.25, 0.125, 0.5, 0.5])
    #expect(abs(better.difference + 0.28125) < 1e-12)
    #expect(abs(better.standardError - 0.0786441087) < 1e-9)
    #expect(better.isBetter)
    let unsure = PairedHarm(old: old, new: [0.0, 0.5, 0.5, 1.0])
    #expect(unsure.difference < 0 && !unsure.isBetter)
    #expect(!PairedHarm(old: [0.25, 0.125, 0.5, 0.5], new: old).isBetter)
  }
}
