import NetworkGraph
import Tensors

/// AdaRound (2004.10568): learns for each weight whether to round it down or up, so that the layer's
/// outputs change least.
///
/// W~ = s clip(floor(W / s) + h(V)), h(V) = clip(1.2 sigmoid(V) - 0.1, 0, 1), with V such that W~ = W at
/// first. Minimizes ||W x - W~ x||^2 = tr((W - W~) H (W - W~)^T), H = E[x x^T] the mean products of the
/// inputs, + lambda sum(1 - |2h - 1|^beta) by Adam (rate 0.01) over the whole of H, so that there is no
/// noise of batches and 1,000 steps stand for the paper's 10,000. lambda = 0.01; no second term in the
/// first 20 %, then beta falls from 20 to 2 along a cosine. At the end h rounds to 0 or 1.
public struct AdaRound: RoundingMethod {
  /// `adaround`.
  public let name = "adaround"
  /// For the screen.
  public let summary = "learns which weights to round up; slow"
  /// Products of input columns.
  public let needs: Set<StatisticsNeed> = [.inputProducts]
  /// Steps of Adam.
  public var iterations: Int
  /// The weight of the term that pushes h to 0 or 1.
  public var lambda: Double
  /// Adam's rate.
  public var rate: Double

  /// 1,000 steps and the paper's numbers, unless told otherwise.
  public init(iterations: Int = 1000, lambda: Double = 0.01, rate: Double = 0.01) {
    self.iterations = iterations
    self.lambda = lambda
    self.rate = rate
  }

  /// `iterations`, `lambda`, `rate`.
  public var options: [ChoiceOption] {
    [
      ChoiceOption(name: "iterations", standard: .integer(1000), allowed: 1...100_000),
      ChoiceOption(name: "lambda", standard: .number(0.01), allowed: 0...100),
      ChoiceOption(name: "rate", standard: .number(0.01), allowed: 1e-6...1),
    ]
  }

  /// The method with a plan's options.
  public func configured(by options: ChoiceOptions) -> AdaRound {
    AdaRound(
      iterations: options.integer("iterations"), lambda: options.number("lambda"),
      rate: options.number("rate"))
  }

  /// It chooses between two neighbouring integers.
  public func objection(to setting: WeightQuantization, _ scheme: any WeightScheme) -> String? {
    setting.needsIntegers
  }

  /// The codes; progress counts steps.
  public func round(_ input: RoundingInput) throws -> RoundedWeights {
    guard let grid = input.grid as? UniformGrid else {
      return try NearestRounding().round(input)
    }
    let matrix = LayerMatrix(input.layer)
    let places = grid.layout.places()
    var codes = [Int32](repeating: 0, count: input.weights.count)
    for group in 0..<matrix.groups {
      let products = try matrix.products(of: input.statistics, layer: input.layer, group: group)
      var state = AdaRoundState(
        weights: input.weights, grid: grid, places: places, matrix: matrix, group: group,
        products: products.map { Float($0) })
      for step in 0..<iterations {
        if input.isCancelled() { throw CancellationError() }
        if step % 10 == 0 {
          let done = Double(group) + Double(step) / Double(iterations)
          input.progress(done / Double(matrix.groups))
        }
        state.step(step, rate: rate, pull: pull(at: step))
      }
      state.write(into: &codes)
    }
    input.progress(1)
    return RoundedWeights(codes: codes, grid: grid)
  }

  /// lambda and beta at a step; no pull while it is warming up.
  private func pull(at step: Int) -> (lambda: Double, beta: Double) {
    let start = 0.2 * Double(iterations)
    guard Double(step) >= start else { return (0, 20) }
    let share = (Double(step) - start) / max(Double(iterations) - start, 1)
    return (lambda, 2 + 0.5 * (20 - 2) * (1 + RealMath.cos(share * .pi)))
  }
}
