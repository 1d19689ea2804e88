import Tensors

/// A node's constant weight that can be pruned and quantized.
public struct CompressibleLayer: Sendable, Hashable, Identifiable {
  /// The readable, unique, dotted name, like the module path of the framework it came from:
  /// `layer1.0.conv1`.
  public let name: String
  /// The name of the graph value that holds the weight; one layer per weight, even if shared.
  public let weight: String
  /// The nodes that use the weight, by index into ``NetworkGraph/nodes`` of the graph it was found
  /// in; the first one decides the order of layers.
  public let nodes: [Int]
  /// The operator of the first node: `Conv`, `ConvTranspose`, `Gemm`, `MatMul` or `Gather`.
  public let op: String
  /// The weight's shape as stored (Conv `OIHW`, ConvTranspose `IOHW`, Gemm `OI` with `transB` ...).
  public let shape: [Int]
  /// The axis of the output channels in ``shape``.
  public let outputAxis: Int
  /// The axis of the input channels in ``shape``.
  public let inputAxis: Int
  /// Groups of a grouped or depthwise convolution; 1 otherwise.
  public let group: Int

  /// The name: unique among the layers of a graph.
  public var id: String { name }
  /// Number of weights.
  public var parameters: Int { shape.reduce(1, *) }

  /// Makes a layer description.
  public init(
    name: String, weight: String, nodes: [Int], op: String, shape: [Int], outputAxis: Int,
    inputAxis: Int, group: Int = 1
  ) {
    self.name = name
    self.weight = weight
    self.nodes = nodes
    self.op = op
    self.shape = shape
    self.outputAxis = outputAxis
    self.inputAxis = inputAxis
    self.group = group
  }
}
