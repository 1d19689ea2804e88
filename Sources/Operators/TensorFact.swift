import Tensors

/// What is known of a value before running: its type, its shape for the given input shapes, and its
/// elements when they depend on constants and shapes only.
public struct TensorFact: Sendable {
  /// The element type.
  public var type: ElementType
  /// Lengths of the axes; nil when they depend on the data (as after `NonZero`).
  public var shape: [Int]?
  /// The value itself when it is known before running.
  public var constant: Tensor?

  /// A value of known type, and shape unless it depends on the data.
  public init(_ type: ElementType, _ shape: [Int]?) {
    self.type = type
    self.shape = shape
  }

  /// A known value.
  public init(constant: Tensor) {
    type = constant.type
    shape = constant.shape
    self.constant = constant
  }
}
