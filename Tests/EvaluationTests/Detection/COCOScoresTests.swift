import Evaluation
import Foundation
import TestSupport
import Testing

/// COCO's figures against pycocotools: the same bits on random boxes.
@Suite struct COCOScoresTests {
  /// Images with boxes around which detections scatter; scores and overlaps repeat, as they do in reality.
  static func images(
    seed: UInt64, count: Int, classes: Int, crowded: Bool
  ) -> [(found: [ScoredBox], truths: [TruthBox])] {
    var random = SeededGenerator(seed: seed)
    func number(_ low: Double, _ high: Double) -> Double {
      (Double.random(in: low...high, using: &random) * 4).rounded() / 4
    }
    return (0..<count).map { _ -> (found: [ScoredBox], truths: [TruthBox]) in
      var truths: [TruthBox] = []
      var found: [ScoredBox] = []
      for _ in 0..<Int.random(in: 0...(crowded ? 40 : 7), using: &random) {
        let sides: [Double] = [12, 31, 33, 60, 95, 97, 200]
        let side = sides[Int.random(in: 0..<7, using: &random)]
        let box = SIMD4<Double>(
          number(0, 400), number(0, 400), side + number(0, 2), side * number(0.5, 1.5) + 1)
        let index = Int.random(in: 0..<classes, using: &random)
        truths.append(
          TruthBox(
            classIndex: index, box: box,
            area: Bool.random(using: &random) ? nil : box.z * box.w * number(0.5, 1),
            isCrowd: Int.random(in: 0..<8, using: &random) == 0))
        for _ in 0..<Int.random(in: 0...(crowded ? 9 : 3), using: &random) {
          let shift = number(0, 1) * side * 0.3
          let other = Int.random(in: 0..<12, using: &random) == 0
          found.append(
            ScoredBox(
              classIndex: other ? (index + 1) % classes : index,
              score: Double(Int.random(in: 1...60, using: &random)) / 60,
              box: box + [number(-shift, shift), number(-shift, shift), number(0, shift), 0]))
        }
      }
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        found.append(
          ScoredBox(
            classIndex: Int.random(in: 0..<classes, using: &random),
            score: Double.random(in: 0...1, using: &random),
            box: [number(0, 400), number(0, 400), number(1, 150), number(1, 150)]))
      }
      return (found, truths)
    }
  }

  @Test(.enabled(if: COCOJudge.isAvailable, "pycocotools is not installed"))
  func randomBoxesScoreTheSameBits() throws {
    let folder = try TemporaryFolder()
    var files: [(truth: String, results: String)] = []
    var ours: [[Double]] = []
    for seed in 0..<24 {
      let classes = [1, 2, 5, 20][seed % 4]
      let images = Self.images(
        seed: UInt64(seed), count: [1, 4, 30, 60][seed / 4 % 4], classes: classes,
        crowded: seed % 5 == 4)
      guard images.contains(where: { !$0.found.isEmpty }) else { continue }
      let pair = (truth: folder.path("t\(seed).json"), results: folder.path("r\(seed).json"))
      try COCOJudge.write(images, classes: classes, truth: pair.truth, results: pair.results)
      files.append(pair)
      ours.append(DetectionScores(images: images).coco)
    }
    #expect(ours.count >= 20)
    let theirs = try COCOJudge.figures(files)
    for (index, (own, other)) in zip(ours, theirs).enumerated() {
      #expect(own.map(\.bitPattern) == other.map(\.bitPattern), "\(index): \(own), \(other)")
    }
    // The figures differ from each other, so that the comparison says something.
    #expect(Set(theirs.map { $0[0] }).count > 15)
  }

  @Test func imagesWithoutObjectsOrBoxes() {
    let box = ScoredBox(classIndex: 0, score: 0.5, box: [0, 0, 10, 10])
    let nothing = DetectionScores(images: [([box], [])])
    #expect(nothing.map == nil && nothing.voc == nil && nothing.coco.allSatisfy { $0 == -1 })
    let truth = TruthBox(classIndex: 0, box: [0, 0, 10, 10])
    let missed = DetectionScores(images: [([], [truth])])
    #expect(missed.map == 0 && missed.voc == 0)
    let all = DetectionScores(images: [([box], [truth])])
    // pycocotools divides by a little more than the number of boxes.
    #expect(abs((all.map ?? 0) - 1) < 1e-15 && all.voc == 1 && all.voc11 == 1)
  }

  @Test func difficultObjectsCountNeitherWay() {
    let truths = [
      TruthBox(classIndex: 0, box: [0, 0, 10, 10]),
      TruthBox(classIndex: 0, box: [50, 50, 10, 10], isDifficult: true),
    ]
    let first = ScoredBox(classIndex: 0, score: 0.9, box: [50, 50, 10, 10])
    let second = ScoredBox(classIndex: 0, score: 0.8, box: [0, 0, 10, 10])
    #expect(DetectionScores(images: [([first, second], truths)]).voc == 1)
    // A second box on the same object is wrong, as in the challenge's development kit.
    let twice = ScoredBox(classIndex: 0, score: 0.85, box: [0, 0, 10, 10])
    let scores = DetectionScores(images: [([first, twice, second], truths)])
    #expect(scores.voc == 1)
    let late = ScoredBox(classIndex: 0, score: 0.95, box: [80, 80, 5, 5])
    #expect(DetectionScores(images: [([late, second], truths)]).voc == 0.5)
  }
}
