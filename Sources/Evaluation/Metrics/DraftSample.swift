/// What a draft says of one sample: its verdict, how far that is from another one, and the leading
/// scores to compare with those of 32-bit floats.
struct DraftSample: Sendable {
  /// Scores that are kept of a sample: all classes of small models, and of larger ones those that
  /// could come first.
  static let keptScores = 16

  /// The draft's verdict.
  let verdict: ClassVerdict
  /// How far the draft's verdict is from being another one.
  let margin: Float
  private let leading: [RankedScore]

  /// The draft's word on a sample.
  init(_ scores: ClassScores, label: Int?) {
    verdict = scores.verdict(label: label)
    margin = scores.margin(label: label)
    leading = scores.leading(Self.keptScores)
  }

  /// The largest difference between a logit of the draft and the same one in 32-bit floats;
  /// infinite when one is not a number.
  func difference(from exact: ClassScores) -> Float {
    var largest: Float = 0
    for entry in leading {
      let difference = abs(entry.score - exact.logit(entry.index))
      if !(difference <= .greatestFiniteMagnitude) { return .infinity }
      largest = max(largest, difference)
    }
    // A class that the draft has not even among the first was below the last of these.
    if let last = leading.last, !leading.contains(where: { $0.index == exact.best }) {
      largest = max(largest, exact.logit(exact.best) - last.score)
    }
    return largest
  }
}
