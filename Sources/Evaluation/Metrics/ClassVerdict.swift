/// What one network says of one sample's class: what counts are made of.
struct ClassVerdict: Sendable, Hashable {
  /// The class with the highest score.
  var best: Int
  /// Whether it is the label; false without one.
  var isCorrect: Bool
  /// Whether the label is among the first five; false without one.
  var isInTop5: Bool
}
