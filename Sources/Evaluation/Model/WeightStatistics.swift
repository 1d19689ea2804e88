import Tensors

/// Summary statistics of a weight tensor, in double precision.
public struct WeightStatistics: Sendable, Hashable {
  /// Smallest weight.
  public var minimum: Double
  /// Largest weight.
  public var maximum: Double
  /// Mean.
  public var mean: Double
  /// Population standard deviation.
  public var standardDeviation: Double
  /// Fourth standardized moment (3 for a normal distribution); 0 when all weights are equal.
  public var kurtosis: Double
  /// Share of exact zeros.
  public var sparsity: Double
  /// Number of weights that are NaN or infinite; the other figures leave them out.
  public var nonFinite: Int

  /// Computes the statistics of float32 weights of any shape.
  ///
  /// - Complexity: O(n), two passes.
  public init(_ weights: Tensor) {
    self = weights.withElements(of: Float.self) { WeightStatistics(elements: $0) }
  }

  private init(elements: UnsafeBufferPointer<Float>) {
    var low = Double.infinity
    var high = -Double.infinity
    var sum = 0.0
    var zeros = 0
    var finite = 0
    for element in elements {
      guard element.isFinite else { continue }
      let value = Double(element)
      finite += 1
      sum += value
      if value < low { low = value }
      if value > high { high = value }
      if value == 0 { zeros += 1 }
    }
    let n = Double(max(finite, 1))
    let mean = sum / n
    var second = 0.0
    var fourth = 0.0
    for element in elements where element.isFinite {
      let square = (Double(element) - mean) * (Double(element) - mean)
      second += square
      fourth += square * square
    }
    minimum = finite == 0 ? 0 : low
    maximum = finite == 0 ? 0 : high
    self.mean = mean
    standardDeviation = (second / n).squareRoot()
    kurtosis = second == 0 ? 0 : (fourth / n) / ((second / n) * (second / n))
    sparsity = Double(zeros) / n
    nonFinite = elements.count - finite
  }
}
