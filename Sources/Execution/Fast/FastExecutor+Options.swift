extension FastExecutor {
  /// Choices between speed, memory and nearness to other runtimes.
  public struct Options: Sendable {
    /// Whether 3 x 3 convolutions use Winograd's algorithm where it is faster.
    ///
    /// It takes half the time; sums are rounded differently, by about 1e-6 of the largest value.
    public var usesWinograd: Bool
    /// The format of weights and activations.
    public var precision: Precision
    /// Memory for the prepared forms of replaced weights.
    public var preparedByteLimit: Int
    /// Memory that each thread keeps between runs for the values of the next one.
    public var freeByteLimit: Int
    /// Whether dynamic rounding (`DynamicQuantizeLinear` with its `DequantizeLinear`) finds a range for
    /// each sample of a batch by itself, as if samples were run one by one.
    ///
    /// Otherwise the range is that of the whole batch, as the operator says. Models that demand a batch
    /// of several samples always have it so.
    public var roundsSamplesApart: Bool

    /// The usual choices, unless told otherwise.
    public init(
      usesWinograd: Bool = true, precision: Precision = .float32, preparedByteLimit: Int = 1 << 29,
      freeByteLimit: Int = 1 << 28, roundsSamplesApart: Bool = false
    ) {
      self.usesWinograd = usesWinograd
      self.precision = precision
      self.preparedByteLimit = preparedByteLimit
      self.freeByteLimit = freeByteLimit
      self.roundsSamplesApart = roundsSamplesApart
    }
  }
}
