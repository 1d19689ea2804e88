import NetworkGraph
import Tensors

/// Integers around 0 without zero points (engine.md 0; ONNX `QuantizeLinear` with zero point 0).
///
/// b = 2...8, 16: codes -(2^(b-1)-1)...2^(b-1)-1, scale = max(|low|, |high|) of the range / highest code
/// (1 for an all-zero place). b = 1: the sign, scale = mean|w| (``BinaryGrid``).
public struct SymmetricScheme: WeightScheme {
  /// `symmetric`.
  public let name = "symmetric"
  /// For the screen.
  public let summary = "codes on both sides of 0, no zero point; one bit is the sign"
  /// 1...8 and 16.
  public let allowedBits = [1, 2, 3, 4, 5, 6, 7, 8, 16]

  /// Makes the scheme.
  public init() {}

  /// int8 or int16 codes with scales.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .integers, codes: setting.bits <= 8 ? .int8 : .int16,
      layout: ScaleLayout(setting.granularity, for: layer))
  }

  /// The scales.
  public func grid(_ input: GridInput) throws -> any WeightGrid {
    let form = form(input.setting, for: input.layer)
    let bits = input.setting.bits
    if bits == 1 { return BinaryGrid(form: form, values: try input.values(by: form.layout)) }
    let grid = CodeGrid.integers(bits: bits, isSymmetric: true)
    let ranges =
      try input.ranges(by: form.layout, for: grid)
      ?? input.extremes(by: form.layout, isSigned: false).symmetric
    return UniformGrid(
      form: form, bits: bits, scales: ranges.map { grid.parameters(for: $0).scale },
      zeroPoints: nil)
  }
}
