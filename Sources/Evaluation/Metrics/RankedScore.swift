/// The score of a class.
struct RankedScore: Sendable, Hashable {
  /// The class.
  var index: Int
  /// Its score.
  var score: Float
}
