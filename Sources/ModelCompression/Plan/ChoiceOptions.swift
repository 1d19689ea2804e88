/// What a plan states about options, with defaults for the rest.
public struct ChoiceOptions: Sendable {
  private let stated: [String: PlanValue]
  private let options: [ChoiceOption]

  /// Makes the values of `options`.
  public init(_ stated: [String: PlanValue], of options: [ChoiceOption]) {
    self.stated = stated
    self.options = options
  }

  private func value(_ name: String) -> PlanValue {
    stated[name] ?? options.first { $0.name == name }?.standard ?? .none
  }

  /// A number; 0 for an option that is none.
  public func number(_ name: String) -> Double {
    switch value(name) {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: 0
    }
  }

  /// A whole number; 0 for an option that is none.
  public func integer(_ name: String) -> Int { Int(number(name)) }

  /// Whether a flag is set; false for an option that is none.
  public func flag(_ name: String) -> Bool { value(name) == .flag(true) }
}
