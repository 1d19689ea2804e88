/// One option of something that plans choose by name.
public struct ChoiceOption: Sendable, Hashable {
  /// The key in plans.
  public let name: String
  /// What holds unless stated; its kind is the option's kind: integer, number or flag.
  public let standard: PlanValue
  /// What numbers may be.
  public let allowed: ClosedRange<Double>

  /// Makes an option.
  public init(
    name: String, standard: PlanValue,
    allowed: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) {
    self.name = name
    self.standard = standard
    self.allowed = allowed
  }
}
