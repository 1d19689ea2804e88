import NetworkGraph
import Tensors

/// IEEE 754 half precision: rounded half to even; beyond ±65,504 it saturates.
public struct Float16Scheme: WeightScheme {
  /// `float16`.
  public let name = "float16"
  /// For the screen.
  public let summary = "half precision: 11 bits of precision up to 65,504"
  /// 16.
  public let allowedBits = [16]
  /// False: numbers are rounded as they are.
  public let usesRange = false
  /// False: there are no scales.
  public let usesGranularity = false
  /// False: the nearest number is 11 bits near.
  public let usesMethods = false

  /// Makes the scheme.
  public init() {}

  /// float16 codes without scales.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .floats, codes: .float16, layout: ScaleLayout(.tensor, for: layer), hasScales: false)
  }

  /// Half precision.
  public func grid(_ input: GridInput) -> any WeightGrid {
    Grid(form: form(input.setting, for: input.layer))
  }

  private struct Grid: WeightGrid {
    let form: QuantizedForm

    func code(_ weight: Float, at place: Int) -> Int32 {
      let largest = Float(Float16.greatestFiniteMagnitude)
      return Int32(Float16(min(max(weight, -largest), largest)).bitPattern)
    }

    func value(_ code: Int32, at place: Int) -> Float {
      Float(Float16(bitPattern: UInt16(truncatingIfNeeded: code)))
    }
  }
}
