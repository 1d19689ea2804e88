import ModelCompression

extension PruneSetting {
  /// Whether the pattern leaves at most two of four neighbours along a row.
  var isTwoOfFour: Bool { false }
}
