import Evaluation
import Testing

/// Expected values from SciPy: `binomtest(min(b, c), b + c).pvalue` and the formula of the interval; without
/// differing images `1 - 0.05 ** (1 / n)`.
@Suite struct PairedDifferenceTests {
  static let cases: [(worse: Int, better: Int, images: Int, p: Double, half: Double)] = [
    (20, 12, 1000, 0.2153271, 0.0110761), (0, 0, 100, 1, 0.0295130),
    (8, 0, 1000, 0.0078125, 0.0055214),
    (5, 5, 50, 1, 0.123959), (60, 31, 10000, 0.0031127, 0.0018688),
  ]

  @Test(arguments: cases)
  func matchesSciPy(worse: Int, better: Int, images: Int, p: Double, half: Double) {
    let paired = PairedDifference(worse: worse, better: better, images: images)
    #expect(abs(paired.p - p) < 1e-6)
    let width = paired.interval95.upperBound - paired.interval95.lowerBound
    #expect(abs(width / 2 - half) < 1e-6)
    #expect(abs(paired.delta - Double(better - worse) / Double(images)) < 1e-15)
  }
}
