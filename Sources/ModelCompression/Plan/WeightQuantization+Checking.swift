import Tensors

extension WeightQuantization {
  /// What the scheme's name stands for.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func registeredScheme() throws(EngineError) -> any WeightScheme {
    guard let found = SchemeRegistry.standard[scheme.rawValue] else {
      throw Self.unknown("scheme", scheme.rawValue, SchemeRegistry.standard.names)
    }
    return found
  }

  /// The rounding method with its options.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func registeredMethod() throws(EngineError) -> any RoundingMethod {
    guard let found = RoundingRegistry.standard[method] else {
      throw Self.unknown("method", method.name, RoundingRegistry.standard.names)
    }
    return found
  }

  /// Checks that bits, scheme, granularity, range and method go together.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  public func check() throws(EngineError) {
    let scheme = try registeredScheme()
    let method = try registeredMethod()
    guard scheme.allowedBits.contains(bits) else {
      let isWhole = scheme.allowedBits.count > 1
      throw EngineError(
        .invalidPlan, problem: "\(bits) bits are not possible with scheme '\(scheme.name)'",
        remedy: isWhole
          ? "Choose one of \(scheme.allowedBits.map(String.init).joined(separator: ", "))"
          : "Leave 'bits' out: it is \(scheme.allowedBits.map(String.init).joined())")
    }
    if case .group(let size) = granularity, scheme.usesGranularity,
      !scheme.allowedGroups.contains(size)
    {
      throw EngineError(
        .invalidPlan,
        problem: "'group' has to be between \(scheme.allowedGroups.lowerBound) and "
          + "\(scheme.allowedGroups.upperBound): \(size) was given")
    }
    guard RangeRegistry.standard[range] != nil else {
      throw Self.unknown("range", range.name, RangeRegistry.standard.names)
    }
    if range.name != MinMaxRange().name, !scheme.usesRange || isBinary {
      throw EngineError(
        .invalidPlan,
        problem: "range '\(range.name)' has no meaning for \(isBinary ? "one bit" : scheme.name)",
        remedy: "Leave 'range' out")
    }
    if let problem = method.objection(to: self, scheme) {
      throw EngineError(
        .invalidPlan, problem: "method '\(method.name)' \(problem)", remedy: "Choose method nearest"
      )
    }
  }

  /// Whether the setting would still go together after a change.
  public func accepts(_ change: (inout WeightQuantization) -> Void) -> Bool {
    var changed = self
    change(&changed)
    return (try? changed.check()) != nil
  }

  /// Whether codes are signs.
  var isBinary: Bool { scheme == .symmetric && bits == 1 }

  private static func unknown(_ key: String, _ name: String, _ known: [String]) -> EngineError {
    EngineError(
      .invalidPlan, problem: "\(key) '\(name)' is not supported by this version",
      remedy: "Supported: \(known.joined(separator: ", "))")
  }

  /// The same with another width; a scheme that has it not becomes symmetric.
  public func with(bits: Int) -> WeightQuantization {
    var result = self
    result.bits = bits
    if SchemeRegistry.standard[scheme.rawValue]?.allowedBits.contains(bits) != true {
      result.scheme = .symmetric
    }
    return result.consistent
  }

  /// The same with what does not go with the scheme set right: the nearest width it has, and its
  /// defaults for method, range and granularity as far as needed.
  public var consistent: WeightQuantization {
    func isValid(_ setting: WeightQuantization) -> Bool { (try? setting.check()) != nil }
    guard let scheme = SchemeRegistry.standard[scheme.rawValue] else { return self }
    var result = self
    if !scheme.usesGranularity { result.granularity = scheme.standardGranularity }
    result.bits = scheme.allowedBits.min { abs($0 - bits) < abs($1 - bits) } ?? bits
    if isValid(result) { return result }
    result.method = "nearest"
    if isValid(result) { return result }
    result.range = "minmax"
    if isValid(result) { return result }
    result.granularity = scheme.standardGranularity
    return result
  }
}
