/// How the weights of a layer are stored in few bits.
public struct WeightQuantization: Sendable, Hashable {
  /// Which codes stand for which numbers: a name in ``SchemeRegistry``.
  public struct Scheme: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The registered name.
    public let rawValue: String

    /// The scheme of this name; nil when none is registered by it.
    public init?(rawValue: String) {
      guard SchemeRegistry.standard[rawValue] != nil else { return nil }
      self.rawValue = rawValue
    }

    private init(registered name: String) { rawValue = name }

    /// Zero point 0, codes -(2^(b-1)-1)...2^(b-1)-1; with one bit the sign.
    public static let symmetric = Scheme(registered: "symmetric")
    /// Codes 0...2^b-1 with a zero point.
    public static let asymmetric = Scheme(registered: "asymmetric")

    /// Every registered scheme.
    public static var allCases: [Scheme] {
      SchemeRegistry.standard.names.map(Scheme.init(registered:))
    }
  }

  /// Which weights share a scale, or a palette.
  public enum Granularity: Sendable, Hashable {
    /// All weights of the layer.
    case tensor
    /// One output channel.
    case channel
    /// Runs of this many weights along the input axis of one output channel, 16...256; for palettes runs
    /// of output channels.
    case group(Int)
  }

  /// Bits of a code: what the scheme allows.
  public var bits: Int
  /// Which codes stand for which numbers.
  public var scheme: Scheme
  /// Which weights share a scale.
  public var granularity: Granularity
  /// The numbers that codes cover: a name in ``RangeRegistry``.
  public var range: NamedChoice
  /// How weights get their codes: a name in ``RoundingRegistry``.
  public var method: NamedChoice

  /// Symmetric, per channel, the nearest codes of all weights, unless told otherwise.
  public init(
    bits: Int, scheme: Scheme = .symmetric, granularity: Granularity = .channel,
    range: NamedChoice = "minmax", method: NamedChoice = "nearest"
  ) {
    self.bits = bits
    self.scheme = scheme
    self.granularity = granularity
    self.range = range
    self.method = method
  }

  /// The bit widths of integer codes that are offered, narrowest first; plans may choose one bit too.
  public static let allowedBits = [2, 3, 4, 5, 6, 7, 8, 16]
  /// The group sizes that can be chosen for scales.
  public static let allowedGroups = 16...256
}
