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

  /// The name, and in parentheses the options that differ from the defaults.
  public var text: String {
    guard !options.isEmpty else { return name }
    let parts = options.sorted { $0.key < $1.key }.map { key, value in
      switch value {
      case .integer(let number): "\(key)=\(number)"
      case .number(let number): "\(key)=\(number)"
      case .text(let text): "\(key)=\(text)"
      case .flag(let isSet): "\(key)=\(isSet)"
      case .none: key
      }
    }
    return name + "(" + parts.joined(separator: ",") + ")"
  }
}

extension NamedChoice: ExpressibleByStringLiteral {
  /// A choice with its defaults.
  public init(stringLiteral name: String) { self.init(name) }
}
