import Tensors

/// A named value of the graph with its declared type and shape.
public struct ValueInfo: Sendable {
  /// The value's name, unique in its graph.
  public var name: String
  /// The element type; nil when the file does not declare a tensor type.
  public var type: ElementType?
  /// The declared shape; nil when the rank is not declared.
  public var shape: [Dimension]?
  /// The `ValueInfoProto` bytes as read, written back unchanged while name, type and shape are.
  public var encoded: [UInt8]?

  /// Makes a value declaration.
  public init(
    name: String, type: ElementType?, shape: [Dimension]?, encoded: [UInt8]? = nil
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.encoded = encoded
  }
}
