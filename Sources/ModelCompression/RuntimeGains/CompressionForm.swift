/// What an edit does to a layer, as runtimes tell it apart.
public enum CompressionForm: String, Sendable, Hashable, CaseIterable {
  /// Zeros anywhere among dense weights.
  case unstructured
  /// Two of each four weights are zero.
  case twoOfFour
  /// Another fixed number of zeros in each run.
  case runs
  /// Blocks of zeros.
  case blocks
  /// Output channels that are all zero and still there.
  case zeroedChannels
  /// Channels that are gone: smaller shapes.
  case removedChannels
  /// Weights as 8-bit integers, activations as floats.
  case weightsInt8
  /// Weights as integers of 4 bits and fewer, activations as floats.
  case weightsInt4
  /// Weights as 8-bit floats.
  case weightsFP8
  /// Weights as 16-bit floats or integers.
  case weights16
  /// Weights as indices into a palette.
  case palette
  /// Weights and activations as 8-bit integers in ranges that calibration found.
  case staticInt8
  /// Weights and activations as 8-bit integers in ranges found while running.
  case dynamicInt8

  /// What happens to the weights' size, in a few words.
  public var size: String {
    switch self {
    case .unstructured, .runs, .blocks: "smaller when compressed"
    case .twoOfFour: "smaller when compressed or stored 2:4"
    case .zeroedChannels: "smaller when compressed"
    case .removedChannels: "smaller everywhere"
    case .weightsInt8, .weightsFP8, .staticInt8, .dynamicInt8: "4x smaller"
    case .weightsInt4: "up to 8x smaller"
    case .weights16: "2x smaller"
    case .palette: "smaller as a palette"
    }
  }
}
