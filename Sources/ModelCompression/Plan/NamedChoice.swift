/// A registered name in a plan with those of its options that differ from the defaults: `gptq`, or
/// `{gptq: {actOrder: true}}`, or `{percentile: 99.9}` for the first option alone.
public struct NamedChoice: Sendable, Hashable {
  /// The registered name.
  public var name: String
  /// The options that were stated and differ from the defaults, by name.
  public var options: [String: PlanValue]

  /// A choice with its defaults, unless told otherwise.
  public init(_ name: String, options: [String: PlanValue] = [:]) {
    self.name = name
    self.options = options
  }
}

extension NamedChoice: ExpressibleByStringLiteral {
  /// A choice with its defaults.
  public init(stringLiteral name: String) { self.init(name) }
}
