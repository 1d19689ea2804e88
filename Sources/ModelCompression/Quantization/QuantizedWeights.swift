import Tensors

/// Weights as codes with what belongs to them, and the numbers that they stand for.
public struct QuantizedWeights: Sendable {
  /// Types and shapes.
  public let form: QuantizedForm
  /// The codes in the weight's shape, of the form's type.
  ///
  /// Integers: `int8` or `int16` when symmetric,
  /// `uint8` or `uint16` when asymmetric, whatever the bit width below. Floats: `float16`, `bfloat16`
  /// or a float8 type. Palettes: `uint8` indices.
  public let codes: Tensor
  /// Float32 scales in the shape of ``layout``; of shape `[0]` when the form has none.
  public let scales: Tensor
  /// Zero points in the shape of the scales and the type of the codes; nil when the form has none.
  public let zeroPoints: Tensor?
  /// Float32 levels, ascending, one row for each place of ``layout``; nil without palettes.
  public let palettes: Tensor?
  /// What the codes stand for in float32.
  public let dequantized: Tensor
  /// Which scale belongs to which weight.
  public var layout: ScaleLayout { form.layout }
}
