import Tensors

/// How the values that flow into a layer are stored as integers.
///
/// ``ActivationQuantizer`` says which values of a graph that means.
public struct ActivationQuantization: Sendable, Hashable {
  /// When scale and zero point are decided.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// Once, from calibration data.
    case `static`
    /// In each run, from the smallest and the largest value of the tensor at hand (ONNX
    /// `DynamicQuantizeLinear`).
    case dynamic
  }

  /// Which codes stand for which numbers.
  public enum Scheme: String, Sendable, Hashable, CaseIterable {
    /// Codes 0...2^b-1 with a zero point.
    case asymmetric
    /// Zero point 0; the scale is max|x| / (2^(b-1)-1).
    case symmetric
  }

  /// Bits of a code: 4, 8 or 16; 8 when dynamic.
  public var bits: Int
  /// Static or dynamic.
  public var mode: Mode
  /// The registered name of what finds a static range in calibration data, with its options (see
  /// ``RangeRegistry``); dynamic ranges reach from the smallest to the largest value.
  public var range: NamedChoice
  /// Asymmetric or symmetric; asymmetric when dynamic.
  public var scheme: Scheme

  /// Static, 8 bits, asymmetric, by the smallest and the largest value, unless told otherwise.
  public init(
    bits: Int = 8, mode: Mode = .static, range: NamedChoice = "minmax", scheme: Scheme = .asymmetric
  ) {
    self.bits = bits
    self.mode = mode
    self.range = range
    self.scheme = scheme
  }

  /// The bit widths that can be chosen: those of ONNX's integer types.
  public static let allowedBits = [4, 8, 16]

  /// What the codes can stand for.
  public var grid: CodeGrid { .integers(bits: bits, isSymmetric: scheme == .symmetric) }

  /// The integer type that holds the codes in a graph.
  public var container: ElementType {
    switch bits {
    case ...4: scheme == .symmetric ? .int4 : .uint4
    case ...8: scheme == .symmetric ? .int8 : .uint8
    default: scheme == .symmetric ? .int16 : .uint16
    }
  }

  /// The lowest version of ONNX's operator set that has what the setting needs: 21 for 4 and 16 bits,
  /// else 13.
  public var requiredOpset: Int { bits == 8 ? 13 : 21 }

  /// Whether a static range takes more than the smallest and the largest value.
  public var needsHistogram: Bool { range.name != MinMaxRange().name }

  /// What is wrong with the combination, and what to do about it; nil when it can be computed.
  var objection: (problem: String, remedy: String)? {
    guard Self.allowedBits.contains(bits) else {
      return ("'bits' of activations can't be \(bits)", "Choose 4, 8 or 16")
    }
    guard mode == .dynamic, self != ActivationQuantization(mode: .dynamic) else { return nil }
    return (
      "dynamic activations have 8 bits, asymmetric, between smallest and largest value",
      "Write {mode: dynamic} alone, or mode: static"
    )
  }
}
