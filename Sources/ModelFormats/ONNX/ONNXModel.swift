import NetworkGraph

/// An ONNX model as opened: its graph, and what the file was.
public struct ONNXModel: Sendable {
  /// The graph, nodes in evaluation order; weights are views into the mapped file.
  public var graph: NetworkGraph
  /// The path it was opened by.
  public let path: String
  /// Bytes of the file and its external data files together.
  public let fileBytes: Int
}
