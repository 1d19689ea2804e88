/// The numbers that a layer's codes stand for, place by place of a scale layout.
public protocol WeightGrid: Sendable {
  /// Types and shapes.
  var form: QuantizedForm { get }
  /// Scales in the layout's order; empty when the form has none.
  var scales: [Float] { get }
  /// Zero points in the layout's order; empty when the form has none.
  var zeroPoints: [Float] { get }
  /// Levels, palette by palette; empty when the form has none.
  var palettes: [Float] { get }

  /// The code that stands for the number nearest to `weight`; of two equally near ones the even or
  /// lower. 0 gives a code that stands for exactly 0.
  func code(_ weight: Float, at place: Int) -> Int32

  /// What a code stands for.
  func value(_ code: Int32, at place: Int) -> Float
}

extension WeightGrid {
  /// None.
  public var scales: [Float] { [] }
  /// None.
  public var zeroPoints: [Float] { [] }
  /// None.
  public var palettes: [Float] { [] }
}
