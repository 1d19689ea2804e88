/// A way to choose the code of each weight.
///
/// A method is a small value; one file per method, registered by one line in ``RoundingRegistry``. What
/// it is given decides the result: the same input, the same codes.
public protocol RoundingMethod: Sendable {
  /// The name in plans, such as `gptq`.
  var name: String { get }
  /// What it does, in some ten words for the screen.
  var summary: String { get }
  /// What calibration has to show.
  var needs: Set<StatisticsNeed> { get }
  /// What plans may set, the first by the short form `{name: value}`.
  var options: [ChoiceOption] { get }

  /// The same method with a plan's options.
  func configured(by options: ChoiceOptions) -> Self

  /// Why the method can't be used with a setting, as in "needs integer codes"; nil when it can.
  func objection(to setting: WeightQuantization, _ scheme: any WeightScheme) -> String?

  /// The codes of all weights; those that are 0 get codes that stand for exactly 0.
  ///
  /// - Throws: ``EngineError`` when what the method needs is missing; `CancellationError`.
  func round(_ input: RoundingInput) throws -> RoundedWeights
}

extension RoundingMethod {
  /// Nothing but the weights.
  public var needs: Set<StatisticsNeed> { [] }
  /// Nothing.
  public var options: [ChoiceOption] { [] }
  /// The method itself.
  public func configured(by options: ChoiceOptions) -> Self { self }

  /// Schemes whose nearest number is near enough need no method.
  public func objection(
    to setting: WeightQuantization, _ scheme: any WeightScheme
  ) -> String? {
    scheme.usesMethods ? nil : "has nothing to improve in scheme \(scheme.name)"
  }
}
