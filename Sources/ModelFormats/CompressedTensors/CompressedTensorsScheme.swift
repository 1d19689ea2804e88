/// How one kind of quantized weights is stored in a compressed-tensors file: its `QuantizationArgs`.
public struct CompressedTensorsScheme: Sendable, Hashable {
  /// Which weights share a scale.
  public enum Strategy: Sendable, Hashable {
    /// All of a layer.
    case tensor
    /// Those of an output channel (a row).
    case channel
    /// Runs of this many along a row.
    case group(Int)
  }

  /// Bits of a stored code.
  public let bits: Int
  /// Whether codes are floats (FP8 E4M3) instead of integers.
  public let isFloat: Bool
  /// Whether there are no zero points.
  public let isSymmetric: Bool
  /// Which weights share a scale.
  public let strategy: Strategy

  /// Makes a scheme.
  public init(bits: Int, isFloat: Bool = false, isSymmetric: Bool, strategy: Strategy) {
    self.bits = bits
    self.isFloat = isFloat
    self.isSymmetric = isSymmetric
    self.strategy = strategy
  }

  /// The arguments as JSON.
  var json: String {
    let (name, group) =
      switch strategy {
      case .tensor: ("tensor", "null")
      case .channel: ("channel", "null")
      case .group(let size): ("group", "\(size)")
      }
    return "{\"num_bits\": \(bits), \"type\": \"\(isFloat ? "float" : "int")\", "
      + "\"symmetric\": \(isSymmetric), \"strategy\": \"\(name)\", \"group_size\": \(group), "
      + "\"dynamic\": false}"
  }

  /// The scheme that JSON arguments describe; nil for one that is not written here.
  init?(_ value: JSONValue?) {
    guard case .object(let members)? = value, let bits = members["num_bits"]?.count,
      case .string(let type)? = members["type"],
      case .bool(let isSymmetric)? = members["symmetric"],
      case .string(let strategy)? = members["strategy"]
    else { return nil }
    switch (strategy, members["group_size"]?.count) {
    case ("tensor", _): self.strategy = .tensor
    case ("channel", _): self.strategy = .channel
    case ("group", let size?) where size > 0: self.strategy = .group(size)
    default: return nil
    }
    self.bits = bits
    self.isSymmetric = isSymmetric
    isFloat = type == "float"
  }
}
