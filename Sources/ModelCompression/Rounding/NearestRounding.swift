/// The code that stands for the nearest number, weight by weight.
public struct NearestRounding: RoundingMethod {
  /// `nearest`.
  public let name = "nearest"
  /// For the screen.
  public let summary = "each weight gets its nearest code"

  /// Makes the method.
  public init() {}

  /// None: it goes with everything.
  public func objection(to setting: WeightQuantization, _ scheme: any WeightScheme) -> String? {
    nil
  }

  /// The nearest codes.
  public func round(_ input: RoundingInput) throws -> RoundedWeights {
    let places = input.grid.form.layout.places()
    var codes = [Int32](repeating: 0, count: input.weights.count)
    for index in codes.indices {
      if index & 0xFFFF == 0, input.isCancelled() { throw CancellationError() }
      codes[index] = input.grid.code(input.weights[index], at: Int(places[index]))
    }
    return RoundedWeights(codes: codes, grid: input.grid)
  }
}
