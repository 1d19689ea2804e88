import NetworkGraph
import Tensors

/// The upper half of a float32: rounded half to even; what would become infinite saturates.
public struct BFloat16Scheme: WeightScheme {
  /// `bfloat16`.
  public let name = "bfloat16"
  /// For the screen.
  public let summary = "the upper half of a float32: 8 bits of precision"
  /// 16.
  public let allowedBits = [16]
  /// False: numbers are rounded as they are.
  public let usesRange = false
  /// False: there are no scales.
  public let usesGranularity = false
  /// False: the nearest number is 8 bits near.
  public let usesMethods = false

  /// Makes the scheme.
  public init() {}

  /// bfloat16 codes without scales.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .floats, codes: .bfloat16, layout: ScaleLayout(.tensor, for: layer), hasScales: false)
  }

  /// Eight bits of precision.
  public func grid(_ input: GridInput) -> any WeightGrid {
    Grid(form: form(input.setting, for: input.layer))
  }

  private struct Grid: WeightGrid {
    let form: QuantizedForm
    /// The largest finite bfloat16, 3.39e38.
    private let largest = BFloat16(bitPattern: 0x7F7F).float

    init(form: QuantizedForm) { self.form = form }

    func code(_ weight: Float, at place: Int) -> Int32 {
      Int32(BFloat16(min(max(weight, -largest), largest)).bitPattern)
    }

    func value(_ code: Int32, at place: Int) -> Float {
      BFloat16(bitPattern: UInt16(truncatingIfNeeded: code)).float
    }
  }
}
