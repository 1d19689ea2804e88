import NetworkGraph
import Tensors

/// Integers 0...2^b-1 with a zero point (engine.md 0; ONNX `QuantizeLinear`).
///
/// The range is widened to hold 0; scale = (high - low) / (2^b - 1), zero point =
/// clamp(round-half-even(-low / scale)), both for each place of the layout. A range beyond the largest
/// float is divided before it is subtracted.
public struct AsymmetricScheme: WeightScheme {
  /// `asymmetric`.
  public let name = "asymmetric"
  /// For the screen.
  public let summary = "a range with a zero point"
  /// 1...8 and 16.
  public let allowedBits = [1, 2, 3, 4, 5, 6, 7, 8, 16]

  /// Makes the scheme.
  public init() {}

  /// uint8 or uint16 codes with scales and zero points.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .integers, codes: setting.bits <= 8 ? .uint8 : .uint16,
      layout: ScaleLayout(setting.granularity, for: layer), hasZeroPoints: true)
  }

  /// The scales and zero points.
  public func grid(_ input: GridInput) throws -> any WeightGrid {
    let form = form(input.setting, for: input.layer)
    let grid = CodeGrid.integers(bits: input.setting.bits, isSymmetric: false)
    let ranges =
      try input.ranges(by: form.layout, for: grid)
      ?? input.extremes(by: form.layout, isSigned: true).asymmetric
    let parameters = ranges.map { grid.parameters(for: $0) }
    return UniformGrid(
      form: form, bits: input.setting.bits, scales: parameters.map(\.scale),
      zeroPoints: parameters.map(\.zeroPoint))
  }
}
