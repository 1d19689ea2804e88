import NetworkGraph
import Tensors

/// HQQ (Badri and Shaji 2023, "Half-Quadratic Quantization of Large Machine Learning Models"): needs no
/// data. Minimizes ||W - s(Q - z)||_p with p = 0.7 by splitting off an error E:
///
/// E = shrink(W - s(Q - z)), shrink(x) = sign(x) max(|x| - |x|^(p-1) / beta, 0); then the parameter that
/// fits W - E best; beta, 10 at first, grows by 1.01; at most 20 rounds, and the best round by mean
/// |W - s(Q - z)| counts, the first being the range's own parameters.
///
/// The paper fits a real zero point with the scale fixed. Codes here keep 0 exact, so the zero point of
/// asymmetric codes is rounded when it is fitted, and then, as for symmetric codes from the start, the
/// scale is fitted: s = <Q - z, W - E> / <Q - z, Q - z>. Errors are measured in steps of the first scale,
/// so that the result does not depend on the unit of the weights. Zeros have no say.
public struct HQQRounding: RoundingMethod {
  /// `hqq`.
  public let name = "hqq"
  /// For the screen.
  public let summary = "scales fitted by half-quadratic steps; needs no data"
  /// The norm that is minimized.
  public var norm: Double
  /// Rounds at most.
  public var iterations: Int

  /// The paper's numbers, unless told otherwise.
  public init(norm: Double = 0.7, iterations: Int = 20) {
    self.norm = norm
    self.iterations = iterations
  }

  /// `norm`, `iterations`.
  public var options: [ChoiceOption] {
    [
      ChoiceOption(name: "norm", standard: .number(0.7), allowed: 0.1...1),
      ChoiceOption(name: "iterations", standard: .integer(20), allowed: 1...1000),
    ]
  }

  /// The method with a plan's options.
  public func configured(by options: ChoiceOptions) -> HQQRounding {
    HQQRounding(norm: options.number("norm"), iterations: options.integer("iterations"))
  }

  /// It fits scales of integer codes.
  public func objection(to setting: WeightQuantization, _ scheme: any WeightScheme) -> String? {
    setting.needsIntegers
  }

  /// Fitted scales and zero points, and the nearest codes.
  public func round(_ input: RoundingInput) throws -> RoundedWeights {
    guard let grid = input.grid as? UniformGrid else {
      return try NearestRounding().round(input)
    }
    var members = [[Double]](repeating: [], count: grid.scales.count)
    for (index, place) in grid.layout.places().enumerated() where input.weights[index] != 0 {
      members[Int(place)].append(Double(input.weights[index]))
    }
    var scales = grid.scales
    var zeros = grid.zeros
    for (place, weights) in members.enumerated() where !weights.isEmpty {
      if input.isCancelled() { throw CancellationError() }
      let unit = Double(scales[place])
      let steps = weights.map { $0 / unit }
      let lowest = Double(grid.lowest)
      let highest = Double(grid.highest)
      var zero = Double(zeros[place])
      if !grid.isSymmetric {
        zero = fittedZero(steps, zero, lowest, highest)
      }
      let scale = fittedScale(steps, zero, lowest, highest) * unit
      if Float(scale) > 0, Float(scale).isFinite {
        scales[place] = Float(scale)
        zeros[place] = Float(zero)
      }
      if place % 64 == 63 { input.progress(Double(place + 1) / Double(members.count)) }
    }
    let fitted = grid.with(scales: scales, zeros: zeros)
    return try NearestRounding().round(
      RoundingInput(
        layer: input.layer, weights: input.weights, grid: fitted,
        isCancelled: input.isCancelled))
  }

  private func shrunk(_ x: Double, _ beta: Double) -> Double {
    guard x != 0 else { return 0 }
    let size = max(abs(x) - RealMath.pow(abs(x), norm - 1) / beta, 0)
    return x < 0 ? -size : size
  }

  private func code(
    _ x: Double, _ zero: Double, _ lowest: Double, _ highest: Double
  ) -> Double {
    min(max((x + zero).rounded(.toNearestOrEven), lowest), highest)
  }

  /// The integral zero point for weights in steps of 1.
  private func fittedZero(
    _ weights: [Double], _ first: Double, _ lowest: Double, _ highest: Double
  ) -> Double {
    var (zero, best, least, beta) = (first, first, Double.infinity, 10.0)
    for _ in 0..<iterations {
      var error = 0.0
      var sum = 0.0
      for weight in weights {
        let code = code(weight, zero, lowest, highest)
        let left = weight - (code - zero)
        error += abs(left)
        sum += code - (weight - shrunk(left, beta))
      }
      guard error < least else { break }
      (least, best) = (error, zero)
      zero = sum / Double(weights.count)
      beta *= 1.01
    }
    return min(max(best.rounded(.toNearestOrEven), lowest), highest)
  }

  /// The scale, in units of the first one, for weights in steps of 1.
  private func fittedScale(
    _ weights: [Double], _ zero: Double, _ lowest: Double, _ highest: Double
  ) -> Double {
    var (scale, best, least, beta) = (1.0, 1.0, Double.infinity, 10.0)
    for _ in 0..<iterations {
      var error = 0.0
      var product = 0.0
      var square = 0.0
      for weight in weights {
        let code = code((weight / scale).rounded(.toNearestOrEven), zero, lowest, highest) - zero
        let left = weight - code * scale
        error += abs(left)
        product += code * (weight - shrunk(left, beta))
        square += code * code
      }
      guard error < least else { break }
      (least, best) = (error, scale)
      guard square > 0, product > 0 else { break }
      scale = product / square
      beta *= 1.01
    }
    return best
  }
}

extension WeightQuantization {
  /// Why a method that fits or rounds integer codes can't be used; nil when it can.
  var needsIntegers: String? {
    let isInteger = scheme == .symmetric || scheme == .asymmetric
    return isInteger && !isBinary ? nil : "needs integer codes of 2 bits or more"
  }
}
