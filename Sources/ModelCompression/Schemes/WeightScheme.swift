import NetworkGraph
import Tensors

/// A way to store weights in few bits: which codes there are, and which numbers they stand for.
///
/// A scheme is a stateless value; one file per scheme, registered by one line in ``SchemeRegistry``.
/// How a weight gets its code is decided apart from it (``RoundingMethod``), and which numbers the codes
/// should cover too (``RangeFinder``).
public protocol WeightScheme: Sendable {
  /// The name in plans, such as `symmetric`.
  var name: String { get }
  /// What it does, in some ten words for the screen.
  var summary: String { get }
  /// Bits of a code that can be chosen, narrowest first.
  var allowedBits: [Int] { get }
  /// Whether a range finder decides the scales.
  var usesRange: Bool { get }
  /// Whether weights share something by ``WeightQuantization/granularity``.
  var usesGranularity: Bool { get }
  /// The granularity unless a plan states one.
  var standardGranularity: WeightQuantization.Granularity { get }
  /// What a group of weights counts, and how many it may count.
  var allowedGroups: ClosedRange<Int> { get }
  /// Whether methods besides `nearest` make sense.
  var usesMethods: Bool { get }
  /// Whether the numbers depend on the plan's seed.
  var isRandom: Bool { get }

  /// Types and shapes of a layer's codes.
  func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm

  /// The numbers that codes stand for, fitted to the weights.
  ///
  /// - Throws: `CancellationError`.
  func grid(_ input: GridInput) throws -> any WeightGrid
}

extension WeightScheme {
  /// True.
  public var usesRange: Bool { true }
  /// True.
  public var usesGranularity: Bool { true }
  /// One output channel.
  public var standardGranularity: WeightQuantization.Granularity { .channel }
  /// 16...256 weights along the input axis.
  public var allowedGroups: ClosedRange<Int> { 16...256 }
  /// True.
  public var usesMethods: Bool { true }
  /// False.
  public var isRandom: Bool { false }
}
