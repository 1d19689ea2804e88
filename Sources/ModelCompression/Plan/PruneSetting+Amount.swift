extension PruneSetting {
  /// The same setting with another amount, 0...1, as a knob turns it.
  ///
  /// A percentile stays one; a threshold becomes an amount. N:M goes to the nearest N, at least one step
  /// in the direction of the change, so that a knob of small steps moves it; an amount of 0 ends it.
  public func turned(to amount: Double) -> PruneSetting {
    var result = self
    switch pattern {
    case .keep(let keep, let length):
      guard amount > 0 else {
        return PruneSetting(amount: 0, criterion: criterion, alpha: alpha)
      }
      var next = Int(((1 - amount) * Double(length)).rounded())
      if next == keep, amount != self.amount { next = amount > self.amount ? keep - 1 : keep + 1 }
      guard next < length else {
        return PruneSetting(amount: 0, criterion: criterion, alpha: alpha)
      }
      result.pattern = .keep(max(next, 1), of: length)
      result.amount = Self.amount(keeping: max(next, 1), of: length)
    case .unstructured, .block, .channel:
      if measure == .threshold { result.measure = .amount }
      result.amount = amount
    }
    return result
  }

  /// The setting by which a search tries an amount on one layer: criterion and pattern are kept, and
  /// the layer is ranked by itself.
  public func searching(_ amount: Double) -> PruneSetting {
    var result = self
    result.amount = amount
    result.measure = .amount
    result.scope = .layer
    result.normalization = .none
    // Runs would say the amount themselves.
    if case .keep = pattern { result.pattern = .unstructured }
    return result
  }
}
