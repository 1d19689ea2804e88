/// How the weights of a layer are stored as integers.
public struct WeightQuantization: Sendable, Hashable {
  /// Which codes stand for which numbers.
  public enum Scheme: String, Sendable, Hashable, CaseIterable {
    /// Zero point 0, codes -(2^(b-1)-1)...2^(b-1)-1.
    case symmetric
    /// Codes 0...2^b-1 with a zero point.
    case asymmetric
  }

  /// Which weights share a scale.
  public enum Granularity: Sendable, Hashable {
    /// All weights of the layer.
    case tensor
    /// One output channel.
    case channel
    /// Runs of this many weights along the input axis of one output channel, 16...256.
    case group(Int)
  }

  /// Bits of a code: 2...8 or 16.
  public var bits: Int
  /// Symmetric or asymmetric.
  public var scheme: Scheme
  /// Which weights share a scale.
  public var granularity: Granularity

  /// Symmetric and per channel unless told otherwise.
  public init(
    bits: Int, scheme: Scheme = .symmetric, granularity: Granularity = .channel
  ) {
    self.bits = bits
    self.scheme = scheme
    self.granularity = granularity
  }

  /// The bit widths that can be chosen, narrowest first.
  public static let allowedBits = [2, 3, 4, 5, 6, 7, 8, 16]
  /// The group sizes that can be chosen.
  public static let allowedGroups = 16...256
}
