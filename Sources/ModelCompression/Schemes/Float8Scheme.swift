import NetworkGraph
import Tensors

/// 8-bit floats of the Open Compute Project (OFP8, 2209.05433) with scales.
///
/// code = nearest-even(w / scale), saturating; value = code x scale in float32 (ONNX `QuantizeLinear`
/// with a float8 type). scale = max(|low|, |high|) of the range / 448 (E4M3) or 57,344 (E5M2); 1 for an
/// all-zero place.
public struct Float8Scheme: WeightScheme {
  /// `fp8-e4m3` or `fp8-e5m2`.
  public let name: String
  /// For the screen.
  public var summary: String {
    type == .float8e4m3fn ? "8-bit floats of 4 exponent bits" : "8-bit floats of 5 exponent bits"
  }
  /// 8.
  public let allowedBits = [8]
  private let type: ElementType

  /// The scheme of a float8 type without infinities of the graph's own: `float8e4m3fn` or
  /// `float8e5m2`.
  public init(_ type: ElementType, name: String) {
    self.type = type
    self.name = name
  }

  /// float8 codes with scales.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .floats, codes: type, layout: ScaleLayout(setting.granularity, for: layer))
  }

  /// The scales.
  public func grid(_ input: GridInput) throws -> any WeightGrid {
    let form = form(input.setting, for: input.layer)
    let grid = CodeGrid.float8(type)
    let ranges =
      try input.ranges(by: form.layout, for: grid)
      ?? input.extremes(by: form.layout, isSigned: false).symmetric
    return Grid(
      form: form, scales: ranges.map { grid.parameters(for: $0).scale }, format: Float8(type))
  }

  private struct Grid: WeightGrid {
    let form: QuantizedForm
    let scales: [Float]
    /// Values by code.
    private let decoded: [Float]
    private let format: Float8?

    init(form: QuantizedForm, scales: [Float], format: Float8?) {
      (self.form, self.scales, self.format) = (form, scales, format)
      decoded = (0...255).map { format?.decode($0) ?? 0 }
    }

    func code(_ weight: Float, at place: Int) -> Int32 {
      Int32(format?.encode(weight / scales[place]) ?? 0)
    }

    func value(_ code: Int32, at place: Int) -> Float {
      decoded[Int(truncatingIfNeeded: code & 0xFF)] * scales[place]
    }
  }
}
