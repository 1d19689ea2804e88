import ModelCompression
import NetworkGraph

/// What the screen and `inspect` show of a model before anything is measured.
public struct ModelSummary: Sendable {
  /// One compressible layer with its cost.
  public struct Layer: Sendable, Hashable {
    /// The layer.
    public var layer: CompressibleLayer
    /// Multiply-adds of one sample; nil when shapes are not known.
    public var multiplyAdds: Int?

    /// Makes a row.
    public init(layer: CompressibleLayer, multiplyAdds: Int?) {
      self.layer = layer
      self.multiplyAdds = multiplyAdds
    }
  }

  /// A node that keeps the graph from running.
  public struct UnsupportedNode: Sendable, Hashable {
    /// The node in words.
    public var node: String
    /// Its operator.
    public var op: String
    /// Its domain; empty for ONNX's own.
    public var domain: String
    /// Why it can't run.
    public var reason: String

    /// Makes an entry.
    public init(node: String, op: String, domain: String, reason: String) {
      self.node = node
      self.op = op
      self.domain = domain
      self.reason = reason
    }
  }

  /// The file's path as given.
  public var path: String
  /// The file's name.
  public var name: String
  /// Bytes of the file (and its external data).
  public var fileBytes: Int
  /// The compressible layers in graph order.
  public var layers: [Layer]
  /// Nodes that this version can't run; empty when the graph runs.
  public var unsupported: [UnsupportedNode]
  /// Whether there is a graph to run: weight files (safetensors) have none.
  public var hasGraph: Bool
  /// Batch-normalization nodes folded into their convolutions on opening.
  public var foldedBatchNorms: Int
  /// The detector's head that the default plan pins; nil where there is none.
  public var head: HeadLayers?

  /// Makes a summary.
  public init(
    path: String, name: String, fileBytes: Int, layers: [Layer], unsupported: [UnsupportedNode],
    hasGraph: Bool, foldedBatchNorms: Int, head: HeadLayers? = nil
  ) {
    self.path = path
    self.name = name
    self.fileBytes = fileBytes
    self.layers = layers
    self.unsupported = unsupported
    self.hasGraph = hasGraph
    self.foldedBatchNorms = foldedBatchNorms
    self.head = head
  }
}
