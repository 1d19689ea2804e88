import NetworkGraph
import Tensors

/// Exact bytes of a layer's weights in each way to store them.
///
/// With n weights of b bits (32 for floats), nnz of them not zero, S scales and Z zero points:
/// - packed: ceil(n x b / 8) + P
/// - bitmask: ceil(n / 8) + ceil(nnz x b / 8) + P
/// - compressed rows: ceil(nnz x (b + index bits) / 8) + 4 x (rows + 1) + P
///
/// where P = 4 x S + ceil(Z x b / 8) + 4 for each level of a palette, rows are output channels, and a column index takes 8, 16 or 32
/// bits, whichever first holds the row length. Container overhead is not counted. Signs (one bit) take two
/// bits each when packed as soon as one weight is zero: a third code.
public struct StoredSize: Sendable, Hashable {
  /// A way to store weights.
  public enum Storage: String, Sendable, Hashable, CaseIterable {
    /// All codes in a row.
    case packed
    /// One bit for each weight, then the codes that are not zero.
    case bitmask
    /// Codes that are not zero with their columns, row by row.
    case compressedRow
  }

  /// Bytes of all weights as 32-bit floats.
  public let original: Int
  /// Bytes when packed.
  public let packed: Int
  /// Bytes with a bitmask.
  public let bitmask: Int
  /// Bytes as compressed rows.
  public let compressedRow: Int

  /// The way that takes the fewest bytes; the simplest among equals.
  public var bestStorage: Storage {
    if packed <= bitmask, packed <= compressedRow { return .packed }
    return bitmask <= compressedRow ? .bitmask : .compressedRow
  }

  /// The fewest bytes.
  public var best: Int { min(packed, bitmask, compressedRow) }

  /// The sizes of a layer.
  ///
  /// - Parameters:
  ///   - layer: Gives number and rows of the weights.
  ///   - nonzeroCount: Weights that are not zero.
  ///   - bits: Bits of one weight; 32 for floats.
  ///   - packedBits: Bits of one weight when all are packed; nil for as many.
  ///   - parameterBytes: Bytes of scales, zero points and palettes.
  public init(
    layer: CompressibleLayer, nonzeroCount: Int, bits: Int, packedBits: Int? = nil,
    parameterBytes: Int
  ) {
    let count = layer.parameters
    let rows = max(layer.outputChannels, 1)
    let rowLength = count / rows
    let indexBits = rowLength <= 1 << 8 ? 8 : (rowLength <= 1 << 16 ? 16 : 32)
    original = count * 4
    packed = (count * (packedBits ?? bits) + 7) / 8 + parameterBytes
    bitmask = (count + 7) / 8 + (nonzeroCount * bits + 7) / 8 + parameterBytes
    compressedRow =
      (nonzeroCount * (bits + indexBits) + 7) / 8 + 4 * (rows + 1) + parameterBytes
  }

  /// The sizes of a layer's codes; without a form those of floats.
  init(
    layer: CompressibleLayer, nonzeroCount: Int, weights: WeightQuantization?, form: QuantizedForm?
  ) {
    let bits = weights?.bits ?? 32
    let isTernary = weights?.isBinary == true && nonzeroCount < layer.parameters
    self.init(
      layer: layer, nonzeroCount: nonzeroCount, bits: bits, packedBits: isTernary ? 2 : nil,
      parameterBytes: form?.parameterBytes(bits: bits) ?? 0)
  }
}

extension CompressibleLayer {
  /// Number of output channels; a grouped transposed convolution has its group's times the groups.
  public var outputChannels: Int {
    shape[outputAxis] * (op == "ConvTranspose" ? group : 1)
  }
}
