import Tensors

/// The smallest and the largest number of a value over calibration data, streamed: parts counted side by
/// side and merged in any order give the same.
public struct ActivationExtremes: Sendable, Hashable {
  /// The smallest number; infinity when there was none.
  public private(set) var minimum = Float.infinity
  /// The largest number; minus infinity when there was none.
  public private(set) var maximum = -Float.infinity

  /// Nothing seen yet.
  public init() {}

  /// Looks at the numbers of a float32 tensor.
  ///
  /// - Throws: ``EngineError`` with code `notFinite` when one is NaN or infinite.
  /// - Complexity: O(numbers).
  public mutating func add(_ tensor: Tensor) throws(EngineError) {
    var low = minimum
    var high = maximum
    var isFinite = true
    tensor.forEachBlock { elements, _ in
      for value in elements {
        low = value < low ? value : low
        high = value > high ? value : high
        isFinite = isFinite && value - value == 0
      }
    }
    guard isFinite else {
      throw EngineError(
        .notFinite, problem: "has NaN or infinite elements on the calibration data",
        remedy: "Check the calibration data and the layers before")
    }
    (minimum, maximum) = (low, high)
  }

  /// Joins what was seen elsewhere.
  public mutating func merge(_ other: ActivationExtremes) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// The range from the smallest to the largest number; 0 when there was none.
  public var range: ValueRange {
    minimum <= maximum ? ValueRange(low: minimum, high: maximum) : ValueRange(low: 0, high: 0)
  }
}
