import NetworkGraph
import Tensors

/// Types and shapes of a layer's codes and of what belongs to them: all that files and sizes depend on
/// besides the numbers.
public struct QuantizedForm: Sendable, Hashable {
  /// What codes are.
  public enum Kind: Sendable, Hashable {
    /// Integers: value = (code - zero point) x scale.
    case integers
    /// Floats of a smaller type: value = code x scale, or the code itself without scales.
    case floats
    /// Indices into the levels of their scale's place in the layout.
    case palette
  }

  /// What codes are.
  public let kind: Kind
  /// The type that holds a code in memory: 8 or 16 bits.
  public let codes: ElementType
  /// Which scale, or which palette, belongs to which weight.
  public let layout: ScaleLayout
  /// Whether there is a scale for each place of the layout.
  public let hasScales: Bool
  /// Whether there is a zero point for each place of the layout.
  public let hasZeroPoints: Bool
  /// Levels of each palette; 0 without palettes.
  public let paletteLength: Int

  /// Makes a form.
  public init(
    kind: Kind, codes: ElementType, layout: ScaleLayout, hasScales: Bool = true,
    hasZeroPoints: Bool = false, paletteLength: Int = 0
  ) {
    self.kind = kind
    self.codes = codes
    self.layout = layout
    self.hasScales = hasScales
    self.hasZeroPoints = hasZeroPoints
    self.paletteLength = paletteLength
  }

  /// Shape of the scales; `[0]` without scales.
  public var scaleShape: [Int] { hasScales ? layout.shape : [0] }
  /// Shape of the palettes: one row for each place of the layout.
  public var paletteShape: [Int] { [layout.count, paletteLength] }

  /// Bytes of scales, zero points of `bits` bits, and palettes.
  public func parameterBytes(bits: Int) -> Int {
    let zeroPoints = hasZeroPoints ? (layout.count * bits + 7) / 8 : 0
    return (hasScales ? 4 * layout.count : 0) + zeroPoints + 4 * layout.count * paletteLength
  }
}
