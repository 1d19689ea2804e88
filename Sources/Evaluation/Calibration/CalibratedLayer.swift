import ModelCompression
import NetworkGraph
import Operators
import Tensors

/// Where in the graph a layer's inputs and outputs are seen.
struct CalibratedLayer: Sendable {
  /// How the inputs of a node become the columns that the weights multiply.
  enum Form: Sendable {
    /// The last axis of the input holds the columns: MatMul, Gemm.
    case rows
    /// The last axis but one does: Gemm with `transA`, MatMul with the weight on the left.
    case columns
    /// Windows of a convolution, with the weight's shape as the operator sees it.
    case windows(weight: [Int])
  }

  /// One use of the layer's weight.
  struct Use: Sendable {
    let node: Node
    let form: Form
    /// The value that holds the inputs.
    let input: String
    /// The value behind the activation.
    let output: String
    /// The axis of ``output`` that holds the channels; negative counts from the end.
    let channelAxis: Int
  }

  let layer: CompressibleLayer
  /// The uses of the weight in graph order; empty for embeddings.
  let uses: [Use]
  /// Columns J of a group.
  let columns: Int
  /// Groups with columns of their own.
  let groups: Int
  /// Output channels of all groups.
  var channels: Int { layer.outputChannels }
  /// An embedding multiplies nothing: its rows are looked up.
  var isEmbedding: Bool { layer.op == "Gather" }

  /// Finds a layer's values.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when its columns can't be told.
  init(
    _ layer: CompressibleLayer, in graph: NetworkGraph, producers: [String: Int],
    consumers: [String: [Int]]
  ) throws(EngineError) {
    self.layer = layer
    groups = layer.op == "Conv" || layer.op == "ConvTranspose" ? layer.group : 1
    let channels = max(layer.outputChannels, 1)
    columns =
      layer.op == "Gather" ? layer.shape[1] : max(layer.parameters / channels, 1)
    guard layer.op != "Gather" else {
      uses = []
      return
    }
    var uses: [Use] = []
    for index in layer.nodes {
      let node = graph.nodes[index]
      guard let (form, slot, axis) = Self.form(of: node, layer: layer, in: graph, producers),
        let output = node.outputs.first
      else {
        throw EngineError(
          .unsupported, subject: "layer '\(layer.name)'",
          problem: "its weight has axes in an order for which inputs can't be told",
          remedy: "Choose a method that needs no calibration for it")
      }
      uses.append(
        Use(
          node: node, form: form, input: node.inputs[slot],
          output: graph.activated(output, producers: producers, consumers: consumers),
          channelAxis: axis))
    }
    self.uses = uses
  }

  private static func form(
    of node: Node, layer: CompressibleLayer, in graph: NetworkGraph, _ producers: [String: Int]
  ) -> (form: Form, slot: Int, channelAxis: Int)? {
    switch node.op {
    case "Conv" where layer.outputAxis == 0 && layer.inputAxis == 1,
      "ConvTranspose" where layer.outputAxis == 1 && layer.inputAxis == 0:
      return (.windows(weight: layer.shape), 0, 1)
    case "Gemm":
      return ((node.int("transA") ?? 0) != 0 ? .columns : .rows, 0, -1)
    case "MatMul" where layer.shape.count == 2:
      return isWeight(node.inputs[1]) ? (.rows, 0, -1) : (.columns, 1, -2)
    default: return nil
    }

    /// Whether a value is the layer's weight, perhaps through `Identity` and `Transpose`.
    func isWeight(_ name: String) -> Bool {
      var name = name
      while name != layer.weight {
        guard let producer = producers[name],
          ["Identity", "Transpose"].contains(graph.nodes[producer].op),
          let next = graph.nodes[producer].inputs.first
        else { return false }
        name = next
      }
      return true
    }
  }
}
