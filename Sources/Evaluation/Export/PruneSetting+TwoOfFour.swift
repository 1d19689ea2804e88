import ModelCompression

extension PruneSetting {
  /// Whether the pattern leaves at most two of four neighbours along a row.
  var isTwoOfFour: Bool {
    switch pattern {
    case .keep(let keep, of: 4): keep <= 2
    case .keep(let keep, of: 2): keep <= 1
    default: false
    }
  }
}
